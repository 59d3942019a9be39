"""The journey of a buyer in a real browser, on the demonstration and on the real lists: « ESAT ou EA, espaces verts, 40 km autour de Rennes »,
three of them compared, a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.search_api.pages.browser import tab
from tests.search_api.pages.journeys import served_on
from tests.search_api.pages.rules import broken
from vivier.lexicon import Lexicon

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NEED = "ESAT ou EA, espaces verts, 40 km autour de Rennes"
TALLEST = 116
"""The most pixels of a card at 1280 pixels of width."""
CROWDED = ("target-size",)
"""Pins of real towns touch on the map; the pages of the demonstration hold the size of targets (``test_accessible.py``)."""


@pytest.fixture(scope="module", params=("demo", "real lists"))
def base(request: pytest.FixtureRequest, lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service on one of the two indexes."""
    folder = tmp_path_factory.mktemp("journey") / "home"
    with served_on(
        folder, lexicon, real=request.param == "real lists", first=f"/fournisseurs?need={quote(NEED)}"
    ) as base:
        yield base


@pytest.fixture(params=(True, False), ids=("with scripts", "without scripts"))
def page(request: pytest.FixtureRequest, browser: Browser, base: str) -> Iterator[Page]:
    with tab(browser, base, scripts=request.param) as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        yield page


def test_three_are_compared_and_taken_away_in_eight_actions(page: Page) -> None:
    actions = 0
    page.goto("/")
    page.get_by_label("De quoi avez-vous besoin ?").fill(NEED)
    page.keyboard.press("Enter")
    actions += 2
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("à moins de 40.km de Rennes"))
    for count in range(1, 4):
        page.locator(".found .add:not(.chosen)").first.click()
        expect(page.locator(".tray-count")).to_contain_text(str(count))
        actions += 1
    page.get_by_role("link", name="Comparer", exact=True).click()
    actions += 1
    expect(page.locator(".compared").first.locator("thead th")).to_have_count(3)
    expect(page.get_by_role("row", name=re.compile("^Distance de Rennes"))).to_contain_text(re.compile("km|sur place"))
    names = [name.strip() for name in page.locator(".compared thead th a bdi").all_inner_texts()]
    with page.expect_download() as started:
        page.get_by_role("link", name="Télécharger (XLSX)").click()
    actions += 1
    content = Path(started.value.path()).read_bytes()
    rows = list(load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert [" ".join(str(row[2]).split()) for row in rows[1:]] == [" ".join(name.split()) for name in names]
    assert actions <= 8
    page.go_back()
    expect(page.locator(".tray-count")).to_contain_text("3 structures choisies")


def test_the_first_card_is_whole_on_the_first_screen_and_cards_are_short(page: Page) -> None:
    for search in (f"need={NEED}", "trade=entretien-espaces-verts", "kind=ESAT&seat=region:53", ""):
        page.goto(f"/fournisseurs?{search}")
        boxes = page.locator(".found").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().toJSON())")
        assert boxes and max(box["height"] for box in boxes) <= TALLEST, search
        assert boxes[0]["bottom"] <= 800, search
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, search


def test_the_drawn_map_shows_the_place_asked_and_what_one_can_reach(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=False) as page:
        page.goto(f"/fournisseurs?need={NEED}")
        drawing = page.get_by_role("group", name=re.compile("Carte des sièges"))
        expect(drawing.locator(".asked-town text")).to_have_text("Rennes")
        frame = drawing.bounding_box()
        circle = drawing.locator("circle.asked").bounding_box()
        assert frame and circle
        assert frame["x"] <= circle["x"] and circle["x"] + circle["width"] <= frame["x"] + frame["width"] + 1
        for target in drawing.locator("circle.target").all():
            box = target.bounding_box()
            assert box and box["width"] >= 24
        names = [name.bounding_box() for name in drawing.locator(".town text").all()]
        marks = [mark.bounding_box() for mark in drawing.locator("g.mark > circle").all()]
        for name in names[1:]:  # the first is the place asked, on its own mark
            assert name and not any(mark and _overlap(name, mark) for mark in marks)


def test_the_marks_of_the_map_of_the_first_page_are_reached_by_a_finger_on_the_smallest_phone(
    browser: Browser, base: str
) -> None:
    with tab(browser, base, scripts=False, width=320) as page:
        page.goto("/")
        targets = [target.bounding_box() for target in page.locator(".home-map circle.target").all()]
        assert targets and all(box and min(box["width"], box["height"]) >= 24 for box in targets)


def test_the_living_map_shows_the_place_asked_and_its_circle(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto(f"/fournisseurs?need={NEED}")
        page.locator(".pane-map.alive .pin").first.wait_for()
        expect(page.locator(".canvas .asked-town")).to_have_text("Rennes")
        frame, handle = page.locator(".canvas").bounding_box(), page.locator(".handle").bounding_box()
        assert frame and handle
        assert frame["x"] < handle["x"] < frame["x"] + frame["width"]
        names = [name.bounding_box() for name in page.locator(".canvas .town:not(.asked-town) span").all()]
        pins = [pin.bounding_box() for pin in page.locator(".pin").all()]
        for name in names:
            assert name and not any(pin and _overlap(name, pin) for pin in pins)
        assert all(pin and min(pin["width"], pin["height"]) >= 24 for pin in pins)


def _overlap(one: dict[str, float], other: dict[str, float], slack: float = 2.5) -> bool:
    return (
        one["x"] + slack < other["x"] + other["width"]
        and other["x"] + slack < one["x"] + one["width"]
        and one["y"] + slack < other["y"] + other["height"]
        and other["y"] + slack < one["y"] + one["height"]
    )


def test_a_criterion_is_changed_in_place(page: Page) -> None:
    page.goto(f"/fournisseurs?need={NEED}")
    page.locator(".criterion summary", has_text="À moins de").click()
    page.get_by_label("Siège à moins de (km)").fill("60")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("radius_km=60"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("60.km de Rennes"))
    page.locator(".criterion summary", has_text="Entretien des espaces verts").click()
    page.get_by_label("Métier, avec vos mots").fill("blanchisserie")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("trade=blanchisserie"))


def test_facets_renew_the_list_as_one_ticks(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto("/fournisseurs")
        before = page.get_by_role("heading", level=1).inner_text()
        page.evaluate("window.same = true")
        page.locator(".pane-filters > summary").click()
        page.locator("form.filters input[name=kind][value=ESAT]").check()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(before)
        expect(page).to_have_url(re.compile("kind=ESAT"))
        expect(page.locator("form.filters input[name=kind][value=ESAT]")).to_be_focused()
        page.get_by_label("Ordre").select_option("name")
        expect(page).to_have_url(re.compile("sort=name"))
        assert page.evaluate("window.same") is True  # the page was never left
        page.go_back()
        expect(page).not_to_have_url(re.compile("sort=name"))
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text(before)


@pytest.mark.parametrize("width", (320, 390))
def test_on_a_phone_one_switches_between_the_list_and_the_map(browser: Browser, base: str, width: int) -> None:
    for scripts in (True, False):
        with tab(browser, base, scripts=scripts, width=width) as page:
            page.goto(f"/fournisseurs?need={NEED}")
            expect(page.locator("svg.map")).to_be_hidden()
            page.locator("label[for=vue-carte]").click()
            # the living map takes the place of the drawing when its script comes
            expect(page.locator("svg.map:visible, .leaflet-container:visible").first).to_be_visible()
            expect(page.locator(".found").first).to_be_hidden()
            page.locator("label[for=vue-liste]").click()
            page.locator(".pane-filters > summary").click()
            expect(page.get_by_label("Ordre")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_accessibility_rule_is_broken(browser: Browser, base: str) -> None:
    for width in (1280, 375):
        with tab(browser, base, scripts=True, width=width) as page:
            page.goto(f"/fournisseurs?need={NEED}")
            page.locator(".found .add").first.click()
            expect(page.locator(".tray")).to_be_visible()
            assert broken(page, but=CROWDED) == []
            for open_ in (
                ".why > summary",
                ".understood > summary",
                ".pane-filters > summary",
                ".criterion summary >> nth=1",
            ):
                page.locator(open_).click()
                assert broken(page, but=CROWDED) == [], open_
            page.keyboard.press("Escape")
            page.locator(".found .add:not(.chosen)").first.click()
            page.get_by_role("link", name="Comparer", exact=True).click()
            expect(page.locator(".compared").first).to_be_visible()
            assert broken(page, but=CROWDED) == []

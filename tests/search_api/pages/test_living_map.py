"""The living map of the results: what it is sent, and what a person does with it in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from search_api.app import create_app
from search_api.pages.render import assets
from search_api.suppliers.pages.background import country
from tests.search_api.conftest import today
from tests.search_api.pages.browser import served, tab
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.settings import Tiles

AROUND = "/fournisseurs?near=-1.68000,48.11000&radius_km=40"
TILES = Tiles("https://tiles.example.org/{z}/{x}/{y}.png", "Fond : exemple")


@pytest.fixture(scope="module")
def base(pages_engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[str]:
    with served(create_app(pages_engine, lexicon, today=today)) as base:
        yield base


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    """A tab that fails on any word of the console, of the content policy, and on any request to another site."""
    with tab(browser, base, scripts=True) as page:
        yield page


def _alive(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".pane-map.alive .pin, .pane-map.alive .away button").first).to_be_attached()


def _total(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator(".total").inner_text()))


def _point(page: Page, across: float, down: float) -> tuple[float, float]:
    """A point of the map, in parts of its width and height, once it is on the screen."""
    canvas = page.locator(".canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


# ---- What it is sent


def test_every_result_of_every_group_is_on_the_map_or_said_to_be_missing(pages_client: TestClient) -> None:
    search = "near=3.17,50.69&radius_km=30&trade=entretien-espaces-verts"
    body = pages_client.get(f"/carte/fournisseurs?{search}").json()
    answer = pages_client.get(f"/v1/suppliers?{search}").json()
    expected = {group["group"]: group["total"] for group in answer["groups"] if group["total"]}
    assert {group["code"]: group["total"] for group in body["groups"]} == expected
    placed = sum(sum(group["places"]["counts"]) for group in body["groups"])
    missing = sum(expected.values()) - placed
    assert ("sans commune connue" in " ".join(body["left_out"])) == (missing > 0)
    west, south, east, north = body["frame"]
    assert west < 3.17 - 0.4 < 3.17 + 0.4 < east and south < 50.69 - 0.26 < 50.69 + 0.26 < north


def test_the_same_map_is_not_sent_twice(pages_client: TestClient) -> None:
    first = pages_client.get("/carte/fournisseurs?territory=departement:59")
    again = pages_client.get(
        "/carte/fournisseurs?territory=departement:59", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_search_that_the_page_refuses_has_no_map(pages_client: TestClient) -> None:
    refused = pages_client.get("/carte/fournisseurs?near=2,48")
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} == {"near"}
    assert pages_client.get("/carte/fond/988").status_code == 404


def test_the_ground_is_light_and_shared_borders_meet(pages_client: TestClient, lexicon: Lexicon) -> None:
    ground = country(lexicon.gazetteer)
    assert len(ground["departements"]) == 101
    assert ground["overseas"]["974"] == "La Réunion" and "35" not in ground["overseas"]
    assert len(pages_client.get("/carte/fond").content) < 220_000
    points: dict[str, set[tuple[int, int]]] = {}
    for one in ground["departements"]:
        points[one["code"]] = {point for ring in one["rings"] for point in _points(ring)}
    assert len(points["35"] & points["22"]) > 10  # Ille-et-Vilaine and Côtes-d'Armor have one border


def _points(ring: list[int]) -> Iterator[tuple[int, int]]:
    x = y = 0
    for dx, dy in zip(ring[::2], ring[1::2], strict=True):
        x, y = x + dx, y + dy
        yield x, y


def test_leaflet_comes_from_its_package_under_a_hash(pages_client: TestClient) -> None:
    asset = assets()["leaflet.js"]
    served_file = pages_client.get(f"/static/{asset.name}")
    assert b"Leaflet 1.9" in served_file.content[:200]
    assert "immutable" in served_file.headers["Cache-Control"]


@pytest.mark.slow
def test_a_server_of_tiles_is_let_in_only_when_it_is_set(pages_engine: EmbeddedStore, lexicon: Lexicon) -> None:
    with TestClient(create_app(pages_engine, lexicon, today=today, tiles=TILES)) as client:
        page = client.get(AROUND, headers={"Accept": "text/html"})
    assert "img-src 'self' https://tiles.example.org;" in page.headers["Content-Security-Policy"]
    assert f'data-tiles="{TILES.url}" data-credit="Fond : exemple"' in page.text
    with TestClient(create_app(pages_engine, lexicon, today=today)) as client:
        page = client.get(AROUND, headers={"Accept": "text/html"})
    assert "img-src 'self';" in page.headers["Content-Security-Policy"]
    assert "data-tiles" not in page.text


def test_with_a_server_of_tiles_its_images_are_under_the_map(
    browser: Browser, pages_engine: EmbeddedStore, lexicon: Lexicon
) -> None:
    """A real server of images on another port, which the content policy lets in; the credit is shown."""
    asked: list[str] = []

    async def image(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"image/svg+xml")]})
        await send({"type": "http.response.body", "body": b'<svg xmlns="http://www.w3.org/2000/svg"/>'})

    with served(image) as tiles:
        made = create_app(
            pages_engine, lexicon, today=today, tiles=Tiles(f"{tiles}/{{z}}/{{x}}/{{y}}", "Fond : exemple")
        )
        with served(made) as base:
            page = browser.new_page(base_url=base, viewport={"width": 1280, "height": 900})
            said: list[str] = []
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
            page.goto(AROUND)
            expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
            expect(page.get_by_text("Fond : exemple")).to_be_visible()
            page.close()
    assert said == []
    assert all(re.fullmatch(r"/\d+/\d+/\d+", path) for path in asked) and asked


# ---- What a person does with it


def test_without_a_script_the_drawn_map_is_there(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=False) as page:
        page.goto(AROUND)
        expect(page.get_by_role("group", name=re.compile("Carte des sièges"))).to_be_visible()
        assert page.locator(".living").count() == 0
        page.locator("svg.map a circle.target").first.click()
        expect(page).to_have_url(re.compile("seat=commune:"))


def test_the_living_map_takes_the_place_of_the_drawn_one(page: Page) -> None:
    _alive(page, AROUND)
    expect(page.get_by_role("region", name=re.compile("Carte des sièges"))).to_be_visible()
    expect(page.locator("svg.map")).to_be_hidden()
    assert page.locator(".canvas .asked-town").inner_text() == "Rennes"
    small = page.evaluate(
        "[...document.querySelectorAll('.pin, .handle, .leaflet-bar a')]"
        ".filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 24).length"
    )
    assert small == 0


def test_dragging_the_edge_of_the_circle_changes_the_address_and_the_list(page: Page) -> None:
    _alive(page, AROUND)
    before = _total(page)
    x, y = _point(page, 0, 0)
    handle = page.locator(".handle")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 130, y, steps=6)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"radius_km=(?!40\b)\d+"))
    radius = re.search(r"radius_km=(\d+)", page.url)
    assert radius is not None and int(radius[1]) < 25
    expect(page.get_by_label("Rayon", exact=True)).to_have_value(radius[1])
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{radius[1]} km")
    assert _total(page) <= before


def test_the_radius_is_typed_or_moved_by_arrows(page: Page) -> None:
    _alive(page, AROUND)
    page.get_by_label("Rayon", exact=True).fill("60")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("radius_km=60"))
    slider = page.get_by_role("slider", name="Rayon de la recherche")
    expect(slider).to_have_attribute("aria-valuenow", "60")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("radius_km=49"))


def test_a_radius_is_asked_around_a_town_to_serve(page: Page) -> None:
    _alive(page, "/fournisseurs?territory=commune:59512")
    page.get_by_label("Rayon", exact=True).fill("20")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"near=3\.\d+,50\.\d+&radius_km=20$"))
    expect(page.get_by_role("slider")).to_be_visible()


def test_one_searches_in_what_one_sees(page: Page) -> None:
    _alive(page, "/fournisseurs?territory=departement:59")
    page.get_by_role("button", name="Agrandir").click()
    page.get_by_role("button", name="Chercher dans cette zone").click()
    expect(page).to_have_url(re.compile("polygon="))
    expect(page.get_by_role("heading", level=1)).to_contain_text("dans la zone dessinée")
    assert "territory" not in page.url


def test_too_large_a_view_is_not_searched(page: Page) -> None:
    _alive(page, "/fournisseurs")
    page.get_by_role("button", name="Chercher dans cette zone").click()
    expect(page.get_by_text("La zone est trop grande")).to_be_visible()
    assert "polygon" not in page.url


def test_an_area_is_drawn_and_searched(page: Page) -> None:
    _alive(page, AROUND)
    page.get_by_role("button", name="Dessiner une zone").click()
    for across, down in ((0.2, 0.2), (0.8, 0.25), (0.75, 0.7)):
        page.mouse.click(*_point(page, across, down))
    page.get_by_role("button", name="Terminer").click()
    expect(page).to_have_url(re.compile("polygon="))
    expect(page.get_by_role("heading", level=1)).to_contain_text("dans la zone dessinée")
    expect(page.locator("form.criteria")).to_contain_text("dans la zone dessinée")


def test_a_drawing_that_crosses_itself_is_refused_at_once(page: Page) -> None:
    _alive(page, AROUND)
    page.get_by_role("button", name="Dessiner une zone").click()
    for across, down in ((0.2, 0.2), (0.8, 0.2), (0.3, 0.7), (0.5, 0.1)):
        page.mouse.click(*_point(page, across, down))
    expect(page.get_by_text("ne peuvent pas se croiser")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Dessiner une zone")).to_be_visible()


def test_a_group_of_marks_opens_on_its_places_then_names_its_structures(page: Page) -> None:
    _alive(page, "/fournisseurs")
    several = page.locator('.pin[aria-label*=", "]')
    zoomed = page.evaluate("document.querySelectorAll('.pin').length")
    several.first.dispatch_event("click")
    page.wait_for_function("(before) => document.querySelectorAll('.pin').length !== before", arg=zoomed)
    while several.count():
        several.first.dispatch_event("click")
        page.wait_for_timeout(400)
    page.wait_for_load_state("networkidle")  # the map has come to rest
    page.locator(".pin").first.dispatch_event("click")
    popup = page.locator(".leaflet-popup")
    expect(popup.get_by_role("link").first).to_have_attribute("href", re.compile("^/fournisseurs/"))
    # the map may still move to show the whole popup: a click of the mouse would fall beside
    popup.get_by_role("link", name=re.compile("Afficher ces|N'afficher qu'elle")).dispatch_event("click")
    expect(page).to_have_url(re.compile("seat=(commune|arrondissement):"), timeout=15_000)


def test_a_card_and_its_mark_light_up_together(page: Page) -> None:
    _alive(page, AROUND)
    card = page.locator(".found[data-seat]").first
    card.hover()
    expect(page.locator(".pin.lit")).to_have_count(1)
    page.mouse.move(5, 5)
    expect(page.locator(".pin.lit")).to_have_count(0)
    page.locator(".pin.here").first.focus()
    expect(page.locator(".found.lit").first).to_be_visible()


def test_the_map_is_crossed_by_keyboard(page: Page) -> None:
    _alive(page, AROUND)
    canvas = page.locator(".canvas")
    canvas.focus()
    before = page.locator(".leaflet-map-pane").get_attribute("style")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".leaflet-map-pane")).not_to_have_attribute("style", before or "")
    page.locator('.pin:not([aria-label*=", "])').first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    skip = page.get_by_role("link", name="Passer la carte")
    skip.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sous-la-carte"


def test_on_a_phone_the_library_comes_only_with_the_map(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True, width=390) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(AROUND)
        page.wait_for_load_state("networkidle")
        assert not any("leaflet" in url or "/carte/" in url for url in asked)
        page.locator("label", has_text="Carte").click()
        expect(page.locator(".pane-map.alive .pin").first).to_be_visible()


def test_nothing_moves_for_those_who_ask_for_no_motion(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    _alive(page, AROUND)
    assert "anim" not in (page.locator(".canvas").get_attribute("class") or "")


def test_a_filter_changes_the_marks_and_not_the_view(page: Page) -> None:
    _alive(page, "/fournisseurs?territory=departement:59")
    pane = page.locator(".leaflet-map-pane")
    before, marks = pane.get_attribute("style"), page.locator(".pin").count()
    page.locator(".pane-filters > summary").click()
    page.locator("form.filters input[name=kind]").first.check()
    expect(page).to_have_url(re.compile("kind="))
    expect(page.locator(".pin")).not_to_have_count(marks)
    assert pane.get_attribute("style") == before

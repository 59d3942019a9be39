"""The journey of the director of an inclusive structure in a real browser, on the demonstration and on the real lists: who I am, my leads of
the day, followed in my calendar; then the space keeps whom it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from tests.search_api.pages.browser import served, tab
from tests.search_api.pages.demo import DAY, demonstration
from tests.search_api.pages.journeys import served_on, warmed
from vivier.lexicon import Lexicon

pytestmark = [pytest.mark.slow, pytest.mark.browser]
FIRST = "/espace/structure?metier=espaces%20verts"


class Service(NamedTuple):
    """An address, and what its reader types: a name of the real lists, a trade in the demonstration."""

    base: str
    field: str
    words: str


@pytest.fixture(scope="module", params=("demo", "real lists"))
def service(
    request: pytest.FixtureRequest, lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("journey") / "home"
    if request.param == "demo":
        with demonstration(folder, lexicon) as app, served(app) as base:
            warmed(base, FIRST)
            yield Service(base, "Mon métier", "espaces verts")
        return
    with served_on(folder, lexicon, real=True, first=FIRST) as base:
        yield Service(base, "Nom ou SIRET", "ASSOC ALISE SERVICES")


@pytest.fixture(params=(True, False), ids=("with scripts", "without scripts"))
def page(request: pytest.FixtureRequest, browser: Browser, service: Service) -> Iterator[Page]:
    with tab(browser, service.base, scripts=request.param) as page:
        yield page


def _desk(page: Page, service: Service) -> int:
    """From the start page to the desk; the number of actions."""
    page.goto("/")
    page.locator('.ways a[href="/espace/structure"]').click()
    page.get_by_label(service.field).fill(service.words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="À lire aujourd’hui")).to_be_visible()
    return 3


def test_my_leads_are_followed_in_my_calendar_in_six_actions(page: Page, service: Service) -> None:
    actions = _desk(page, service)
    expect(page.get_by_role("heading", level=1)).to_contain_text("à votre portée")
    expect(page.locator(".card").first).to_be_visible()
    follow = page.get_by_role("link", name="Suivre dans mon agenda").get_attribute("href") or ""
    actions += 1  # the click that opens the calendar program, which a test does not have
    assert actions <= 6
    assert follow.startswith("webcal://")
    with urlopen(service.base + follow[follow.index("/v1/") :], timeout=30) as answer:
        events = Calendar.from_ical(answer.read()).walk("VEVENT")
    assert events and all(event["DTSTART"].dt.strftime("%F") >= DAY.isoformat() for event in events)
    shown = page.locator(".months li li").count()
    soon = [event for event in events if event["DTSTART"].dt.strftime("%F") < "2028-11"]
    # the calendar adds to each deadline the day to prepare the answer
    assert shown >= len([event for event in soon if not event["SUMMARY"].startswith("Réponse à préparer")])


def test_the_space_keeps_whom_it_is_for(page: Page, service: Service) -> None:
    _desk(page, service)
    whom = page.locator(".for-whom strong").inner_text()
    for name in ("Avis et projets", "Marchés attribués", "Acheteurs à démarcher", "Opportunités"):
        page.locator(".tools > summary").click()
        page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name=name).click()
        expect(page.get_by_role("navigation", name="Fil d’Ariane")).to_contain_text(name)
        expect(page.locator(".for-whom strong")).to_have_text(whom)
    page.locator(".card h3 a").first.click()
    expect(page.locator(".for-whom strong")).to_have_text(whom)
    page.get_by_role("link", name="Mon bureau").click()
    expect(page.get_by_role("heading", name="À lire aujourd’hui")).to_be_visible()
    page.get_by_role("link", name="Changer").click()
    expect(page.get_by_label("Nom ou SIRET")).to_have_value("")


def test_a_filter_of_a_list_keeps_whom_it_is_for(page: Page, service: Service) -> None:
    _desk(page, service)
    page.locator(".tools > summary").click()
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Marchés attribués").click()
    page.locator(".pane-filters > summary").click()
    page.get_by_label(re.compile("Mots cherchés")).fill("entretien")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=entretien"))
    expect(page.locator(".for-whom")).to_be_visible()


def test_a_date_is_added_to_my_own_calendar(page: Page, service: Service) -> None:
    _desk(page, service)
    link = page.get_by_role("link", name=re.compile("^Ajouter à mon agenda")).first.get_attribute("href") or ""
    with urlopen(service.base + link, timeout=30) as answer:
        events = Calendar.from_ical(answer.read()).walk("VEVENT")
    assert len({event["URL"] for event in events}) == 1 and re.search("/(marches|avis)/.", events[0]["URL"])


def test_a_name_that_nobody_has_is_said_beside_its_field(page: Page, service: Service) -> None:
    page.goto("/espace/structure")
    page.get_by_label("Nom ou SIRET").fill("zzyzx qqq")
    page.keyboard.press("Enter")
    expect(page.locator("#erreur-supplier")).to_contain_text("zzyzx")
    expect(page.get_by_label("Nom ou SIRET")).to_have_value("zzyzx qqq")

"""The journey of a facilitator in a real browser, on the demonstration and on the real lists: a programme of ten lines with headings of their
own, one correction, the verdict of one lot, the dossier; in the menu of the space it was opened from."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.search_api.pages.browser import tab
from tests.search_api.pages.journeys import served_on
from vivier.lexicon import Lexicon

pytestmark = [pytest.mark.slow, pytest.mark.browser]
HEADINGS = ("N°", "Intitulé du besoin", "Montant prévisionnel HT", "Durée prévue", "Ville")
LINES = (
    ("1", "Entretien des espaces verts des écoles", "120 k€", "4 ans", "Rennes"),
    ("2", "Nettoyage des bureaux du siège", "80 000", "36 mois", "Lyon"),
    ("3", "Blanchisserie du linge plat", "45000", "2 ans", "Nantes"),
    ("4", "Collecte et recyclage du papier de bureau", "30 000 €", "12 mois", "Lille"),
    ("5", "Impression des supports de communication", "25 000", "24", "Bordeaux"),
    ("6", "Mise sous pli et routage", "18 000", "12 mois", "Toulouse"),
    ("7", "Entretien des espaces verts du parc", "60 000", "24 mois", "Saint-Denis"),
    ("8", "Restauration collective du lycée", "200 000", "36 mois", "Marseille"),
    ("9", "Petits travaux de peinture", "90 000", "24 mois", "Strasbourg"),
    ("10", "Conditionnement de produits", "40 000", "12 mois", "Angers"),
)
PROGRAMME = "\n".join("\t".join(line) for line in (HEADINGS, *LINES))
"""As a spreadsheet copies it. There are several Saint-Denis: one line is to be corrected."""


@pytest.fixture(scope="module", params=("demo", "real lists"))
def base(request: pytest.FixtureRequest, lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("journey") / "home"
    with served_on(
        folder, lexicon, real=request.param == "real lists", first="/fournisseurs?need=tonte", keeps=True
    ) as base:
        yield base


@pytest.fixture(params=(True, False), ids=("with scripts", "without scripts"))
def page(request: pytest.FixtureRequest, browser: Browser, base: str) -> Iterator[Page]:
    with tab(browser, base, scripts=request.param) as page:
        page.set_default_timeout(30_000)
        yield page


def _in_the_space(page: Page, name: str) -> None:
    menu = page.get_by_role("navigation", name="Navigation principale")
    expect(menu.locator('.spaces > li > a[aria-current="true"]')).to_have_text(name)
    expect(menu.locator(".rooms a[aria-current]")).to_have_text("Consultation")


def test_a_programme_becomes_a_dossier_in_ten_actions(page: Page) -> None:
    actions = 0
    page.goto("/")
    page.locator('.ways a[href="/espace/facilitateur"]').click()
    page.get_by_role("link", name="Trier un programme d’achats").click()
    actions += 2
    _in_the_space(page, "Facilitateur")
    page.locator("textarea[name=pasted]").fill(PROGRAMME)
    page.locator("form:has(textarea[name=pasted]) button.main").click()
    actions += 2
    _in_the_space(page, "Facilitateur")
    expect(page.locator(".line-read")).to_have_count(len(LINES))
    page.locator(".repair").get_by_role("button", name=re.compile("Saint-Denis.*93")).click()
    expect(page.locator(".repair")).to_have_count(0)
    page.locator("button[value=study]").first.click()
    actions += 2
    _in_the_space(page, "Facilitateur")
    expect(page.locator(".board tbody tr")).to_have_count(len(LINES))
    page.locator(".board tbody th a").first.click()
    actions += 1
    _in_the_space(page, "Facilitateur")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Lot|Ligne"))
    page.get_by_text("Emporter le dossier", exact=True).click()
    page.locator("button[value=issue]").first.click()
    actions += 2
    expect(page).to_have_url(re.compile("/dossiers/.*espace=facilitateur"))
    _in_the_space(page, "Facilitateur")
    assert actions <= 10


def test_the_same_page_opened_by_a_buyer_has_the_menu_of_buyers(page: Page) -> None:
    page.goto("/espace/acheteur")
    page.locator(".tools > summary").click()
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Consultation").click()
    _in_the_space(page, "Acheteur")
    page.goto("/espace/facilitateur")
    page.locator(".tools > summary").click()
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Consultation").click()
    _in_the_space(page, "Facilitateur")

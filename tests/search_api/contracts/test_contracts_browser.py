"""One journey of a supplier in a real browser, with scripts and without: its leads, a contract, its buyer, a feed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from search_api.app import create_app
from tests.search_api.contracts.conftest import today
from tests.search_api.contracts.corpus import LAWNS
from tests.search_api.pages.browser import served, tab
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon


@pytest.fixture(scope="module")
def base(engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[str]:
    with served(create_app(engine, lexicon, today=today)) as base:
        yield base


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_supplier_to_its_leads_a_contract_and_its_buyer(browser: Browser, base: str, scripts: bool) -> None:
    with tab(browser, base, scripts=scripts) as page:
        page.goto("/pistes")
        page.get_by_label("Structure (nom ou SIRET)").fill("pages-jardins")
        page.get_by_role("button", name="Voir les opportunités").click()
        expect(page).to_have_url(re.compile("supplier=pages-jardins"))
        page.get_by_role("link", name="Marché à renouveler").click()
        page.get_by_role("link", name=LAWNS, exact=True).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(LAWNS)
        page.get_by_role("link", name="Ville d’essai").first.click()
        expect(page.get_by_role("heading", name="Considérations, face aux cibles nationales")).to_be_visible()
        page.go_back()
        page.go_back()
        page.get_by_text("Suivre cette recherche", exact=True).click()
        expect(page.get_by_text("collez-la dans votre lecteur de flux").first).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_indicators_are_asked_by_the_form_and_followed_to_one_group(browser: Browser, base: str, scripts: bool) -> None:
    with tab(browser, base, scripts=scripts) as page:
        page.goto("/acheteurs")
        page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Facilitateur").click()
        page.locator(".tools > summary").click()
        page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Indicateurs").click()
        page.locator(".pane-filters > summary").click()
        page.get_by_label("Par", exact=True).select_option("division")
        page.get_by_role("button", name="Compter").click()
        expect(page).to_have_url(re.compile("by=division"))
        expect(
            page.get_by_role("img", name="Considération sociale : part des marchés, ligne par ligne")
        ).to_be_visible()
        page.get_by_text(re.compile("^Le tableau")).first.click()
        page.get_by_role("table").first.get_by_role("link").first.click()
        expect(page.get_by_text("Par année de première notification").first).to_be_visible()


def test_no_page_is_wider_than_a_small_screen(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=False, width=320) as page:
        for url in (
            "/marches",
            "/marches/cpelouses",
            "/acheteurs",
            "/acheteurs/214402158",
            "/pistes?supplier=pages-jardins",
            "/indicateurs",
            "/indicateurs?by=division",
            "/docs",
        ):
            page.goto(url)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, url

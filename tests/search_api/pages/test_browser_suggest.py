"""The search box completes what is typed, by keyboard and by mouse, and stays a plain field without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from search_api.app import create_app
from tests.search_api.conftest import today
from tests.search_api.pages.browser import served, tab
from tests.search_api.pages.corpus import GARDENS, GARDENS_SHOWN
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon


@pytest.fixture(scope="module")
def base(pages_engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[str]:
    with served(create_app(pages_engine, lexicon, today=today)) as base:
        yield base


def test_a_supplier_is_reached_by_the_keyboard(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto("/")
        box = page.get_by_label("De quoi avez-vous besoin ?")
        expect(box).to_have_attribute("aria-expanded", "false")
        box.press_sequentially(GARDENS[:8])
        option = page.get_by_role("option", name=re.compile(re.escape(GARDENS)))
        expect(option).to_be_visible()
        expect(box).to_have_attribute("aria-expanded", "true")
        while option.get_attribute("aria-selected") == "false":
            page.keyboard.press("ArrowDown")
        expect(box).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(GARDENS_SHOWN)


def test_a_trade_is_chosen_with_the_mouse_and_escape_closes_the_list(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto("/fournisseurs")
        box = page.get_by_label("Chercher un fournisseur")
        box.press_sequentially("tont")
        expect(page.get_by_role("listbox")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        box.press_sequentially("e")
        page.get_by_role("option", name="Métier Entretien des espaces verts").click()
        expect(page).to_have_url(re.compile(r"\?trade=entretien-espaces-verts$"))


def test_enter_without_a_choice_searches_what_was_typed(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto("/")
        page.get_by_label("De quoi avez-vous besoin ?").press_sequentially("blanchisserie")
        expect(page.get_by_role("listbox")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("besoin=blanchisserie"))


def test_a_hostile_name_is_shown_as_text(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto("/")
        page.get_by_label("De quoi avez-vous besoin ?").press_sequentially("script")
        option = page.get_by_role("option").first
        expect(option).to_contain_text("<script>")
        assert page.locator("[role=listbox] script, [role=listbox] img").count() == 0


def test_without_scripts_the_box_is_a_plain_field(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=False) as page:
        page.goto("/")
        box = page.get_by_label("De quoi avez-vous besoin ?")
        assert box.get_attribute("role") is None and box.get_attribute("aria-expanded") is None
        box.fill("blanchisserie")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("besoin=blanchisserie"))

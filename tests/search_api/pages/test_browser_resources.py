"""The self-assessment and the resources in a real browser, with scripts and without: two steps, back, narrow screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from search_api.app import create_app
from tests.search_api.conftest import today
from tests.search_api.pages.browser import served, tab
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon


@pytest.fixture(scope="module")
def base(pages_engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[str]:
    with served(create_app(pages_engine, lexicon, today=today)) as base:
        yield base


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_families_to_priorities_to_resources_and_back(browser: Browser, base: str, scripts: bool) -> None:
    with tab(browser, base, scripts=scripts) as page:
        page.goto("/auto-evaluation")
        page.get_by_label("Propreté et hygiène").check()
        page.get_by_role("button", name="Passer aux questions").click()
        page.get_by_label("disposition sociale ?").select_option(label="Non")
        page.get_by_role("button", name="Voir les priorités").click()
        expect(page).to_have_url(re.compile("answer=proprete%3Asocial%3Anone"))
        expect(page.get_by_role("heading", name="Vos priorités")).to_be_visible()
        expect(page.get_by_label("disposition sociale ?")).to_have_value("proprete:social:none")
        page.get_by_role("link", name="Voir les ressources : Propreté et hygiène").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Ressources")
        total = page.get_by_role("status").inner_text()
        page.locator(".pane-filters > summary").click()
        page.get_by_label("Label", exact=False).first.check()
        page.get_by_role("button", name="Appliquer").click()
        expect(page.get_by_role("status")).not_to_have_text(total)
        page.go_back()
        page.go_back()
        expect(page.get_by_role("heading", name="Vos priorités")).to_be_visible()


@pytest.mark.parametrize(
    "url",
    [
        "/ressources?territory=region:53",
        "/ressources?q=a",
        "/auto-evaluation?family=proprete&family=90&answer=proprete:social:none&answer=team:nobody",
    ],
)
def test_a_narrow_screen_never_scrolls_sideways(browser: Browser, base: str, url: str) -> None:
    with tab(browser, base, scripts=True, width=320) as page:
        page.goto(url)
        assert _width(page) <= 320


def _width(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width

"""A face that is understood in five seconds: few words, cards of three lines, the first one high on the page and near for the keyboard. What is
built later obeys these bounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.search_api.pages.browser import launched, served, tab
from tests.search_api.pages.demo import demonstration
from vivier.lexicon import Lexicon

pytestmark = [pytest.mark.slow, pytest.mark.browser]
MEASURED: Final = (Path(__file__).parent / "measured.js").read_text(encoding="utf8")
NEEDS: Final = (
    "entretien des espaces verts à Rennes",
    "nettoyage de bureaux à Lille",
    "blanchisserie à Bordeaux",
    "ESAT en Bretagne",
)
LISTS: Final = tuple(f"/fournisseurs?need={quote(need)}&per_page=10" for need in NEEDS)
HIGHEST: Final = {1280: 260, 390: 360}
"""By width, the lowest that the first card begins, in pixels."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[str]:
    with demonstration(tmp_path_factory.mktemp("demo"), lexicon) as app, served(app) as base:
        yield base


def measured(browser: Browser, base: str, url: str, width: int) -> dict[str, Any]:
    with tab(browser, base, scripts=True, width=width) as page:
        page.goto(url)
        found: dict[str, Any] = page.evaluate(MEASURED)
        return found


@pytest.mark.parametrize("width", HIGHEST)
@pytest.mark.parametrize("url", LISTS)
def test_ten_results_are_350_words_in_cards_of_three_lines_and_sixteen_words(
    browser: Browser, base: str, url: str, width: int
) -> None:
    found = measured(browser, base, url, width)
    assert found["cards"] and found["words"] <= 350
    assert [card for card in found["cards"] if card["words"] > 16 or card["lines"] > 3] == []
    assert found["first"] <= HIGHEST[width]


@pytest.mark.parametrize("url", LISTS)
def test_the_first_result_is_reached_by_fifteen_tabs_and_by_the_first_link(
    browser: Browser, base: str, url: str
) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto(url)
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Aller aux résultats"
        stops = 1
        while not page.evaluate("document.activeElement.closest('.card') !== null"):
            page.keyboard.press("Tab")
            stops += 1
            assert stops <= 15

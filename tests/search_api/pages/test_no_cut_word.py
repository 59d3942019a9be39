"""No number, day, place or kind is cut on a card, whatever the width of the screen: titles take two lines, the rest folds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any, Final
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from search_api.app import create_app
from tests.real_home import real_home
from tests.search_api.pages.browser import served, tab
from tests.search_api.pages.demo import demonstration
from vivier.engine import open_engine
from vivier.lexicon import Lexicon

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WIDTHS: Final = (1280, 390, 320)
PAGES: Final = (
    "/marches",
    "/avis",
    "/avis?status=closed",
    "/pistes?trade=entretien-espaces-verts",
    "/acheteurs?trade=entretien-espaces-verts&sort=call",
    f"/fournisseurs?need={quote('nettoyage de bureaux à Lille')}",
    "/fournisseurs?kind=ESAT",
)
WHOLE: Final = ".far, .where, .kind-of, .amount"
"""Days, distances, places, kinds and amounts of a card."""
CUT: Final = """
(whole) => [...document.querySelectorAll(".card")].filter((card) => card.checkVisibility()).flatMap((card) => {
  const right = card.getBoundingClientRect().right + 1;
  return [...card.querySelectorAll(whole)].filter((each) => {
    const box = each.getBoundingClientRect(), over = each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0;
    let clipped = box.right > right;
    for (let at = each.parentElement; at && at !== card; at = at.parentElement) {
      const outer = at.getBoundingClientRect();
      clipped ||= getComputedStyle(at).overflow !== "visible" && (box.right > outer.right + 1 || box.bottom > outer.bottom + 1);
    }
    return over || clipped || each.innerText.includes("…");
  }).map((each) => `${each.className} : ${each.innerText}`);
})
"""
TITLES: Final = """
() => [...document.querySelectorAll(".card h3 a")].filter((each) => each.checkVisibility()).map((each) => ({
  text: each.innerText, lines: Math.round(each.clientHeight / parseFloat(getComputedStyle(each).lineHeight)),
}))
"""


@pytest.fixture(scope="module", params=["demonstration", "real lists"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("home")
    if request.param == "demonstration":
        with demonstration(folder, lexicon) as app, served(app) as base:
            yield base
    else:
        with (
            closing(open_engine(real_home(folder / "home"))) as engine,
            served(create_app(engine, lexicon, today=lambda: date(2026, 12, 1))) as base,
        ):
            yield base


@pytest.mark.parametrize("url", PAGES)
def test_no_amount_day_place_or_kind_is_cut_on_a_card(browser: Browser, base: str, url: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto(url)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(CUT, WHOLE) == [], width
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("url", PAGES)
def test_a_title_is_written_in_full_and_takes_two_lines_at_most(browser: Browser, base: str, url: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto(url)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            titles: list[dict[str, Any]] = page.evaluate(TITLES)
            assert all(title["lines"] <= 2 and not title["text"].endswith("…") for title in titles)

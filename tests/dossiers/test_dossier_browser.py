"""The whole way in a browser, without scripts, wide and narrow; and the dossier printed to a real PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from search_api.app import create_app
from tests.dossiers.conftest import ASKED, House
from tests.search_api.conftest import today
from tests.search_api.pages.browser import served, tab
from vivier.dossiers.registry import Registry
from vivier.engine.withheld import WithheldStore
from vivier.privacy.opposition import Opposition

A4_WIDTH = 794 - 2 * 61
"""CSS pixels of a page of A4 at 96 dpi, less the margins of 1.6 cm."""


@pytest.fixture
def base(house: House) -> Iterator[str]:
    opposition = Opposition(house.settings)
    engine = WithheldStore(house.engine, opposition)
    with served(create_app(engine, house.lexicon, today=today, dossiers=Registry(house.shelf, opposition))) as base:
        yield base


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", [1280, 360])
def test_from_a_lot_to_its_dossier(browser: Browser, base: str, width: int) -> None:
    with tab(browser, base, scripts=False, width=width) as page:
        page.goto("/consultation")
        page.get_by_label("Le besoin, avec vos mots").fill("entretien des espaces verts")
        page.get_by_label("Lieu", exact=True).first.fill("Rennes")
        page.get_by_role("button", name="Vérifier notre lecture").first.click()
        page.get_by_role("button", name="Créer le dossier").click()
        expect(page).to_have_url(re.compile(r"/dossiers/[0-9a-f]{40}$"))
        expect(page.get_by_text("Empreinte exacte")).to_be_visible()
        assert fits(page)


def test_a_dossier_prints_to_a_pdf_without_a_cut_table(
    house: House, browser: Browser, base: str, tmp_path: Path
) -> None:
    made = house.issue(**ASKED)
    with tab(browser, base, scripts=True, width=A4_WIDTH) as page:
        page.goto(made["links"]["html"])
        page.emulate_media(media="print")
        wide = page.evaluate(
            "w => [...document.querySelectorAll('table, pre, p, li')].filter(one => one.getBoundingClientRect().right > w + 1)"
            ".map(one => one.tagName + ' ' + one.textContent.slice(0, 60))",
            A4_WIDTH,
        )
        assert wide == []
        hidden = page.evaluate(
            "[...document.querySelectorAll('.scroll')].filter(one => getComputedStyle(one).overflowX !== 'visible'"
            " && one.scrollWidth > one.clientWidth).length"
        )
        assert hidden == 0
        assert page.evaluate("[...document.querySelectorAll('details')].every(one => one.open)")
        page.pdf(path=tmp_path / "dossier.pdf", prefer_css_page_size=True, format="A4")
    content = (tmp_path / "dossier.pdf").read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", content))
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    assert 4 <= pages <= 7
    assert max(int(count) for count in re.findall(rb"/Count (\d+)", content)) == pages

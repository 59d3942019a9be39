"""How a structure is reached: its number is written on its card and at the head of its sheet; what nobody publishes is to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from tests.search_api.pages.browser import served, tab
from tests.search_api.pages.demo import demonstration
from vivier.lexicon import Lexicon

pytestmark = [pytest.mark.slow, pytest.mark.browser]
HIGH = 500
"""Pixels of the head of a sheet in which a reader on a telephone has read what it does and how to reach it."""


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon, ids: dict[str, str]) -> Iterator[str]:
    with demonstration(tmp_path_factory.mktemp("demo"), lexicon) as app:
        with TestClient(app) as client:
            every = client.get("/v1/suppliers", params={"per_page": 100}).json()["results"]
        ways = ("phone", "mailbox", "website")
        ids["phone"] = next(one["id"] for one in every if one["phone"])
        ids["nothing"] = next(one["id"] for one in every if not any(one[way] for way in ways))
        with served(app) as address:
            yield address


@pytest.mark.parametrize("width", (1280, 390, 320))
def test_a_sheet_opens_on_what_it_does_and_how_to_reach_it(
    browser: Browser, base: str, ids: dict[str, str], width: int
) -> None:
    with tab(browser, base, scripts=False, width=width) as page:
        page.goto(f"/fournisseurs/{ids['phone']}")
        number = page.locator(".reaching a[href^='tel:']")
        assert len(number.inner_text().split()) == 5
        for part in (page.get_by_text("Ce qu’elle fait"), number):
            box = part.bounding_box()
            assert box and box["y"] + box["height"] <= HIGH
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.scrollHeight") <= 1_500 or width < 1280


def test_a_card_without_contact_leads_to_where_one_asks(browser: Browser, base: str, ids: dict[str, str]) -> None:
    with tab(browser, base, scripts=False) as page:
        page.goto("/fournisseurs?per_page=50")
        page.locator(f"#f-{ids['nothing']} .reach").click()
        expect(page.get_by_role("heading", name="La joindre")).to_be_visible()
        expect(page.locator(".reaching")).to_contain_text("Aucune coordonnée publiée")

"""A face that is understood in five seconds: few words, cards of three lines, the first one high on the page and near for the keyboard. What is
built later obeys these bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page

from tests.search_api.pages.browser import served, tab
from tests.search_api.pages.demo import demonstration
from vivier.lexicon import Lexicon

pytestmark = [pytest.mark.slow, pytest.mark.browser]
MEASURED: Final = (Path(__file__).parent / "measured.js").read_text(encoding="utf8")
SENTENCES: Final = (Path(__file__).parent / "sentences.js").read_text(encoding="utf8")
NEEDS: Final = (
    "entretien des espaces verts à Rennes",
    "nettoyage de bureaux à Lille",
    "blanchisserie à Bordeaux",
    "ESAT en Bretagne",
)
LISTS: Final = tuple(f"/fournisseurs?need={quote(need)}&per_page=10" for need in NEEDS)
FOUND: Final = (
    "/pistes?trade=entretien-espaces-verts&per_page=10",
    "/pistes?trade=nettoyage-locaux&per_page=10",
    "/marches?per_page=10",
    "/avis?per_page=10",
    "/acheteurs?trade=entretien-espaces-verts&sort=call&per_page=10",
)
LOTS: Final = (
    ("Entretien des espaces verts", "Ille-et-Vilaine", "180000", "24"),
    ("Nettoyage de locaux", "Rennes", "190000", "48"),
    ("Fourniture de mobilier", "Lille", "40000", "12"),
)
WORDED: Final = (
    "/", "/espace/acheteur", "/espace/structure", "/espace/facilitateur", "/a-propos", "/accessibilite", "/mentions-legales",
    "/donnees-personnelles", "/licences", "/plan-du-site", "/api-et-donnees", "/consultation", "/mes-fournisseurs", "/clausier",
    "/cout-global", "/auto-evaluation", "/ressources", "/ecrire", "/suivi-heures", "/comparer",
    *LISTS, *FOUND,
)  # fmt: skip
"""Pages whose sentences are measured: all but those of methods (indicators, depth, quality) and of the law (the territory)."""
LINES: Final = {1280: (3, 4), 390: (6, 9)}
"""By width, the most lines of a supplier, and of a contract, notice, lead or buyer: a title has two, and nothing else is cut."""
LARGEST: Final = (Path(__file__).parent / "largest.js").read_text(encoding="utf8")
UNDERSTOOD: Final = {
    "/": r"Trouvez un fournisseur inclusif ou éco-labellisé près de chez vous",
    LISTS[0]: r"Entretien des espaces verts à Rennes : \d+ structures? f(?:ait|ont) (?:une partie de )?ce métier",
    LISTS[3]: r"\d+ ESAT",
    f"/fournisseurs?need={quote('désamiantage ESAT à Mende')}": r"aucune structure connue de type ESAT",
    "/fournisseurs/{suppliers}": r"\(fictif\)",
    "/comparer?choix={three}": r"Comparer 3 structures",
    "/espace/structure": r"Vous dirigez une structure inclusive",
    "/pistes?trade=entretien-espaces-verts": r"\d+ opportunités?",
    "/pistes?supplier={suppliers}": r"(?:\d+ opportunités?|Rien de sûr, \d+ achats? à confirmer) pour .+",
    "/marches?trade=nettoyage-locaux": r"\d+ marchés publics : Nettoyage de locaux",
    "/avis": r"\d+ avis ouverts",
    "/acheteurs?trade=entretien-espaces-verts&sort=call": r"\d+ acheteurs à appeler",
    "/acheteurs/{buyers}": r"\w+",
    "/filieres?trade=entretien-espaces-verts": r"Entretien des espaces verts : qui peut répondre, et où",
    "/nulle-part": r"Page introuvable",
}
"""Of each page, what somebody should have understood after five seconds: its largest text says it. That of a lot is its verdict."""
HIGHEST: Final = {1280: 260, 390: 380}
"""By width, the lowest that the first card begins, in pixels."""


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    """Ids of what the demonstration has, filled by the service."""
    return {}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon, ids: dict[str, str]) -> Iterator[str]:
    with demonstration(tmp_path_factory.mktemp("demo"), lexicon, keeps=True) as app:
        with TestClient(app) as client:
            some = client.get("/v1/suppliers", params={"per_page": 3, "kind": "ESAT"}).json()["results"]
            ids["suppliers"], ids["three"] = some[0]["id"], ",".join(one["id"] for one in some)
            ids["buyers"] = client.get("/v1/buyers", params={"per_page": 1}).json()["results"][0]["siren"]
        with served(app) as base:
            yield base


def opened_lot(page: Page, lot: tuple[str, str, str, str]) -> None:
    page.goto("/consultation")
    for name, text in zip(("text", "place", "amount", "months"), lot, strict=True):
        page.locator(f"#champ-{name}").fill(text)
    page.locator("form:has(input[name=step][value=one]) button.main").click()
    page.locator(".verdict").wait_for()


def measured(browser: Browser, base: str, url: str, width: int) -> dict[str, Any]:
    with tab(browser, base, scripts=True, width=width) as page:
        page.goto(url)
        found: dict[str, Any] = page.evaluate(MEASURED)
        return found


@pytest.mark.parametrize("width", HIGHEST)
@pytest.mark.parametrize("url", LISTS)
def test_ten_results_are_350_words_in_cards_of_few_lines_that_cut_no_word(
    browser: Browser, base: str, url: str, width: int
) -> None:
    found = measured(browser, base, url, width)
    assert found["cards"] and found["words"] <= 350
    assert [card for card in found["cards"] if card["lines"] > LINES[width][0]] == []
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


@pytest.mark.parametrize("width", HIGHEST)
@pytest.mark.parametrize("url", FOUND)
def test_ten_leads_contracts_notices_or_buyers_are_few_words_in_cards_of_few_lines(
    browser: Browser, base: str, url: str, width: int
) -> None:
    found = measured(browser, base, url, width)
    assert found["cards"] and found["words"] <= 400 - 50 * url.startswith("/pistes")
    assert [card for card in found["cards"] if card["lines"] > LINES[width][1]] == []


@pytest.mark.parametrize("url", ("/marches", "/avis", "/acheteurs", "/indicateurs"))
def test_a_list_opens_on_250_words_and_1500_pixels(browser: Browser, base: str, url: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto(url)
        invented = page.locator("main").inner_text().count("(fictif)")  # no real name has this word
        assert page.evaluate(MEASURED)["words"] - invented <= 250
        assert page.evaluate("document.documentElement.scrollHeight") <= 1_500


@pytest.mark.parametrize("width", HIGHEST)
def test_the_start_page_is_120_words_at_most(browser: Browser, base: str, width: int) -> None:
    assert measured(browser, base, "/", width)["words"] <= 120


@pytest.mark.parametrize("lot", LOTS, ids=lambda lot: lot[0])
def test_a_lot_opens_on_its_verdict_in_250_words(browser: Browser, base: str, lot: tuple[str, str, str, str]) -> None:
    with tab(browser, base, scripts=True) as page:
        opened_lot(page, lot)
        for width in HIGHEST:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(MEASURED)["words"] <= 250
            verdict = page.locator(".verdict").bounding_box()
            assert verdict is not None and verdict["y"] <= HIGHEST[width]
        assert len(page.locator(".verdict-words strong").inner_text().split()) <= 10
        assert page.locator(".verdict-words strong").inner_text() in page.evaluate(LARGEST)
        assert len(page.get_by_text("de chances").all()) <= 1


def test_a_round_opens_on_its_verdict_in_250_words_and_1500_pixels(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        opened_lot(page, LOTS[0])
        page.locator(".to-call button").first.click()
        page.get_by_role("link", name="Réponses et dossier de ce lot").click()
        page.locator(".tally").wait_for()
        assert page.evaluate(MEASURED)["words"] <= 250
        assert page.evaluate("document.documentElement.scrollHeight") <= 1_500


@pytest.mark.parametrize("url", UNDERSTOOD)
def test_the_largest_text_of_a_page_is_what_it_says(browser: Browser, base: str, ids: dict[str, str], url: str) -> None:
    with tab(browser, base, scripts=True, refused=True) as page:
        page.goto(url.format(**ids))
        for width in HIGHEST:
            page.set_viewport_size({"width": width, "height": 900})
            largest = re.sub(r"\s", " ", page.evaluate(LARGEST))
            assert re.search(UNDERSTOOD[url], re.sub(r"(?<=\d) (?=\d)", "", largest)), (width, largest)
            assert len(largest.split()) <= 30


@pytest.mark.parametrize("url", WORDED)
def test_a_sentence_has_twenty_words_at_most(browser: Browser, base: str, url: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto(url)
        assert page.evaluate(SENTENCES, 20) == []

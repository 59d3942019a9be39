"""A dossier that is filed: its first page, what is printed once, its length on A4 by a real browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser

from search_api.desk.pages.dossier import standalone
from tests.dossiers.conftest import ASKED, House
from tests.search_api.pages.browser import launched
from tests.search_api.pages.demo import demonstration
from vivier.dossiers.paper import PRINTED, paper
from vivier.lexicon import Lexicon

IDENTITY = {
    "buyer_name": "Métropole d'essai",
    "reference": "2027-014",
    "author": "Service des achats",
    "signed_at": "Rennes",
    "launched": "2027-03-15",
}
FIVE = (
    ("Entretien des espaces verts", "Rennes", 150_000, 24),
    ("Nettoyage des locaux des collèges", "departement:59", 190_000, 48),
    ("Peinture des bâtiments scolaires", "Nantes", 300_000, 12),
    ("Restauration collective", "Lyon", 900_000, 36),
    ("Blanchisserie du linge", "Paris", 80_000, 24),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> dict[str, Any]:
    """The dossier of five lots of a whole demonstration."""
    lots = [
        {"lot": str(number), "text": text, "place": place, "amount": amount, "months": months}
        for number, (text, place, amount, months) in enumerate(FIVE, 1)
    ]
    form = {"title": "Cinq lots d'essai", "format": "json", **IDENTITY}
    rows = ["lot;objet;lieu;montant;durée", *(";".join(str(one) for one in lot.values()) for lot in lots)]
    with demonstration(tmp_path_factory.mktemp("demo"), lexicon) as app, TestClient(app) as client:
        answer = client.post("/consultation/dossier", data={**form, "programme": "\n".join(rows)})
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest.fixture(scope="module")
def pages(five: dict[str, Any], browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The text of each page of its PDF."""
    return printed(five, browser, tmp_path_factory.mktemp("pdf"))


def printed(dossier: dict[str, Any], browser: Browser, folder: Path) -> list[str]:
    pdfium = pytest.importorskip(
        "pypdfium2", reason="NO PDFIUM: the pages of the PDF were NOT read (make test installs it)"
    )
    source = folder / "dossier.html"
    source.write_text(standalone(dossier), encoding="utf-8")
    page = browser.new_page()
    page.goto(source.as_uri())
    page.pdf(path=folder / "dossier.pdf", prefer_css_page_size=True, format="A4")
    page.close()
    document = pdfium.PdfDocument(folder / "dossier.pdf")
    return [" ".join(one.get_textpage().get_text_range().split()) for one in document]


def test_five_lots_take_at_most_three_pages_and_one_and_a_half_a_lot(pages: list[str]) -> None:
    assert len(pages) <= 3 + 1.5 * len(FIVE)


def test_pages_are_numbered(pages: list[str]) -> None:
    for number, text in enumerate(pages, 1):
        assert f"Page {number} sur {len(pages)}" in text


def test_the_first_page_concludes_and_is_signed(pages: list[str]) -> None:
    first = pages[0]
    for told in ("Métropole d'essai", "2027-014", "Service des achats", "15/03/2027", "Fait à Rennes", "Conclusions"):
        assert told in first, told
    assert "Lot 1 :" not in first and "Lot 1 :" in pages[1]
    for text, *_ in FIVE:
        assert text in first, text


def test_law_formula_questionnaire_and_structures_are_printed_once(five: dict[str, Any], pages: list[str]) -> None:
    whole, made = "".join(pages).replace(" ", ""), paper(five)
    for article in made.articles:
        assert whole.count(article["rule"].replace(" ", "")) == 1, article["code"]
    for question in five["questionnaire"]:
        assert whole.count(question.replace(" ", "")) == 1
    sirets = [one.entry["siret"] for one in made.structures if one.printed and one.entry["siret"]]
    assert sirets and all(whole.count(siret) == 1 for siret in sirets)


def test_every_lot_has_its_conclusion_and_one_line_of_reason(five: dict[str, Any]) -> None:
    for lot in five["lots"]:
        end = lot["conclusion"]
        assert end["decision"] == lot["advice"]["lever_fr"] and 0 < len(end["reason"]) < 200


def test_paper_bounds_a_long_list_and_says_so(house: House) -> None:
    dossier = house.read(house.issue(**ASKED))
    [entry, *_] = dossier["lots"][0]["contacts"]["structures"]
    many = [{**entry, "id": f"essai-{rank}", "rank": rank} for rank in range(1, PRINTED + 11)]
    dossier["lots"][0]["contacts"]["structures"] = many
    made, text = paper(dossier), standalone(dossier)
    assert made.left_out == 10
    assert f"les {PRINTED} premières de chaque lot" in text and "10 autres structures" in text
    assert text.count('<tr class="beyond">') == 10
    codes = [article["code"] for article in made.articles]
    assert codes == sorted(codes) and {"L2113-12", "L2113-13"} <= {*codes}
    assert all(
        html.escape(article["rule"], quote=False) in text or article["rule"] in html.unescape(text)
        for article in made.articles
    )


@pytest.mark.parametrize("author", ["Jean Dupont", "Claire, acheteuse", "Mme Martin, DGA", "achats, 06 12 34 56 78"])
def test_a_dossier_never_keeps_the_name_of_its_author(refusing: House, author: str) -> None:
    answer = refusing.client.post("/v1/dossiers", json={**ASKED, "author": author})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "author" and error["code"] == "personal_data" and "service des achats" in error["message"]


def test_a_page_shows_again_what_is_to_correct(refusing: House) -> None:
    form = {"text": "entretien des espaces verts", "place": "Rennes", "author": "Jean Dupont", "format": "html"}
    answer = refusing.client.post("/consultation/dossier", data=form)
    text = html.unescape(answer.text)
    assert answer.status_code == 422 and 'value="Jean Dupont"' in text and "dites une fonction ou un service" in text
    assert re.search(r'<textarea name="programme"[^>]*>[^<]*espaces verts', text)


@pytest.mark.slow
def test_identity_changes_neither_the_list_nor_its_order(house: House) -> None:
    plain, signed = (house.read(house.issue(**more)) for more in ({}, IDENTITY))
    assert plain["list_sha256"] == signed["list_sha256"] and plain["sha256"] != signed["sha256"]

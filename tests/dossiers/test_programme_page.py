"""A whole programme decided at once: by the API, on a page without a script, and in files, with the same figures."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from search_api.app import create_app
from search_api.desk.consultations import XLSX
from search_api.desk.pages.lot import face_of
from search_api.desk.routes.programme import ProgrammeDecision
from tests.dossiers.conftest import House
from tests.search_api.conforms import conforms
from tests.search_api.conftest import today
from tests.search_api.pages.html import plain
from vivier.desk.programme.options import RESERVED
from vivier.desk.tell.decision import freed_sentence
from vivier.dossiers.studies import Studies
from vivier.given.database import Database
from vivier.given.shelf import DatabaseShelf

LOTS = [
    {
        "text": "entretien des espaces verts",
        "place": "Rennes",
        "amount": 240_000,
        "months": 24,
        "launched": "2027-01-01",
    },
    {"text": "entretien des espaces verts", "place": "Rennes", "amount": 400_000, "months": 24},
    {"text": "élagage", "place": "Rennes", "amount": 90_000, "months": 12},
    {"text": "zzyzx"},
]
PROGRAMME = "objet;lieu;montant;durée\nTonte des pelouses;Rennes;240000;24\nÉlagage;Rennes;90000;12\nzzyzx;Rennes;;\n"


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    shelf = DatabaseShelf(Database(f"sqlite:///{house.settings.home}/studies.sqlite"), "study", 30, 5)
    with TestClient(create_app(house.engine, house.lexicon, today=today, studies=Studies(shelf))) as made:
        yield made


def decided(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.post("/v1/programmes", json={"lots": LOTS, **more})
    assert answer.status_code == 200, answer.text
    return conforms(ProgrammeDecision, answer.json())


@pytest.mark.slow
def test_the_api_gives_one_lever_a_line_with_its_certificate_and_what_waits(client: TestClient) -> None:
    made = decided(client)
    assert [line["line"] for line in made["lines"]] == [1, 2, 3] and [line["line"] for line in made["waiting"]] == [4]
    assert made["solver"]["optimal"] and made["solver"]["gap"] <= 1e-4
    assert made["totals"]["useful_hours"] >= made["line_by_line"]["useful_hours"] - 2
    expected = sum(line["expected_hours"] for line in made["lines"])
    assert sum(month["clause"] + month["reserved"] for month in made["months"]) == pytest.approx(expected, abs=40)
    assert made["lines"][0]["start"] == "2027-01-01" and made["supposed_start"] == 2


@pytest.mark.slow
def test_a_clause_and_a_condition_due_give_the_hours_of_the_board(client: TestClient) -> None:
    lots = [{"text": "maintenance informatique", "place": "Rennes", "amount": 5e5, "months": 36}, *LOTS[:2]]
    rows = client.post("/v1/consultations", json={"lots": lots, "detail": "board"}).json()["lots"]
    lines = client.post("/v1/programmes", json={"lots": lots}).json()["lines"]
    assert lines[0]["lever"] == "condition" and lines[0]["hours"] == rows[0]["hours"]["central"] > 0
    assert lines[0]["expected_hours"] <= lines[0]["hours"] * lines[0]["probability"] + 1


@pytest.mark.slow
def test_an_aim_out_of_reach_is_told_and_a_bad_one_refused_by_name(client: TestClient) -> None:
    made = decided(client, target_hours=1_000_000)
    assert made["missing"]["hours"] > 900_000 and any("il en manque" in text for text in made["summary"])
    refused = client.post("/v1/programmes", json={"lots": LOTS, "target_share": 2})
    assert refused.status_code == 422 and "target_share" in refused.text


@pytest.mark.slow
def test_no_line_is_to_confirm_when_no_round_is_possible(client: TestClient) -> None:
    made = decided(client, most_rounds=0)
    assert made["totals"]["to_confirm"] == 0 and all(line["lever"] != "reserve_if" for line in made["lines"])


@pytest.mark.slow
def test_the_shares_of_re_used_and_recycled_goods_are_told_with_what_is_missing(client: TestClient) -> None:
    clothes = {"text": "fourniture de vêtements de travail", "place": "Rennes", "amount": 120_000, "months": 24}
    chairs = {"text": "fourniture de mobilier de bureau", "place": "Rennes", "amount": 40_000, "months": 12}
    made = decided(client, lots=[clothes, chairs])
    by_code = {family["code"]: family for family in made["families"]}
    textile = by_code["agec_textile"]
    assert textile["annual"] == 60_000 and textile["missing"][0] == pytest.approx(textile["owed"][0])
    assert by_code["agec_furniture"]["owed"] is None
    assert "n'a pas été lue" in by_code["agec_furniture"]["text"][0]


def test_the_files_have_the_lines_of_the_answer(client: TestClient) -> None:
    made = decided(client)
    table = client.post("/v1/programmes", json={"lots": LOTS}, headers={"accept": "text/csv"})
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [str(line["line"]) for line in made["lines"]]
    book = load_workbook(
        io.BytesIO(client.post("/v1/programmes", json={"lots": LOTS}, headers={"accept": XLSX}).content)
    )
    assert book.sheetnames == ["Programme", "Heures par mois", "Réemploi et recyclé", "Lisez-moi"]
    assert book["Programme"].max_row == len(rows) and book["Heures par mois"].max_row == 1 + len(made["months"])


@pytest.mark.slow
def test_the_page_of_a_study_decides_draws_and_leads_to_its_files(client: TestClient) -> None:
    sent = {"step": "study", "programme": PROGRAMME, "title": "Programme 2027"}
    address = client.post("/consultation", data=sent, follow_redirects=False).headers["location"]
    assert f'href="{address}/programme"' in client.get(address).text
    answer = client.get(f"{address}/programme", params={"part": 50, "enquetes": 1})
    page = plain(answer.text)
    assert answer.status_code == 200 and answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "<script" not in re.search(r"<article.*</article>", answer.text, re.DOTALL)[0]  # type: ignore[index]
    assert "Preuve." in page and "2 lignes : " in page and "1 ligne n'est pas comptée" in page.replace("’", "'")
    assert 'role="img"' in answer.text and "Les mêmes heures en tableau" in page
    (file,) = re.findall(r'href="([^"]+\.xlsx[^"]*)"', answer.text)
    assert load_workbook(io.BytesIO(client.get(file.replace("&amp;", "&")).content)).sheetnames[0] == "Programme"
    assert client.get(f"{address}/programme.csv").headers["content-type"].startswith("text/csv")
    assert client.get(f"{address}/programme", params={"part": 101}).status_code == 422


@pytest.mark.slow
def test_a_lot_tells_the_hours_that_its_programme_counts(client: TestClient) -> None:
    """By a clause and held by a structure are two figures: each has one value."""
    lots = client.post("/v1/consultations", json={"lots": LOTS}).json()["lots"]
    by_line = {lot["understood"]["line"]: lot for lot in lots if lot["studied"]}
    seen = 0
    for line in decided(client)["lines"]:
        lot, face = by_line[line["line"]], face_of(by_line[line["line"]])
        if line["hours"] is None:
            continue
        if line["lever"] in RESERVED and line["lever"] == lot["advice"]["lever"]:
            assert face.structure_hours == line["hours"]
            seen += 1
        if line["lever"] == "clause":
            assert lot["hours"]["central"]["insertion_hours"] == line["hours"]
            seen += 1
    assert seen


OUTSIDE = ("représentation en justice", "commissariat aux comptes", "acte notarié")


def test_every_lot_is_counted_and_named_by_its_number(client: TestClient) -> None:
    """The sentence of the study adds up to its lots; the lots that a plan leaves out are all named as the page names them."""
    texts = ("Tonte des pelouses", *OUTSIDE, *OUTSIDE, "zzyzx", "Élagage")
    rows = "".join(f"{number + 10};{text};Rennes;90000;12\n" for number, text in enumerate(texts))
    sent = {"step": "study", "programme": "lot;objet;lieu;montant;durée\n" + rows, "title": "Programme 2027"}
    address = client.post("/consultation", data=sent, follow_redirects=False).headers["location"]
    (sentence,) = re.findall(r"9 lots : ([^.]*)\.", plain(client.get(address).text))
    assert sum(int(part) for part in re.findall(r"(?:^|, )(\d+) ", sentence)) == 9, sentence
    assert "6 hors du champ de l'annuaire" in sentence.replace("’", "'") and "1 à corriger" in sentence
    (left,) = re.findall(r"7 lignes ne sont pas comptées : (.*?)\. <a ", plain(client.get(f"{address}/programme").text))
    assert sorted(map(int, re.findall(r"lot (\d+)", left))) == [*range(11, 18)], left
    assert "ligne" not in left


@pytest.mark.parametrize(("hours", "words"), [(0, "0 heure de plus"), (1, "1 heure de plus"), (2, "2 heures de plus")])
def test_one_hour_is_singular(hours: int, words: str) -> None:
    freed: Any = {"what": "tonte", "annual_amount": 1.0, "hours": hours, "lines": 1, "sure": True}
    assert words in freed_sentence(freed).replace("\xa0", " ")

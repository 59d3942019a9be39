"""A study has an address: it is reloaded, shared, left and found again, until its printed day or until it is deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import serve_corpus, today
from tests.search_api.pages.html import plain
from vivier.desk.read.programme import Row
from vivier.dossiers.port import DossierPurged, ShelfFull
from vivier.dossiers.studies import Studies
from vivier.errors import NotFound
from vivier.french import number
from vivier.given.database import Database
from vivier.given.shelf import DatabaseShelf
from vivier.lexicon import Lexicon

PROGRAMME = "lot;objet;lieu;montant;durée\n1;Tonte des pelouses;Rennes;240000;48\n2;Nettoyage des locaux;Rennes;60000;12\n3;zzyzx;Rennes;;\n"
ROWS = (Row(1, {"text": "tonte", "place": "Rennes"}),)
DAY = date(2026, 11, 24)


@pytest.fixture
def shelf(tmp_path: Path) -> DatabaseShelf:
    return DatabaseShelf(Database(f"sqlite:///{tmp_path}/given.sqlite"), "study", 30, 2)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> DatabaseShelf:
    """The shelf of the service: each test reads the studies that it keeps there."""
    return DatabaseShelf(Database(f"sqlite:///{tmp_path_factory.mktemp('kept')}/given.sqlite"), "study", 30, 100)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon, kept: DatabaseShelf) -> Iterator[TestClient]:
    with (
        closing(serve_corpus(tmp_path_factory.mktemp("studies"), lexicon)) as engine,
        TestClient(create_app(engine, lexicon, today=today, studies=Studies(kept))) as made,
    ):
        yield made


def study(client: TestClient, programme: str = PROGRAMME, **more: str) -> str:
    sent = {"step": "study", "programme": programme, **more}
    answer = client.post("/consultation", data=sent, follow_redirects=False)
    assert answer.status_code == 303, answer.text[:1500]
    return answer.headers["location"]


def test_a_study_is_at_an_address_that_gives_it_again(client: TestClient) -> None:
    address = study(client)
    first, again = client.get(address), client.get(address)
    assert first.status_code == 200 and first.text == again.text
    assert "3 lots :" in plain(first.text) and "1 à corriger" in first.text
    assert first.headers["x-robots-tag"] == "noindex, nofollow"


def test_each_lot_has_its_page_and_leads_to_the_next(client: TestClient) -> None:
    address = study(client)
    page = client.get(f"{address}/lots/2")
    assert "Lot 1 : <bdi>Tonte des pelouses</bdi></h1>" in plain(page.text) and '<div class="verdict ' in page.text
    assert f'rel="next" href="{address}/lots/3"' in page.text and 'rel="prev"' not in page.text
    for absent in ("99", "premier", "9" * 5000):
        answer = client.get(f"{address}/lots/{absent}")
        assert answer.status_code == 404 and f"Aucun lot à la ligne {absent[:20]} " in plain(answer.text)


def test_a_study_of_one_lot_is_that_lot(client: TestClient) -> None:
    page = client.get(study(client, "objet;lieu\nnettoyage des locaux;Rennes\n"))
    assert '<div class="verdict ' in page.text and 'class="board"' not in page.text


def test_a_lot_has_the_same_verdict_alone_on_the_board_and_in_the_dossier(client: TestClient) -> None:
    lots = [
        {"lot": "1", "text": "Tonte des pelouses", "place": "Rennes", "amount": "240000", "months": "48"},
        {"lot": "2", "text": "Nettoyage des locaux", "place": "Rennes", "amount": "60000", "months": "12"},
        {"lot": "3", "text": "zzyzx", "place": "Rennes"},
    ]
    whole = client.post("/v1/consultations", json={"lots": lots}).json()
    board = client.post("/v1/consultations", json={"lots": lots, "detail": "board"}).json()
    assert [row["studied"] for row in board["lots"]] == [lot["studied"] for lot in whole["lots"]] == [True, True, False]
    for row, lot in zip(board["lots"][:2], whole["lots"], strict=False):
        assert row["lever"] == lot["advice"]["lever"] and row["confidence"] == lot["advice"]["confidence"]
        assert row["hours"]["central"] == lot["hours"]["central"]["insertion_hours"]
    assert sum(board["totals"]["levers"].values()) + board["totals"]["to_correct"] == board["totals"]["lots"] == 3


def test_settings_are_kept_with_the_lots_and_shown_again(client: TestClient) -> None:
    address = study(client, title="Marché 2027", response_rate="20 %")
    page = client.get(address)
    assert "<h1>Marché 2027</h1>" in page.text and 'name="response_rate" value="20 %"' in page.text


def test_the_slider_starts_at_the_usual_rate_and_says_where_it_comes_from(client: TestClient) -> None:
    page = unescape(client.get(study(client, "objet;lieu\nnettoyage des locaux;Rennes\n")).text)
    assert re.search(r'<input id="champ-taux" type="range" name="taux" min="1" max="100" step="1" value="\d+"', page)
    assert "Sans ce réglage : 10\xa0%, taux de réponse" in plain(page).replace("\u202f", "\xa0")
    assert "Recalculer à ce taux" in page and "Revenir au taux mesuré" not in page


def test_the_rate_that_is_tried_replaces_those_of_the_lots_and_goes_into_the_dossier(client: TestClient) -> None:
    lots = "objet;lieu;montant;taux de réponse\nnettoyage des locaux;Rennes;60000;20 %\nTonte;Rennes;60000;\n"
    address = study(client, lots)
    assert "Recalculer à ce taux" in client.get(address).text
    lot = client.get(f"{address}/lots/2", params={"taux": 90}).text
    assert (
        "90\xa0%</output>" in lot.replace("\u202f", "\xa0")
        and "taux de réponse donné" in lot
        and "Revenir au taux mesuré" in lot
    )
    assert 'name="response_rate" value="0,9"' in lot and f'href="{address}?taux=90"' in lot
    assert f"{address}/lots/3?taux=90" in client.get(address, params={"taux": 90}).text
    assert "taux de réponse donné" in client.get(f"{address}/lots/2").text


def test_the_board_and_the_lot_say_of_which_lever_their_hours_are(client: TestClient) -> None:
    """A structure that holds the lot gives ten times as many: the face of the lot and the programme count those."""
    lots = "objet;lieu;montant\nnettoyage des locaux;Rennes;200000\nnettoyage des vitres;Rennes;90000\n"
    address = study(client, lots)
    assert "Heures d'insertion par une clause" in plain(client.get(address).text)
    assert re.search(r"\d heures</strong> par une clause \(de ", plain(client.get(f"{address}/lots/2").text))


def test_the_effort_is_a_slider_that_doubles_the_hours_and_goes_into_the_dossier(client: TestClient) -> None:
    address = study(client, "objet;lieu;montant\nnettoyage des locaux;Rennes;200000\n")
    page = plain(client.get(address).text)
    shown = re.sub(r"(?<=\d)\s(?=\d)", "", page)
    five, ten, twenty = (int(n) for n in re.findall(r"(\d+) heures à (?:5|10|20)\s%", shown)[:3])
    assert (ten, twenty) == (pytest.approx(2 * five, abs=1), pytest.approx(4 * five, abs=2))
    tried = client.get(address, params={"effort": 10, "taux": 30}).text
    assert f"<strong>{number(ten)} heures</strong>" in tried and 'name="effort" value="0,1"' in tried
    assert 'min="5" max="20" step="1" value="10"' in tried and '<input type="hidden" name="effort" value="10">' in tried
    assert client.get(address, params={"effort": 0}).status_code == 422


def test_a_lot_over_a_departement_is_told_by_intercommunalite_when_asked(client: TestClient) -> None:
    address = study(client, "objet;lieu;montant\nTonte;Ille-et-Vilaine;60000\n")
    whole = client.get(address).text
    assert f'href="{address}?parties=true"' in whole and "Par intercommunalité" not in whole
    cut = client.get(address, params={"parties": "true", "taux": 30}).text
    assert "<h2>Par intercommunalité</h2>" in cut and "Rennes Métropole" in cut and "Loti par intercommunalité" in cut
    assert 'name="by_part" value="oui"' in cut and 'name="parties" value="true"' in cut


@pytest.mark.parametrize("rate", ["0", "101", "abc", "1.5"])
def test_a_rate_out_of_the_slider_is_refused_by_name(client: TestClient, rate: str) -> None:
    answer = client.get(study(client), params={"taux": rate})
    assert answer.status_code == 422 and "taux" in answer.text


def test_a_wrong_setting_is_told_and_nothing_is_kept(client: TestClient, kept: DatabaseShelf) -> None:
    before = kept.count()
    answer = client.post("/consultation", data={"step": "study", "programme": PROGRAMME, "capacity_share": "9"})
    assert answer.status_code == 422 and kept.count() == before


def test_a_deleted_study_is_gone_and_says_so(client: TestClient) -> None:
    address = study(client)
    assert client.post(f"{address}/supprimer", follow_redirects=False).status_code == 303
    gone = client.get(address, headers={"Accept": "text/html"})
    assert gone.status_code == 410 and "a été supprimée" in gone.text


def test_another_site_can_neither_keep_nor_delete(client: TestClient) -> None:
    elsewhere = {"Origin": "https://ailleurs.example", "Sec-Fetch-Site": "cross-site"}
    sent = {"step": "study", "programme": PROGRAMME}
    assert client.post("/consultation", data=sent, headers=elsewhere).status_code == 403
    assert client.post(f"{study(client)}/supprimer", headers=elsewhere).status_code == 403


def test_an_address_that_nobody_gave_is_not_found(client: TestClient) -> None:
    for id_ in ("0" * 40, "..%2f..%2fetc", "x"):
        assert client.get(f"/consultation/etudes/{id_}").status_code == 404


def test_a_study_leaves_after_its_last_day_and_makes_room(shelf: DatabaseShelf) -> None:
    studies = Studies(shelf)
    first = studies.keep({}, ROWS, DAY)
    assert studies.read(first, DAY + timedelta(days=30)).rows == ROWS
    with pytest.raises(DossierPurged):
        studies.read(first, DAY + timedelta(days=31))
    studies.keep({}, ROWS, DAY)
    with pytest.raises(ShelfFull, match="Trop d'études"):
        studies.keep({}, ROWS, DAY)
    studies.keep({}, ROWS, DAY + timedelta(days=31))
    with pytest.raises(NotFound):
        studies.read("0" * 40, DAY)

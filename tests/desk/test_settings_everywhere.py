"""Every setting is taken by the page, the command line, a column of a file and the API, with the same words and the same result."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient

from indexer.demo import demo_records
from mappings import read_table
from search_api.app import create_app
from tests.suppliers.conftest import serve
from vivier.cli.desk.studies import LotSettings
from vivier.desk.consultation import Desk, LotStudy
from vivier.desk.read.asked import LotAsked, Settings, checked, settings_of
from vivier.desk.read.headings import COLUMNS
from vivier.desk.read.lot_settings import SETTINGS, Own
from vivier.desk.read.programme import read_programme
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.trades.table import fold

TODAY = date(2026, 11, 24)
NAMES = [setting.name for setting in SETTINGS]
TYPED = {
    "buyer": "État",
    "launched": "15/03/2027",
    "social_condition": "oui",
    "environmental_condition": "oui",
    "environmental_criterion": "non",
    "exception": "competition",
    "response_rate": "15 %",
    "taken_over": "70 %",
    "labour_share": "60 %",
    "hourly_cost": "32 €",
}
LOT = {"text": "nettoyage des locaux", "place": "Rennes", "amount": "300000", "months": "48"}


@pytest.fixture(scope="module")
def store(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    with contextlib.closing(EmbeddedStore(tmp_path_factory.mktemp("settings"))) as engine:
        serve(engine, demo_records(200), lexicon)
        yield engine


@pytest.fixture(scope="module")
def client(store: EmbeddedStore, lexicon: Lexicon) -> TestClient:
    return TestClient(create_app(store, lexicon, today=lambda: TODAY))


def study(store: EmbeddedStore, lexicon: Lexicon, settings: Settings, cells: dict[str, str]) -> LotStudy:
    head, line = ";".join(cells), ";".join(cells.values())
    (row,) = read_programme(f"{head}\n{line}\n".encode()).rows
    desk = Desk(Snapshot(store), lexicon, settings.study_settings(TODAY))
    return desk.lot(understand(row, lexicon))


@pytest.mark.slow
def test_the_settings_are_the_same_everywhere(client: TestClient) -> None:
    page = client.get("/consultation").text
    assert set(TYPED) == set(NAMES) == {field.name for field in fields(Own)}
    for name in NAMES:
        assert name in Settings.model_fields and name in LotAsked.model_fields and name in COLUMNS
        assert f'name="{name}"' in page
        assert f" {name}=" in re.sub(r"\s+", " ", get_args(LotSettings)[1].help)
        assert name == "response_rate" or name in StudySettings.__dataclass_fields__


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_column_of_a_lot_and_a_setting_of_the_consultation_give_the_same_study(
    store: EmbeddedStore, lexicon: Lexicon, name: str
) -> None:
    of_all = study(store, lexicon, settings_of({name: TYPED[name]}), LOT)
    of_lot = study(store, lexicon, Settings(), LOT | {name: TYPED[name]})
    neither = study(store, lexicon, Settings(), LOT)
    parts = lambda made: (made.feasibility, made.hours, made.duties, made.notes, made.advice)  # noqa: E731
    assert parts(of_all) == parts(of_lot)
    assert name in ("exception", "launched") or parts(of_all) != parts(neither)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_api_and_the_page_take_the_words_of_a_cell(client: TestClient, name: str) -> None:
    def asked(**body: Any) -> dict[str, Any]:
        answer = client.post("/v1/consultations", json={"lots": [LOT], **body})
        assert answer.status_code == 200, answer.text
        (lot,) = answer.json()["lots"]
        return dict(lot["settings"])

    of_all, of_lot = asked(**{name: TYPED[name]}), asked(lots=[LOT | {name: TYPED[name]}])
    assert of_all == of_lot and of_all[name] is not None
    programme = "objet;lieu;montant;durée\nnettoyage des locaux;Rennes;300000;48\n"
    made = client.post("/consultation/dossier", data={"programme": programme, "format": "json", name: TYPED[name]})
    assert made.json()["lots"][0]["settings"] == of_all


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_that_cannot_be_read_is_refused_by_name_everywhere(client: TestClient, name: str) -> None:
    wrong = {name: "beaucoup"}
    answer = client.post("/v1/consultations", json={"lots": [LOT], **wrong})
    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == [name]
    lot = client.post("/v1/consultations", json={"lots": [LOT | wrong]}).json()["lots"][0]
    assert not lot["studied"] and [error["field"] for error in lot["understood"]["errors"]] == [name]
    page = client.post("/consultation", data={"step": "one", **LOT, **wrong})
    assert page.status_code == 422 and f'id="erreur-{name}"' in page.text  # a lot that is clear is studied at once
    refused = client.post(
        "/consultation", data={"step": "study", "programme": "objet;lieu\nnettoyage;Rennes\n", **wrong}
    )
    assert refused.status_code == 422 and f'id="erreur-{name}"' in refused.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("need", "warned"),
    [
        ("nettoyage des locaux", True),
        ("gardiennage et surveillance de sites", True),
        ("restauration collective", True),
        ("collecte des déchets ménagers", True),
        ("entretien des espaces verts", False),
        ("peinture intérieure des écoles", False),
    ],
)
def test_staff_taken_over_is_unknown_and_warned_of_where_it_is_the_rule(
    store: EmbeddedStore, lexicon: Lexicon, need: str, warned: bool
) -> None:
    made = study(store, lexicon, Settings(), LOT | {"text": need})
    assert any("Personnel repris inconnu" in note for note in made.notes) == warned
    for share in ("non", "70 %"):
        said = study(store, lexicon, Settings(), LOT | {"text": need, "taken_over": share})
        assert not any("Personnel repris inconnu" in note for note in said.notes)


@pytest.mark.slow
def test_the_warning_is_in_every_answer(client: TestClient) -> None:
    programme = "objet;lieu;montant;durée\nnettoyage des locaux;Rennes;300000;48\n"
    asked = {"trade": "nettoyage-locaux", "territory": "commune:35238", "amount": "300000", "months": "48"}
    answers = (
        client.post("/v1/consultations", json={"lots": [LOT]}),
        client.post("/consultation", data={"step": "study", "programme": programme}),
        client.post("/consultation/dossier", data={"programme": programme, "format": "html"}),
        client.post("/consultation/dossier", data={"programme": programme, "format": "json"}),
        client.get("/v1/feasibility", params=asked),
        client.get("/v1/insertion_hours", params={"trade": "nettoyage-locaux", "amount": "300000"}),
    )
    for answer in answers:
        assert "Personnel repris inconnu" in answer.text, answer.url
    told = client.get("/v1/feasibility", params=asked | {"taken_over": "0.7"})
    assert told.status_code == 200 and "Personnel repris inconnu" not in told.text


@pytest.mark.slow
def test_hours_fall_with_the_staff_taken_over_and_follow_a_range(store: EmbeddedStore, lexicon: Lexicon) -> None:
    def central(**cells: str) -> float:
        hours = study(store, lexicon, Settings(), LOT | cells).hours
        assert hours is not None and hours.central is not None
        return hours.central.insertion

    assert central(taken_over="70 %") == pytest.approx(0.3 * central())
    span = study(store, lexicon, Settings(), LOT | {"amount": "entre 200 000 et 400 000"}).hours
    low, high = (study(store, lexicon, Settings(), LOT | {"amount": amount}).hours for amount in ("200000", "400000"))
    assert span is not None and low is not None and high is not None
    assert (span.low, span.high) == (low.low, high.high) and span.central is not None
    assert span.central.insertion == pytest.approx(central())


def test_a_framework_has_no_sure_hours_and_is_held_to_its_maximum(store: EmbeddedStore, lexicon: Lexicon) -> None:
    made = study(store, lexicon, Settings(), LOT | {"amount": "max 400 000"})
    assert made.hours is not None and made.hours.central is None and made.hours.per_100k > 0
    assert made.feasibility is not None and made.feasibility.lot.amount == 400_000
    assert made.duties[-1].state == "unknown"  # above the threshold: due, and not told


def test_lots_that_name_a_consultation_add_up_within_it(lexicon: Lexicon, store: EmbeddedStore) -> None:
    text = "consultation;lot;objet;lieu;montant\nA;1;nettoyage;Rennes;150000\nA;2;nettoyage;Rennes;entre 50 000 et 80 000\nB;1;nettoyage;Rennes;90000\n"
    lines = [understand(row, lexicon) for row in read_programme(text.encode()).rows]
    made = list(Desk(Snapshot(store), lexicon, StudySettings(TODAY)).programme(lines))
    assert [study.duties[-1].state for study in made] == ["to_verify", "to_verify", "not_applicable"]
    assert "de la consultation « A »" in made[0].duties[-1].text


def test_the_table_of_staff_names_trades_and_says_what_it_rests_on(lexicon: Lexicon) -> None:
    for row in read_table("staff_transfer"):
        assert row["trade"] in lexicon.trade_names
        assert row["rule"] and row["source"] and row["status"] in ("seen", "second-hand", "unverified")
        assert fold(row["rule"])


def test_a_cell_that_is_no_text_is_said_once_under_the_name_of_its_lot() -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked({"lots": [{"trade": ["blanchisserie"], "colour": "vert"}]})
    assert [error.message for error in refused.value.errors] == [
        "« lots.1.trade » est un texte (reçu : ['blanchisserie']).",
        "« lots.1.colour » est inconnu.",
    ]

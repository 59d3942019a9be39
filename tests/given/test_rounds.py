"""Rounds by the API: opened from a lot, answered, read, sealed in a dossier, closed, deleted."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from search_api.app import create_app
from tests.given.conftest import ASKED, LOT, House
from vivier.desk.dossier import canonical, verified
from vivier.desk.method.answers import Answer
from vivier.dossiers.compose import compose
from vivier.dossiers.question import question_of
from vivier.french import typographic
from vivier.given.round import RoundClosed, token_of
from vivier.names import readable_name
from vivier.privacy.opposition import Opposition
from vivier.search.snapshot import Snapshot


@pytest.mark.slow
def test_a_round_has_a_neutral_list_a_questionnaire_and_a_link_a_structure(house: House) -> None:
    made = house.open()
    read = house.read(made)
    assert read["counts"] == {"invited": made["invited"], "answered": 0, "yes": 0, "part": 0, "no": 0, "withdrawn": 0}
    assert [one["rank"] for one in read["invited"]] == list(range(1, made["invited"] + 1))
    assert len({one["link"] for one in read["invited"]}) == made["invited"] > 3 and len(read["questionnaire"]) == 5
    again = house.read(house.open(seed=read["seed"]))
    assert [one["id"] for one in again["invited"]] == [one["id"] for one in read["invited"]]
    assert {one["link"] for one in again["invited"]}.isdisjoint(one["link"] for one in read["invited"])
    other = house.read(house.open(seed="autre"))
    assert {one["id"] for one in other["invited"]} == {one["id"] for one in read["invited"]}
    assert [one["id"] for one in other["invited"]] != [one["id"] for one in read["invited"]]


@pytest.mark.slow
def test_an_answer_replaces_what_was_supposed_and_the_round_says_what_it_changed(house: House) -> None:
    made = house.open()
    before = house.read(made)
    calls = [one["id"] for one in before["calls"]]
    once = house.note(made, {"structure": calls[0], "can": "yes"})
    assert once["counts"]["answered"] == 1 and calls[0] not in [one["id"] for one in once["calls"]]
    twice = house.note(made, {"structure": once["calls"][0]["id"], "can": "yes", "volume": 80_000, "together": "alone"})
    assert twice["lot"]["advice"]["lever"] == "reserve" and twice["calls"] == []
    assert "2 structures ont confirmé" in twice["lot"]["advice"]["reason"]
    steps = twice["lot"]["sourcing"]["steps"]
    assert len(steps) == 2 and all(step["by"] == "facilitator" and step["given_on"] == "2026-11-24" for step in steps)
    assert "2 structures ont confirmé" in twice["summary"]


@pytest.mark.slow
def test_one_more_yes_never_lowers_the_lever(house: House) -> None:
    order = ["none", "condition", "criterion", "clause", "reserve_if", "reserve", "direct"]
    made = house.open()
    read = house.read(made)
    former = order.index(read["lot"]["advice"]["lever"])
    for one in read["invited"][:6]:
        now = house.note(made, {"structure": one["id"], "can": "yes"})
        step = now["lot"]["sourcing"]["after"]
        assert order.index(now["lot"]["advice"]["lever"]) >= former
        former = order.index(step["lever"])


@pytest.mark.parametrize(
    ("reply", "field", "code"),
    [
        ({"can": "maybe"}, "can", "unknown_value"),
        pytest.param({}, "can", "invalid_value", marks=pytest.mark.slow),
        pytest.param({"can": "yes", "volume": -5}, "volume", "out_of_range", marks=pytest.mark.slow),
        pytest.param({"can": "yes", "volume": "beaucoup"}, "volume", "invalid_value", marks=pytest.mark.slow),
        pytest.param({"can": "yes", "volume": 1e12}, "volume", "out_of_range", marks=pytest.mark.slow),
        ({"can": "yes", "volume": 10_000}, "volume", "inconsistent"),
        pytest.param({"can": "no", "volume": 10_000}, "volume", "inconsistent", marks=pytest.mark.slow),
        pytest.param({"can": "yes", "start": "bientôt"}, "start", "invalid_value", marks=pytest.mark.slow),
        pytest.param({"can": "yes", "article": "L1"}, "article", "unknown_value", marks=pytest.mark.slow),
        pytest.param({"can": "yes", "together": "Mme Martin"}, "together", "unknown_value", marks=pytest.mark.slow),
        ({"can": "yes", "comment": "appelez-moi"}, "comment", "unknown_parameter"),
        ({"can": "yes", "structure": "inconnue"}, "structure", "unknown_value"),
    ],
)
def test_an_answer_that_cannot_be_kept_is_refused_by_its_field(
    refusing: House, refusing_round: dict[str, Any], reply: dict[str, Any], field: str, code: str
) -> None:
    made = refusing_round
    structure = refusing.read(made)["invited"][0]["id"]
    refused = refusing.note(made, {"structure": structure, **reply}, status=422)
    assert [(one["field"].rpartition(".")[2], one["code"]) for one in refused["errors"]] == [(field, code)]
    assert refusing.read(made)["counts"]["answered"] == 0


@pytest.mark.slow
def test_answers_are_kept_all_or_none(house: House) -> None:
    made = house.open()
    first, second = (one["id"] for one in house.read(made)["invited"][:2])
    house.note(made, {"structure": first, "can": "yes"}, {"structure": second, "can": "perhaps"}, status=422)
    house.note(made, {"structure": first, "can": "yes"}, {"structure": first, "can": "no"}, status=422)
    assert house.read(made)["counts"]["answered"] == 0
    house.note(made, {"structure": first, "can": "yes"}, {"structure": second, "can": "no"})
    assert house.read(made)["counts"]["answered"] == 2


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"lots": []}, "lots"),
        ({"line": 2}, "line"),
        ({"line": 0}, "line"),
        ({"closes_on": "2026-11-01"}, "closes_on"),
        ({"closes_on": "2028-11-01"}, "closes_on"),
        ({"size": 0}, "size"),
        ({"organisation": "Mme Claire MARTIN"}, "organisation"),
        ({"organisation": "x" * 121}, "organisation"),
        ({"colour": "vert"}, "colour"),
    ],
)
def test_a_round_that_cannot_be_opened_says_why(refusing: House, more: dict[str, Any], field: str) -> None:
    response = refusing.client.post("/v1/rounds", json={**ASKED, **more})
    assert response.status_code == 422 and [one["field"] for one in response.json()["errors"]] == [field]


def test_a_lot_that_is_not_understood_opens_no_round(house: House) -> None:
    response = house.client.post("/v1/rounds", json={**ASKED, "lots": [{"text": "zzyzx"}]})
    assert response.status_code == 422 and response.json()["errors"]


def test_the_mail_merge_file_has_one_row_a_structure_with_its_link(house: House) -> None:
    made = house.open()
    answer = house.client.get(made["links"]["invitations"])
    assert answer.headers["cache-control"] == "no-store" and answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    read = house.read(made)
    assert [row["Structure"].lstrip("'") for row in rows] == [readable_name(one["name"]) for one in read["invited"]]
    assert all(row["Lien personnel"].endswith(one["link"]) for row, one in zip(rows, read["invited"], strict=True))
    assert {row["Organisme"] for row in rows} == {"Ville de Rennes"}
    assert "@" not in answer.text


@pytest.mark.slow
def test_a_dossier_seals_the_answers_and_is_composed_again_to_the_same_bytes(house: House) -> None:
    made = house.open()
    calls = [one["id"] for one in house.read(made)["calls"]]
    house.note(made, {"structure": calls[0], "can": "yes", "volume": "80 k€", "start": "01/03/2027"})
    now = house.note(made, {"structure": calls[1], "can": "no"})
    dossier = house.dossier(made)
    assert verified(dossier) and len(dossier["question"]["answers"]) == 2
    assert dossier["lots"][0]["sourcing"] == now["lot"]["sourcing"]
    assert dossier["lots"][0]["advice"] == now["lot"]["advice"]
    assert house.dossier(made)["analysis_sha256"] == dossier["analysis_sha256"]
    again = compose(question_of(dossier), Snapshot(house.engine), house.lexicon)
    assert canonical(again) == canonical({name: dossier[name] for name in again})
    book = load_workbook(io.BytesIO(house.client.get(f"/v1/dossiers/{dossier['dossier_id']}.xlsx").content))
    assert [row[3] for row in book["Réponses"].iter_rows(min_row=2, values_only=True)] == [
        typographic(step["said_fr"]) for step in dossier["lots"][0]["sourcing"]["steps"]
    ]


@pytest.mark.slow
def test_a_dossier_without_answers_is_the_one_of_the_same_lots(house: House) -> None:
    dossier = house.dossier(house.open())
    plain = house.client.post("/v1/dossiers", json={"title": "Entretien 2027", "lots": [LOT]}).json()
    assert dossier["analysis_sha256"] == plain["analysis_sha256"] and "answers" not in dossier["question"]


@pytest.mark.slow
def test_a_round_of_one_lot_among_several_studies_the_need_of_all(house: House) -> None:
    lots = [LOT, {**LOT, "lot": "2", "text": "nettoyage des locaux"}]
    read = house.read(house.open(lots=lots, line=2))
    assert read["line"] == 2 and read["lot"]["understood"]["lot"] == "2"
    whole = house.client.post("/v1/consultations", json={"lots": lots}).json()["lots"][1]
    assert read["lot"]["duties"] == whole["duties"] and read["lot"]["advice"] == whole["advice"]


@pytest.mark.slow
def test_a_closed_round_takes_a_late_answer_from_the_facilitator_alone_and_can_be_extended(house: House) -> None:
    made = house.open(closes_on="2026-12-01")
    one, other = house.read(made)["invited"][:2]
    house.clock.later(8)
    assert house.read(made)["open"] is False
    late = Answer(other["id"], "yes", house.clock.day, "structure")
    with pytest.raises(RoundClosed):
        house.rounds.answer(house.rounds.read(made["round_id"], house.clock.day), [late], house.clock.day)
    assert house.note(made, {"structure": one["id"], "can": "yes"})["counts"]["answered"] == 1
    assert house.client.delete(f"{made['links']['answers']}/{one['id']}").status_code == 204
    for day, status in (("2026-11-30", 422), (made["kept_until"], 200)):
        assert house.client.patch(made["links"]["self"], json={"closes_on": day}).status_code == status
    assert house.read(made)["open"] is True
    house.rounds.answer(house.rounds.read(made["round_id"], house.clock.day), [late], house.clock.day)
    assert house.read(made)["counts"]["yes"] == 1


@pytest.mark.slow
def test_a_round_is_gone_after_its_last_day_and_erased_by_the_purge(house: House) -> None:
    made = house.open()
    house.note(made, {"structure": house.read(made)["invited"][0]["id"], "can": "yes"})
    house.clock.later(181)
    assert house.client.get(made["links"]["self"]).status_code == 410
    assert house.rounds.purge(house.clock.day, dry_run=True) == 1
    assert house.rounds.purge(house.clock.day) == 1 and house.rounds.purge(house.clock.day) == 0
    assert house.client.get(made["links"]["self"]).status_code == 410
    assert not erased_texts(house) & {"Ville de Rennes", "Entretien 2027"}


def erased_texts(house: House) -> set[str]:
    """What of the round's words is still in the file of the database."""
    house.rounds.database.close()
    content = b"".join(path.read_bytes() for path in house.settings.home.glob("given.sqlite*"))
    return {word for word in ("Ville de Rennes", "Entretien 2027") if word.encode() in content}


def test_a_deleted_round_leaves_nothing_but_the_word_that_it_was(house: House) -> None:
    made = house.open()
    assert house.client.delete(made["links"]["self"]).status_code == 204
    assert house.client.get(made["links"]["self"]).status_code == 410
    assert house.client.post(made["links"]["answers"], json={"answers": []}).status_code == 410
    assert erased_texts(house) == set()


def test_an_address_never_given_is_not_found(house: House) -> None:
    house.open()
    for id_ in ("0" * 40, "x", "0" * 39 + "G"):
        assert house.client.get(f"/v1/rounds/{id_}").status_code == 404


@pytest.mark.slow
def test_an_opposed_structure_is_not_listed_and_its_answer_is_erased(house: House) -> None:
    made = house.open()
    read = house.read(made)
    one = next(each for each in read["invited"] if each["siret"])
    house.note(made, {"structure": one["id"], "can": "yes"})
    Opposition(house.settings).add(one["siret"])
    after = house.read(made)
    assert after["counts"]["withdrawn"] == 1 and after["counts"]["answered"] == 0
    assert one["id"] not in str(after) and one["name"] not in str(after)
    assert house.client.get(one["link"]).status_code == 404
    assert house.note(made, {"structure": one["id"], "can": "yes"}, status=422)["errors"][0]["field"].endswith(
        "structure"
    )
    assert one["name"] not in house.client.get(made["links"]["invitations"]).text


@pytest.mark.slow
def test_an_opposed_structure_leaves_the_answers_of_an_issued_dossier(house: House) -> None:
    made = house.open()
    one = next(each for each in house.read(made)["invited"] if each["siret"])
    house.note(made, {"structure": one["id"], "can": "yes"})
    dossier = house.dossier(made)
    Opposition(house.settings).add(one["siret"])
    copy = house.client.get(f"/v1/dossiers/{dossier['dossier_id']}").json()
    assert one["id"] not in str(copy) and one["name"] not in str(copy) and verified(copy)
    for form in ("html", "csv", "xlsx"):
        assert house.client.get(f"/v1/dossiers/{dossier['dossier_id']}.{form}").status_code == 200


@pytest.mark.slow
def test_the_purge_takes_opposed_structures_off_rounds_nobody_reads(house: House) -> None:
    made = house.open()
    one = next(each for each in house.read(made)["invited"] if each["siret"])
    house.note(made, {"structure": one["id"], "can": "yes"})
    Opposition(house.settings).add(one["siret"])
    house.rounds.purge(house.clock.day)
    house.rounds.database.close()
    content = b"".join(path.read_bytes() for path in house.settings.home.glob("given.sqlite*"))
    assert one["siret"].encode() not in content and one["name"].encode() not in content


def test_the_database_holds_neither_the_address_of_a_round_nor_a_token(house: House) -> None:
    made = house.open()
    tokens = [one["link"].rpartition("/")[2] for one in house.read(made)["invited"]]
    house.rounds.database.close()
    content = b"".join(path.read_bytes() for path in house.settings.home.glob("given.sqlite*"))
    assert made["round_id"].encode() not in content and not [token for token in tokens if token.encode() in content]
    assert (house.settings.home / "given.sqlite").stat().st_mode & 0o077 == 0
    assert token_of(made["round_id"], "a") != token_of("0" * 40, "a")


@pytest.mark.slow
def test_a_service_that_keeps_no_rounds_says_so(house: House) -> None:
    with TestClient(create_app(house.engine, house.lexicon, today=house.clock)) as client:
        assert client.post("/v1/rounds", json=ASKED).status_code == 503
        assert "Ouvrir une enquête" not in client.get("/consultation").text


@pytest.mark.slow
def test_answers_given_at_once_are_all_kept(house: House) -> None:
    """Thirty structures that answer together, each by its own link, wait for one another."""
    made = house.open()
    read = house.rounds.read(made["round_id"], house.clock.day)
    listed = read.invited[:30]
    given = [Answer(each.structure, "yes", house.clock.day, "structure") for each in listed]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda answer: house.rounds.answer(read, [answer], house.clock.day), given))
    assert house.read(made)["counts"]["yes"] == len(listed)

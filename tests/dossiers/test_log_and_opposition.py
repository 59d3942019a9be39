"""The log of contacts by role, the order drawn again with its reason, and structures that oppose after the issue."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.dossiers.conftest import LOT, House, contents, listed, made_house
from vivier.desk.dossier import FORMAT, canonical, digest, verified
from vivier.dossiers.blank import WORD, blanked
from vivier.dossiers.contacts import Contact
from vivier.dossiers.listing import drawn, list_hash
from vivier.identity import is_siret
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition

CONTACT = {
    "date": "2026-11-20",
    "channel": "phone",
    "role": "responsable commercial",
    "answer": "Oui, 2 000 heures par an.",
}


def version(house: House, made: dict[str, Any], status: int = 201, **change: Any) -> dict[str, Any]:
    answer = house.client.post(made["links"]["self"] + "/versions", json=change)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.slow
def test_a_contact_makes_a_version_and_leaves_the_former_as_it_was(house: House) -> None:
    made = house.issue()
    one = listed(house.read(made))[0]
    second = version(house, made, contacts=[{**CONTACT, "structure": one["id"]}])
    third = version(house, second, contacts=[{**CONTACT, "structure": one["id"], "answer": ""}])
    assert house.read(made)["contact_log"] == []
    log = house.read(third)["contact_log"]
    assert [line["answer"] for line in log] == [CONTACT["answer"], ""] and log[0]["name"] == one["name"]
    assert third["supersedes"] == second["dossier_id"] and third["analysis_sha256"] == made["analysis_sha256"]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[tuple[House, dict[str, Any]]]:
    """One dossier for all that is refused: nothing of it is kept."""
    with made_house(tmp_path_factory.mktemp("refused"), lexicon) as house:
        yield house, house.issue(lots=[LOT])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("answer", "Voir avec Mme Martin", "personal_data"),
        ("answer", "jean.dupont@example.org", "personal_data"),
        ("role", "06 12 34 56 78", "personal_data"),
        ("role", "gérante : Claire DUBOIS", "personal_data"),
        ("structure", "inconnue", "unknown_value"),
        ("date", "2027-01-01", "out_of_range"),
        ("channel", "pigeon", "unknown_value"),
        ("answer", "a" * 2_001, "too_long"),
    ],
)
def test_a_contact_that_cannot_be_kept_is_refused_by_its_field(
    issued: tuple[House, dict[str, Any]], field: str, value: str, code: str
) -> None:
    house, made = issued
    contact = {**CONTACT, "structure": listed(house.read(made))[0]["id"], field: value}
    refused = version(house, made, 422, contacts=[contact])
    assert [one["field"].rpartition(".")[2] for one in refused["errors"]] == [field]
    assert "Dupont" not in refused["errors"][0]["message"] and house.shelf.count() == 1


def test_an_empty_change_or_an_unknown_one_is_refused(house: House) -> None:
    made = house.issue(lots=[LOT])
    assert version(house, made, 422)["errors"][0]["code"] == "missing"
    assert version(house, made, 422, redraw="  ")["errors"][0]["code"] == "missing"
    assert version(house, made, 422, refresh=True, redraw="x")["errors"][0]["field"] == "refresh"
    assert version(house, made, 422, colour="vert")["errors"][0]["field"] == "colour"


@pytest.mark.slow
def test_an_order_drawn_again_keeps_the_set_and_logs_the_reason_and_both_seeds(house: House) -> None:
    made = house.issue()
    again = house.read(version(house, made, redraw="liste transmise avant la consultation"))
    before = house.read(made)
    assert {one["id"] for one in listed(again)} == {one["id"] for one in listed(before)}
    assert again["list_sha256"] != before["list_sha256"]
    assert [one["reason"] for one in again["draws"]][1] == "liste transmise avant la consultation"
    assert again["draws"][0]["seeds"]["1"] == before["lots"][0]["contacts"]["seed"]
    assert again["draws"][1]["seeds"]["1"] == again["lots"][0]["contacts"]["seed"]
    assert house.replay({"links": {"replay": f"/v1/dossiers/{again['dossier_id']}/replay"}})["same_analysis"]


@pytest.mark.slow
def test_a_structure_that_opposes_is_blanked_everywhere_and_still_counted(house: House) -> None:
    made = house.issue()
    before = house.read(made)
    one = next(line for line in listed(before) if line["siret"])
    made = version(house, made, contacts=[{**CONTACT, "structure": one["id"], "answer": f"{one['name']} accepte."}])
    Opposition(house.settings).add(one["siret"])
    after = house.read(made)
    assert len(listed(after)) == len(listed(before))
    blank = listed(after)[one["rank"] - 1]
    assert blank == {"opposed": True, "word": WORD, "rank": one["rank"]}
    for link in ("self", "html", "csv", "page", "replay"):
        text = house.client.get(made["links"][link]).text
        assert one["name"] not in text and one["siret"] not in text and one["id"] not in text, link
    book = load_workbook(io.BytesIO(house.client.get(made["links"]["xlsx"]).content))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert one["name"] not in cells and one["siret"] not in cells and WORD in cells


@pytest.mark.slow
def test_a_group_that_a_structure_left_is_no_longer_told_and_is_counted(house: House) -> None:
    made = house.issue(lots=[{**LOT, "text": "nettoyage des locaux et entretien des espaces verts"}])
    before = house.read(made)
    groups = before["lots"][0]["consortium"]["groups"]
    inside = {one["id"] for group in groups for one in group["members"]}
    gone = next(one for one in listed(before) if one["id"] in inside and one["siret"])
    left = [group for group in groups if all(one["id"] != gone["id"] for one in group["members"])]
    Opposition(house.settings).add(gone["siret"])
    after = house.read(made)["lots"][0]["consortium"]
    assert len(after["groups"]) == len(left) and after["withdrawn"] == len(groups) - len(left) > 0
    for link in ("html", "page", "xlsx"):
        assert house.client.get(made["links"][link]).status_code == 200


@pytest.mark.slow
def test_a_structure_to_call_first_that_opposed_is_counted_and_the_dossier_is_still_read(house: House) -> None:
    made = house.issue()
    lot = next(lot for lot in house.read(made)["lots"] if lot["studied"] and lot["advice"]["lever"] != "reserve")
    gone = next(call for call in lot["first_calls"] if call["siret"])
    Opposition(house.settings).add(gone["siret"])
    for link in ("html", "page", "xlsx"):
        assert house.client.get(made["links"][link]).status_code == 200
    assert gone["name"] not in house.client.get(made["links"]["html"]).text


@pytest.mark.slow
def test_a_blanked_dossier_is_sealed_and_tells_the_hash_of_the_one_issued(house: House) -> None:
    made = house.issue()
    one = next(line for line in listed(house.read(made)) if line["siret"])
    Opposition(house.settings).add(one["siret"])
    after = house.read(made)
    assert after["sha256"] != made["sha256"] and verified(after)
    assert after["blanked"] == {"structures": 1, "reason": WORD, "issued_sha256": made["sha256"]}
    answer = house.client.post("/v1/dossiers/verify", json=after).json()
    assert answer["verified"] and answer["kept"] == "same"


@pytest.mark.slow
def test_a_copy_given_before_a_second_opposition_is_still_the_dossier_kept(house: House) -> None:
    made = house.issue()
    first, second = [line for line in listed(house.read(made)) if line["siret"]][:2]
    Opposition(house.settings).add(first["siret"])
    copy = house.read(made)
    Opposition(house.settings).add(second["siret"])
    assert house.read(made)["sha256"] != copy["sha256"]
    assert house.client.post("/v1/dossiers/verify", json=copy).json()["kept"] == "same"


@pytest.mark.slow
def test_a_blanked_copy_that_hides_who_did_not_oppose_is_not_the_dossier_kept(house: House) -> None:
    made = house.issue()
    first, second = [line for line in listed(house.read(made)) if line["siret"]][:2]
    Opposition(house.settings).add(first["siret"])
    copy = house.read(made)
    listed(copy)[second["rank"] - 1] = {"opposed": True, "word": WORD, "rank": second["rank"]}
    answer = house.client.post("/v1/dossiers/verify", json={**copy, "sha256": digest(copy)}).json()
    assert not answer["verified"] and answer["hash_right"] and answer["kept"] == "other"


@pytest.mark.slow
@pytest.mark.parametrize("lots", [None, [{"name": "x", "siret": 5, "sirets": 7, "sites": [None, 3]}]])
def test_a_file_that_holds_anything_is_compared_without_failing(house: House, lots: object) -> None:
    made = house.issue()
    one = next(line for line in listed(house.read(made)) if line["siret"])
    Opposition(house.settings).add(one["siret"])
    odd = {"format": FORMAT, "sha256": "", "dossier_id": made["dossier_id"], "lots": lots}
    answer = house.client.post("/v1/dossiers/verify", json={**odd, "sha256": digest(odd)})
    assert answer.json()["kept"] == "other"


def test_a_replay_after_an_opposition_counts_and_does_not_name(house: House) -> None:
    made = house.issue(lots=[LOT])
    one = next(line for line in listed(house.read(made)) if line["siret"])
    Opposition(house.settings).add(one["siret"])
    found = house.replay(made)
    assert found["same_data"] and not found["same_list"]
    assert found["totals"] | {"unchanged": 0} == {"added": 0, "removed": 0, "changed": 0, "unchanged": 0, "opposed": 1}
    assert found["summary"][0] == "Même liste, moins les structures retirées depuis à leur demande."


def test_another_site_of_the_same_unit_stays_and_no_longer_tells_the_number_of_its_sister(house: House) -> None:
    house.issue(lots=[LOT])
    (kept,) = contents(house.shelf.database)
    body = orjson.loads(kept)
    lines = body["lots"][0]["contacts"]["structures"]
    first = next(line for line in lines if line["siret"])
    sister = next(number for check in range(10) if is_siret(number := f"{first['siren']}0002{check}"))
    first["sites"].append(sister)
    opposition = Opposition(house.settings)
    opposition.add(sister)
    after = blanked(body, opposition)
    (shown,) = (line for line in listed(after) if line["id"] == first["id"])
    assert shown == {**first, "sites": [*first["sites"][:-1], WORD]}


@pytest.mark.slow
@given(
    st.dictionaries(st.text(max_size=5), st.integers(-9, 9) | st.text(max_size=9) | st.none(), max_size=6), st.randoms()
)
def test_a_hash_does_not_depend_on_the_order_of_keys_and_changes_with_one_character(
    body: dict[str, Any], dice: Any
) -> None:
    keys = list(body)
    dice.shuffle(keys)
    assert digest({key: body[key] for key in keys}) == digest(body)
    assert digest({**body, "more": "a"}) != digest({**body, "more": "b"})
    assert orjson.loads(canonical(body)) == {key: value for key, value in body.items() if key != "sha256"}


@given(st.lists(st.integers(0, 99), unique=True, min_size=1, max_size=30), st.text(max_size=8), st.text(max_size=8))
def test_a_draw_is_a_permutation_that_its_seed_gives_again(numbers: list[int], one: str, two: str) -> None:
    lines = [{"id": str(number), "rank": 0} for number in numbers]
    lot = {"understood": {"line": 1}, "studied": True, "contacts": {"seed": "", "structures": lines}}
    first, again = drawn([lot], {1: one}), drawn(drawn([lot], {1: two}), {1: one})
    assert first == again and list_hash(first) == list_hash(again)
    order = first[0]["contacts"]["structures"]
    assert {line["id"] for line in order} == {line["id"] for line in lines}
    assert [line["rank"] for line in order] == list(range(1, len(lines) + 1))


def test_a_contact_has_no_field_for_a_person() -> None:
    assert Contact.model_fields.keys() == {"date", "structure", "channel", "role", "answer"}

"""The log of dossiers that former versions issued, and structures that oppose after the issue."""

from __future__ import annotations

import html
import io
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.dossiers.conftest import LOT, House, contents, listed
from vivier.desk.dossier import FORMAT, canonical, digest, verified
from vivier.dossiers.blank import WORD, blanked
from vivier.identity import is_siret
from vivier.privacy.opposition import Opposition


@pytest.mark.slow
def test_a_dossier_of_a_former_version_is_still_read_in_every_form_with_its_log_and_what_it_replaced(
    house: House,
) -> None:
    made = house.issue()
    former = house.former(made)
    body = house.read(former)
    assert body["supersedes"] == made["dossier_id"] and verified(body)
    for form in ("html", "page"):
        shown = html.unescape(house.client.get(former["links"][form]).text)
        assert "Oui, dès janvier." in shown and "liste transmise" in shown and made["dossier_id"] in shown, form
    book = load_workbook(io.BytesIO(house.client.get(former["links"]["xlsx"]).content))
    assert "Oui, dès janvier." in [row[5] for row in book["Journal"].iter_rows(values_only=True)]
    assert house.client.post("/v1/dossiers/verify", json=body).json()["verified"]


@pytest.mark.slow
def test_a_new_dossier_shows_no_empty_log_and_says_where_exchanges_are_noted(house: House) -> None:
    made = house.issue()
    shown = house.client.get(made["links"]["page"]).text
    assert "Journal des échanges" not in shown and "un journal où noter vos échanges" in shown
    assert "Échanges" not in house.client.get(made["links"]["html"]).text


@pytest.mark.slow
def test_a_structure_that_opposes_is_blanked_everywhere_and_still_counted(house: House) -> None:
    made = house.issue()
    before = house.read(made)
    one = next(line for line in listed(before) if line["siret"])
    made = house.former(made, structure=one["id"], name=one["name"], answer=f"{one['name']} accepte.")
    Opposition(house.settings).add(one["siret"])
    after = house.read(made)
    assert len(listed(after)) == len(listed(before))
    blank = listed(after)[one["rank"] - 1]
    assert blank == {"opposed": True, "word": WORD, "rank": one["rank"]}
    for link in ("self", "html", "csv", "page"):
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
    assert (answer["verified"], answer["exact"], answer["kept"]) == (False, True, "other")


@pytest.mark.slow
@pytest.mark.parametrize("lots", [None, [{"name": "x", "siret": 5, "sirets": 7, "sites": [None, 3]}]])
def test_a_file_that_holds_anything_is_compared_without_failing(house: House, lots: object) -> None:
    made = house.issue()
    one = next(line for line in listed(house.read(made)) if line["siret"])
    Opposition(house.settings).add(one["siret"])
    odd = {"format": FORMAT, "sha256": "", "dossier_id": made["dossier_id"], "lots": lots}
    answer = house.client.post("/v1/dossiers/verify", json={**odd, "sha256": digest(odd)})
    assert answer.json()["kept"] == "other"


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

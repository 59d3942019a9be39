"""Several rounds feed one study: the latest answer of a structure counts, once, and what was joined is said."""

from __future__ import annotations

import csv
import html
import io
from typing import Any

import pytest

from tests.given.conftest import LOT, House
from tests.search_api.pages.html import plain
from vivier.dossiers.question import question_of

pytestmark = pytest.mark.slow


def answered(house: House, made: dict[str, Any], rank: int, **answer: Any) -> str:
    """The structure of a rank of a round answers, by the facilitator; its id."""
    structure: str = house.read(made)["invited"][rank]["id"]
    house.note(made, {"structure": structure, **answer})
    return structure


def asked(house: House, *made: dict[str, Any], lot: dict[str, Any] | None = None, **more: Any) -> Any:
    ids = [one["round_id"] for one in made]
    return house.client.post("/v1/consultations", json={"lots": [lot or LOT], "rounds": ids, **more})


def test_answers_of_two_rounds_feed_one_study(house: House) -> None:
    first, second = house.open(), house.open(title="Deuxième tour")
    answered(house, first, 0, can="yes")
    answered(house, second, 1, can="yes")
    body = asked(house, first, second).json()
    [lot] = body["lots"]
    assert len(lot["sourcing"]["steps"]) == 2
    assert body["joined"][0] == "2 enquêtes jointes." and "2 réponses" in body["joined"][1]
    assert asked(house).json()["joined"] == []


def test_the_latest_answer_of_a_structure_counts_once_and_it_is_said(house: House) -> None:
    first, second = house.open(), house.open(title="Deuxième tour")
    structure = answered(house, first, 0, can="yes")
    house.clock.later(2)
    house.note(second, {"structure": structure, "can": "no"})
    for order in ((first, second), (second, first)):
        body = asked(house, *order).json()
        [step] = body["lots"][0]["sourcing"]["steps"]
        assert step["can"] == "no"
        assert "1 réponse remplacée par une plus récente de la même structure." in body["joined"]


def test_yes_to_a_smaller_lot_is_a_part_of_a_larger_one(house: House) -> None:
    small = house.open(lots=[{**LOT, "amount": 40_000}])
    answered(house, small, 0, can="yes")
    body = asked(house, small).json()
    [step] = body["lots"][0]["sourcing"]["steps"]
    assert step["can"] == "part" and step["volume"] == pytest.approx(10_000)
    assert any("pour un lot plus petit" in line for line in body["joined"])
    [same] = asked(house, small, lot={**LOT, "amount": 40_000}).json()["lots"][0]["sourcing"]["steps"]
    assert same["can"] == "yes"


def test_a_round_about_something_else_is_refused_and_never_dropped(house: House) -> None:
    other = house.open(lots=[{**LOT, "text": "nettoyage des locaux"}])
    answer = asked(house, other)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "rounds" and "nettoyage des locaux" in error["message"]
    assert asked(house, house.open(), detail="board").status_code == 422


def test_an_unknown_round_is_not_found(house: House) -> None:
    answer = house.client.post("/v1/consultations", json={"lots": [LOT], "rounds": ["0" * 40]})
    assert answer.status_code == 404


def test_a_dossier_seals_joined_answers_without_any_address_and_replays(house: House) -> None:
    first, second = house.open(), house.open(title="Deuxième tour")
    answered(house, first, 0, can="yes")
    answered(house, second, 1, can="part", volume=5_000)
    ids = [first["round_id"], second["round_id"]]
    made = house.client.post("/v1/dossiers", json={"lots": [LOT], "rounds": ids})
    assert made.status_code == 201, made.text
    dossier = house.client.get(made.json()["links"]["self"])
    assert not any(id_ in dossier.text for id_ in ids)
    body = dossier.json()
    assert body["warnings"][0] == "2 enquêtes jointes." and len(question_of(body).answers[1]) == 2
    again = house.client.get(made.json()["links"]["replay"], params={"data": "same"}).json()
    assert again["same_analysis"] and again["same_list"]


def test_the_page_joins_rounds_by_their_addresses(house: House) -> None:
    first, second = house.open(), house.open(title="Deuxième tour")
    answered(house, first, 0, can="yes")
    answered(house, second, 1, can="yes")
    page = house.client.get(
        first["links"]["page"] + "/jointes", params={"avec": f"https://essai{second['links']['page']}"}
    )
    text = html.unescape(page.text)
    assert (
        page.status_code == 200
        and "2 enquêtes jointes." in text
        and "Créer le dossier avec toutes ces réponses" in text
    )
    issued = house.client.post(
        first["links"]["page"], data={"action": "dossier", "avec": second["round_id"]}, follow_redirects=False
    )
    assert issued.status_code == 303 and issued.headers["location"].startswith("/dossiers/")
    wrong = house.client.get(first["links"]["page"] + "/jointes", params={"avec": "rien"})
    assert wrong.status_code == 422 and "collez l'adresse" in plain(wrong.text).lower()
    gone = house.client.get(first["links"]["page"] + "/jointes", params={"avec": "0" * 40})
    assert gone.status_code == 422


def letters(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_one_letter_asks_a_structure_about_three_lots(house: House) -> None:
    """A structure that could do three lots is a row, with a link for each; every link answers for its own lot."""
    lots = [LOT, {**LOT, "text": "nettoyage des locaux"}, {**LOT, "text": "élagage"}]
    made = [house.open(lots=[lot]) for lot in lots]
    lists = [{each["id"]: each["name"] for each in house.read(one)["invited"]} for one in made]
    address = f"/v1/rounds/{made[0]['round_id']}/invitations.csv"
    others = [("avec", one["round_id"]) for one in made[1:]]
    rows = letters(house.client.get(address, params=others).content)
    assert len(rows) == len({structure for each in lists for structure in each})
    assert sum(int(row["Lots"]) for row in rows) == sum(map(len, lists)) and max(int(row["Lots"]) for row in rows) > 1
    several = next(row for row in rows if int(row["Lots"]) > 1)
    links = several["Un lien par lot"].split(" | ")
    assert len(links) == int(several["Lots"]) and len(set(links)) == len(links)
    for link in links:
        text, _, path = link.partition(" : http")
        page = house.client.get("/r/" + path.partition("/r/")[2].partition(" ")[0])
        assert page.status_code == 200 and text in html.unescape(page.text)
    addresses = "\n".join(f"https://vivier.example/enquetes/{one['round_id']}" for one in made[1:])
    page = f"/enquetes/{made[0]['round_id']}"
    assert letters(house.client.get(f"{page}/publipostage.csv", params={"avec": addresses}).content) == rows
    assert "Une seule lettre pour plusieurs lots" in house.client.get(page).text
    wrong = house.client.get(f"{page}/publipostage.csv", params={"avec": "0" * 40})
    assert wrong.status_code == 422 and "avec" in wrong.text

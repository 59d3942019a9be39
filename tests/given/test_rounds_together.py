"""Several lots asked together: one letter and one page a structure, an answer a lot; where each structure is and how it is reached."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest

from tests.given.conftest import LOT, House
from tests.search_api.pages.html import plain
from vivier.given.round import sibling_of

LOTS: list[dict[str, Any]] = [
    LOT,
    {**LOT, "lot": "2", "text": "tonte des pelouses", "amount": 60000},
    {**LOT, "lot": "3", "text": "nettoyage des locaux", "amount": 90000},
]


def opened(house: House) -> dict[str, Any]:
    return house.open(lots=LOTS, others=[2, 3])


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def letters(house: House, made: dict[str, Any]) -> list[dict[str, str]]:
    return rows_of(house.client.get(made["links"]["invitations"]).content)


def able_to_all(house: House, made: dict[str, Any]) -> tuple[str, str]:
    """The id and the link of a structure that is on the list of the three lots."""
    first = house.read(made)
    others = [house.read({"links": {"self": f"/v1/rounds/{each['id']}"}}) for each in first["together"]]
    shared = {one["id"] for one in first["invited"]}.intersection(
        *({one["id"] for one in o["invited"]} for o in others)
    )
    return next((one["id"], one["link"]) for one in first["invited"] if one["id"] in shared)


@pytest.mark.slow
def test_a_structure_has_one_letter_with_one_link_for_all_its_lots(house: House) -> None:
    made = opened(house)
    rows = letters(house, made)
    assert len({row["SIRET"] or row["Structure"] for row in rows}) == len(rows)
    several = [row for row in rows if row["Lots"] == "3"]
    assert several and all(row["Un lien par lot"].count("/r/") == 1 for row in rows)
    assert all(lot["text"] in several[0]["Un lien par lot"] for lot in LOTS)


@pytest.mark.slow
def test_a_structure_answers_for_each_lot_on_one_page(house: House) -> None:
    made = opened(house)
    structure, link = able_to_all(house, made)
    page = house.client.get(link).text
    assert "Pouvez-vous faire ces 3 lots" in page.replace("\xa0", " ") and page.count("pas encore de réponse") == 3
    for line, can in ((1, "yes"), (2, "part"), (3, "no")):
        action = re.search(r'<form method="post" action="(\?lot=\d)"', house.client.get(link).text)
        assert action is not None and action[1] == f"?lot={line}"  # the next lot that waits
        assert house.client.post(link + action[1], data={"can": can}, follow_redirects=False).status_code == 303
    rounds = [made["round_id"], *(sibling_of(made["round_id"], line) for line in (2, 3))]
    read = [house.read({"links": {"self": f"/v1/rounds/{id_}"}}) for id_ in rounds]
    given = [next(one["answer"]["can"] for one in each["invited"] if one["id"] == structure) for each in read]
    assert given == ["yes", "part", "no"]
    assert [each["answered"] for each in read[0]["together"]] == [1, 1]
    house.client.post(link + "?lot=2", data={"action": "withdraw"})
    assert house.client.get(link).text.count("pas encore de réponse") == 1


@pytest.mark.slow
def test_only_who_opened_them_draws_the_other_rounds(house: House) -> None:
    made = opened(house)
    first = house.read(made)
    assert [each["line"] for each in first["together"]] == [2, 3]
    second = house.read({"links": {"self": f"/v1/rounds/{first['together'][0]['id']}"}})
    assert second["together"] == []
    house.client.delete(f"/v1/rounds/{first['together'][0]['id']}")
    _, link = able_to_all(house, made)
    assert "Pouvez-vous faire ces 2 lots" in house.client.get(link).text.replace("\xa0", " ")


def test_rounds_are_opened_all_or_none(house: House) -> None:
    refused = house.client.post("/v1/rounds", json={"lots": [LOT, {"text": "xyzzy", "place": "Rennes"}], "others": [2]})
    assert refused.status_code == 422
    assert house.rounds.purge(house.clock().replace(year=2040), dry_run=True) == 0


@pytest.mark.slow
def test_the_form_offers_the_other_lots_of_the_programme(house: House) -> None:
    rows = "lot;objet;lieu;montant;durée\n1;Entretien des espaces verts;Rennes;240000;48\n2;Nettoyage des locaux;Rennes;90000;48\n"
    asked = {"line": "2", "programme": rows}  # the first is the line of headings
    form = house.client.post("/enquetes", data=asked, files={"file": ("", b"")}).text
    assert re.findall(r'name="autre" value="(\d+)"', form)
    line = re.findall(r'name="autre" value="(\d+)"', form)[0]
    opened = house.client.post(
        "/enquetes", data={**asked, "step": "open", "autre": [line]}, files={"file": ("", b"")}, follow_redirects=False
    )
    assert opened.status_code == 303, opened.text
    page = house.client.get(opened.headers["location"]).text
    assert "Lots demandés ensemble" in page and "Nettoyage des locaux" in page


@pytest.mark.slow
def test_each_structure_has_its_distance_and_what_reaches_it(house: House) -> None:
    made = house.open()
    read = house.read(made)
    known = [one for one in read["invited"] if one["distance_km"] is not None]
    assert known
    records = house.client.get(f"/v1/suppliers/{known[0]['id']}").json()
    assert known[0]["phone"] == records.get("phone", {}).get("value")
    page = house.client.get(made["links"]["page"]).text.replace("\xa0", " ").replace("\u202f", " ")
    assert page.count("à ") >= len(known) and len(re.findall(r"à \d[\d ,]* km", page)) == len(known)


@pytest.mark.slow
def test_what_answers_change_is_one_sentence_and_one_number(house: House) -> None:
    made = house.open()
    calls = house.read(made)["calls"]
    once = house.note(made, {"structure": calls[0]["id"], "can": "yes"})
    sentence = once["lot"]["sourcing"]["summary"]
    assert sentence.count(". ") == 0 and sentence.endswith(".") and "1 structure a confirmé : l'avis" in sentence
    assert "2 structures capables" in sentence


@pytest.mark.slow
def test_one_letter_asks_a_structure_about_three_lots(house: House) -> None:
    """A structure that could do three lots is a row, with a link for each; every link answers for its own lot."""
    lots = [LOT, {**LOT, "text": "nettoyage des locaux"}, {**LOT, "text": "élagage"}]
    made = [house.open(lots=[lot]) for lot in lots]
    lists = [{each["id"]: each["name"] for each in house.read(one)["invited"]} for one in made]
    address = f"/v1/rounds/{made[0]['round_id']}/invitations.csv"
    others = [("avec", one["round_id"]) for one in made[1:]]
    rows = rows_of(house.client.get(address, params=others).content)
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
    assert rows_of(house.client.get(f"{page}/publipostage.csv", params={"avec": addresses}).content) == rows
    assert "Une seule lettre pour plusieurs lots" in house.client.get(page).text
    for wrong, why in (("rien", "collez l'adresse"), ("0" * 40, "aucune enquête à cette adresse")):
        refused = house.client.get(f"{page}/publipostage.csv", params={"avec": wrong})
        assert refused.status_code == 422 and why in plain(html.unescape(refused.text)).lower()
        assert 'id="erreur-avec"' in refused.text and f">{wrong}</textarea>" in refused.text

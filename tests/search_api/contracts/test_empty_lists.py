"""An empty list explains itself: what fell by which rule, and what one change would give."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from tests.search_api.contracts.conftest import Open, left_out
from vivier.contracts.ranking_rules import Peers, rules_of, sifted
from vivier.search.port import Groups

EMPTY = {
    "/v1/contracts": "q=pelouses&provision=reserved",
    "/v1/leads": "trade=blanchisserie&kind=ESAT&territory=commune:59512",
    "/v1/buyers": "sort=unused&trade=blanchisserie",
}


@pytest.mark.parametrize("path", EMPTY)
def test_every_change_told_gives_what_it_says(client: TestClient, path: str) -> None:
    body = client.get(f"{path}?{EMPTY[path]}").json()
    assert body["total"] == 0 and body["meta"]["relaxations"]
    for one in body["meta"]["relaxations"]:
        assert client.get(one["link"]).json()["total"] == one["total"] > 0, one


def test_a_list_with_results_tells_no_change(client: TestClient) -> None:
    assert client.get("/v1/contracts?q=pelouses").json()["meta"]["relaxations"] == []


def test_two_conditions_go_together_when_one_is_not_enough(client: TestClient) -> None:
    told = client.get("/v1/contracts?q=pelouses&provision=reserved&amount_min=900000").json()["meta"]["relaxations"]
    assert told and all("," in one["parameter"] for one in told)


@pytest.mark.parametrize("sort", ["rank", "environmental", "reserved", "unused", "volume"])
def test_buyers_considered_are_those_listed_and_those_left_out(client: TestClient, sort: str) -> None:
    body = client.get(f"/v1/buyers?sort={sort}").json()
    left = sum(rule["count"] for rule in body["meta"]["left_out"])
    assert body["meta"]["considered"] == body["total"] + left


def groups(*buyers: tuple[str, int, int]) -> Groups:
    """SIREN, contracts that say yes, contracts that say no."""
    measures = {
        name: np.array([one[place] for one in buyers], float) for place, name in ((1, "social_yes"), (2, "social_no"))
    }
    return Groups(tuple(one[0] for one in buyers), {**measures, "reserved": np.zeros(len(buyers))})


def test_a_buyer_that_never_uses_is_left_out_when_no_peer_does() -> None:
    found = groups(("212345678", 0, 9), ("262345678", 0, 9), ("212345679", 0, 4), ("212345670", 3, 9))
    peers = {"commune": Peers("commune", 2, 1), "hopital": Peers("hopital", 1, 0)}
    categories = ("commune", "hopital", "commune", "commune")
    kept, told = sifted(rules_of("unused", "social", found, categories, peers, None), "social")
    assert kept.tolist() == [True, False, False, False]
    assert {rule.code: rule.count for rule in told} == {"too_few_recorded": 1, "uses": 1, "peers_do_not": 1}


@pytest.mark.parametrize(
    ("sort", "kept"), [("rank", [True, True]), ("reserved", [False, True]), ("volume", [True, True])]
)
def test_one_contract_is_enough_to_be_ranked_by(sort: Any, kept: list[bool]) -> None:
    found = Groups(
        ("212345678", "212345679"),
        {"social_yes": np.array([1.0, 0]), "social_no": np.zeros(2), "reserved": np.array([0, 1.0])},
    )
    assert sifted(rules_of(sort, "social", found, (), {}, None), "social")[0].tolist() == kept


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_nobody_falls_twice(counts: list[tuple[int, int]]) -> None:
    found = groups(*((f"21{n:07}", yes, no) for n, (yes, no) in enumerate(counts)))
    peers = {"commune": Peers("commune", 9, 1)}
    kept, told = sifted(rules_of("unused", "social", found, ["commune"] * len(counts), peers, None), "social")
    assert int(kept.sum()) + sum(rule.count for rule in told) == len(counts)


def test_a_card_of_a_buyer_counts_its_contracts_and_gives_no_share_of_one(open_page: Open) -> None:
    told = [one.text for one in open_page("/acheteurs?sort=volume").all("li", class_="card")]
    assert told and all("%" not in one for one in told)
    assert any(re.search(r"\d+ sur \d+ marchés? à considération sociale", one) for one in told), told


def test_the_page_of_buyers_says_how_many_fell_by_each_rule(open_page: Open) -> None:
    page = open_page("/acheteurs?sort=unused&trade=blanchisserie")
    assert "moins de 5 marchés renseignent" in page.text and "Aucun de ces acheteurs n'est classé." in page.text
    assert "En assouplissant un critère" in page.text


@pytest.mark.slow
@pytest.mark.parametrize("url", ["/marches?q=zzyzx", "/pistes?trade=blanchisserie&kind=ESAT&territory=commune:59512"])
def test_an_empty_page_offers_a_way_out(open_page: Open, url: str) -> None:
    assert open_page(url).one("div", class_="nothing").all("a")


@pytest.mark.parametrize("extension", ["csv", "xlsx", "jsonl"])
def test_buyers_are_exported_in_every_format(client: TestClient, extension: str) -> None:
    answer = client.get(f"/v1/buyers.{extension}?sort=volume")
    assert answer.status_code == 200 and "vivier-acheteurs-2026-11-24" in answer.headers["content-disposition"]


def test_the_file_of_buyers_has_the_order_of_the_list_and_ends_with_its_query(client: TestClient) -> None:
    listed = client.get("/v1/buyers?sort=volume&per_page=100").json()["results"]
    content = client.get("/v1/buyers.csv?sort=volume").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
    assert [row["SIREN de l'acheteur"] for row in rows] == [one["siren"] for one in listed]
    assert list(rows[0])[-3:] == ["Recherche", "À la date du", "Méthodes"]
    assert client.get("/v1/buyers.csv?page=2").status_code == 422


def test_works_without_a_framework_are_counted_aside(client: TestClient) -> None:
    assert "one_off" not in left_out(client.get("/v1/leads?kind=EI").json())


def test_an_empty_place_says_what_the_larger_ones_hold(client: TestClient) -> None:
    """Villeneuve-d'Ascq, next to Roubaix and in its intercommunality, has no lawn to mow."""
    body = client.get("/v1/contracts?trade=entretien-espaces-verts&territory=commune:59009").json()
    larger = [one["text"] for one in body["meta"]["relaxations"] if one["parameter"] == "territory"]
    assert larger[0].startswith("sur le territoire de Métropole") and "dans le Nord" in larger


def test_what_is_typed_is_read_as_a_trade_a_place_and_a_reservation(client: TestClient) -> None:
    body = client.get("/v1/contracts", params={"need": "tonte de pelouses réservée à Roubaix"}).json()
    read = body["query"]
    assert (read["trade"], read["territory"], read["provision"]) == (
        ["entretien-espaces-verts"],
        ["commune:59512"],
        ["reserved"],
    )
    assert "need=" not in body["links"]["self"]
    assert client.get("/v1/contracts", params={"need": "tonte à Roubaix"}).json()["total"] > 0
    # the types of structures of a need are not the types of contracts
    assert client.get("/v1/contracts", params={"need": "tonte ESAT à Roubaix"}).json()["query"]["kind"] == []


def test_a_need_of_which_nothing_was_read_is_told_first(client: TestClient, open_page: Open) -> None:
    first = client.get("/v1/contracts", params={"need": "de la"}).json()["meta"]["notices"][0]
    assert first.startswith("Rien n'a été compris de « de la »")
    assert "Rien n'a été compris" in open_page("/marches?need=de la").text
    assert "Rien n'a été compris" not in open_page("/marches?need=tonte à Roubaix").text


def test_the_box_of_a_list_reads_what_is_typed_and_shows_it_again(open_page: Open) -> None:
    page = open_page("/marches?need=tonte à Roubaix")
    assert ("trade", "entretien-espaces-verts") in page.asked and ("territory", "commune:59512") in page.asked
    box = page.one("header").one("form", role="search").one("input")
    assert box.attributes["value"] == "tonte à Roubaix"


def test_an_empty_list_offers_nothing_to_tick(open_page: Open) -> None:
    page = open_page("/marches?q=xyzzyx")
    assert "Aucun marché" in page.text and "Aucun choix possible" not in page.text


@pytest.mark.parametrize("several", ["region:82", "departement:69D", "commune:59512,commune:59009"])
def test_an_empty_list_of_several_territories_has_no_larger_place(client: TestClient, several: str) -> None:
    answer = client.get(f"/v1/contracts?territory={several}&q=xyzzyx")
    assert answer.status_code == 200 and answer.json()["total"] == 0
    assert all(
        one["parameter"] != "territory" or one["text"].startswith("sans")
        for one in answer.json()["meta"]["relaxations"]
    )

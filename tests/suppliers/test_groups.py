"""The groups of an answer: what is sure, what is near, whom to ask, who is a little farther. Nobody who could be asked is lost."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.suppliers.conftest import House
from vivier.belief.comes import RINGS_KM as REACH_KM
from vivier.belief.steps import IMPROBABLE
from vivier.search.snapshot import Snapshot
from vivier.suppliers.believed import NEVER, UNTOLD
from vivier.suppliers.farther import NEAREST
from vivier.suppliers.find import AnswerGroup, groups
from vivier.suppliers.groups import GROUP_STEP, RINGS_KM, TITLES
from vivier.suppliers.result import result_of
from vivier.territory.coverage import distance_km
from vivier.trades.near import near_trades

SEARCHES = (
    {"trade": "blanchisserie", "territory": "departement:51"},
    {"trade": "entretien-espaces-verts", "territory": "commune:62041", "kind": "ESAT"},
    {"cpv": "90910000", "territory": "departement:35", "article": "L2113-12"},
    {"trade": "nettoyage-locaux", "near": "-1.68,48.11", "radius_km": "20"},
    {"trade": "impression", "territory": "region:84", "label": "IMPRIM_VERT"},
    {"trade": "debroussaillage"},
    {"territory": "commune:35238"},
)


@pytest.fixture(params=["demo", pytest.param("demo_on_node", marks=pytest.mark.node)])
def house(request: pytest.FixtureRequest) -> House:
    """The demonstration on each engine in turn."""
    served: House = request.getfixturevalue(request.param)
    return served


def answered(house: House, **parameters: str) -> tuple[AnswerGroup, ...]:
    return groups(house.ask(**parameters), Snapshot(house.engine), house.lexicon)


@pytest.mark.slow
@pytest.mark.parametrize("parameters", SEARCHES, ids=str)
def test_each_group_gives_as_many_as_it_says_and_none_twice(house: House, parameters: dict[str, str]) -> None:
    found = answered(house, **parameters)
    members = {group.code: house.all(**parameters, group=group.code) for group in found}
    assert [group.code for group in found] == [code for code in TITLES if code in members]
    assert {group.code: group.total for group in found} == {code: len(ids) for code, ids in members.items()}
    assert sum(map(len, members.values())) == len(set().union(*members.values()))
    together = house.all(**parameters, group=",".join(members))
    assert together == set().union(*members.values())


@pytest.mark.parametrize("parameters", SEARCHES, ids=str)
def test_the_first_group_is_the_search_itself(house: House, parameters: dict[str, str]) -> None:
    assert house.ids(**parameters, group="exact") == house.ids(**parameters)


@pytest.mark.node
def test_both_engines_give_the_groups_in_one_order(demo: House, request: pytest.FixtureRequest) -> None:
    other: House = request.getfixturevalue("demo_on_node")
    for parameters in SEARCHES:
        every = {**parameters, "group": ",".join(TITLES)}
        assert demo.ids(**every) == other.ids(**every)
        first, second = answered(demo, **parameters), answered(other, **parameters)
        assert [[(r.id, r.group) for r in g.results] for g in first] == [
            [(r.id, r.group) for r in g.results] for g in second
        ]


def test_groups_come_one_after_the_other(demo: House) -> None:
    found = demo.ask(**SEARCHES[0], group=",".join(TITLES), per_page="100")
    order = [list(TITLES).index(result.group) for result in found.results]
    assert order == sorted(order) and len(set(order)) > 1


def test_a_near_trade_is_a_parent_a_sibling_or_of_the_family_and_says_so(demo: House) -> None:
    near = near_trades(("blanchisserie",), demo.lexicon.trades)
    assert near.family and not {"blanchisserie"} & {*near.close, *near.family}
    found = demo.ask(trade="debroussaillage", territory="FR", group="near_trade", per_page="100")
    assert found.total
    for result in found.results:
        assert any(reason.code == "near_trade" for reason in result.reasons)


@pytest.mark.slow
def test_whom_to_ask_publishes_no_trade_and_is_of_inclusive_kind(demo: House) -> None:
    found = demo.ask(trade="blanchisserie", territory="FR", group="to_ask", per_page="100")
    assert found.total
    for result in found.results:
        assert not any("trade" in fact["value"] for fact in result.record.get("offers", ()))
        assert result.record["agreements"]
        assert result.reasons[0].code == "trade_unknown" and result.reasons[0].inferred


FAR = (
    {"trade": "blanchisserie", "territory": "departement:51"},
    {"trade": "blanchisserie", "territory": "commune:51454"},
    {"trade": "nettoyage-locaux", "near": "-1.68,48.11", "radius_km": "20"},
    {"trade": "nettoyage-locaux", "near": "-1.68,48.11", "radius_km": "70"},
    {"kind": "EA", "near": "-4.6,48.4", "radius_km": "5"},
    {"territory": "commune:35238"},
    {"territory": "commune:35238,commune:69123", "kind": "ESAT"},
    {"trade": "traiteur", "territory": "region:53", "sort": "name"},
    {"trade": "conserverie", "territory": "departement:974"},
    {"territory": "departement:75", "kind": "ESAT"},
)
"""Searches with many a little farther, with few, and with nobody within the first ring."""


def _ring(house: House, km: float, parameters: dict[str, str]) -> list[float]:
    """The distances of every supplier of the group within some kilometres of the place, computed apart from the records."""
    plan = house.ask(**parameters).plan
    far = []
    for hit in house.engine.open("suppliers").scan(plan.groups["farther"]):
        told = result_of(replace(hit, parts={"group": GROUP_STEP}), plan, house.lexicon).distance_km
        if plan.query.near is not None:
            point = hit.record["address"]["value"]["point"]
            told = distance_km(plan.query.near, (point["lon"], point["lat"]))
        if told is not None and told <= km:
            far.append(told)
    return sorted(far)


@pytest.mark.slow
@pytest.mark.parametrize("parameters", FAR, ids=str)
def test_who_is_a_little_farther_is_the_nearest_twenty_of_the_first_ring_with_somebody(
    demo: House, parameters: dict[str, str]
) -> None:
    group = answered(demo, **parameters)[-1]
    rings = [ring for km in RINGS_KM if (ring := _ring(demo, km, parameters))]
    expected = rings[0][:NEAREST] if rings else []
    assert group.code == "farther" and group.total == len(expected)
    alone = demo.ask(**parameters, group="farther", per_page="100")
    assert alone.total == group.total and {r.id for r in alone.results} >= {r.id for r in group.results}
    assert sorted(r.distance_km or 0 for r in alone.results) == pytest.approx(expected, abs=0.011)
    said = next(
        km
        for km, ring in zip(
            (*RINGS_KM, RINGS_KM[-1]), (*(_ring(demo, km, parameters) for km in RINGS_KM), [0.0]), strict=True
        )
        if ring
    )
    assert f"{said:g}\u202fkm" in group.sentence


@pytest.mark.parametrize("parameters", FAR, ids=str)
def test_an_order_that_a_sentence_tells_is_that_of_its_list(house: House, parameters: dict[str, str]) -> None:
    """Of the groups that complete the page, of the group asked alone, and at the end of all groups asked together."""
    told = 0
    together = house.ask(**parameters, group=",".join(TITLES), per_page="100").results
    for group in answered(house, **parameters, per_page="100"):
        if "les plus probables et proches d’abord" in group.sentence:
            assert group.code == "to_ask"
        if "les plus proches d’abord" in group.sentence or "dans l’ordre" in group.sentence:
            told += 1
            alone = house.ask(**parameters, group=group.code, per_page="100").results
            for results in (group.results, alone, [result for result in together if result.group == group.code]):
                far = [result.distance_km for result in results]
                assert None not in far and far == sorted(far, key=float)  # type: ignore[arg-type]
            assert [result.id for result in group.results] == [result.id for result in alone][: len(group.results)]
    assert told or parameters.get("sort") == "name" or answered(house, **parameters)[-1].total < 2


@pytest.mark.slow
def test_of_two_silent_structures_alike_but_for_their_name_the_more_probable_is_first(demo: House) -> None:
    """Same kinds, no published zone, same ring around the place: only the probability of the trade tells them apart."""
    compared = 0
    for trade in (
        "entretien-espaces-verts",
        "blanchisserie",
        "reemploi-ressourcerie",
        "petits-travaux-batiment",
        "traiteur",
        "nettoyage-locaux",
        "collecte-dechets",
        "maraichage",
        "impression",
    ):
        for near in ("2.35,48.86", "3.06,50.63", "4.83,45.76", "-1.68,48.11", "5.37,43.30"):
            asked = {"trade": trade, "near": near, "radius_km": "200", "group": "to_ask", "per_page": "100"}
            alike = [_seen(result.record, result) for result in demo.ask(**asked).results]
            for one, two in combinations([each for each in alike if each is not None], 2):
                if one[:2] == two[:2] and one[2] != two[2] and max(one[2], two[2]) >= 100 * IMPROBABLE:
                    compared += 1
                    assert one[2] > two[2], (trade, near, one, two)
    assert compared >= 8


def _seen(record: Any, result: Any) -> tuple[tuple[str, ...], int, float] | None:
    """Kinds, ring around the place and probability written of a structure that publishes no zone; ``None`` for another."""
    offers = [fact["value"] for fact in record.get("offers", ())]
    if result.distance_km is None or any(
        offer.get("zone", {}).get("type", "undeclared") != "undeclared" for offer in offers
    ):
        return None
    [text] = [reason.text for reason in result.reasons if reason.code == "trade_unknown"]
    if text.endswith((UNTOLD, NEVER)):
        return None
    percentage = float(text.rpartition("(")[2].partition("\u00a0%")[0].replace(",", "."))
    kinds = tuple(sorted({fact["value"]["kind"] for fact in record.get("agreements", ())}))
    return kinds, bisect_left(REACH_KM, result.distance_km), percentage


@pytest.mark.parametrize("parameters", (*SEARCHES, *FAR), ids=str)
def test_totals_alone_are_those_of_the_groups_with_their_results(house: House, parameters: dict[str, str]) -> None:
    found = house.ask(**parameters)
    whole = groups(found, Snapshot(house.engine), house.lexicon)
    alone = groups(found, Snapshot(house.engine), house.lexicon, results=False)
    assert [replace(group, results=(), facets={}) for group in whole] == [replace(g, facets={}) for g in alone]
    assert not any(group.results for group in alone)


@pytest.mark.slow
def test_without_trade_nor_place_there_is_one_group(demo: House) -> None:
    assert answered(demo, q="zzyzx") == ()


def test_the_page_is_completed_by_the_other_groups(demo: House) -> None:
    found = demo.ask(**SEARCHES[0])
    others = groups(found, Snapshot(demo.engine), demo.lexicon)
    shown = sum(len(group.results) for group in others)
    assert shown == min(sum(group.total for group in others[1:]), 20 - len(found.results))


TRADES = st.sampled_from(
    ["blanchisserie", "nettoyage-locaux", "entretien-espaces-verts", "traiteur", "debroussaillage"]
)
PLACES = st.sampled_from(["departement:35", "departement:51", "commune:62041", "region:53", "commune:2A004"])
FILTERS = st.fixed_dictionaries(
    {}, optional={"kind": st.sampled_from(["ESAT", "EA", "EI"]), "article": st.just("L2113-12"), "zone": st.just("qpv")}
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(TRADES, PLACES, FILTERS)
def test_adding_a_filter_never_adds_anybody(demo: House, trade: str, place: str, others: dict[str, str]) -> None:
    every = {"trade": trade, "territory": place, "group": "exact,near_trade,to_ask"}  # who is farther is the nearest
    assert demo.all(**every, **others) <= demo.all(**every)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(TRADES, st.sampled_from([5, 20, 60]))
def test_a_longer_radius_never_loses_anybody(demo: House, trade: str, km: int) -> None:
    around = {"trade": trade, "near": "-1.68,48.11"}
    assert demo.all(**around, radius_km=str(km)) <= demo.all(**around, radius_km=str(km * 2))

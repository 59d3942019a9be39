"""A wish excludes nobody: whoever meets more of them comes first in each group, on both engines, and the card tells which."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suppliers.conftest import House

SEARCH = {"trade": "nettoyage-locaux", "territory": "FR"}


@pytest.fixture(params=["demo", pytest.param("demo_on_node", marks=pytest.mark.node)])
def house(request: pytest.FixtureRequest) -> House:
    """The demonstration on each engine in turn."""
    served: House = request.getfixturevalue(request.param)
    return served


def kinds(record: Any) -> set[str]:
    return {fact["value"]["kind"] for fact in record.get("agreements", ())}


def trades(record: Any) -> set[str]:
    return {fact["value"].get("trade") for fact in record.get("offers", ())}


def test_a_wished_kind_orders_and_excludes_nobody(house: House) -> None:
    assert house.all(**SEARCH) == house.all(**SEARCH, wish_kind="EA")
    results = house.ask(**SEARCH, wish_kind="EA", per_page="100").results
    met = ["EA" in kinds(result.record) for result in results]
    assert met == sorted(met, reverse=True) and 0 < sum(met) < len(met)
    reported = [any(reason.code == "wish" for reason in result.reasons) for result in results]
    assert reported == met


def test_of_several_trades_those_who_do_more_come_first(house: House) -> None:
    query = {"trade": "nettoyage-locaux,nettoyage-vitres", "wish_trade": "nettoyage-locaux,nettoyage-vitres"}
    wanted = {"nettoyage-locaux", "nettoyage-vitres"}
    counts = [len(trades(result.record) & wanted) for result in house.ask(**query, per_page="100").results]
    assert counts == sorted(counts, reverse=True) and len(set(counts)) > 1


@pytest.mark.parametrize("group", ["exact", "near_trade", "to_ask"])
def test_a_wish_orders_inside_each_group(house: House, group: str) -> None:
    results = house.ask(
        trade="nettoyage-locaux", territory="departement:35", wish_kind="ESAT", group=group, per_page="100"
    ).results
    met = ["ESAT" in kinds(result.record) for result in results]
    assert met == sorted(met, reverse=True)

"""The development set of needs is well formed: known trades, both halves over all groups, enough refusals."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from vivier.trades.table import fold, load_trades

NEEDS = Path(__file__).with_name("needs.jsonl")


def needs() -> list[dict[str, Any]]:
    return [json.loads(line) for line in NEEDS.read_text(encoding="utf-8").splitlines()]


def test_there_are_enough_needs_and_enough_that_must_yield_nothing() -> None:
    assert len(needs()) >= 200
    assert sum(not need["expect"] for need in needs()) >= 25


def test_each_need_is_written_once() -> None:
    queries = [fold(need["query"]) for need in needs()]
    assert len(queries) == len(set(queries))


def test_expected_trades_exist_and_give_the_group() -> None:
    trades = load_trades()
    for need in needs():
        expected = [trades.get(code) for code in (*need["expect"], *need["also"])]
        assert need["group"] == (expected[0].group if need["expect"] else "none"), need["query"]
        assert not set(need["expect"]) & set(need["also"]), need["query"]


def test_both_halves_cover_every_group() -> None:
    halves: dict[str, set[str]] = defaultdict(set)
    for need in needs():
        halves[need["split"]].add(need["group"])
    groups = {group.code for group in load_trades().groups()} | {"none"}
    assert halves == {"dev": groups, "held": groups}


def test_every_trade_is_expected_by_some_need() -> None:
    asked = {code for need in needs() for code in need["expect"]}
    assert [trade.code for trade in load_trades() if trade.code not in asked] == []

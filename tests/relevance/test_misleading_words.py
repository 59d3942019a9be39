"""Twelve words that mislead (« état », « régie », « collecte »…), in thirty sentences each, written and judged blind (``tests/relevance/SOURCES.md``)."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mappings import read_table
from vivier.lexicon import load_lexicon
from vivier.needs import resolve_need

Line = dict[str, Any]
OFFERED = 3


class Read(NamedTuple):
    """A sentence, the trades that are sure, and those applied or offered first."""

    line: Line
    sure: frozenset[str]
    offered: tuple[str, ...]

    @property
    def right(self) -> frozenset[str]:
        return frozenset((*self.line["trades"], *self.line["also"]))


@cache
def lines() -> list[Line]:
    text = (Path(__file__).parent / "needs_misleading.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@cache
def read(half: str) -> list[Read]:
    lexicon, found = load_lexicon(), []
    for line in lines():
        if line["split"] == half:
            need = resolve_need(line["query"], lexicon)
            sure = frozenset(match.id for match in need.sectors) if need.status == "auto" else frozenset()
            offered = (*need.sectors, *need.alternatives)[: max(OFFERED, len(need.sectors))]
            found.append(Read(line, sure, tuple(match.id for match in offered)))
    return found


def test_each_word_is_in_thirty_sentences_with_trades_that_exist() -> None:
    assert set(Counter(line["word"] for line in lines()).values()) == {30}
    known = {row["code"] for row in read_table("trades")}
    assert [line for line in lines() if not {*line["trades"], *line["also"]} <= known] == []


@pytest.mark.slow
@pytest.mark.parametrize(("half", "least"), [("dev", 0.90), ("held", 0.95)])
def test_a_trade_shown_as_sure_is_right(half: str, least: float) -> None:
    sure = [each for each in read(half) if each.sure]
    wrong = [(each.line["query"], sorted(each.sure)) for each in sure if not each.sure <= each.right]
    assert len(sure) > 60 and len(wrong) <= (1 - least) * len(sure), wrong


@pytest.mark.slow
@pytest.mark.parametrize("half", ["dev", "held"])
def test_what_is_bought_is_among_the_first_three(half: str) -> None:
    inside = [each for each in read(half) if each.line["trades"]]
    missed = [each.line["query"] for each in inside if each.right.isdisjoint(each.offered)]
    assert len(missed) <= 0.10 * len(inside), missed


@pytest.mark.slow
@pytest.mark.parametrize("half", ["dev", "held"])
def test_what_nobody_sells_has_no_sure_trade(half: str) -> None:
    out = [each for each in read(half) if each.line["out"]]
    assert sum(not each.sure <= each.right for each in out) <= 0.05 * len(out)

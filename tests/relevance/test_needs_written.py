"""The needs and objects judged before the work are well formed; ``tests/relevance/SOURCES.md`` explains the grid."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mappings import read_table
from tests.relevance.objects import digest, judged, objects
from tests.shared_data import shared_data

HERE = Path(__file__).parent
TABLES = HERE.parents[1] / "mappings" / "tables"
FIELDS = [
    "query",
    "trades",
    "also",
    "places",
    "km",
    "kinds",
    "labels",
    "wish",
    "wall",
    "amount",
    "months",
    "staffing",
    "out",
    "unknown",
    "split",
]

Line = dict[str, Any]


def half(text: str) -> str:
    return ("dev", "held")[int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2]


@cache
def needs() -> list[Line]:
    return [json.loads(line) for line in (HERE / "needs_written.jsonl").read_text(encoding="utf-8").splitlines()]


def codes(table: str, column: str = "code") -> set[str]:
    return {row[column] for row in read_table(table)}


def packed(table: str, column: str) -> set[str]:
    with gzip.open(TABLES / f"{table}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def test_each_need_has_every_field_and_no_text_comes_twice() -> None:
    assert [need["query"] for need in needs() if list(need) != FIELDS] == []
    assert len(needs()) >= 250
    assert [text for text, times in Counter(need["query"] for need in needs()).items() if times > 1] == []


def test_codes_of_needs_exist() -> None:
    trades, kinds, labels = codes("trades"), codes("kinds"), codes("labels")
    for need in needs():
        assert {*need["trades"], *need["also"]} <= trades, need["query"]
        assert set(need["kinds"]) <= kinds, need["query"]
        assert set(need["labels"]) <= labels, need["query"]
        assert {*need["wish"], *need["wall"]} <= {*need["kinds"], *need["labels"]}, need["query"]
        assert not set(need["wish"]) & set(need["wall"]), need["query"]
        assert not set(need["trades"]) & set(need["also"]), need["query"]


@pytest.mark.slow
def test_places_of_needs_exist() -> None:
    known = {f"commune:{code}" for code in packed("communes", "code_insee")}
    known |= {f"epci:{siren}" for siren in packed("epci", "siren")}
    known |= {f"departement:{code}" for code in codes("departements")} | {f"region:{code}" for code in codes("regions")}
    said = {place for need in needs() for accepted in need["places"] for place in accepted}
    assert said - known == set()
    assert all(accepted for need in needs() for accepted in need["places"])


def test_a_need_is_out_of_the_offer_when_no_trade_fits() -> None:
    assert [need["query"] for need in needs() if need["out"] != (not need["trades"])] == []


def test_words_that_name_nothing_are_in_the_need() -> None:
    assert [need["query"] for need in needs() if any(word not in need["query"] for word in need["unknown"])] == []


OF_THE_FIRST_READER = 393
"""Sentences whose half follows their words; those of the second reader were drawn by lot, once for all."""


@pytest.mark.parametrize(("split", "least"), [("dev", 125), ("held", 125)])
def test_each_half_of_the_needs_has_its_share_of_each_class(split: str, least: int) -> None:
    chosen = [need for need in needs() if need["split"] == split]
    assert len(chosen) >= least
    first = {need["query"] for need in needs()[:OF_THE_FIRST_READER]}
    assert [need["query"] for need in chosen if need["query"] in first and half(need["query"]) != split] == []
    for field, few in {"places": 80, "out": 8, "wish": 4, "wall": 4, "amount": 4, "months": 4, "km": 4}.items():
        assert sum(bool(need[field]) for need in chosen) >= few, field
    assert sum(len(need["query"]) >= 300 for need in chosen) >= 4, "mails"
    assert sum(need["staffing"] for need in chosen) >= 4, "staffing"


def test_objects_are_judged_once_each_in_trades_that_exist() -> None:
    trades, lines = codes("trades"), judged()
    assert len(lines) >= 340
    assert all(list(line) == ["file", "id", "sha", "trades", "also", "split"] for line in lines)
    assert {code for line in lines for code in (*line["trades"], *line["also"])} <= trades
    assert [line for line in lines if set(line["trades"]) & set(line["also"])] == []
    assert [line for line in lines if len(line["sha"]) != 12] == []
    assert [sha for sha, times in Counter(line["sha"] for line in lines).items() if times > 1] == []
    assert len({line["file"] for line in lines}) >= 5


@pytest.mark.parametrize("split", ["dev", "held"])
def test_each_half_of_the_objects_has_some_that_no_trade_fits(split: str) -> None:
    chosen = [line for line in judged() if line["split"] == split]
    assert len(chosen) >= 170
    assert sum(not line["trades"] for line in chosen) >= 20


@pytest.mark.slow
def test_every_judged_object_is_still_in_the_data_given_beside() -> None:
    read = list(objects(shared_data()))
    assert [line for text, line in read if digest(text) != line["sha"] or half(text) != line["split"]] == []
    assert len(read) == len(judged())

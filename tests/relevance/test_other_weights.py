"""What ``docs/relevance.md`` says of orders that are not ours, a part left out or a weight changed, is measured today."""

from __future__ import annotations

import random
import re
from statistics import mean

import pytest

from benchmarks.relevance import figures, rankings_on
from tests.house.walk import ROOT
from tests.relevance.conftest import Rankings
from vivier.search.scoring import WEIGHTS
from vivier.settings import Settings
from vivier.suppliers.judged import Ranking

PAGE = " ".join((ROOT / "docs" / "relevance.md").read_text(encoding="utf8").split())
NOTHING = 1e-9
"""A weight that gives no point."""
NUMBERS = (
    "none",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
)
pytestmark = pytest.mark.slow


def written(figure: float) -> str:
    return f"{figure:.3f}".removeprefix("0")


@pytest.mark.parametrize("part", ["trade", "distance", "coverage", "capacity"])
def test_the_page_says_what_the_order_loses_without_a_part(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WEIGHTS, part, NOTHING)
    found = figures(rankings_on("embedded", Settings()))["nDCG@10"]
    (sentence,) = re.findall(r"A part left out,[^:]*: (.*?)\. ", PAGE)
    assert f"{part} {written(found)}" in sentence, "write today's in docs/relevance.md"


def test_the_page_says_what_a_heavier_freshness_does(
    embedded_rankings: Rankings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WEIGHTS, "freshness", 0.05)
    pairs = zip(embedded_rankings, rankings_on("embedded", Settings()), strict=True)
    moved = [heavier.ndcg - ours.ndcg for ours, heavier in pairs]
    lost, gained = [-by for by in moved if by < -1e-6], [by for by in moved if by > 1e-6]
    sentence = (
        f"With .05 {NUMBERS[len(lost)]} searches lose up to {written(max(lost))} and {NUMBERS[len(gained)]} gains"
    )
    assert sentence in PAGE, "write today's in docs/relevance.md"


def test_the_page_says_what_shuffled_orders_are_worth(embedded_rankings: Rankings) -> None:
    dice = random.Random(2026)
    found = [
        figures([Ranking(one.judged, tuple(dice.sample(one.found, len(one.found)))) for one in embedded_rankings])
        for _ in range(30)
    ]
    orders, first = [each["nDCG@10"] for each in found], mean(each["MRR"] for each in found)
    row = f"30 times | {written(mean(orders))} on average, {written(max(orders))} at best | {written(first)} |"
    assert row in PAGE, "write today's in docs/relevance.md"

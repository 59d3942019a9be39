"""How often each rung of the trade is right: one table, whose figures are those that the commands print."""

from __future__ import annotations

import pytest

from benchmarks.rungs import LIST, agreement, coverage, presentations, score, suppliers
from mappings import read_table
from tests.shared_data import shared_data
from vivier.trades.rungs import TAKEN_AS_IT_IS, precision
from vivier.trades.table import load_trades
from vivier.trades.words import load_trade_words
from vivier.vocabulary import EVIDENCES


def measured(rung: str) -> tuple[int, int]:
    (row,) = (row for row in read_table("trade_rungs") if row["rung"] == rung)
    return int(row["right"]), int(row["of"])


def test_every_rung_has_its_line_and_says_how_it_was_measured_or_that_it_was_not() -> None:
    rows = list(read_table("trade_rungs"))
    assert [row["rung"] for row in rows] == list(EVIDENCES)
    for row in rows:
        assert bool(row["of"]) != row["how"].startswith("not measured")


def test_a_rung_is_believed_measured_or_worth_what_the_method_says() -> None:
    for row in read_table("trade_rungs"):
        right = int(row["right"]) / int(row["of"]) if row["of"] else 0.25
        assert precision(row["rung"], 0.25) == (1.0 if row["rung"] in TAKEN_AS_IT_IS else right)
    assert precision(None, 0.25) == 0.25
    with pytest.raises(KeyError):
        precision("hearsay", 0.25)


def test_the_text_rung_is_right_as_often_as_the_table_says() -> None:
    found = score(presentations(shared_data(*LIST.parts).parents[1]), load_trade_words())
    assert (found.right, found.right + found.wrong) == measured("text")


@pytest.mark.slow
def test_the_activity_code_is_right_as_often_as_the_table_says() -> None:
    shared_data("suppliers")
    found = agreement(suppliers(), load_trades())
    assert (found.trade_right, found.trade) == measured("activity")
    assert found.family_right / found.family >= 0.7


@pytest.mark.slow
def test_the_statute_reaches_more_than_five_hundred_suppliers_and_the_code_three_hundred_of_unknown_trade() -> None:
    shared_data("suppliers")
    counts = coverage(suppliers())
    assert counts["lent by statute"] > 500
    assert counts["activity"] > 300

"""Trades supposed of a structure that publishes none."""

from __future__ import annotations

from mappings import read_table
from vivier.law.kinds import KINDS
from vivier.lexicon import load_lexicon
from vivier.trades.supposed import BY_ACTIVITY, LEAST_LEARNT, supposed_trades


def test_a_trade_of_the_activity_code_is_supposed_alone() -> None:
    found = supposed_trades(["restaurant"], ["EI"], [("kind", "EI")], {"impression": 9}, load_lexicon().trades)
    assert found == (("restaurant", BY_ACTIVITY),)


def test_the_surest_evidence_of_each_trade_counts_and_comes_first() -> None:
    found = dict(supposed_trades([], ["ESAT"], [("kind", "ESAT")], {"impression": 7}, load_lexicon().trades))
    assert found["impression"] == 7 and next(iter(found)) == "impression"
    assert found["conditionnement"] == 5 and min(found.values()) >= 1


def test_a_kind_nobody_knows_supposes_only_what_was_learnt() -> None:
    found = supposed_trades([], ["ESS"], [], {}, load_lexicon().trades)
    assert all(tenths >= LEAST_LEARNT for _, tenths in found)


def test_the_table_names_known_kinds_and_trades_once() -> None:
    rows = [(row["kind"], row["trade"]) for row in read_table("kind_trades")]
    assert len(rows) == len(set(rows))
    assert all(kind in KINDS and trade in load_lexicon().trades for kind, trade in rows)

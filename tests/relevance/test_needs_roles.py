"""Pairs of sentences that differ by one word of role are well formed; ``tests/relevance/SOURCES.md`` explains them."""

from __future__ import annotations

import hashlib
from collections import Counter

from benchmarks.cases import cases
from vivier.trades.table import load_trades


def test_pairs_are_two_sentences_of_one_half_that_a_hash_draws() -> None:
    pairs = cases("needs_roles")
    assert set(Counter(case["pair"] for case in pairs).values()) == {2}
    for case in pairs:
        drawn = int(hashlib.sha256(f"pair {case['pair']}".encode()).hexdigest(), 16) % 2
        assert case["split"] == ("dev", "held")[drawn]
    assert min(len(cases("needs_roles", half)) for half in ("dev", "held")) >= 100


def test_each_sentence_is_written_once_with_trades_that_exist() -> None:
    pairs, trades = cases("needs_roles"), {trade.code for trade in load_trades()}
    assert [query for query, times in Counter(case["query"] for case in pairs).items() if times > 1] == []
    assert {code for case in pairs for code in case["trades"]} <= trades

"""The merge by name and place, measured on the real lists; the floors are those of ``indexer/merge.py``."""

from __future__ import annotations

import pytest

from benchmarks import identity
from tests.shared_data import shared_data


@pytest.fixture(autouse=True)
def real_lists() -> None:
    shared_data("suppliers", "siae_marche_2020.csv")
    shared_data("geo", "communes_2026.csv.gz")


def test_a_whole_list_without_identifiers_merges_with_precision_995_and_recall_99() -> None:
    score = identity.whole_lists("asp", "marche")
    assert score.precision >= 0.995
    assert score.recall >= 0.99


def test_held_back_pairs_keep_the_measured_floor() -> None:
    """113 merges and 115 true pairs: one more wrong or missed shows."""
    scored = [(pair, score) for pair, score in identity.in_the_merge() if pair.half == "held"]
    plain = identity.measure((pair, score) for pair, score in scored if pair.how not in identity.HARD)
    assert plain.precision >= 0.991
    assert plain.recall >= 0.973
    every = identity.measure(scored)
    assert every.precision >= 0.992
    assert every.recall >= 0.92


def test_there_are_three_hundred_labelled_pairs_or_more_in_two_halves() -> None:
    pairs = identity.labelled_pairs()
    assert len(pairs) >= 300
    assert {pair.half for pair in pairs} == {"dev", "held"}
    assert {pair.same for pair in pairs} == {True, False}

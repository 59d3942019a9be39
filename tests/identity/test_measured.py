"""The merge by name and place, measured on the real lists: pairs rules may be written on, never those kept back."""

from __future__ import annotations

from collections import defaultdict

import pytest

from benchmarks import identity
from benchmarks.identity import COLUMNS, LABELS, PAIRS, PARTS, fingerprint, labelled_pairs, readings, structure
from tests.shared_data import shared_data
from vivier.contracts.shares import wilson


@pytest.fixture
def real_lists() -> None:
    shared_data("suppliers", "siae_marche_2020.csv")


@pytest.mark.slow
@pytest.mark.usefixtures("real_lists")
def test_a_whole_list_without_identifiers_merges_with_precision_995_and_recall_99() -> None:
    score = identity.whole_lists("asp", "marche", "open")
    assert score.precision >= 0.995
    assert score.recall >= 0.99


@pytest.mark.slow
@pytest.mark.usefixtures("real_lists")
def test_rows_whose_structure_is_in_no_register_are_left_alone() -> None:
    """Three of 1,588 are not: twins of one name, kind and door, and an antenna."""
    made = identity.orphans("asp", "marche", "open")
    assert made.total() > 1500
    assert made[identity.MERGED] <= 3


@pytest.mark.slow
@pytest.mark.usefixtures("real_lists")
@pytest.mark.parametrize(("part", "wrong", "missed"), [("dev", 0, 7), ("earlier", 1, 8)])
def test_the_pairs_rules_are_written_on_keep_their_figures(part: str, wrong: int, missed: int) -> None:
    score = identity.score(identity.in_the_merge([part]))
    assert score.right > 100
    assert score.wrong <= wrong
    assert score.missed <= missed


def test_every_labelled_pair_has_a_label_a_part_and_a_reason() -> None:
    pairs = labelled_pairs()
    assert len(pairs) >= 400
    assert {pair.label for pair in pairs} == set(LABELS)
    assert {pair.part for pair in pairs} == set(PARTS)
    assert all(pair.reason for pair in pairs)


def test_no_legal_unit_held_back_is_among_the_pairs_rules_are_written_on() -> None:
    parts: dict[str, set[str]] = defaultdict(set)
    for pair in labelled_pairs():
        for row in (pair.left, pair.right):
            parts[pair.part].add(structure(row))
    assert not parts["held"] & (parts["dev"] | parts["earlier"])


def test_every_reading_of_the_pairs_held_back_says_when_on_what_and_why() -> None:
    """Two readings are what these pairs may bear: a third would be tuning on them."""
    lines = readings()
    assert len(lines) <= 2
    assert all(all(line[name] for name in COLUMNS) for line in lines)
    assert {line["pairs"] for line in lines} <= {fingerprint(PAIRS)}


def test_the_wilson_interval_of_all_right_stays_below_one_at_its_low_end() -> None:
    low, high = wilson(100, 100)
    assert 0.96 < low < 0.97
    assert high == pytest.approx(1.0)

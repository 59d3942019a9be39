"""Pairs of a territory and a site: they are joined and counted as sets are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier.arrays import distinct
from vivier.desk.facts.pairs import Pairs

WIDTH, PLACES = 7, 5
sets = st.sets(st.tuples(st.integers(0, PLACES - 1), st.integers(0, WIDTH - 1)))


def pairs(some: set[tuple[int, int]]) -> Pairs:
    columns = np.array([*some, *some], np.intp).reshape(-1, 2)
    return Pairs.of(columns[:, 0], columns[:, 1], WIDTH)


def as_set(found: Pairs) -> set[tuple[int, int]]:
    told = list(zip(found.places.tolist(), found.items.tolist(), strict=True))
    assert told == sorted(set(told))
    return set(told)


@pytest.mark.slow
@given(sets, sets, st.sets(st.integers(0, WIDTH - 1)))
def test_pairs_are_joined_and_counted_as_sets(
    one: set[tuple[int, int]], other: set[tuple[int, int]], few: set[int]
) -> None:
    left, right = pairs(one), pairs(other)
    assert as_set(left | right) == one | other and as_set(left - right) == one - other
    assert as_set(left.having(np.isin(np.arange(WIDTH), list(few)))) == {pair for pair in one if pair[1] in few}
    assert left.counts(PLACES) == [sum(place == at for place, _ in one) for at in range(PLACES)]
    assert left.sums(np.arange(WIDTH), PLACES) == [
        sum(item for place, item in one if place == at) for at in range(PLACES)
    ]
    assert as_set(left.by(np.arange(WIDTH) // 2, WIDTH)) == {(place, item // 2) for place, item in one}


@pytest.mark.parametrize("values", [[], [3], [2, 1, 2, 2, 3], [b"b", b"a", b"b"]])
def test_the_distinct_values_come_in_order(values: list[int] | list[bytes]) -> None:
    assert distinct(np.array(values)).tolist() == sorted(set(values))  # type: ignore[type-var]

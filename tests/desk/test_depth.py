"""Depth of a supply: the reference values, and classes that move the right way."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier.desk.depth import (
    LEVELS,
    Demand,
    Depth,
    Member,
    confidence_of,
    depth,
    effective_number,
    level_of,
    shown_sum,
    with_quadrants,
)
from vivier.desk.offers import competition, odds

ARTICLES = ("L2113-12", "L2113-13", "L2113-14")
PLACES = list(LEVELS)


def members(turnovers: list[float | None]) -> list[Member]:
    return [Member(f"{n:09d}", frozenset(("L2113-12",)), turnover) for n, turnover in enumerate(turnovers)]


def of(turnovers: list[float | None], lot: float | None = None, share: float = 0.3) -> Depth:
    return depth(members(turnovers), ARTICLES, share, reference=lot)


known = st.lists(st.none() | st.floats(1, 1e8), max_size=80)


@pytest.mark.parametrize(
    ("n", "rate", "two", "none"),
    [
        (1, 0.10, 0, 0.900),
        (2, 0.05, 0.003, 0.902),
        (3, 0.20, 0.104, 0.512),
        (5, 0.10, 0.081, 0.590),
        (10, 0.10, 0.264, 0.349),
        (15, 0.05, 0.171, 0.463),
        (20, 0.20, 0.931, 0.012),
        (30, 0.05, 0.446, 0.215),
        (60, 0.10, 0.986, 0.002),
    ],
)
def test_the_table_of_odds_comes_out(n: int, rate: float, two: float, none: float) -> None:
    found = competition(n, 0, rate).low
    assert (round(found.two, 3), round(found.none, 3)) == (two, none)


MIXED = [0.10] * 4 + [0.05] * 3 + [0.20] * 2


def every_outcome(chances: list[float]) -> list[float]:
    """Chances of 0, 1, 2… offers, by adding up each of the 2ⁿ sets of structures that answer."""
    found = [0.0] * (len(chances) + 1)
    for answers in product((False, True), repeat=len(chances)):
        found[sum(answers)] += prod(p if yes else 1 - p for p, yes in zip(chances, answers, strict=True))
    return found


def test_the_mixed_check_comes_out_of_every_outcome() -> None:
    """The published check gives P0 = .3969 and P1 = .3600: enumeration shows that these two are swapped, P2 is right."""
    none, one, *more = every_outcome(MIXED)
    assert (round(none, 4), round(one, 4), round(sum(more), 4)) == (0.36, 0.3969, 0.2431)
    found = odds(MIXED)
    assert (found.none, found.one, found.two) == pytest.approx((none, one, sum(more)))


@given(st.lists(st.floats(0, 1), max_size=9))
def test_odds_are_those_of_every_outcome(chances: list[float]) -> None:
    none, one, two = (*every_outcome(chances), 0.0, 0.0)[:3]
    found = odds(chances)
    assert (found.none, found.one) == pytest.approx((none, one), abs=1e-12)
    assert found.two == pytest.approx(1 - none - one, abs=1e-12) and found.two >= two - 1e-12


@pytest.mark.parametrize(("rate", "sizes"), [(0.05, (34, 59, 93)), (0.10, (17, 29, 46)), (0.20, (9, 14, 22))])
def test_the_smallest_numbers_of_structures_come_out(rate: float, sizes: tuple[int, ...]) -> None:
    for bound, size in zip((0.50, 0.80, 0.95), sizes, strict=True):
        assert competition(size, 0, rate).low.two >= bound > competition(size - 1, 0, rate).low.two


def test_the_example_of_lot_sizes_comes_out() -> None:
    found = of([1.2e6, 8e5, 5e5, 4.5e5, 3e5, 1.5e5, 9e4])
    assert found.largest == {2: pytest.approx(240_000), 3: pytest.approx(150_000), 5: pytest.approx(90_000)}


def test_one_structure_at_ninety_percent_is_worth_little_more_than_one() -> None:
    assert effective_number([90.0, *[10 / 9] * 9]) == pytest.approx(1.2, abs=0.05)


@pytest.mark.parametrize("turnovers", [[1e5, 2e5], [1e6, 1e4, 1e4]], ids=["fewer than three", "one above 85 %"])
def test_a_sum_that_few_make_up_is_not_shown(turnovers: list[float | None]) -> None:
    found = of(turnovers)
    assert found.masked and found.capacity is None and found.effective is None
    assert set(found.largest.values()) == {None}
    assert found.count == len(turnovers)


def test_a_sum_is_shown_with_three_of_which_none_dominates() -> None:
    assert shown_sum([1.0, 1.0, 1.0]) == 3.0


def test_no_structure_at_all_is_told_as_such_and_masks_nothing() -> None:
    found = of([])
    assert (found.level, found.central.high.two, found.masked) == ("offre absente", 0.0, False)


def test_unknown_turnovers_make_two_classes() -> None:
    found = of([None] * 40, lot=1e5)
    assert (found.level_low, found.level_high) == ("offre_absente", "offre_constituee")
    assert "à confirmer" in found.level


def test_without_a_lot_capacity_is_ignored() -> None:
    assert of([None] * 40).level_low == "offre_constituee"


def test_the_median_lot_of_the_place_is_the_reference_unless_one_is_given() -> None:
    demand = Demand(1e6, 0, 30, median=50_000)
    assert depth(members([1e6] * 3), ARTICLES, 0.3, demand=demand).reference == 50_000
    assert depth(members([1e6] * 3), ARTICLES, 0.3, demand=demand, reference=1.0).reference == 1.0


def test_tension_is_demand_over_known_capacity_and_unknown_when_it_is_masked() -> None:
    demand = Demand(9e5, 0, 10)
    assert depth(members([1e6] * 3), ARTICLES, 0.3, demand=demand).tension == pytest.approx(1.0)
    assert depth(members([1e6] * 2), ARTICLES, 0.3, demand=demand).tension is None


@pytest.mark.parametrize(("least", "letter"), [(0.75, "A"), (0.5, "B"), (0.25, "C"), (0.24, "D")])
def test_confidence_follows_the_least_proved_of_the_facts(least: float, letter: str) -> None:
    assert confidence_of([1.0, least, 0.9]) == letter


def test_quadrants_need_eight_territories_with_a_known_demand() -> None:
    rows = [replace(of([1e6] * n), demand=Demand(1e5 * n, 0, n)) for n in range(1, 9)]
    assert {row.quadrant for row in with_quadrants(rows[:7])} == {None}
    found = with_quadrants(rows)
    assert (found[0].quadrant, found[-1].quadrant) == ("emergente", "constituee")


@given(known, st.none() | st.floats(1, 1e8), st.none() | st.floats(1, 1e7))
def test_a_structure_more_never_lowers_a_class(
    turnovers: list[float | None], more: float | None, lot: float | None
) -> None:
    before, after = of(turnovers, lot), of([*turnovers, more], lot)
    for bound in ("level_low", "level_high"):
        assert PLACES.index(getattr(after, bound)) >= PLACES.index(getattr(before, bound))


@given(known, st.floats(1, 1e7), st.floats(0.1, 1), st.floats(0.1, 1))
def test_a_larger_share_never_lowers_a_class(
    turnovers: list[float | None], lot: float, one: float, other: float
) -> None:
    small, large = (of(turnovers, lot, share) for share in sorted((one, other)))
    assert PLACES.index(large.level_low) >= PLACES.index(small.level_low)


@given(known, st.floats(1, 1e7))
def test_a_turnover_that_becomes_known_and_large_never_lowers_the_low_class(
    turnovers: list[float | None], lot: float
) -> None:
    told = [1e12 if one is None else one for one in turnovers]
    assert PLACES.index(of(told, lot).level_low) >= PLACES.index(of(turnovers, lot).level_low)


@given(known, st.floats(1, 1e7), st.randoms(use_true_random=False))
def test_order_changes_nothing(turnovers: list[float | None], lot: float, random: Random) -> None:
    mixed = members(turnovers)
    random.shuffle(mixed)
    one, other = depth(mixed, ARTICLES, 0.3, reference=lot), of(turnovers, lot)
    assert replace(one, capacity=None, effective=None) == replace(other, capacity=None, effective=None)


@given(known, st.none() | st.floats(1, 1e7))
def test_the_low_class_is_never_above_the_high_one(turnovers: list[float | None], lot: float | None) -> None:
    found = of(turnovers, lot)
    assert PLACES.index(found.level_low) <= PLACES.index(found.level_high)
    caps = [cap for cap in found.largest.values() if cap is not None]
    assert caps == sorted(caps, reverse=True)


@given(st.integers(0, 5_000), st.floats(0.01, 1))
def test_odds_add_up_to_one_for_many_structures(n: int, rate: float) -> None:
    found = competition(n, 0, rate).low
    assert found.none + found.one + found.two == pytest.approx(1, abs=1e-12)
    assert 0 <= found.two <= 1 + 1e-12


@given(st.integers(0, 200), st.floats(0, 1), st.floats(0, 1))
def test_a_class_rises_with_number_and_odds(n: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert PLACES.index(level_of(n, low)) <= PLACES.index(level_of(n + 1, high))

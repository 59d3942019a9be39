"""Depth of a supply: the reference values, and classes that move the right way."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import fsum, prod
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier.desk.method.depth import Around, Covered, Demand, Depth, Member, depth, depths
from vivier.desk.method.depth_classes import LEVELS, confidence_of, level_of
from vivier.desk.method.depth_rows import protected, with_quadrants
from vivier.desk.method.offers import competition, odds
from vivier.desk.method.small_cells import effective_number, shown_sum

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
    found = competition([1.0] * n, (), rate).low
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
    assert (found.none, found.exactly_one, found.two) == pytest.approx((none, one, sum(more)))


@pytest.mark.slow
@given(st.lists(st.floats(0, 1), max_size=9))
def test_odds_are_those_of_every_outcome(chances: list[float]) -> None:
    none, one, two = (*every_outcome(chances), 0.0, 0.0)[:3]
    found = odds(chances)
    assert (found.none, found.exactly_one) == pytest.approx((none, one), abs=1e-12)
    assert found.two == pytest.approx(1 - none - one, abs=1e-12) and found.two >= two - 1e-12


@pytest.mark.parametrize(("rate", "sizes"), [(0.05, (34, 59, 93)), (0.10, (17, 29, 46)), (0.20, (9, 14, 22))])
def test_the_smallest_numbers_of_structures_come_out(rate: float, sizes: tuple[int, ...]) -> None:
    for bound, size in zip((0.50, 0.80, 0.95), sizes, strict=True):
        assert competition([1.0] * size, (), rate).low.two >= bound > competition([1.0] * (size - 1), (), rate).low.two


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


@pytest.mark.slow
@given(st.lists(st.floats(1, 1e6), max_size=12), st.randoms())
def test_no_order_of_the_structures_changes_what_they_make_together(amounts: list[float], chance: Random) -> None:
    shuffled = [*amounts]
    chance.shuffle(shuffled)
    assert (shown_sum(shuffled), effective_number(shuffled)) == (shown_sum(amounts), effective_number(amounts))


def test_no_structure_at_all_is_told_as_such_and_masks_nothing() -> None:
    found = of([])
    assert (found.level, found.central.high.two, found.masked) == ("offre absente", 0.0, False)
    assert found.remarks == () and found.confidence == "D"


def test_unknown_turnovers_make_two_classes() -> None:
    found = of([None] * 40, lot=1e5)
    assert (found.level_low, found.level_high) == ("offre_absente", "offre_constituee")
    assert found.level == "offre absente (à confirmer)"
    assert found.remarks == ("40 au chiffre d'affaires inconnu",)


def test_structures_too_small_for_the_lot_are_told_beside_an_absent_supply() -> None:
    found = of([1e5, 1e5, 1e5], lot=1e6)
    assert (found.level, found.count, found.remarks) == (
        "offre absente",
        3,
        ("3 trop petites pour le lot de référence",),
    )


def test_sites_silent_on_their_trade_leave_a_thin_supply_to_be_confirmed() -> None:
    thin = depth(members([1e6]), ARTICLES, 0.3, around=Around(untold=4))
    assert thin.level == "offre unique (à confirmer)" and "4 sites au métier inconnu" in thin.remarks
    assert not depth(members([1e6] * 60), ARTICLES, 0.3, around=Around(untold=90)).doubtful
    assert not depth(members([1e6] * 4), ARTICLES, 0.3, around=Around(untold=4)).doubtful


def test_the_silent_who_probably_do_the_trade_are_told_as_an_interval_and_never_counted() -> None:
    found = depth(members([1e6]), ARTICLES, 0.3, around=Around(untold=40, expected=(1.6, 5.4)))
    assert "40 sites au métier inconnu, dont 2 à 5 feraient celui-ci" in found.remarks
    assert found.count == 1 and found.level_low == "offre_unique"
    few = depth([], ARTICLES, 0.3, around=Around(untold=40, expected=(0.1, 1.2)))
    assert "40 sites au métier inconnu, dont 0 à 1 ferait celui-ci" in few.remarks


def test_structures_of_unpublished_zone_leave_a_thin_supply_to_be_confirmed() -> None:
    found = depth([], ARTICLES, 0.3, around=Around(partly=2, unplaced=2, seated_sites=3))
    assert found.level == "offre absente (à confirmer)" and found.count == 0
    assert found.remarks == (
        "2 structures de ce métier à la zone non publiée",
        "tous métiers confondus, 3 sites ont leur siège ici",
    )


def test_a_turnover_older_than_three_years_is_counted_and_flagged() -> None:
    old = [replace(one, stale=True) for one in members([1e6])]
    found = depth([*old, *members([1e6, 1e6])], ARTICLES, 0.3)
    assert (found.known, found.stale) == (3, 1)


def test_staff_is_added_up_by_the_rule_of_small_cells() -> None:
    staffed = [replace(one, fte=10.0) for one in members([None] * 3)]
    assert (depth(staffed, ARTICLES, 0.3).fte, depth(staffed[:2], ARTICLES, 0.3).fte) == (30.0, None)
    assert depth(staffed[:2], ARTICLES, 0.3).fte_known == 2


def test_without_a_lot_capacity_is_ignored() -> None:
    assert of([None] * 40).level_low == "offre_constituee"


def test_the_median_lot_of_the_place_is_the_reference_unless_one_is_given() -> None:
    demand = Demand(1e6, 0, 30, 30, 30, median=50_000)
    assert depth(members([1e6] * 3), ARTICLES, 0.3, demand=demand).reference == 50_000
    assert depth(members([1e6] * 3), ARTICLES, 0.3, demand=demand, reference=1.0).reference == 1.0


def test_tension_is_demand_over_known_capacity_and_unknown_when_it_is_masked() -> None:
    demand = Demand(9e5, 0, 10, 10)
    assert depth(members([1e6] * 3), ARTICLES, 0.3, demand=demand).tension == pytest.approx(1.0)
    assert depth(members([1e6] * 2), ARTICLES, 0.3, demand=demand).tension is None


@pytest.mark.parametrize(("least", "letter"), [(0.75, "A"), (0.5, "B"), (0.25, "C"), (0.24, "D")])
def test_confidence_follows_the_least_proved_of_the_facts(least: float, letter: str) -> None:
    assert confidence_of([1.0, least, 0.9]) == letter


def test_quadrants_need_eight_territories_with_a_known_demand() -> None:
    rows = [replace(of([1e6] * n), demand=Demand(1e5 * n, 0, n, n)) for n in range(1, 9)]
    assert {row.quadrant for row in with_quadrants(rows[:7])} == {None}
    found = with_quadrants(rows)
    assert (found[0].quadrant, found[-1].quadrant) == ("emergente", "a_renforcer")


def test_the_quadrant_says_the_same_as_the_class() -> None:
    """One structure is never a supply in place, however few the others have."""
    rows = [replace(of([1e6] * n), demand=Demand(1e5, 0, 3, 3)) for n in (0, 1, 2, 5, 16, 17, 29, 60)]
    for row in with_quadrants(rows):
        enough = row.level_low in ("offre_a_consolider", "offre_constituee")
        assert (row.quadrant == "constituee") == enough and row.quadrant in ("constituee", "a_renforcer")


@pytest.mark.parametrize("demand", [Demand(40_000, 0, 9, 9), Demand(1e6, 0, 2, 2)])
def test_few_purchases_are_never_in_place_even_above_the_median(demand: Demand) -> None:
    rows = [replace(of([1e6] * 40), demand=Demand(1.0, 0, 1, 1)) for _ in range(8)]
    found = with_quadrants([*rows, replace(of([1e6] * 40), demand=demand)])
    assert found[-1].quadrant == "gisement_inexploite"


def test_nothing_bought_is_never_a_high_demand() -> None:
    """A trade nobody buys in most places: their median is nothing, and nothing is not « high »."""
    rows = [replace(of([1e6] * 5 * n), demand=Demand(1e5 if n == 9 else 0.0, 0, 3, 3)) for n in range(10)]
    quadrants = [row.quadrant for row in with_quadrants(rows)]
    assert quadrants[0] is None and quadrants[1] == "emergente" and "a_renforcer" not in quadrants
    assert (quadrants[8], quadrants[9]) == ("gisement_inexploite", "constituee")


def test_a_demand_whose_amounts_nobody_tells_is_not_nothing() -> None:
    unknown = Demand(None, 0.0, 3, 0)
    rows = [replace(of([1e6] * 3), demand=Demand(1e5 * n, 0, n, n)) for n in range(1, 9)]
    found = with_quadrants([*rows, depth(members([1e6] * 3), ARTICLES, 0.3, demand=unknown)])
    assert (found[-1].quadrant, found[-1].tension) == (None, None)


def test_a_single_masked_territory_masks_a_second_one() -> None:
    """Else the country less the others tells it."""
    rows = [of([1e6] * 3), of([1e6] * 2), of([1e6] * 5), of([])]
    shown = protected(rows, of([1e6] * 10))
    assert [row.masked for row in shown] == [True, True, False, False]
    assert shown[0].capacity is None and shown[0].tension is None and set(shown[0].largest.values()) == {None}


@pytest.mark.slow
@given(st.lists(st.lists(st.floats(1, 1e7), max_size=6), max_size=8))
def test_no_territory_is_masked_alone_beside_a_total(places: list[list[float | None]]) -> None:
    country = of([one for some in places for one in some])
    shown = protected([of(some) for some in places], country)
    hidden = [row.masked for row in shown if row.known]
    assert country.capacity is None or sum(hidden) != 1 or len(hidden) == 1
    assert all(row.count == len(some) for row, some in zip(shown, places, strict=True))


@pytest.mark.slow
@given(st.lists(st.floats(0, 1e6), max_size=12))
def test_what_is_shown_is_made_by_three_of_which_none_dominates(amounts: list[float]) -> None:
    shown = shown_sum(amounts)
    assert shown is None or (len(amounts) >= 3 and max(amounts) <= 0.85 * shown and shown == fsum(amounts))


@pytest.mark.slow
@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=40))
def test_the_effective_number_lies_between_one_and_the_number(amounts: list[float]) -> None:
    found = effective_number(amounts)
    assert found is not None and 1 - 1e-9 <= found <= len(amounts) + 1e-9


@pytest.mark.slow
@given(st.lists(st.floats(0, 1), max_size=60), st.floats(0, 1))
def test_a_structure_more_never_lowers_the_odds_of_two_offers(chances: list[float], more: float) -> None:
    before, after = odds(chances), odds([*chances, more])
    assert after.two >= before.two - 1e-12 and after.none <= before.none + 1e-12
    assert after.none + after.exactly_one + after.two == pytest.approx(1, abs=1e-12)


@pytest.mark.slow
@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.data())
def test_a_likelier_answer_never_lowers_the_odds_of_two_offers(chances: list[float], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chances) - 1))
    raised = [*chances]
    raised[place] = data.draw(st.floats(chances[place], 1))
    assert odds(raised).two >= odds(chances).two - 1e-12


@pytest.mark.slow
@given(known, st.floats(1, 1e7), st.floats(1, 10))
def test_larger_turnovers_never_lower_a_class(turnovers: list[float | None], lot: float, factor: float) -> None:
    grown = [None if one is None else one * factor for one in turnovers]
    for bound in ("level_low", "level_high"):
        assert PLACES.index(getattr(of(grown, lot), bound)) >= PLACES.index(getattr(of(turnovers, lot), bound))


@pytest.mark.slow
@given(known, st.floats(1, 1e7), st.floats(1, 10))
def test_a_larger_lot_never_raises_a_class(turnovers: list[float | None], lot: float, factor: float) -> None:
    for bound in ("level_low", "level_high"):
        small, large = (PLACES.index(getattr(of(turnovers, one), bound)) for one in (lot, lot * factor))
        assert large <= small


@pytest.mark.slow
@given(known, st.none() | st.floats(1, 1e8), st.none() | st.floats(1, 1e7))
def test_a_structure_more_never_lowers_a_class(
    turnovers: list[float | None], more: float | None, lot: float | None
) -> None:
    before, after = of(turnovers, lot), of([*turnovers, more], lot)
    for bound in ("level_low", "level_high"):
        assert PLACES.index(getattr(after, bound)) >= PLACES.index(getattr(before, bound))


@pytest.mark.slow
@given(known, st.floats(1, 1e7), st.floats(0.1, 1), st.floats(0.1, 1))
def test_a_larger_share_never_lowers_a_class(
    turnovers: list[float | None], lot: float, one: float, other: float
) -> None:
    small, large = (of(turnovers, lot, share) for share in sorted((one, other)))
    assert PLACES.index(large.level_low) >= PLACES.index(small.level_low)


@pytest.mark.slow
@given(known, st.floats(1, 1e7))
def test_a_turnover_that_becomes_known_and_large_never_lowers_the_low_class(
    turnovers: list[float | None], lot: float
) -> None:
    told = [1e12 if one is None else one for one in turnovers]
    assert PLACES.index(of(told, lot).level_low) >= PLACES.index(of(turnovers, lot).level_low)


@pytest.mark.slow
@given(known, st.floats(1, 1e7), st.randoms(use_true_random=False))
def test_order_changes_nothing(turnovers: list[float | None], lot: float, random: Random) -> None:
    mixed = members(turnovers)
    random.shuffle(mixed)
    one, other = depth(mixed, ARTICLES, 0.3, reference=lot), of(turnovers, lot)
    assert replace(one, capacity=None, effective=None) == replace(other, capacity=None, effective=None)


@pytest.mark.slow
@given(known, st.none() | st.floats(1, 1e7))
def test_the_low_class_is_never_above_the_high_one(turnovers: list[float | None], lot: float | None) -> None:
    found = of(turnovers, lot)
    assert PLACES.index(found.level_low) <= PLACES.index(found.level_high)
    caps = [cap for cap in found.largest.values() if cap is not None]
    assert caps == sorted(caps, reverse=True)


@pytest.mark.slow
@given(st.integers(0, 5_000), st.floats(0.01, 1))
def test_odds_add_up_to_one_for_many_structures(n: int, rate: float) -> None:
    found = competition([1.0] * n, (), rate).low
    assert found.none + found.exactly_one + found.two == pytest.approx(1, abs=1e-12)
    assert 0 <= found.two <= 1 + 1e-12


@pytest.mark.slow
@given(st.integers(0, 200), st.floats(0, 1), st.floats(0, 1))
def test_a_class_rises_with_number_and_odds(n: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert PLACES.index(level_of(n, low)) <= PLACES.index(level_of(n + 1, high))


@pytest.mark.slow
@given(
    st.lists(st.lists(st.integers(0, 19), unique=True), max_size=6),
    st.lists(st.none() | st.floats(1, 1e8), min_size=20, max_size=20),
)
def test_territories_counted_together_have_the_figures_of_each_alone(
    places: list[list[int]], turnovers: list[float | None]
) -> None:
    every = [
        replace(one, fte=one.turnover, stale=n % 3 == 0, checked=n % 2 == 0) for n, one in enumerate(members(turnovers))
    ]
    lots = [None if n % 3 == 0 else Demand(1e6, 0, 30, 30, 30, median=10.0**n) for n in range(len(places))]
    place = [n for n, some in enumerate(places) for _ in some]
    covered = Covered(
        every, np.array(place, np.intp), np.array([one for some in places for one in some], np.intp), len(places)
    )
    nothing = [Around()] * len(places), [None] * len(places)
    together = depths(covered, ARTICLES, 0.3, nothing[0], demands=lots, won=nothing[1])
    alone = [
        depth([every[one] for one in some], ARTICLES, 0.3, demand=lot) for some, lot in zip(places, lots, strict=True)
    ]
    assert together == alone

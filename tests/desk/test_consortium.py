"""What holds of every group of structures returned, and that the search misses none."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.consorts import HERE, LAUNDRY, LAWNS, NAMES, THERE, WORKS, Pools, found, holds, need, pools
from tests.desk.making import structure
from vivier.desk.consortium.build import gated, slack, units_of
from vivier.desk.consortium.need import Need, Unit
from vivier.desk.consortium.text import group_text, summary
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.supply import legal_kinds

pytestmark = pytest.mark.slow


@st.composite
def _unit(draw: st.DrawFn) -> Candidate:
    return structure(
        id=f"v{draw(st.integers(0, 10**9))}",
        siren=draw(st.sampled_from([None, *(f"{n:09d}" for n in range(8))])),
        kinds=draw(
            st.sampled_from([("ESAT",), ("EA",), ("EI",), ("ACI",), ("ETTI",), ("GEIQ",), ("EI", "EA"), ("ESS",)])
        ),
        turnover=draw(st.none() | st.integers(1, 40).map(lambda n: n * 10_000.0)),
        zone=draw(st.sampled_from(["full", "wide", "full", "partial"])),
        distance_km=draw(st.none() | st.integers(0, 60).map(float)),
        networks=draw(st.sampled_from([(), (), ("Réseau A",), ("Réseau A", "Réseau B")])),
    )


@st.composite
def _case(draw: st.DrawFn) -> tuple[Need, Pools]:
    trades = (LAWNS, LAUNDRY, WORKS)[: draw(st.integers(1, 3))]
    told = draw(st.booleans())
    amounts = {trade: draw(st.integers(0, 10)) * 10_000.0 for trade in trades} if told else {}
    asked = need(
        *trades,
        parts=draw(st.sampled_from([(HERE,), (HERE, THERE)])),
        annual=sum(amounts.values()) if told else draw(st.none() | st.integers(0, 30).map(lambda n: n * 10_000.0)),
        amounts=amounts,
        kind=draw(st.sampled_from(["marche", "concession"])),
        article=draw(st.sampled_from(["auto", "auto", "clause"])),
        most=draw(st.integers(1, 4)),
        split=draw(st.booleans()),
        complement=draw(st.sampled_from([False, False, True])),
    )
    everyone = draw(st.lists(_unit(), max_size=9, unique_by=lambda one: one.id))
    return asked, {cell: [one for one in everyone if draw(st.booleans())] for cell in asked.cells}


@settings(deadline=None)
@given(_case())
def test_every_group_covers_each_trade_bears_the_amount_and_is_no_larger_than_allowed(case: tuple[Need, Pools]) -> None:
    asked, some = case
    for group in found(asked, some).groups:
        assert 1 <= len(group.members) <= asked.most
        assert holds(asked, group.members)
        if group.capacity == "enough" and asked.amounts:
            borne = sum(
                min(sum(one.capacity or 0 for one in group.members if trade in one.trades), amount)
                for trade, amount in asked.amounts.items()
            )
            assert borne >= sum(asked.amounts.values())


@settings(deadline=None)
@given(_case())
def test_no_two_members_are_one_legal_unit(case: tuple[Need, Pools]) -> None:
    for group in found(*case).groups:
        units = [one.site.unit for one in group.members]
        assert len(units) == len(set(units))


@settings(deadline=None)
@given(_case())
def test_the_article_of_a_group_is_met_by_each_of_its_members(case: tuple[Need, Pools]) -> None:
    asked, some = case
    for group in found(asked, some).groups:
        if group.article is not None:
            legal = set(legal_kinds(group.article))
            assert all(legal & set(one.site.kinds) for one in group.members)
        else:
            assert asked.article == "clause" and "Pas pour un lot réservé" in " ".join(group.legal)


@settings(deadline=None)
@given(_case())
def test_no_member_can_leave_a_group(case: tuple[Need, Pools]) -> None:
    asked, some = case
    for group in found(asked, some).groups:
        for one in group.members:
            left = tuple(other for other in group.members if other is not one)
            assert not left or not holds(asked, left)


@settings(deadline=None)
@given(_case(), _unit(), st.data())
def test_one_more_candidate_never_makes_the_best_group_larger(
    case: tuple[Need, Pools], one: Candidate, data: st.DataObject
) -> None:
    asked, some = case
    one = replace(one, id="added", siren="999999999")
    more = {cell: [*pool, one] if data.draw(st.booleans()) else pool for cell, pool in some.items()}
    before, after = found(asked, some), found(asked, more)
    if before.groups:
        assert after.groups and len(after.groups[0].members) <= len(before.groups[0].members)


@settings(deadline=None)
@given(_case(), st.randoms())
def test_the_order_of_candidates_changes_nothing(case: tuple[Need, Pools], dice: Any) -> None:
    asked, some = case
    shuffled = {cell: dice.sample(pool, len(pool)) for cell, pool in some.items()}
    before, after = found(asked, some), found(asked, shuffled)
    assert summary(before, NAMES) == summary(after, NAMES)
    assert [group_text(one, asked, NAMES) for one in before.groups] == [
        group_text(one, asked, NAMES) for one in after.groups
    ]


def _by_hand(asked: Need, some: Pools) -> set[frozenset[str]]:
    """The smallest groups that hold, of every group there is."""
    for size in range(1, asked.most + 1):
        held = {
            frozenset(one.id for one in members)
            for cells in gated(asked, some).values()
            for members in combinations(units_of(asked, cells), size)
            if holds(asked, members)
        }
        if held:
            return held
    return set()


@settings(deadline=None)
@given(_case())
def test_the_search_finds_the_smallest_groups_that_a_count_of_them_all_finds(case: tuple[Need, Pools]) -> None:
    asked, some = case
    answer, smallest = found(asked, some), _by_hand(asked, some)
    assert answer.optimal
    assert bool(answer.groups) == bool(smallest)
    if smallest:
        size = len(next(iter(smallest)))
        listed = {frozenset(one.id for one in group.members) for group in answer.groups if len(group.members) == size}
        assert listed <= smallest and len(listed) == min(len(smallest), 5)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.none() | st.integers(1, 60), min_size=12, max_size=30), st.integers(1, 120))
def test_leaving_out_those_that_others_beat_loses_no_better_group(worth: list[int | None], amount: int) -> None:
    """Every pair and triple of many structures of one trade, against the few the search compares."""
    asked = need(annual=amount * 3_000.0, most=3)
    some = [
        structure(id=f"s{n:03d}", turnover=None if one is None else one * 10_000.0, distance_km=float(n * 7 % 40))
        for n, one in enumerate(worth)
    ]
    answer = found(asked, pools(asked, espaces_verts=some))
    units = units_of(asked, next(iter(gated(asked, pools(asked, espaces_verts=some)).values())))
    best = min((_key(asked, g) for k in (1, 2, 3) for g in combinations(units, k) if holds(asked, g)), default=None)
    if best is None:
        assert not answer.groups
    else:
        assert tuple(one.id for one in answer.groups[0].members) == best[-1]


def _key(asked: Need, members: tuple[Unit, ...]) -> tuple[Any, ...]:
    unknown = sum(one.capacity is None for one in members)
    left = slack(members, asked.demands())[1] if not unknown else 0.0
    distance = sum(one.site.distance_km or 0.0 for one in members)
    return len(members), unknown, -(left or 0.0), distance, tuple(one.id for one in members)


@settings(deadline=None)
@given(_case())
def test_there_are_groups_or_a_reason_why_not(case: tuple[Need, Pools]) -> None:
    answer = found(*case)
    assert bool(answer.groups) != bool(answer.blocks)
    assert summary(answer, NAMES)

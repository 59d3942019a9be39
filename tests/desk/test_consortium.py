"""Groups of structures: what holds of every group returned, and that the search misses none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.making import structure
from vivier.desk.consortium.build import consortia, gated, surest
from vivier.desk.consortium.need import Consortium, Group, Joint, Need, Together, Unit
from vivier.desk.consortium.text import Names, group_text, summary
from vivier.desk.consortium.units import slack, units_of
from vivier.desk.supply import Candidate, legal_kinds
from vivier.errors import InvalidRequest

AS_OF = date(2026, 11, 24)
HERE, THERE = "departement:35", "departement:22"
LAWNS, LAUNDRY, WORKS = "espaces-verts", "linge", "travaux"
NAMES = Names(str, str)
Pools = dict[tuple[str, str], list[Candidate]]


def need(*trades: str, **known: Any) -> Need:
    return Need(**{"trades": trades or (LAWNS,), "parts": (HERE,), "as_of": AS_OF, "share": 0.3, **known})


def pools(asked: Need, **by_trade: list[Candidate]) -> Pools:
    """The same candidates of a trade in every part."""
    return {(trade, part): by_trade.get(trade.replace("-", "_"), []) for trade, part in asked.cells}


def found(asked: Need, some: Pools, joint: Joint | None = None) -> Consortium:
    return consortia(asked, gated(asked, some), joint)


def sirens(group: Group) -> set[str | None]:
    return {one.site.siren for one in group.members}


# -- any need, any candidates ------------------------------------------------------------------------------------------


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


def _covers(asked: Need, members: tuple[Unit, ...]) -> bool:
    held = frozenset[tuple[str, str]]().union(*(one.cells for one in members))
    return held.issuperset(asked.cells)


def _bears(asked: Need, members: tuple[Unit, ...]) -> bool:
    """Unknown capacities may be any."""
    at_best = [one if one.capacity is not None else replace(one, capacity=1e18) for one in members]
    return not asked.demands() or slack(at_best, asked.demands())[0]


def _holds(asked: Need, members: tuple[Unit, ...]) -> bool:
    roles = {one.role for one in members}
    return _covers(asked, members) and _bears(asked, members) and (not asked.complement or len(roles) == 2)


@given(_case())
def test_every_group_covers_each_trade_bears_the_amount_and_is_no_larger_than_allowed(case: tuple[Need, Pools]) -> None:
    asked, some = case
    for group in found(asked, some).groups:
        assert 1 <= len(group.members) <= asked.most
        assert _holds(asked, group.members)
        if group.capacity == "enough" and asked.amounts:
            borne = sum(
                min(sum(one.capacity or 0 for one in group.members if trade in one.trades), amount)
                for trade, amount in asked.amounts.items()
            )
            assert borne >= sum(asked.amounts.values())


@given(_case())
def test_no_two_members_are_one_legal_unit(case: tuple[Need, Pools]) -> None:
    for group in found(*case).groups:
        units = [one.site.unit for one in group.members]
        assert len(units) == len(set(units))


@given(_case())
def test_the_article_of_a_group_is_met_by_each_of_its_members(case: tuple[Need, Pools]) -> None:
    asked, some = case
    for group in found(asked, some).groups:
        if group.article is not None:
            legal = set(legal_kinds(group.article))
            assert all(legal & set(one.site.kinds) for one in group.members)
        else:
            assert asked.article == "clause" and "Pas pour un lot réservé" in " ".join(group.legal)


@given(_case())
def test_no_member_can_leave_a_group(case: tuple[Need, Pools]) -> None:
    asked, some = case
    for group in found(asked, some).groups:
        for one in group.members:
            left = tuple(other for other in group.members if other is not one)
            assert not left or not _holds(asked, left)


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
            if _holds(asked, members)
        }
        if held:
            return held
    return set()


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


@given(st.lists(st.none() | st.integers(1, 60), min_size=12, max_size=40), st.integers(1, 120))
def test_leaving_out_those_that_others_beat_loses_no_better_group(worth: list[int | None], amount: int) -> None:
    """Every pair and triple of many structures of one trade, against the few the search compares."""
    asked = need(annual=amount * 3_000.0, most=3)
    some = [
        structure(id=f"s{n:03d}", turnover=None if one is None else one * 10_000.0, distance_km=float(n * 7 % 40))
        for n, one in enumerate(worth)
    ]
    answer = found(asked, pools(asked, espaces_verts=some))
    units = units_of(asked, next(iter(gated(asked, pools(asked, espaces_verts=some)).values())))
    best = min((_key(asked, g) for k in (1, 2, 3) for g in combinations(units, k) if _holds(asked, g)), default=None)
    if best is None:
        assert not answer.groups
    else:
        assert tuple(one.id for one in answer.groups[0].members) == best[-1]


def _key(asked: Need, members: tuple[Unit, ...]) -> tuple[Any, ...]:
    unknown = sum(one.capacity is None for one in members)
    left = slack(members, asked.demands())[1] if not unknown else 0.0
    distance = sum(one.site.distance_km or 0.0 for one in members)
    return len(members), unknown, -(left or 0.0), distance, tuple(one.id for one in members)


@given(_case())
def test_there_are_groups_or_a_reason_why_not(case: tuple[Need, Pools]) -> None:
    answer = found(*case)
    assert bool(answer.groups) != bool(answer.blocks)
    assert summary(answer, NAMES)


# -- cases -------------------------------------------------------------------------------------------------------------


def test_one_structure_that_suffices_is_the_answer() -> None:
    asked = need(annual=50_000.0)
    able, small = structure(turnover=400_000.0), structure(turnover=100_000.0)
    answer = found(asked, pools(asked, espaces_verts=[small, able]))
    assert answer.alone and [one.id for one in answer.groups[0].members] == [able.id]


def test_a_capacity_is_spent_once_over_two_trades() -> None:
    """60 000 € of capacity bear 50 000 € of one trade, not 50 000 € of each."""
    asked = need(LAWNS, LAUNDRY, annual=100_000.0, amounts={LAWNS: 50_000.0, LAUNDRY: 50_000.0})
    both, lawns = structure(turnover=200_000.0), structure(turnover=200_000.0)
    some: Pools = {(LAWNS, HERE): [both, lawns], (LAUNDRY, HERE): [both]}
    answer = found(asked, some)
    assert {one.id for one in answer.groups[0].members} == {both.id, lawns.id}
    assert answer.groups[0].slack == pytest.approx(10_000)


def test_a_mixed_group_rests_on_the_common_article_and_an_even_one_on_its_own() -> None:
    asked = need(LAWNS, LAUNDRY)
    esat, ea, ei = structure(kinds=("ESAT",)), structure(kinds=("EA",)), structure(kinds=("EI",))
    assert found(asked, pools(asked, espaces_verts=[esat], linge=[ei])).groups[0].article == "L2113-14"
    assert found(asked, pools(asked, espaces_verts=[esat], linge=[ea])).groups[0].article == "L2113-12"


def test_a_mixed_group_answers_no_reserved_concession() -> None:
    asked = need(LAWNS, LAUNDRY, kind="concession")
    answer = found(asked, pools(asked, espaces_verts=[structure()], linge=[structure(kinds=("EI",))]))
    assert not answer.groups and answer.blocks[0].code == "article"


def test_before_the_common_article_a_mixed_group_answers_nothing() -> None:
    asked = need(LAWNS, LAUNDRY, as_of=date(2020, 12, 6))
    some = pools(asked, espaces_verts=[structure()], linge=[structure(kinds=("EI",))])
    assert not found(asked, some).groups
    assert found(replace(asked, as_of=date(2020, 12, 7)), some).groups


def test_an_equivalent_structure_is_for_a_clause_only() -> None:
    asked = need()
    some = pools(asked, espaces_verts=[structure(kinds=("GEIQ",))])
    blocked = found(asked, some).blocks[0]
    assert (blocked.code, blocked.why) == ("uncovered", "equivalent")
    group = found(replace(asked, article="clause"), some).groups[0]
    assert group.article is None and not group.members[0].counted


def test_an_unknown_capacity_is_said_and_not_a_failure() -> None:
    asked = need(annual=50_000.0)
    group = found(asked, pools(asked, espaces_verts=[structure(turnover=None)])).groups[0]
    assert group.capacity == "unknown" and group.slack is None and group.bears == 0.0
    assert "aucun chiffre d'affaires connu" in group_text(group, asked, NAMES)


def test_known_capacities_come_first_when_asked_to() -> None:
    asked = need(annual=50_000.0)
    some = pools(asked, espaces_verts=[structure(turnover=None), *(structure(turnover=1e5) for _ in range(2))])
    assert found(asked, some).groups[0].capacity == "unknown"
    sure = surest(asked, gated(asked, some)).groups[0]
    assert sure.capacity == "enough" and len(sure.members) == 2


def test_work_done_together_settles_equals_and_is_cited() -> None:
    asked = need(LAWNS, LAUNDRY)
    lawns = [structure(siren="111111111", distance_km=1.0), structure(siren="222222222", distance_km=5.0)]
    some = pools(asked, espaces_verts=lawns, linge=[structure(siren="333333333")])
    assert sirens(found(asked, some).groups[0]) == {"111111111", "333333333"}
    joint: Mapping[tuple[str, str], Together] = {
        ("222222222", "333333333"): Together(("222222222", "333333333"), ("cmarche",))
    }
    group = found(asked, some, joint).groups[0]
    assert sirens(group) == {"222222222", "333333333"}
    assert "cotitulaires (marché cmarche)" in group_text(group, asked, NAMES)


def test_members_share_the_places_only_when_allowed_to() -> None:
    asked = need(parts=(HERE, THERE))
    some: Pools = {(LAWNS, HERE): [structure(siren="111111111")], (LAWNS, THERE): [structure(siren="222222222")]}
    assert found(asked, some).blocks[0].code == "split"
    assert sirens(found(replace(asked, split=True), some).groups[0]) == {"111111111", "222222222"}


def test_two_sites_of_one_legal_unit_are_one_member() -> None:
    asked = need(LAWNS, LAUNDRY)
    one, two = structure(siren="111111111"), structure(siren="111111111")
    answer = found(asked, pools(asked, espaces_verts=[one], linge=[two]))
    assert len(answer.groups[0].members) == 1 and len(answer.groups[0].members[0].structure.sites) == 2


def test_what_blocks_is_named_with_the_nearest_structure() -> None:
    asked = need(LAWNS, LAUNDRY)
    near = structure(zone="none", distance_km=12.0)
    answer = found(
        asked, pools(asked, espaces_verts=[structure()], linge=[structure(zone="none", distance_km=80.0), near])
    )
    assert [(one.cell, one.nearest) for one in answer.blocks] == [((LAUNDRY, HERE), near)]
    assert "12 km" in summary(answer, NAMES)


def test_an_amount_too_large_says_what_could_be_borne() -> None:
    asked = need(annual=1_000_000.0)
    answer = found(asked, pools(asked, espaces_verts=[structure(turnover=100_000.0) for _ in range(3)]))
    assert answer.blocks[0].code == "capacity" and answer.blocks[0].amount == pytest.approx(90_000)


def test_too_few_members_allowed_is_said() -> None:
    asked = need(annual=60_000.0, most=1)
    some = pools(asked, espaces_verts=[structure(turnover=100_000.0) for _ in range(3)])
    assert found(asked, some).blocks[0].code == "size"
    assert len(found(replace(asked, most=2), some).groups[0].members) == 2


def test_a_complement_joins_work_and_workers() -> None:
    asked = need(complement=True, article="L2113-13")
    firm, lender = structure(kinds=("EI",)), structure(kinds=("ETTI",))
    assert found(asked, pools(asked, espaces_verts=[firm])).blocks[0].code == "complement"
    roles = [one.role for one in found(asked, pools(asked, espaces_verts=[firm, lender])).groups[0].members]
    assert sorted(roles) == ["prestation", "staffing"]


def test_more_structures_than_can_be_compared_is_said() -> None:
    """The further the larger: none beats another, and groups of three among 120 are too many."""
    asked = need(annual=200_000.0)
    crowd = [structure(turnover=150_000.0 + n * 1_000, distance_km=float(n)) for n in range(120)]
    answer = found(asked, pools(asked, espaces_verts=crowd))
    assert not answer.optimal and "un meilleur est possible" in summary(answer, NAMES)
    assert len(answer.groups) == 5 and all(_holds(asked, group.members) for group in answer.groups)


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"amounts": {LAWNS: 10.0}, "annual": 5.0}, "trade_amount"),
        ({"amounts": {LAWNS: 10.0}, "annual": 50.0}, "trade_amount"),
        ({"amounts": {WORKS: 10.0}}, "trade_amount"),
        ({"trades": tuple("abcdefg")}, "trade"),
        ({"parts": tuple(f"commune:{n:05d}" for n in range(41))}, "territory"),
        ({"article": "L3113-1"}, "article"),
    ],
)
def test_what_is_no_need_is_refused_by_name(known: dict[str, Any], field: str) -> None:
    asked = need(**known)
    with pytest.raises(InvalidRequest) as refused:
        found(asked, pools(asked))
    assert [one.field for one in refused.value.errors] == [field]

"""Groups of structures, case by case: what suffices, what the law allows, what blocks and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.desk.consorts import HERE, LAUNDRY, LAWNS, NAMES, THERE, WORKS, Pools, found, holds, need, pools, sirens
from tests.desk.making import structure
from vivier.desk.consortium.build import gated, surest
from vivier.desk.consortium.need import Together
from vivier.desk.consortium.text import group_text, summary
from vivier.errors import InvalidRequest


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


def test_a_mixed_group_answers_a_concession_reserved_to_both_families() -> None:
    asked = need(LAWNS, LAUNDRY, kind="concession")
    some = pools(asked, espaces_verts=[structure()], linge=[structure(kinds=("EI",))])
    assert found(asked, some).groups[0].article == "L3113-3"
    assert not found(replace(asked, as_of=date(2020, 12, 8)), some).groups


def test_prison_work_joins_no_group_of_the_other_families() -> None:
    asked = need(LAWNS, LAUNDRY)
    assert not found(asked, pools(asked, espaces_verts=[structure()], linge=[structure(kinds=("SEP",))])).groups


def test_before_the_common_article_a_mixed_group_answers_nothing() -> None:
    asked = need(LAWNS, LAUNDRY, as_of=date(2020, 12, 8))
    some = pools(asked, espaces_verts=[structure()], linge=[structure(kinds=("EI",))])
    assert not found(asked, some).groups
    assert found(replace(asked, as_of=date(2020, 12, 9)), some).groups


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
    assert "12\u202fkm" in summary(answer, NAMES)


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


@pytest.mark.slow
def test_more_structures_than_can_be_compared_is_said() -> None:
    """The further the larger: none beats another, and groups of three among 120 are too many."""
    asked = need(annual=200_000.0)
    crowd = [structure(turnover=150_000.0 + n * 1_000, distance_km=float(n)) for n in range(120)]
    answer = found(asked, pools(asked, espaces_verts=crowd))
    assert not answer.optimal and "un meilleur est possible" in summary(answer, NAMES)
    assert len(answer.groups) == 5 and all(holds(asked, group.members) for group in answer.groups)


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

"""Who can carry the hours of a clause: known, unknown and out of the question are three things."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.making import candidates_of_any_sort, structure
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.clause import carriers, doers, lenders
from vivier.desk.method.lever import carrying
from vivier.law.kinds import kinds_answering


def test_kinds_that_carry_hours_lend_people_or_work_in_their_own_trade() -> None:
    assert set(lenders()) == {"AI", "ETTI", "EATT"}
    assert set(doers()) == {"EI", "ACI", "GEIQ", "EA", "ESAT"}
    assert {*lenders(), *doers()} == set(kinds_answering("L2112-2"))


@pytest.mark.parametrize("kind", ["AI", "ETTI", "EATT"])
def test_who_lends_people_carries_hours_whatever_the_trade(kind: str) -> None:
    found = carriers([structure(kinds=(kind,), in_trade=False)])
    assert (len(found.lending), found.sure) == (1, 1)


@pytest.mark.parametrize("kind", ["EI", "ACI", "EA", "ESAT", "GEIQ"])
def test_who_works_in_its_own_trade_counts_only_when_that_trade_is_known(kind: str) -> None:
    doing = carriers([structure(kinds=(kind,))])
    silent = carriers([structure(kinds=(kind,), in_trade=False, trade_known=False)])
    other = carriers([structure(kinds=(kind,), in_trade=False)])
    assert (doing.sure, len(silent.to_ask), silent.sure, other.possible) == (1, 1, 0, 0)


@pytest.mark.parametrize("kind", ["AI", "ETTI", "EATT", "EI", "ESAT", "GEIQ"])
def test_a_zone_that_nobody_published_is_to_ask_and_carries_nothing_yet(kind: str) -> None:
    found = carriers([structure(kinds=(kind,), zone="partial", declared=False)])
    assert (found.sure, len(found.to_ask)) == (0, 1)


def test_another_trade_is_not_to_ask_whatever_its_zone_unless_it_lends_people() -> None:
    other = {"in_trade": False, "zone": "partial", "declared": False}
    assert carriers([structure(kinds=("EI",), **other)]).possible == 0
    assert carriers([structure(kinds=("AI",), **other)]).possible == 1


def test_who_lends_people_or_does_the_trade_is_not_said_to_be_of_unknown_trade() -> None:
    silent = structure(kinds=("EI",), in_trade=False, trade_known=False)
    lender = structure(kinds=(), to_check=("AI",), in_trade=False, trade_known=False)
    worker = structure(kinds=(), to_check=("EI",))
    assert carrying(carriers([silent])).startswith("1 structure de métier inconnu est à appeler")
    for other in (lender, worker):
        sentence = carrying(carriers([silent, other]))
        assert sentence.startswith("2 structures de métier, zone ou agrément à confirmer sont à appeler")


@pytest.mark.parametrize("kind", ["EITI", "EAMP", "SEP", "ESS"])
def test_a_kind_to_confirm_or_out_of_it_is_not_counted(kind: str) -> None:
    assert carriers([structure(kinds=(kind,))]).possible == 0


def test_what_is_closed_opposed_expired_or_far_carries_nothing() -> None:
    opposed = structure(kinds=("AI",))
    pool = [
        structure(kinds=("AI",), closed=True),
        structure(kinds=(), expired=("AI",)),
        structure(kinds=("AI",), zone="partial"),
        opposed,
    ]
    assert carriers(pool, {opposed.id}).possible == 0


def test_whom_to_call_first_for_hours_is_the_most_probable_then_the_nearest() -> None:
    far = structure(kinds=("ETTI",), distance_km=40.0)
    near = structure(kinds=("AI",), distance_km=5.0)
    silent = structure(kinds=("EI",), in_trade=False, trade_known=False, distance_km=1.0, believed=0.1)
    answered = structure(kinds=("ETTI",), can="yes")
    calls = carriers([far, silent, near, answered]).first_calls
    assert [(call.site.id, call.part) for call in calls] == [
        (near.id, "lending"),
        (far.id, "lending"),
        (silent.id, "to_ask"),
    ]
    assert calls[0].probability == 1.0 > calls[2].probability > 0
    assert len(carriers([structure(kinds=("AI",)) for _ in range(9)]).first_calls) == 5


def test_the_sites_of_one_unit_carry_once() -> None:
    sites = [structure(siren="123456782", kinds=(kind,)) for kind in ("AI", "EI", "AI")]
    found = carriers(sites)
    assert (len(found.lending), len(found.doing), found.possible) == (1, 0, 1)


@pytest.mark.slow
@settings(deadline=None)
@given(candidates_of_any_sort(), candidates_of_any_sort())
def test_more_structures_never_carry_less(pool: list[Candidate], more: list[Candidate]) -> None:
    before, after = carriers(pool), carriers([*pool, *more])
    assert after.sure >= before.sure and after.possible >= before.possible


@pytest.mark.slow
@settings(deadline=None)
@given(candidates_of_any_sort(), st.randoms(use_true_random=False))
def test_the_order_of_structures_changes_nothing(pool: list[Candidate], random: Random) -> None:
    mixed = pool.copy()
    random.shuffle(mixed)
    assert carriers(mixed) == carriers(pool)

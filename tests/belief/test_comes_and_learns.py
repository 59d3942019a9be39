"""How far structures come, and what the answers of some teach of others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.making import structure
from tests.desk.test_answers import LOT, answer, study
from vivier.belief.comes import DECLARED, comes, curve_of, curves
from vivier.belief.learnt import MOST, STRENGTH, Tally, tallies, updated
from vivier.desk.method.answers import Answer, answered
from vivier.desk.method.feasibility import Pool
from vivier.law.kinds import KINDS


@pytest.mark.slow
@given(kind=st.sampled_from(sorted(KINDS)), one=st.floats(0, 500), two=st.floats(0, 500))
def test_the_farther_the_less_probable_by_no_single_step(kind: str, one: float, two: float) -> None:
    near, far = sorted((one, two))
    at_near, at_far = comes((kind,), near), comes((kind,), far)
    assert at_near is not None and at_far is not None and at_near >= at_far
    after = comes((kind,), near + 1)
    assert after is not None and at_near - after < 0.05
    assert at_near < DECLARED


def test_every_kind_that_reserves_has_a_curve_and_an_association_comes_less_far_than_a_company() -> None:
    assert set(KINDS) - {"ESS"} <= set(curves()), "give each kind its row of belief_reach.csv"
    assert curve_of(("AI",)).half < curve_of(("EA",)).half == curve_of(("AI", "EA")).half
    assert comes(("AI",), None) is None


@given(p=st.floats(0.005, 0.995), yes=st.integers(0, 60), no=st.integers(0, 60))
def test_a_yes_raises_a_no_lowers_and_nobody_outweighs_the_sources(p: float, yes: int, no: int) -> None:
    now = Tally(yes, no).updated(p)
    assert Tally(yes + 1, no).updated(p) >= now - 1e-12 and Tally(yes, no + 1).updated(p) <= now + 1e-12
    assert now >= p * STRENGTH / (STRENGTH + MOST) - 1e-9
    assert updated(p, ("EI",), tallies([(("ESAT",), 3, 0)])) == p


@given(
    p=st.floats(0.005, 0.995),
    given_before=st.lists(st.tuples(st.sampled_from((("EA",), ("ESAT",), ("EA", "ESAT"))), st.booleans()), max_size=6),
    of=st.sampled_from(("EA", "ESAT")),
)
def test_a_structure_of_two_kinds_learns_from_both_and_a_yes_never_lowers_it(
    p: float, given_before: list[tuple[tuple[str, ...], bool]], of: str
) -> None:
    answers = [(kinds, float(yes), float(not yes)) for kinds, yes in given_before]
    now = updated(p, ("EA", "ESAT"), tallies(answers))
    for yes, no in ((1.0, 0.0), (0.0, 1.0)):
        then = updated(p, ("EA", "ESAT"), tallies([*answers, ((of,), yes, no)]))
        assert then >= now - 1e-12 if yes else then <= now + 1e-12


def test_twelve_refusals_of_twelve_lower_the_thirteenth_and_the_lot_by_forty_points() -> None:
    sites = [structure(kinds=("ESAT",), in_trade=False, trade_known=False, believed=0.2) for _ in range(24)]
    before = study([Pool(sites)], [])
    after = study([Pool(sites)], [answer(site, "no") for site in sites[:12]])
    assert before.best.prospects.able.two - after.best.prospects.able.two >= 0.4
    (pool,) = answered([Pool(sites)], [answer(site, "no") for site in sites[:12]])
    assert {round(site.believed, 3) for site in pool.candidates if site.can is None} == {round(0.2 * 6 / 18, 3)}


def test_a_refusal_for_the_distance_or_the_size_teaches_nothing_of_the_trade() -> None:
    sites = [structure(kinds=("ESAT",), in_trade=False, trade_known=False, believed=0.2) for _ in range(4)]
    for why, believed in (("far", 0.2), ("large", 0.2), ("trade", 0.2 * 6 / 7)):
        refusal = Answer(sites[0].id, "no", LOT_DAY, "structure", why=why)  # type: ignore[arg-type]
        (pool,) = answered([Pool(sites)], [refusal])
        assert {round(site.believed, 4) for site in pool.candidates[1:]} == {round(believed, 4)}


def test_the_answer_of_a_structure_that_publishes_its_trades_teaches_nothing_of_silent_ones() -> None:
    silent = structure(kinds=("ESAT",), in_trade=False, trade_known=False, believed=0.2)
    for published, believed in ((True, 0.2), (False, 0.2 * 6 / 7)):
        asked = structure(kinds=("ESAT",), in_trade=False, trade_known=published, believed=0.2)
        (pool,) = answered([Pool([asked, silent])], [answer(asked, "no")])
        assert round(pool.candidates[1].believed, 4) == round(believed, 4)


LOT_DAY = answer(structure()).given_on


def test_three_that_declare_trade_zone_and_volume_give_a_reservation_and_one_does_not() -> None:
    for count, lever in ((1, False), (3, True)):
        sites = [structure(volume=500_000.0) for _ in range(count)]
        assert (study([Pool(sites)], []).lever == "reserve") is lever
    small = [structure(volume=1_000.0) for _ in range(3)]
    assert LOT.amount is not None and study([Pool(small)], []).lever != "reserve"

"""What answers teach from one lot to another: of whom, how much, and how little one person can move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier.belief import Known, belief, beliefs
from vivier.belief.learnt import (
    MOST,
    NEAR,
    NO_REPLIES,
    OWN,
    STRENGTH,
    VOUCHED,
    Lesson,
    Lessons,
    Tally,
    counted_replies,
    reply_rate,
)
from vivier.trades.table import load_trades

TRADE, OTHER = "entretien-espaces-verts", "traiteur"


def taught(*lessons: Lesson) -> Lessons:
    return Lessons(lessons, load_trades())


def answer(
    unit: str = "1",
    yes: float = 0.0,
    no: float = 0.0,
    by: int | None = 1,
    kinds: tuple[str, ...] = ("ESAT",),
    departement: str | None = "35",
    trade: str = TRADE,
    silent: bool = True,
) -> Lesson:
    return Lesson(unit, kinds, departement, (trade,), yes, no, by, silent)


def tally(lessons: Lessons, unit: str = "x", trade: str = TRADE, departement: str | None = "35") -> Tally:
    return lessons.of(unit, ("ESAT",), departement).get(trade, Tally())


def test_a_refusal_teaches_of_the_same_kind_in_the_same_departement_and_of_nobody_else() -> None:
    lessons = taught(answer(no=1.0))
    assert tally(lessons) == Tally(0.0, 1.0)
    assert tally(lessons, departement="69") == tally(lessons, departement=None) == Tally()
    assert lessons.of("x", ("ACI",), "35") == {}
    assert tally(lessons, trade=OTHER) == Tally()


def test_an_answer_teaches_half_as_much_of_another_trade_of_the_group() -> None:
    trades = load_trades()
    group = trades.get(TRADE).group
    apart = {each.code for each in (*trades.ancestors(TRADE), *trades.descendants(TRADE))}
    sibling = next(
        each.code for each in trades if each.group == group and each.code not in apart and each.code != TRADE
    )
    lessons = taught(answer(no=1.0))
    assert tally(lessons, trade=sibling) == Tally(0.0, NEAR)


def test_whoever_does_a_trade_does_the_broader_one_and_whoever_does_not_does_no_narrower_one() -> None:
    trades = load_trades()
    narrower = next(each for each in trades if each.parent is not None)
    assert narrower.parent is not None
    does = taught(answer(yes=1.0, trade=narrower.code))
    assert tally(does, trade=narrower.parent).yes == 1.0
    refuses = taught(answer(no=1.0, trade=narrower.parent))
    assert tally(refuses, trade=narrower.code).no == 1.0


def test_the_answer_of_a_structure_says_more_of_itself_than_those_of_others() -> None:
    lessons = taught(answer("x", no=1.0), *(answer(str(n), yes=1.0) for n in range(3)))
    assert tally(lessons, "x") == Tally(0.0, OWN)
    assert tally(lessons, "y") == Tally(3.0, 1.0)


def test_the_answer_of_a_structure_that_publishes_its_trade_teaches_of_itself_alone() -> None:
    lessons = taught(answer("x", yes=1.0, silent=False))
    assert tally(lessons, "x") == Tally(OWN, 0.0) and tally(lessons, "y") == Tally()


def test_an_answer_given_again_to_the_same_person_replaces_the_former() -> None:
    assert tally(taught(answer("1", no=1.0), answer("1", yes=1.0))) == Tally(1.0, 0.0)


answers = st.lists(
    st.builds(
        answer,
        unit=st.sampled_from([*"abcdefghijklmnopqrstuvwx"]),
        yes=st.sampled_from((0.0, 0.5, 1.0)),
        no=st.sampled_from((0.0, 1.0)),
        by=st.sampled_from((None, VOUCHED, 1, 2, 3, 4, 5)),
    ),
    max_size=60,
)


@pytest.mark.slow
@given(before=answers, p=st.floats(0.005, 0.995), unit=st.sampled_from("ax"), yes=st.booleans())
def test_one_person_with_two_hundred_rounds_moves_no_probability_by_more_than_half_of_what_it_lacks(
    before: list[Lesson], p: float, unit: str, yes: bool
) -> None:
    fakes = [answer(str(n % 24), float(yes), float(not yes), by=99) for n in range(200)]
    fakes += [answer(each, float(yes), float(not yes), by=99) for each in "abcdefghijklmnopqrstuvwx"]
    was = tally(taught(*before), unit).updated(p)
    now = tally(taught(*before, *fakes), unit).updated(p)
    assert now >= was / 2 - 1e-9 and 1 - now >= (1 - was) / 2 - 1e-9


@pytest.mark.slow
@given(before=answers, p=st.floats(0.005, 0.995), yes=st.booleans())
def test_one_more_yes_never_lowers_and_one_more_no_never_raises(before: list[Lesson], p: float, yes: bool) -> None:
    more = answer("new", float(yes), float(not yes), by=3)
    was, now = (tally(taught(*some)).updated(p) for some in (before, [*before, more]))
    assert now >= was - 1e-9 if yes else now <= was + 1e-9


@pytest.mark.slow
@given(before=answers)
def test_all_answers_together_never_outweigh_four_fifths(before: list[Lesson]) -> None:
    assert tally(taught(*before)).count <= MOST + 1e-9
    assert tally(taught(*before)).updated(0.5) >= 0.5 * STRENGTH / (STRENGTH + MOST) - 1e-9


def test_what_was_learnt_is_a_clue_of_the_sum_and_the_probability_stored_is_the_one_explained() -> None:
    trades = load_trades()
    known = Known(kinds=("ESAT",), learnt={TRADE: Tally(0.0, 12.0), OTHER: Tally(6.0, 0.0)})
    bare = Known(kinds=("ESAT",))
    for trade in (TRADE, OTHER, "nettoyage-locaux"):
        found = belief(known, trade, trades)
        assert abs(beliefs(known, trades, 0.0)[trade] - found.probability) < 0.02 or trades.descendants(trade)
    assert belief(known, TRADE, trades).probability < belief(bare, TRADE, trades).probability
    assert belief(known, TRADE, trades).clues[-1].name == "learnt"
    low, high = belief(known, TRADE, trades).low, belief(known, TRADE, trades).high
    was = belief(bare, TRADE, trades)
    assert high - low < was.high - was.low
    declared = Known(kinds=("ESAT",), rungs={TRADE: "declared"}, learnt={TRADE: Tally(0.0, 24.0)})
    assert belief(declared, TRADE, trades).probability == belief(declared, TRADE, trades).high
    assert belief(declared, TRADE, trades).clues[-1].name == "rung:declared"


asked_of = st.lists(
    st.tuples(st.sampled_from((("ESAT",), ("ACI",), ("ESAT", "EA"))), st.sampled_from((None, 1, 2)), st.booleans()),
    max_size=50,
)


@given(before=asked_of, usual=st.floats(0.05, 0.95), answered=st.booleans())
def test_one_person_moves_the_share_that_answers_by_half_of_what_it_lacks_at_most(
    before: list[tuple[tuple[str, ...], int | None, bool]], usual: float, answered: bool
) -> None:
    was = reply_rate(("ESAT",), counted_replies(before), usual)
    now = reply_rate(("ESAT",), counted_replies([*before, *200 * [(("ESAT",), 99, answered)]]), usual)
    assert now >= was / 2 - 1e-9 and 1 - now >= (1 - was) / 2 - 1e-9
    assert now >= was - 1e-9 if answered else now <= was + 1e-9


def test_without_any_round_a_kind_answers_as_usual() -> None:
    assert reply_rate(("ESAT",), NO_REPLIES, 0.6) == 0.6
    assert reply_rate(("ESAT",), counted_replies([(("ESAT",), 1, True)] * 4), 0.6) == (4 + 12) / 24


def test_an_answer_of_another_group_of_trades_teaches_nothing() -> None:
    lessons = taught(answer(no=1.0), answer("2", no=1.0, by=2, trade=OTHER))
    assert tally(lessons) == tally(lessons, trade=OTHER) == Tally(0.0, 1.0)

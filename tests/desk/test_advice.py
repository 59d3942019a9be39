"""The lever and what it rests on: it moves the right way, and says what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.desk.making import candidates_of_any_sort, structure, structures
from tests.desk.one_trade import feasibility
from vivier.clausier.hours import HoursAsked, insertion_hours, most_of
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.feasibility import Lot, Pool, of_trades
from vivier.desk.method.lever import LEVERS, RESERVED
from vivier.desk.tell.advice import Advice, advice

AS_OF = date(2026, 11, 24)
LOT = Lot(amount=120_000, months=12, labour_share=0.65)


def advise(pool: list[Candidate], lot: Lot = LOT, cost: float | None = None) -> Advice:
    hours = None
    if lot.labour_share is not None:
        hours = insertion_hours(HoursAsked(lot.amount, lot.months or 12, lot.labour_share, hourly_cost=cost))
    return advice(feasibility(replace(lot, most_hours=most_of(hours)), pool, AS_OF), hours)


def silent(n: int, kind: str = "EI", believed: float | None = 0.1) -> list[Candidate]:
    return [structure(kinds=(kind,), in_trade=False, trade_known=False, believed=believed) for _ in range(n)]


def lending(n: int, **known: object) -> list[Candidate]:
    return [structure(kinds=("AI",), in_trade=False, **known) for _ in range(n)]


def told(made: Advice) -> str:
    return " ".join((made.reason, *made.facts, *made.changes))


def test_a_clause_needs_no_known_trade_where_structures_lend_people() -> None:
    made = advise([*lending(3), *silent(9)])
    assert (made.lever, made.article.code if made.article else None) == ("clause", "L2112-2")
    assert "3 structures mettent du personnel à disposition quel que soit le métier (3 AI)" in made.reason


def test_what_is_known_and_what_is_not_are_two_facts() -> None:
    made = advise([*lending(3), *silent(9), structure(kinds=("EI",))])
    assert any("Métier, zone et agrément connus" in one and "1 structure (1 EI)" in one for one in made.facts)
    assert any("9 structures d'ici ne publient pas leur métier" in one and "9 à appeler" in one for one in made.facts)


def test_structures_of_unknown_trade_are_asked_and_never_able() -> None:
    made = advise(silent(60))
    assert made.lever == "reserve_if" and made.confidence == "low"
    assert "60 de métier non publié" in made.reason and "sans être comptées capables" in told(made)
    assert feasibility(LOT, silent(60), AS_OF).recommended is None


def test_structures_to_ask_count_by_how_likely_the_trade_is_for_them() -> None:
    assert [advise(silent(20, believed=likely)).lever for likely in (0.0, 0.05, 0.4)] == [
        "none",
        "criterion",
        "reserve_if",
    ]
    made = advise(silent(20, believed=0.4))
    assert "20 de métier non publié" in made.reason and "si 2 structures confirment" in made.title


def test_a_lot_too_large_for_every_known_structure_says_how_large_a_lot_they_can_bear() -> None:
    many = [structure(kinds=("EI",), turnover=800_000.0) for _ in range(40)]
    made = feasibility(Lot(400_000, 12, labour_share=0.65), many, AS_OF)
    assert made.lever == "clause" and made.best.code == "L2113-13"
    assert "toutes trop petites pour ce lot" in made.reason and "240\u202f000" in made.reason
    assert any(way.code == "smaller_lot_2" and "2 au lieu d'un" in way.text for way in made.alternatives)
    half = next(change for change in made.changes if change.code == "half_amount")
    assert half.counted == 40 and half.verdict == "reservable"


def test_people_lent_hold_no_post_that_needs_a_qualification() -> None:
    lot = replace(LOT, open_posts=False)
    assert [feasibility(each, lending(5), AS_OF).lever for each in (LOT, lot)] == ["clause", "none"]
    assert "poste sans qualification" in feasibility(lot, lending(5), AS_OF).reason
    of_trade = [structure(kinds=("AI",), in_trade=True) for _ in range(2)]
    assert feasibility(lot, of_trade, AS_OF).hours.sure == 2


def test_posts_learnt_in_a_work_study_contract_call_for_a_criterion() -> None:
    lot = replace(LOT, open_posts=False, trained_posts=True)
    made = feasibility(lot, lending(5), AS_OF)
    assert made.lever == "criterion" and "s'apprend en alternance" in made.reason
    assert feasibility(replace(lot, labour_share=0.1), lending(5), AS_OF).lever == "none"


def test_the_trade_of_the_silent_is_told_among_what_would_change_the_advice() -> None:
    made = advise(silent(60), replace(LOT, amount=None))
    assert any("à appeler confirment qu'elles peuvent faire ce lot : réservable" in one for one in made.changes)


def test_a_lot_with_little_labour_calls_for_a_criterion_and_says_from_what_share_a_clause() -> None:
    pool = [*lending(5), structure(kinds=("EI",), turnover=1e5)]
    made = advise(pool, replace(LOT, labour_share=0.1))
    assert made.lever == "criterion" and "ne pèse que 10" in made.reason
    assert any("au moins 20" in one for one in made.changes)
    ways = {one.code for one in feasibility(replace(LOT, labour_share=0.1), pool, AS_OF).alternatives}
    assert "environmental" in ways


def test_a_lot_with_little_labour_and_nobody_of_the_trade_has_no_lever() -> None:
    supplies = Lot(120_000, 12, category="fournitures")
    assert advise(lending(5), supplies).lever == "none"
    assert advise([*lending(5), structure(kinds=("EI",), turnover=1e5)], supplies).lever == "criterion"


def test_nobody_at_all_is_no_lever() -> None:
    made = advise([])
    assert (made.lever, made.article, made.confidence) == ("none", None, "low")


def test_one_structure_worth_a_call_is_a_direct_purchase_to_try_first() -> None:
    """Where one structure is not likely but worth a call, the purchase without competition says its chance and what to do otherwise."""
    made = advise(silent(2), Lot(8_000, 12, labour_share=0.6))
    assert made.lever == "direct" and "appelez d'abord" in made.reason and "n'est pas acquis" in made.reason
    assert advise(silent(2), Lot(150_000, 12, labour_share=0.6)).lever != "direct"


def test_too_few_hours_are_said_with_the_amount_that_would_make_them_enough() -> None:
    made = advise(lending(5), Lot(40_000, 12, labour_share=0.45))
    assert (made.usefulness, made.confidence, made.lever) == ("too_few", "low", "none")
    assert "sans mise en concurrence" in made.reason
    assert "sous le repère de 150" in made.reason
    assert any("Regrouper" in one and "200\u202f000" in one for one in made.changes)


def test_hours_enough_and_dated_agreements_make_a_surer_clause() -> None:
    lot = Lot(2_000_000, 12, labour_share=0.8)
    assert advise(lending(5), lot, cost=31.0).confidence == "high"
    assert advise(lending(5, declared=False, undated=True), lot, cost=31.0).confidence == "low"


def test_no_clause_is_sure_while_the_hourly_cost_is_to_be_confirmed() -> None:
    made = advise(lending(5), Lot(2_000_000, 12, labour_share=0.8))
    assert made.confidence == "medium" and "le coût horaire à confirmer" in made.confidence_reason


def test_an_unknown_labour_share_is_asked_for() -> None:
    made = advise(lending(5), replace(LOT, labour_share=None))
    assert made.lever == "clause" and made.usefulness == "unknown"
    assert "inconnue, à donner" in told(made)


def test_without_an_amount_an_unknown_turnover_holds_nobody_back() -> None:
    made = feasibility(Lot(), structures([None] * 40), AS_OF)
    assert made.of("L2113-12").verdict == "reservable"


@pytest.mark.parametrize("share", [float("nan"), float("inf"), -0.1, 0.0, 1.1])
def test_a_labour_share_that_is_none_is_refused_by_name(share: float) -> None:
    with pytest.raises(Exception, match="labour_share"):
        feasibility(replace(LOT, labour_share=share), [], AS_OF)


labours = st.none() | st.floats(0.01, 1)


@pytest.mark.slow
@settings(deadline=None)
@given(candidates_of_any_sort(), candidates_of_any_sort(), st.none() | st.floats(0, 1e8), labours)
def test_more_structures_never_lower_the_lever(
    pool: list[Candidate], more: list[Candidate], amount: float | None, labour: float | None
) -> None:
    lot = Lot(amount, 12, labour_share=labour)
    taken = {one.unit for one in pool} | {one.id for one in pool}
    new = [one for one in more if one.unit not in taken and one.id not in taken]
    before, after = (-list(LEVERS).index(feasibility(lot, some, AS_OF).lever) for some in (pool, [*pool, *new]))
    assert after >= before


@pytest.mark.slow
@settings(deadline=None)
@given(candidates_of_any_sort(), st.floats(0, 1e8), st.floats(1, 100), labours)
@example([], 14_423.0, 15.0, None)
def test_a_larger_amount_never_raises_the_lever_but_for_the_condition_it_makes_due(
    pool: list[Candidate], amount: float, times: float, labour: float | None
) -> None:
    lots = (Lot(one, 12, labour_share=labour) for one in (amount, amount * times))
    small, large = (feasibility(lot, pool, AS_OF).lever for lot in lots)
    assert large == "condition" or list(LEVERS).index(large) >= list(LEVERS).index(small)


@pytest.mark.slow
@settings(deadline=None)
@given(candidates_of_any_sort(), st.none() | st.floats(0, 1e8))
def test_a_trade_nobody_tells_makes_nobody_able(pool: list[Candidate], amount: float | None) -> None:
    lot = Lot(amount, 12)
    before, after = (feasibility(lot, some, AS_OF) for some in (pool, [*pool, *silent(40, "ESAT")]))
    for one, other in zip(before.assessments, after.assessments, strict=True):
        assert (other.central, other.verdict) == (one.central, one.verdict)
    assert after.hours.sure == before.hours.sure


@pytest.mark.slow
@settings(deadline=None)
@given(candidates_of_any_sort(), st.none() | st.floats(0, 1e8), labours)
def test_every_change_is_told_with_an_article_and_shares_stay_within_the_whole(
    pool: list[Candidate], amount: float | None, labour: float | None
) -> None:
    made = feasibility(Lot(amount, 12, labour_share=labour), pool, AS_OF)
    for one in made.changes:
        assert one.article and 0 <= one.low <= one.high + 1e-12 <= 1 + 2e-12
    for each in made.assessments:
        assert each.supply.declared + each.supply.inferred == each.supply.count
        assert each.counted <= each.supply.count <= each.supply.candidates


def test_several_trades_are_told_apart_and_the_weakest_decides() -> None:
    many, few = structures([1e7] * 40), structures([1e7] * 3)
    made = of_trades(LOT, [Pool(many), Pool(few)], AS_OF)
    weakest = made.of("L2113-12")
    assert (weakest.pool, weakest.supply.count, weakest.verdict) == (1, 3, "risque_infructueux")
    assert [some[0].supply.count for some in made.by_trade] == [40, 3]
    assert made.alone[0].supply.count == 0 and made.recommended is None


def test_a_group_may_answer_where_nobody_does_every_trade() -> None:
    made = of_trades(LOT, [Pool(structures([1e7] * 40)), Pool(structures([1e7] * 40))], AS_OF)
    assert (made.recommended, made.lever) == ("L2113-12", "reserve")
    assert "groupement" in made.reason and made.alone[0].supply.count == 0


def test_structures_that_do_every_trade_answer_alone() -> None:
    both = structures([1e7] * 40)
    made = of_trades(LOT, [Pool(both), Pool([*both, structure()])], AS_OF)
    assert made.alone[0].supply.count == 40 and "groupement" not in made.reason


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(candidates_of_any_sort(), min_size=2, max_size=3), st.none() | st.floats(0, 1e8))
def test_who_does_every_trade_never_gives_a_better_verdict_than_a_group(
    pools: list[list[Candidate]], amount: float | None
) -> None:
    made = of_trades(Lot(amount, 12), [Pool(one) for one in pools], AS_OF)
    for alone, *of_each in zip(made.alone, *made.by_trade, strict=True):
        assert all(one.counted >= 0 for one in of_each)
        assert alone.central.low.two <= min(one.central.low.two for one in of_each) + 1e-12


def test_the_article_is_cited_as_it_was_on_the_day_of_the_launch() -> None:
    def cited(launched: date) -> str:
        made = advise(lending(3), replace(LOT, launched=launched))
        assert made.article is not None and made.article.title == "Conditions d'exécution sociales"
        return made.article.rule

    assert "peuvent prendre en compte l'environnement" in cited(date(2026, 3, 1))
    assert "prennent en compte l'environnement" in cited(date(2026, 9, 1))


def test_silent_structures_of_a_kind_that_often_does_the_trade_are_worth_asking_and_the_sentence_says_what_that_supposes() -> (
    None
):
    def esat(n: int, usual: float) -> list[Candidate]:
        return [structure(kinds=("ESAT",), in_trade=False, trade_known=False, believed=usual) for _ in range(n)]

    assert [advise(esat(12, usual)).lever for usual in (0.0, 0.6)] == ["none", "reserve_if"]
    reason = advise(esat(12, 0.6)).reason
    assert "12 de métier non publié, d'après leur type et leur nom" in reason
    assert "Pour deux oui, prévoyez environ" in reason


def test_a_direct_purchase_always_names_whom_to_call() -> None:
    made = feasibility(replace(LOT, amount=30_000), silent(40, "ESAT", 0.08), AS_OF)
    assert made.lever == "direct" and len(made.first_calls) == 5


@pytest.mark.parametrize("usual", [None, 0.005, 0.03])
def test_however_many_structures_of_which_nobody_is_worth_a_call_are_no_supply(usual: float | None) -> None:
    for many in (1, 40, 200):
        made = feasibility(replace(LOT, amount=30_000), silent(many, "ESAT", usual), AS_OF)
        assert made.lever not in RESERVED and (made.first_calls, made.best.prospects.every) == ((), ())


@given(many=st.integers(0, 60), amount=st.sampled_from([8_000, 30_000, 90_000, 400_000]), known=st.integers(0, 2))
def test_silent_structures_never_turn_nothing_into_an_action(many: int, amount: int, known: int) -> None:
    lot, found = replace(LOT, amount=amount), [structure(kinds=("ESAT",)) for _ in range(known)]
    alone = feasibility(lot, found, AS_OF)
    assert feasibility(lot, [*found, *silent(many, "ESAT", None)], AS_OF).lever == alone.lever


def test_nobody_is_told_to_ask_more_structures_than_a_round_can_bear() -> None:
    silent_ones = [structure(kinds=("EI",), in_trade=False, trade_known=False, believed=0.03) for _ in range(150)]
    assert advise(silent_ones).lever != "reserve_if"


def test_who_does_a_part_of_the_trade_alone_is_told_apart() -> None:
    part = [structure(kinds=("EA",), in_part=True), structure(kinds=("EA",), in_part=True, can="yes")]
    made = advise([structure(kinds=("ESAT",)), *part])
    assert any("3 structures (2 EA, 1 ESAT), dont 1 n'en fait qu'une partie." in one for one in made.facts)

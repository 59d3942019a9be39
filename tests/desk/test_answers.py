"""An answer replaces what was assumed: one more « yes » never lowers a probability nor the lever, one more « no » never raises them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.making import candidates_of_any_sort, structure, structures
from vivier.clausier.hours import HoursAsked, insertion_hours
from vivier.desk.method.answers import Answer, Step, answered, steps
from vivier.desk.method.candidate import Can, Candidate
from vivier.desk.method.feasibility import DEFAULTS, Feasibility, Pool, judged, of_trades
from vivier.desk.method.lever import LEVERS
from vivier.desk.method.prospects import WORTH_A_CALL
from vivier.desk.method.verdict import Lot
from vivier.desk.read.replies import reply_of
from vivier.desk.tell.advice import advice
from vivier.desk.tell.sourcing import sourcing_body
from vivier.errors import InvalidRequest

DAY = date(2026, 11, 24)
LOT = Lot(amount=60_000, months=12)


def answer(site: Candidate, can: Can = "yes", **more: Any) -> Answer:
    return Answer(site.id, can, DAY, "structure", **more)


def study(pools: list[Pool], answers: list[Answer], lot: Lot = LOT) -> Feasibility:
    return judged(lot, answered(pools, answers), DAY)


def odds(made: Feasibility) -> list[float]:
    """Every probability behind a lever, each of them better when it is higher."""
    return [
        figure
        for found in (*made.assessments, *(each for some in made.by_trade for each in some))
        for figure in (
            found.prospects.able.two,
            1 - found.prospects.able.none,
            found.prospects.offers.two,
            found.central.low.two,
            found.central.central.two,
            found.central.high.two,
        )
    ] + [made.hours.odds.two, 1 - made.hours.odds.none, made.hours.odds_of_trade.two]


def never_lower(before: Feasibility, after: Feasibility) -> None:
    assert list(LEVERS).index(after.lever) <= list(LEVERS).index(before.lever)
    for was, now in zip(odds(before)[-3:], odds(after)[-3:], strict=True):
        assert now >= was - 1e-9
    for was, now in zip(before.by_trade, after.by_trade, strict=True):
        for one, other in zip(was, now, strict=True):
            assert other.prospects.able.two >= one.prospects.able.two - 1e-9
            assert other.prospects.offers.two >= one.prospects.offers.two - 1e-9
            assert other.central.low.two >= one.central.low.two - 1e-9
            assert other.central.high.two >= one.central.high.two - 1e-9


lots = st.builds(
    Lot,
    amount=st.none() | st.floats(0, 1e6),
    months=st.none() | st.integers(1, 60),
    labour_share=st.none() | st.floats(0.05, 1),
    open_posts=st.booleans(),
    trained_posts=st.booleans(),
)
pools = st.lists(candidates_of_any_sort().map(Pool), min_size=1, max_size=3)


@pytest.mark.slow
@given(pools, lots, st.data())
def test_one_more_yes_never_lowers_a_probability_nor_the_lever(some: list[Pool], lot: Lot, data: st.DataObject) -> None:
    sites = [site for pool in some for site in pool.candidates]
    if not sites:
        return
    given_already = data.draw(st.lists(st.sampled_from(sites), max_size=4, unique_by=lambda site: site.id))
    cans = st.sampled_from(("yes", "part", "no"))
    former = [answer(site, data.draw(cans)) for site in given_already]
    rest = [site for site in sites if site.id not in {each.structure for each in former}]
    rest = [site for site in rest if site.unit not in {other.unit for other in given_already}]
    if not rest:
        return
    volume = data.draw(st.none() | st.floats(lot.annual or 0, 1e9))
    more = answer(data.draw(st.sampled_from(rest)), "yes", volume=volume)
    never_lower(study(some, former, lot), study(some, [*former, more], lot))


@pytest.mark.slow
@given(pools, lots, st.data())
def test_one_more_no_never_raises_the_lever(some: list[Pool], lot: Lot, data: st.DataObject) -> None:
    sites = [site for pool in some for site in pool.candidates]
    if not sites:
        return
    never_lower(study(some, [answer(data.draw(st.sampled_from(sites)), "no")], lot), study(some, [], lot))


def test_a_lot_of_several_trades_is_bought_directly_only_where_each_has_somebody() -> None:
    """The trade that nobody does decides, whatever is answered in the others."""
    aci: dict[str, Any] = {"kinds": ("ACI",), "declared": False, "proof": "declared"}
    lawns, nobody = Pool([structure(zone="full", **aci)]), Pool([])
    linen = Pool([structure(zone="full", **aci), structure(zone="partial", **aci)])
    for answers in ([], [answer(linen.candidates[0], "no")]):
        assert study([lawns, linen, nobody], answers, Lot(amount=20_000)).lever != "direct"


@pytest.mark.slow
@given(candidates_of_any_sort(), st.permutations(range(4)), st.data())
def test_the_order_of_answers_changes_nothing(sites: list[Candidate], order: list[int], data: st.DataObject) -> None:
    if not sites:
        return
    chosen = data.draw(st.lists(st.sampled_from(sites), min_size=1, max_size=4, unique_by=lambda site: site.unit))
    given_answers = [answer(site, data.draw(st.sampled_from(("yes", "part", "no")))) for site in chosen]
    again = [given_answers[n] for n in order if n < len(given_answers)]
    one, two = study([Pool(sites)], given_answers), study([Pool(sites)], again)
    assert one.lever == two.lever and one.assessments == two.assessments


def test_two_that_confirm_make_a_lot_reservable() -> None:
    """Fifteen structures of unknown turnover at one answer in ten are not enough; two that said yes are."""
    sites = structures([None] * 6, declared=False, zone="seat_only")
    assert study([Pool(sites)], []).lever != "reserve"
    once = study([Pool(sites)], [answer(sites[0])])
    assert advice(once).title == "réservable si 1 structure de plus confirme"
    assert advice(study([Pool(sites)], [])).confidence == "low" and advice(once).confidence == "medium"
    made = study([Pool(sites)], [answer(sites[0]), answer(sites[1])])
    assert made.lever == "reserve" and made.best.central.low.two == 1
    assert made.reason.startswith("2 structures ont confirmé qu'elles peuvent faire ce lot")
    assert advice(made).confidence == "high"


def test_two_confirmations_conclude_and_one_does_not() -> None:
    """Six structures whose trade is assumed allow no conclusion; exactly two that confirm are the offers that are wanted."""
    sites = structures([None] * 6, declared=False, zone="seat_only")
    for confirmed in range(4):
        made = study([Pool(sites)], [answer(site) for site in sites[:confirmed]])
        assert made.best.indeterminate == (confirmed < 2), confirmed


@pytest.mark.parametrize("likely", [0.0, 0.05, 0.4])
@pytest.mark.parametrize(
    "lot", [replace(LOT, labour_share=0.65, amount=200_000), LOT], ids=["labour known", "labour unknown"]
)
def test_a_low_confidence_says_which_answers_raise_it_and_they_do(likely: float, lot: Lot) -> None:
    """Nobody is known for the trade, whatever the lever: what is told is what one can do about it."""
    sites = [structure(kinds=("EI",), in_trade=False, trade_known=False, believed=likely) for _ in range(20)]
    hours = None
    if lot.labour_share is not None:
        hours = insertion_hours(HoursAsked(lot.amount, lot.months or 12, lot.labour_share))
    told = advice(study([Pool(sites)], [], lot), hours)
    assert told.confidence == "low" and "dès qu" in told.confidence_reason
    enough = [answer(site) for site in sites[: 1 if "une structure confirme" in told.confidence_reason else 2]]
    made = advice(study([Pool(sites)], enough, lot), hours)
    assert made.confidence in ("medium", "high"), (told.lever, made.lever, made.confidence_reason)


def test_a_clause_that_two_structures_share_is_no_longer_of_low_confidence() -> None:
    lot = replace(LOT, labour_share=0.65, amount=200_000)
    sites = [
        structure(kinds=("AI",), in_trade=False, trade_known=False, declared=False, undated=True, zone="seat_only")
        for _ in range(9)
    ]
    hours = insertion_hours(HoursAsked(lot.amount, 12, lot.labour_share))
    before = advice(study([Pool(sites)], [], lot), hours)
    assert before.lever == "clause" and before.confidence == "low" and "deux structures" in before.confidence_reason
    parts = [answer(site, "part") for site in sites[:2]]
    after = advice(study([Pool(sites)], parts, lot), hours)
    assert (after.lever, after.confidence) == ("clause", "medium")


def test_a_refusal_holds_for_every_site_of_the_legal_unit_and_is_a_reason() -> None:
    one, sister = structure(siren="111111118"), structure(siren="111111118")
    made = study([Pool([one, sister])], [answer(one, "no")])
    reasons = {left.candidate.id: left.reason for left in made.of("L2113-12").supply.excluded}
    assert reasons == {one.id: "declined", sister.id: "declined"}
    assert made.hours.possible == 0


def test_a_volume_is_the_capacity_whatever_the_turnover() -> None:
    site = structure(turnover=10_000.0)
    bears = study([Pool([site])], [answer(site, volume=60_000)]).of("L2113-12")
    assert [each.site.id for each in bears.split.able] == [site.id] and bears.largest[1] == 60_000
    small = study([Pool([site])], [answer(site, "part", volume=20_000)]).of("L2113-12")
    assert small.largest[1] == 20_000 and small.prospects.able.none == 1
    assert [left.reason for left in small.excluded] == ["part_only"]


@pytest.mark.slow
@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_larger_volume_never_lowers_anything(one: float, two: float) -> None:
    sites = structures([None] * 4)
    less, more = sorted((one, two))
    small, large = (study([Pool(sites)], [answer(sites[0], volume=volume)]) for volume in (less, more))
    never_lower(small, large)


def test_who_takes_a_part_carries_hours_and_does_not_bear_the_lot() -> None:
    site = structure(kinds=("EI",), in_trade=False, trade_known=False, zone="seat_only", declared=False)
    made = study([Pool([site])], [answer(site, "part")])
    assert [each.id for each in made.hours.doing] == [site.id] and 1 - made.hours.odds.none == 1
    assert made.of("L2113-13").prospects.able.none == 1


def test_an_answer_does_not_make_a_kind_legal() -> None:
    """An association without an agreement of the article cannot answer a reserved lot, whatever it says."""
    site = structure(kinds=())
    assert study([Pool([site])], [answer(site)]).of("L2113-12").supply.count == 0


def test_an_agreement_that_was_to_be_checked_is_confirmed_and_an_expired_one_is_not() -> None:
    old, ended = structure(kinds=(), to_check=("ESAT",)), structure(kinds=(), expired=("ESAT",))
    made = study([Pool([old, ended])], [answer(old), answer(ended)]).of("L2113-12")
    assert [each.site.id for each in made.supply.eligible] == [old.id]


def test_a_structure_that_can_do_a_lot_can_do_each_of_its_trades() -> None:
    one, other = structure(), structure(kinds=("EA",))
    made = study([Pool([one]), Pool([other])], [answer(one), answer(other)])
    assert [some[0].supply.count for some in made.by_trade] == [2, 2] and made.lever == "reserve"


def test_each_step_says_what_the_answer_changed() -> None:
    sites = structures([None] * 6)
    given_answers = [
        answer(sites[0]),
        answer(sites[1], "no"),
        answer(sites[2]),
        Answer("gone", "yes", DAY, "structure"),
    ]
    found = list(steps(LOT, [Pool(sites)], given_answers, DAY, DEFAULTS))
    assert [step.name for step in found] == [sites[0].name, sites[1].name, sites[2].name, None]
    assert all(one.after == two.before for one, two in pairwise(found))
    assert found[0].after.able > found[0].before.able and found[1].after.able < found[1].before.able
    assert found[2].after.lever == "reserve" and found[2].after.confirmed == 2
    assert found[3].before == found[3].after


@pytest.mark.slow
@given(pools, lots, st.data())
def test_steps_end_where_a_study_of_everybody_ends(some: list[Pool], lot: Lot, data: st.DataObject) -> None:
    """Steps read only who weighs on the verdict: the others change nothing, whatever is answered."""
    sites = [site for pool in some for site in pool.candidates]
    if not sites:
        return
    chosen = data.draw(st.lists(st.sampled_from(sites), min_size=1, max_size=4, unique_by=lambda site: site.unit))
    given_answers = [answer(site, data.draw(st.sampled_from(("yes", "part", "no")))) for site in chosen]
    found = list(steps(lot, some, given_answers, DAY, DEFAULTS))
    whole, before = study(some, given_answers, lot), study(some, [], lot)
    last, first = found[-1].after, found[0].before
    assert (last.lever, first.lever) == (whole.lever, before.lever)
    assert (last.article, first.article) == (whole.best.code, before.best.code)
    assert last.able == pytest.approx(whole.best.prospects.able.two)
    assert last.offers == pytest.approx(whole.best.prospects.offers.two)
    assert first.able == pytest.approx(before.best.prospects.able.two)


def round_of_refusals() -> list[Step]:
    """Twelve ESAT that publish no trade are called and refuse, where as many EI that nobody called could do the lot."""
    esat = structures([None] * 12, in_trade=False, trade_known=False, believed=0.5)
    others = structures([None] * 9, kinds=("EI",), in_trade=False, trade_known=False, believed=0.5)
    return list(steps(LOT, [Pool([*esat, *others])], [answer(site, "no") for site in esat], DAY, DEFAULTS))


def test_each_state_is_compared_under_the_article_that_it_uses() -> None:
    found = round_of_refusals()
    first, last = found[0].before, found[-1].after
    assert (first.article, last.article) == ("L2113-12", "L2113-13")
    assert last.by_article["L2113-12"].able == 0 < first.able


def test_every_refusal_counts_at_once() -> None:
    for step in round_of_refusals():
        used = step.before.article
        assert step.after.by_article[used].able < step.before.able or used != "L2113-12"


def test_a_round_of_refusals_says_which_article_is_given_up_and_how_its_odds_fell() -> None:
    body = sourcing_body(round_of_refusals())
    assert "inchangée" not in body["summary"]
    assert "L'article L2113-12 est abandonné : chance d'y avoir 2 structures capables, de " in body["summary"]
    assert "L'article L2113-13 le remplace." in body["summary"]
    texts = [step["text"] for step in body["steps"]]
    (slid,) = [text for text in texts if "abandonné" in text]
    assert "L'article L2113-13 le remplace." in slid and not any("inchangée" in text for text in texts)
    assert "Sous l'article L2113-13, cette réponse ne change aucune probabilité." in texts[-1]


def test_whom_to_call_first_is_whose_answer_moves_the_odds_of_two_offers_most() -> None:
    sure, doubtful = (
        structures([900_000.0] * 2),
        structures([None] * 3, in_trade=False, trade_known=False, believed=0.3),
    )
    made = study([Pool([*sure, *doubtful])], [])
    calls = made.best.prospects.first_calls
    assert {call.prospect.site.id for call in calls[:2]} == {site.id for site in sure}
    for call in calls:
        others = [each for each in made.best.prospects.every if each.site.id != call.prospect.site.id]
        without = [each.offer(made.calibration.rate) for each in others]
        none = 1.0
        for chance in without:
            none *= 1 - chance
        assert call.yes == pytest.approx(1 - none) and call.no <= made.best.prospects.offers.two <= call.yes
    assert [call.change for call in calls] == sorted((call.change for call in calls), reverse=True)


def test_nobody_counts_nor_is_called_who_would_say_yes_less_than_one_time_in_twenty() -> None:
    likely, hopeless = (
        structures([None], in_trade=False, trade_known=False, believed=0.3),
        structures([None] * 4, in_trade=False, trade_known=False, believed=WORTH_A_CALL - 0.01),
    )
    made = study([Pool([*likely, *hopeless])], []).best.prospects
    for named in (made.first_calls, made.to_compare(lending=False)):
        assert [call.prospect.site.id for call in named] == [site.id for site in likely]
    assert len(made.calls) == len(made.every) == 1


def test_nobody_is_to_be_called_first_once_two_confirmed_and_nobody_twice() -> None:
    sites = structures([None] * 5)
    once = study([Pool(sites)], [answer(sites[0])]).best.prospects.first_calls
    assert sites[0].id not in {call.prospect.site.id for call in once} and once
    assert study([Pool(sites)], [answer(sites[0]), answer(sites[1])]).best.prospects.first_calls == ()


def test_without_answers_nothing_changes() -> None:
    pool = Pool(structures([100_000.0, None], siren=None))
    assert answered([pool], []) == (pool,)
    assert of_trades(LOT, answered([pool], []), DAY) == of_trades(LOT, [pool], DAY)
    assert replace(pool) == pool


@pytest.mark.parametrize(
    ("fields", "annual", "wrong"),
    [
        ({"can": "yes", "volume": "20000"}, 20_000.0, None),
        ({"can": "yes", "volume": "19999"}, 20_000.0, "volume"),
        ({"can": "yes", "volume": "19999"}, None, None),
        ({"can": "part", "volume": "1000"}, 20_000.0, None),
        ({"can": "no", "volume": "1000"}, 20_000.0, "volume"),
        ({"can": "no"}, 20_000.0, None),
    ],
)
def test_an_answer_contradicts_itself_or_not(fields: dict[str, str], annual: float | None, wrong: str | None) -> None:
    if wrong is None:
        assert reply_of(fields, annual).can == fields["can"]
        return
    with pytest.raises(InvalidRequest) as refused:
        reply_of(fields, annual)
    assert [error.field for error in refused.value.errors] == [wrong]

"""Can the lot be reserved: verdicts that move the right way, and the worked example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.making import candidates_of_any_sort, structure, structures, turnovers
from tests.desk.one_trade import feasibility
from vivier.desk.facts.experience import Observed
from vivier.desk.facts.presence import Presence
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.feasibility import LEVERS, Feasibility
from vivier.desk.method.prospects import place_of
from vivier.desk.method.verdict import VERDICTS, Lot, Options
from vivier.desk.tell.feasibility_text import feasibility_text
from vivier.errors import InvalidRequest
from vivier.law.social import listed

AS_OF = date(2026, 11, 24)
LOT = Lot(amount=120_000, months=12)


def study(pool: list[Candidate], lot: Lot = LOT, **options: float) -> Feasibility:
    return feasibility(lot, pool, AS_OF, Options(**options))  # type: ignore[arg-type]


def worst(made: Feasibility, article: str = "L2113-12") -> int:
    """The rank of a verdict, 0 for the best."""
    return list(VERDICTS).index(made.of(article).verdict)


def example() -> list[Candidate]:
    """14 structures, 8 turnovers known: 6 bear 120 000 € a year, 2 do not."""
    able = structures([3e6, 2e6, 7e5, 6e5, 5e5, 4e5])
    return [*able, *structures([1e5, 2e5]), *structures([None] * 6)]


def test_the_worked_example_comes_out() -> None:
    best = study(example()).of("L2113-12")
    assert (best.supply.count, best.known, len(best.split.able), len(best.split.unknown)) == (14, 8, 6, 6)
    assert (round(best.central.low.two, 3), round(best.central.high.two, 3)) == (0.114, 0.341)
    assert best.verdict == "risque_infructueux"
    assert best.largest[3] == pytest.approx(210_000)


def test_the_sentences_hold_the_figures_of_the_answer_and_the_article() -> None:
    text = feasibility_text(study(example()), ("Entretien des espaces verts",), "Métropole de Lyon")
    for part in (
        "14 structures",
        "L2113-12",
        "8 sur 14",
        "11\u00a0% à 34\u00a0%",
        "R2113-7",
        "6 supportent",
        "2 non",
    ):
        assert part in text
    assert "ne vaut pas conseil juridique" in text


def test_the_same_input_gives_the_same_sentences_whatever_the_order() -> None:
    pool = example()
    assert feasibility_text(study(pool), ("Tonte",), "Lyon") == feasibility_text(study(pool[::-1]), ("Tonte",), "Lyon")


def test_an_unknown_turnover_is_neither_able_nor_unable() -> None:
    best = study(structures([None] * 40)).of("L2113-12")
    assert (len(best.split.able), len(best.split.unable), best.central.low.two) == (0, 0, 0.0)
    assert best.verdict == "reservable_avec_reserves"


def test_the_whole_amount_is_spread_over_its_duration() -> None:
    long = study(structures([4e5] * 30), Lot(amount=480_000, months=48))
    short = study(structures([4e5] * 30), Lot(amount=120_000, months=6))
    assert len(long.of("L2113-12").split.able) == len(short.of("L2113-12").split.able) == 30


def test_the_narrower_article_is_recommended_among_equals() -> None:
    both = [*structures([1e7] * 50), *structures([1e7] * 50, kinds=("EI",))]
    assert study(both).recommended == "L2113-12"
    assert study(structures([1e7] * 50, kinds=("EI",))).recommended == "L2113-13"
    mixed = [*structures([1e7] * 25), *structures([1e7] * 25, kinds=("EI",))]
    assert study(mixed).recommended == "L2113-14"


def test_a_single_structure_is_never_enough() -> None:
    made = study(structures([1e9]))
    assert (made.of("L2113-12").verdict, made.recommended, made.lever) == ("non_reservable", None, "criterion")


def test_without_any_structure_nothing_is_recommended_and_it_is_said() -> None:
    made = study([])
    assert (made.recommended, made.lever) == (None, "none")
    assert "Aucune structure" in feasibility_text(made, ("Tonte",), "Lyon")


def test_nobody_is_said_to_be_known_only_where_nobody_sits_nor_reaches() -> None:
    def reason(present: Presence | None) -> str:
        return feasibility(LOT, [], AS_OF, present=present).reason

    assert "Aucune structure connue sur ce territoire" in reason(Presence())
    assert "connue sur ce territoire" not in reason(None)
    assert "connue sur ce territoire" not in reason(Presence(seated=0, reaching=1))
    assert "3 sites ont leur siège ici, 5 en couvrent au moins une partie : les interroger" in reason(Presence(3, 5))


def test_structures_whose_zone_nobody_published_are_told_and_change_no_odds() -> None:
    on_the_spot = structures([1e6] * 8, zone="partial", declared=False)
    made = feasibility(LOT, on_the_spot, AS_OF, present=Presence(8, 9))
    assert (made.lever, made.best.supply.count, made.best.central.high.two) == ("reserve_if", 0, 0.0)
    assert "8 de zone ou d'agrément à confirmer" in made.reason
    text = feasibility_text(made, ("Tonte",), "Finistère")
    assert "8 structures de ce métier ont leur siège ici" in text and "Pas de conclusion" in text
    alike = feasibility(LOT, [*example(), *on_the_spot], AS_OF).of("L2113-12")
    assert alike.central == study(example()).of("L2113-12").central and alike.verdict == "risque_infructueux"


@pytest.mark.parametrize(
    "doubt",
    [
        {"in_trade": False, "trade_known": False},
        {"in_trade": False, "trade_known": False, "zone": "partial", "declared": False},
        {"in_trade": False, "trade_known": False, "kinds": (), "to_check": ("ESAT",)},
        {"kinds": (), "to_check": ("ESAT",)},
    ],
)
def test_what_the_structures_to_ask_would_change_is_told_whatever_is_not_known_of_them(doubt: dict[str, Any]) -> None:
    made = feasibility(LOT, structures([1e7] * 60, **doubt), AS_OF)
    change = next(one for one in made.changes if one.code == "trade_told")
    assert change.text == "Si toutes les structures à appeler confirment qu'elles peuvent faire ce lot"
    assert (change.more, change.verdict) == (60, "reservable")


def test_a_variation_that_changes_nothing_is_not_told() -> None:
    made = feasibility(LOT, structures([1e7] * 4, in_trade=False, trade_known=False), AS_OF)
    assert [change.code for change in made.changes] == ["trade_told"]


def test_silence_on_trades_is_no_conclusion_rather_than_no_supply() -> None:
    """Real lists of ESAT publish no trade at all: zero known is not zero."""
    made = study(structures([1e6] * 8, in_trade=False, trade_known=False))
    text = feasibility_text(made, ("Blanchisserie",), "Pas-de-Calais")
    assert made.best.indeterminate and "Pas de conclusion" in text and "8 structures du même article" in text
    assert "0\u00a0%" not in text


@pytest.mark.parametrize(
    ("cpv", "expected"),
    [
        ("85000000", "yes"),
        ("98133110", "yes"),
        ("85321100", "to_confirm"),
        ("80000000", "to_confirm"),
        ("80200000", "to_confirm"),
        ("77310000", "no"),
        ("80700000", "no"),
    ],
)
def test_the_ess_reservation_looks_at_each_cpv(cpv: str, expected: str) -> None:
    assert listed(cpv) == expected


@pytest.mark.parametrize(
    ("lot", "state"),
    [
        (Lot(months=36, cpv=("85000000",)), "yes"),
        (Lot(months=37, cpv=("85000000",)), "no"),
        (Lot(months=12, cpv=("85000000", "77310000")), "no"),
        (Lot(months=12), "to_confirm"),
        (Lot(cpv=("85000000",)), "to_confirm"),
        (Lot(months=12, cpv=("85000000",), buyer="entity"), "to_confirm"),
    ],
)
def test_the_ess_reservation_needs_listed_services_and_three_years_at_most(lot: Lot, state: str) -> None:
    made = feasibility(lot, structures([1e7] * 50, kinds=("ESS",)), AS_OF)
    assert made.of("L2113-15").applies.state == state
    assert made.recommended == ("L2113-15" if state == "yes" else None)


def test_a_concession_has_neither_the_union_nor_the_ess() -> None:
    made = study(structures([1e7] * 50), replace(LOT, kind="concession"))
    assert [one.code for one in made.assessments] == ["L3113-1", "L3113-2"]
    assert made.recommended == "L3113-1"


def test_prison_work_is_looked_at_when_asked() -> None:
    made = feasibility(LOT, structures([1e7] * 50, kinds=("SEP",)), AS_OF, Options(prison=True))
    assert made.recommended == "L2113-13-1"


def test_a_small_lot_may_be_bought_directly_and_a_large_one_may_not() -> None:
    assert study(example(), Lot(amount=59_999, months=12)).lever == "direct"
    assert "direct_purchase" in {one.code for one in study([], Lot(amount=59_999, months=12)).alternatives}
    large = study(example(), Lot(amount=60_000))
    assert large.lever != "direct" and "direct_purchase" not in {one.code for one in large.alternatives}


def test_smaller_lots_are_proposed_with_how_many_turnovers_they_rest_on() -> None:
    made = study(example(), Lot(amount=900_000, months=12))
    smaller = {one.code: one for one in made.alternatives}
    assert (smaller["smaller_lot_2"].amount, smaller["smaller_lot_3"].amount) == (600_000, 210_000)
    assert "8 chiffres d'affaires connus sur 14" in smaller["smaller_lot_2"].text


def test_structures_around_only_come_in_when_zones_grow() -> None:
    made = feasibility(LOT, example(), AS_OF, around=structures([1e6] * 3, zone="wide"))
    wider = next(one for one in made.changes if one.code == "wider")
    assert (made.best.supply.count, wider.more) == (14, 3)


def test_more_than_half_assumed_is_flagged_beside_the_verdict() -> None:
    made = study([*structures([1e7] * 30, declared=False), *structures([1e7] * 20)])
    assert made.of("L2113-12").indeterminate
    assert made.of("L2113-12").verdict == "reservable"


def test_the_rate_is_drawn_from_the_contracts_of_the_trade_towards_all_then_towards_the_assumption() -> None:
    """Thirty contracts weigh as much as what they are drawn towards."""
    none = feasibility(LOT, example(), AS_OF).calibration
    trade = feasibility(LOT, example(), AS_OF, response=(Observed(30, 60, 400), None)).calibration
    both = feasibility(LOT, example(), AS_OF, response=(Observed(30, 60, 400), Observed(90, 45, 300))).calibration
    assert (none.basis, none.rate) == ("assumed", 0.10)
    assert (trade.basis, trade.rate) == ("observed", pytest.approx((0.15 + 0.10) / 2))
    everywhere = 0.75 * 0.15 + 0.25 * 0.10
    assert both.rate == pytest.approx((0.15 + everywhere) / 2)
    assert "Pour ce métier : 30 marchés, 60 offres, soit 15\u00a0% des structures" in both.text


def test_a_calibrated_rate_is_held_between_the_assumptions() -> None:
    found = feasibility(LOT, example(), AS_OF, response=(Observed(100, 300, 400), None))
    assert found.calibration.rate == 0.20


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -1.0])
def test_an_amount_that_is_none_is_refused_by_name(amount: float) -> None:
    with pytest.raises(InvalidRequest) as refused:
        study([], Lot(amount=amount))
    assert refused.value.errors[0].field == "amount"


def test_a_share_out_of_its_range_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        study([], share=1.5)


@pytest.mark.slow
@given(turnovers(), st.floats(1, 1e8), st.integers(1, 180))
def test_halving_the_amount_never_worsens_the_verdict(known: list[float | None], amount: float, months: int) -> None:
    pool = structures(known)
    whole, half = (study(pool, Lot(amount=one, months=months)) for one in (amount, amount / 2))
    assert worst(half) <= worst(whole)
    levers = list(LEVERS)
    if whole.lever != "condition":  # owed by the whole, above the threshold, and by no half
        assert levers.index(half.lever) <= levers.index(whole.lever)


@pytest.mark.slow
@given(turnovers(), st.none() | st.floats(1, 1e8), st.floats(1, 1e7))
def test_a_structure_more_never_lowers_odds_verdict_nor_lever(
    known: list[float | None], more: float | None, amount: float
) -> None:
    pool = structures(known)
    before, after = study(pool, Lot(amount=amount)), study([*pool, structure(turnover=more)], Lot(amount=amount))
    assert worst(after) <= worst(before)
    assert list(LEVERS).index(after.lever) <= list(LEVERS).index(before.lever)
    for bound in ("low", "central", "high"):
        one, other = (getattr(made.of("L2113-12").central, bound).two for made in (before, after))
        assert other >= one - 1e-12


@pytest.mark.slow
@given(candidates_of_any_sort(), st.floats(1, 1e7))
def test_opening_to_both_families_never_worsens(pool: list[Candidate], amount: float) -> None:
    made = study(pool, Lot(amount=amount))
    assert worst(made, "L2113-14") <= min(worst(made, "L2113-12"), worst(made, "L2113-13"))


@pytest.mark.slow
@given(turnovers(), st.floats(1, 1e7), st.floats(0.1, 1.0), st.floats(0.1, 1.0))
def test_a_larger_share_never_worsens(known: list[float | None], amount: float, one: float, other: float) -> None:
    pool = structures(known)
    small, large = (study(pool, Lot(amount=amount), share=share) for share in sorted((one, other)))
    assert worst(large) <= worst(small)


@pytest.mark.slow
@given(candidates_of_any_sort(), st.none() | st.floats(0, 1e7))
def test_counted_and_excluded_make_the_candidates(pool: list[Candidate], amount: float | None) -> None:
    for one in study(pool, Lot(amount=amount)).assessments:
        assert one.counted + len(one.excluded) == len(pool)
        assert one.article.code


def test_a_zone_that_is_the_whole_country_counts_for_less_from_afar() -> None:
    def found(km: float | None, **known: object) -> float:
        return place_of(structure(nationwide=True, distance_km=km, **known))

    assert found(40) == found(100) == found(None) == 1.0
    assert found(220) == pytest.approx(0.5) and found(693) < 0.05
    assert found(693, can="yes") == 1.0
    assert place_of(structure(distance_km=693)) == 1.0


def test_reserving_on_structures_that_only_declare_the_whole_country_from_afar_is_not_advised() -> None:
    near = study(structures([1e7] * 40))
    far = study([replace(site, nationwide=True, distance_km=693.0) for site in structures([1e7] * 40)])
    assert near.recommended == "L2113-12" and far.recommended is None
    assert far.best.supply.count == 40 and far.best.central.low.two < 0.05


@pytest.mark.slow
@given(st.floats(0, 1_000), st.floats(0, 1_000))
def test_a_site_farther_away_never_makes_two_offers_more_likely(one: float, other: float) -> None:
    def two(km: float) -> float:
        return study(
            [replace(site, nationwide=True, distance_km=km) for site in structures([1e7] * 5)]
        ).best.central.low.two

    assert (two(one) <= two(other)) or one <= other

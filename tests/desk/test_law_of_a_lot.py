"""The articles that a study cites, as of the day of the lot: each by a call."""

from __future__ import annotations

from datetime import date

import pytest

from tests.desk.making import structure
from tests.desk.one_trade import feasibility
from vivier.desk.method.duties import Duty, duties
from vivier.desk.method.feasibility import Lot, Options
from vivier.desk.tell.advice import Advice, advice
from vivier.law.articles import article_on
from vivier.law.rules import Consultation

DAY = date(2026, 11, 24)
LOT = Lot(120_000, 12, labour_share=0.65)


def advised(day: date, lot: Lot = LOT) -> Advice:
    lending = [structure(kinds=("AI",), in_trade=False) for _ in range(4)]
    return advice(feasibility(lot, lending, day))


def spaser(buyer: str, day: date) -> Duty:
    return duties(Consultation(day, buyer=buyer))[0]  # type: ignore[arg-type]


def test_prison_work_is_considered_when_asked_and_says_its_half_of_detained_persons() -> None:
    pool = [structure(kinds=("EAMP",))]
    assert "L2113-13-1" not in {made.code for made in feasibility(LOT, pool, DAY).assessments}
    made = feasibility(LOT, pool, DAY, Options(prison=True)).of("L2113-13-1")
    assert "50 %" in made.article.rule.replace("\u00a0", " ")


def test_the_union_of_the_two_families_leaves_prison_work_out() -> None:
    made = feasibility(LOT, [structure(kinds=("EAMP",)), structure(kinds=("ESAT",)), structure(kinds=("EI",))], DAY)
    union = made.of("L2113-14")
    assert sorted(one.site.kinds for one in union.supply.eligible) == [("EI",), ("ESAT",)]
    assert "prison" in union.article.rule


def test_a_concession_is_never_reserved_to_both_families_together() -> None:
    made = feasibility(Lot(kind="concession"), [structure(kinds=("ESAT",)), structure(kinds=("EI",))], DAY)
    assert {one.code: one.supply.count for one in made.assessments} == {"L3113-1": 1, "L3113-2": 1}


@pytest.mark.parametrize(
    ("buyer", "day", "state", "said"),
    [
        ("central", date(2023, 10, 24), "not_applicable", "25/10/2023"),
        ("central", date(2023, 10, 25), "to_verify", "L'État"),
        ("other", date(2022, 12, 31), "to_verify", "100\u202f000\u202f000"),
        ("other", date(2023, 1, 1), "to_verify", "50\u202f000\u202f000"),
    ],
)
def test_the_state_owes_a_spaser_since_october_2023(buyer: str, day: date, state: str, said: str) -> None:
    found = spaser(buyer, day)
    assert found.state == state and said in found.text


def test_hospitals_are_named_by_the_wording_in_force() -> None:
    assert "hôpitaux" in article_on("L2111-3", date(2023, 10, 25)).rule
    assert "hôpitaux" not in article_on("L2111-3", date(2023, 10, 24)).rule


def test_a_clause_is_founded_on_social_conditions_and_a_duty_on_environmental_ones() -> None:
    made = advised(DAY).article
    assert made is not None and (made.code, made.title) == ("L2112-2", "Conditions d'exécution sociales")
    duty = duties(Consultation(DAY))[2].article
    assert (duty.code, duty.title) == ("L2112-2", "Conditions d'exécution environnementales")


@pytest.mark.parametrize("launched", [None, date(2026, 3, 1)])
def test_a_lot_of_before_august_2026_cites_the_former_wordings(launched: date | None) -> None:
    day = DAY if launched else date(2026, 3, 1)
    made = advised(day, Lot(120_000, 12, labour_share=0.65, launched=launched)).article
    assert made is not None and made.valid_to == date(2026, 8, 21)
    goods = Lot(120_000, 12, labour_share=0.05, category="fournitures", launched=launched)
    criterion = advice(feasibility(goods, [structure(kinds=("ESAT",), turnover=None)], day)).article
    assert criterion is not None and (criterion.code, criterion.valid_to) == ("R2152-7", date(2026, 8, 20))

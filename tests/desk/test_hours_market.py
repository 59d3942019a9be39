"""Hours owed in a basin against what its structures can carry: nothing unknown counts as zero."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier.desk.facts.hours_market import owed_by
from vivier.desk.method.hours_market import HoursMarket, Owed, hours_market
from vivier.french import typographic
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView

TODAY = date(2026, 11, 24)
YEAR = date(2026, 11, 1), date(2027, 10, 31)


def market(*owed: Owed, unknown: int = 0, staff: tuple[float | None, ...] = (10.0,)) -> HoursMarket:
    return hours_market(owed, unknown, staff, 0, TODAY)


def contract(**values: Any) -> ContractView:
    usual = {"notified": "2026-01-01", "ends": "2026-12-31", "amount": 600_000.0, "cpv": "77310000", "evidence": []}
    return cast(ContractView, usual | values)


def test_hours_are_spread_evenly_over_the_months_that_are_left() -> None:
    made = market(Owed(date(2026, 9, 15), date(2026, 12, 2), 400, 800, "estimated"))
    assert [(month.low, month.high, month.contracts) for month in made.months[:3]] == [
        (100, 200, 1),
        (100, 200, 1),
        (0, 0, 0),
    ]


def test_the_load_of_the_quarter_goes_from_the_least_hours_to_the_greatest() -> None:
    made = market(Owed(*YEAR, 1_200, 2_400, "estimated"), Owed(*YEAR, 600, 600, "declared"))
    assert made.capacity is not None and made.load is not None
    hours = 10 * 1607 / 12 * 0.20
    assert made.load == pytest.approx((150 / hours, 250 / hours))
    assert made.text.startswith("Ce trimestre, le bassin est déjà chargé à 56–94")


def test_a_structure_without_staff_widens_the_capacity_and_is_no_zero() -> None:
    known, half = market(staff=(10.0,)), market(staff=(10.0, None))
    assert known.capacity is not None and half.capacity is not None
    assert half.capacity == (known.capacity[0], 2 * known.capacity[1])


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (hours_market(None, 0, (10.0,), 0, TODAY), "ne contient pas de marchés"),
        (market(staff=()), "aucune structure connue"),
        (market(staff=(None, None)), "aucune des 2 structures ne publie son effectif"),
        (market(Owed(*YEAR, 1, 2, "estimated"), staff=(10.0, None, None)), "1 sur 3 structures publient leur effectif"),
        (market(staff=(10.0,)), "aucun marché en cours"),
        (market(Owed(*YEAR, 1, 2, "estimated"), unknown=2), "2 sur 3 marchés"),
    ],
)
def test_a_load_that_data_do_not_allow_is_told_unknown(made: HoursMarket, why: str) -> None:
    assert made.load is None
    assert made.text.startswith("Part de la capacité déjà prise : inconnue, ") and why in typographic(
        made.text
    ).replace("\u00a0", " ")


def test_a_load_near_nothing_is_under_one_percent_and_not_none() -> None:
    assert "chargé à moins de 1 %" in market(Owed(*YEAR, 1, 2, "estimated")).text


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 900), st.floats(0, 1e5)), max_size=8))
def test_another_contract_never_lowers_the_hours_of_a_month(found: list[tuple[int, int, float]]) -> None:
    every = [
        Owed(date.fromordinal(739000 + start), date.fromordinal(739000 + start + days), hours / 2, hours, "estimated")
        for start, days, hours in found
    ]
    for less, more in zip(market(*every[:-1]).months, market(*every).months, strict=True):
        assert less.low <= more.low + 1e-6 and less.high <= more.high + 1e-6


def test_hours_that_a_notice_states_are_declared(lexicon: Lexicon) -> None:
    words = [{"provision": "clause", "excerpt": "un minimum de 1 200 heures d'insertion"}]
    assert owed_by(contract(evidence=words), lexicon) == Owed(
        date(2026, 1, 1), date(2026, 12, 31), 1200, 1200, "declared"
    )


def test_hours_of_an_amount_are_estimated_and_a_framework_may_owe_none(lexicon: Lexicon) -> None:
    firm, framework = owed_by(contract(), lexicon), owed_by(contract(framework="accord"), lexicon)
    assert firm is not None and framework is not None
    assert firm.basis == "estimated" and 0 < firm.low < firm.high
    assert (framework.low, framework.high) == (0, firm.high)


@pytest.mark.parametrize("missing", ["amount", "ends", "cpv"])
def test_a_contract_without_a_figure_owes_unknown_hours(missing: str, lexicon: Lexicon) -> None:
    assert owed_by(contract(**{missing: None}), lexicon) is None

"""Can a supplier bear the lot: yes, no, or it is not known."""

from __future__ import annotations

from typing import Any

import pytest

from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.result import capacity_of, newest


def record(*turnovers: tuple[float, int | None]) -> dict[str, Any]:
    """A supplier as stored, with turnovers by year."""
    facts = [{"value": {"value": value, "unit": "eur_year", "year": year}} for value, year in turnovers]
    return {"capacities": [{"value": {"value": 12, "unit": "persons", "year": 2026}}, *facts]}


def lot(amount: float, months: int | None = None) -> SupplierQuery:
    return SupplierQuery(lot_amount=amount, lot_months=months)


def test_without_an_amount_nothing_is_said() -> None:
    assert capacity_of(record((1e6, 2025)), SupplierQuery()) is None


@pytest.mark.parametrize(
    ("amount", "state"), [(0, "fits"), (299_999, "fits"), (300_000, "fits"), (300_001, "too_large")]
)
def test_thirty_percent_of_a_year_is_the_most(amount: float, state: str) -> None:
    found = capacity_of(record((1e6, 2025)), lot(amount))
    assert found is not None
    assert found.state == state
    assert found.share == pytest.approx(amount / 1e6)


def test_a_lot_over_several_years_weighs_its_yearly_share() -> None:
    found = capacity_of(record((100_000, 2025)), lot(120_000, 48))
    assert found is not None
    assert (found.state, found.annual_amount, found.share) == ("fits", 30_000, 0.3)
    assert found.text == "le lot pèserait 30\u00a0% du chiffre d'affaires annuel (seuil 30\u00a0%)"


def test_a_short_lot_is_not_scaled_up() -> None:
    found = capacity_of(record((100_000, 2025)), lot(25_000, 2))
    assert found is not None
    assert found.annual_amount == 25_000


def test_an_unknown_turnover_is_neither_able_nor_unable() -> None:
    found = capacity_of(record(), lot(10_000))
    assert found is not None
    assert (found.state, found.turnover, found.share) == ("unknown", None, None)
    assert found.text == "capacité inconnue : chiffre d'affaires non publié"


def test_a_nil_turnover_is_unknown_and_an_older_one_counts() -> None:
    found = capacity_of(record((0, 2025)), lot(10_000))
    assert found is not None
    assert (found.state, found.turnover, found.share) == ("unknown", None, None)
    assert newest(record((0, 2025), (90_000, 2023)), "eur_year") == 90_000


def test_too_large_says_so() -> None:
    found = capacity_of(record((90_000, 2025)), lot(120_000))
    assert found is not None
    assert found.text == "le lot pèserait 133,3\u00a0% du chiffre d'affaires annuel (seuil 30\u00a0%) : trop grand"


def test_the_newest_turnover_counts_and_a_dated_one_before_an_undated() -> None:
    assert newest(record((5e5, 2022), (8e5, 2024), (6e5, None)), "eur_year") == 8e5
    assert newest(record((6e5, None)), "eur_year") == 6e5
    assert newest(record(), "eur_year") is None

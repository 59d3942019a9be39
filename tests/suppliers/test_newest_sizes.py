"""The size that stands for a supplier: a number before a band, then the newest year, then the first given."""

from __future__ import annotations

import pytest

from vivier.model.facts import Capacity
from vivier.model.sizes import is_known, newest_sizes


def size(value: float, year: int | None = None, up_to: float | None = None) -> Capacity:
    return Capacity(value=value, unit="persons", year=year, up_to=up_to)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ([size(1, 2024), size(2, 2025)], 2),
        ([size(1, 2025), size(2, 2024)], 1),
        ([size(1, 2025), size(2, 2025)], 1),
        ([size(1), size(2, 2020)], 2),
        ([size(1, 2020), size(2)], 1),
        ([size(1, 2020), size(2, 2025, up_to=9)], 1),
        ([size(1, 2025, up_to=9), size(2, 2020)], 2),
        ([size(1, 2020, up_to=9), size(2, 2025, up_to=9)], 2),
    ],
)
def test_a_number_comes_before_a_band_then_the_newest_year(given: list[Capacity], used: float) -> None:
    assert {unit: found.value for unit, found in newest_sizes(given).items()} == {"persons": used}


def test_each_unit_has_its_own_size() -> None:
    turnover = Capacity(value=10, unit="eur_year")
    assert newest_sizes([size(1), turnover]) == {"persons": size(1), "eur_year": turnover}


@pytest.mark.parametrize(
    ("unit", "nothing"), [("persons", True), ("places", True), ("eur_year", False), ("volume_eur_year", False)]
)
def test_a_turnover_of_nothing_says_nothing_and_a_place_of_nothing_does(unit: str, nothing: bool) -> None:
    assert is_known(Capacity.model_validate({"value": 0, "unit": unit})) is nothing
    assert is_known(Capacity.model_validate({"value": 0.5, "unit": unit}))

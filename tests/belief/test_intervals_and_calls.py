"""What the documentation claims of the belief, measured on the texts read by hand: intervals that hold, fewer calls than by distance."""

from __future__ import annotations

import pytest

from benchmarks.belief import Sample, Weights, held, readings
from benchmarks.belief_judged import Asked, calls
from tests.desk.making import structure
from vivier.trades.table import load_trades


@pytest.mark.slow
def test_intervals_of_nine_cases_in_ten_hold_about_nine_times_in_ten() -> None:
    found = held(Sample.of(readings(load_trades()), load_trades()), Weights(), splits=40)
    assert 0.86 <= found.every <= 0.94 and 0.86 <= found.likely <= 0.94


@pytest.mark.slow
def test_intervals_half_as_wide_would_not_hold() -> None:
    too_sure = Weights(kind=200.0)
    found = held(Sample.of(readings(load_trades()), load_trades()), too_sure, splits=10)
    assert found.likely < 0.86


def around(*believed: tuple[float, float, bool]) -> list[Asked]:
    """Silent structures by probability, distance in km and whether they can."""
    silent = {"in_trade": False, "trade_known": False, "zone": "wide", "declared": False}
    return [Asked(structure(believed=p, distance_km=km, **silent), does, comes=True) for p, km, does in believed]


def test_a_lot_is_settled_by_two_yes_or_when_nobody_is_left_to_hope_for() -> None:
    far_and_sure = around(*((0.02, 1.0, False),) * 10, *((0.9, 20.0, True),) * 2)
    assert calls(far_and_sure, by_distance=False) == 2 and calls(far_and_sure, by_distance=True) == 12
    hopeless = around(*((0.02, 1.0, False),) * 4)
    assert calls(hopeless, by_distance=False) == calls(hopeless, by_distance=True) == 0

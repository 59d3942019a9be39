"""Compares the numbers of a column with the bounds of a range."""

from __future__ import annotations

import numpy as np

from vivier.arrays import Mask
from vivier.engine.embedded.columns import day_number
from vivier.search.operators import Range
from vivier.territory.sphere import Numbers


def in_range(numbers: Numbers, operator: Range) -> Mask:
    """Which numbers are in the range, in one pass a bound. A comparison with NaN is false: an absent number is neither outside
    the range nor inside."""
    low, high = _bound(operator.gte), _bound(operator.lte)
    if low is None and high is None:
        return np.ones(len(numbers), bool) if operator.missing else ~np.isnan(numbers)
    if operator.missing:
        outside = [numbers < low] if low is not None else []
        outside += [numbers > high] if high is not None else []
        return ~(outside[0] if len(outside) == 1 else outside[0] | outside[1])
    inside = [numbers >= low] if low is not None else []
    inside += [numbers <= high] if high is not None else []
    return np.asarray(inside[0] if len(inside) == 1 else inside[0] & inside[1])


def _bound(value: float | str | None) -> float | None:
    return day_number(value) if isinstance(value, str) else value

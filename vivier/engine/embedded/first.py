"""The first rows in the order of several keys, found without sorting the rows that cannot be among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vivier.arrays import Positions
from vivier.engine.embedded.bits import Column

Key = Callable[[Positions | slice], Column]
"""A sort key: its values for the rows at some places (or for all rows), smallest first, without NaN."""

_EVERY = slice(None)
_SAMPLE = 1 << 14


def first_of(keys: Sequence[Key], size: int, count: int) -> Positions:
    """Places of the first ``count`` of ``size`` rows, in order. The last key has no two equal values."""
    if count <= 0:
        return np.empty(0, np.intp)
    remaining: Positions | slice = _EVERY
    left, wanted = size, count
    sure: list[Positions] = []
    for key in keys:
        if left <= 2 * wanted or wanted <= 0:
            break
        values = key(remaining)
        limit = _least(values, wanted)
        up_to = np.flatnonzero(values <= limit)
        equal = values[up_to] == limit
        if not isinstance(remaining, slice):
            up_to = remaining[up_to]
        sure.append(up_to[~equal])
        remaining, left, wanted = up_to[equal], int(np.count_nonzero(equal)), wanted - len(sure[-1])
    found = np.concatenate([*sure, np.arange(size) if isinstance(remaining, slice) else remaining])
    order: Positions = np.lexsort([key(found) for key in reversed(keys)])
    return found[order][:count]


def _least(values: Column, wanted: int) -> Any:
    """The value of rank ``wanted`` from the smallest. A sample of the values gives an upper bound, which leaves most of the
    others out."""
    if len(values) > 4 * _SAMPLE:
        some = values[:: len(values) // _SAMPLE]
        if wanted <= len(some):
            values = values[values <= np.partition(some, wanted - 1)[wanted - 1]]
    smallest = values.min()
    if np.count_nonzero(values == smallest) >= wanted:
        return smallest
    return np.partition(values, wanted - 1)[wanted - 1]

"""The first rows in the order of several keys, without sorting those that cannot be among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vivier.engine.embedded.bits import Column, Positions

Key = Callable[[Positions | slice], Column]
"""One sort key of the rows at some places (or of all), smallest first, without NaN."""

_EVERY = slice(None)
_SAMPLE = 1 << 14


def first_of(keys: Sequence[Key], size: int, count: int) -> Positions:
    """Places of the ``count`` first among ``size`` rows, in order. The last key settles equals."""
    if count <= 0:
        return np.empty(0, np.intp)
    kept: Positions | slice = _EVERY
    left, wanted = size, count
    sure: list[Positions] = []
    for key in keys:
        if left <= 2 * wanted or wanted <= 0:
            break
        values = key(kept)
        limit = _least(values, wanted)
        up_to = np.flatnonzero(values <= limit)
        equal = values[up_to] == limit
        if not isinstance(kept, slice):
            up_to = kept[up_to]
        sure.append(up_to[~equal])
        kept, left, wanted = up_to[equal], int(np.count_nonzero(equal)), wanted - len(sure[-1])
    found = np.concatenate([*sure, np.arange(size) if isinstance(kept, slice) else kept])
    order: Positions = np.lexsort([key(found) for key in reversed(keys)])
    return found[order][:count]


def _least(values: Column, wanted: int) -> Any:
    """The value of rank ``wanted`` from the smallest. What some of the values say of it leaves most of the others out."""
    if len(values) > 4 * _SAMPLE:
        some = values[:: len(values) // _SAMPLE]
        if wanted <= len(some):
            values = values[values <= np.partition(some, wanted - 1)[wanted - 1]]
    smallest = values.min()
    if np.count_nonzero(values == smallest) >= wanted:
        return smallest
    return np.partition(values, wanted - 1)[wanted - 1]

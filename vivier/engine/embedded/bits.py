"""Sets of rows with one bit a row, 64 rows to a word: a million rows take 125 kB, and two sets of that size are intersected and
counted in some ten microseconds."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from vivier.arrays import Mask, Positions

Bits = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Column = npt.NDArray[Any]

WORD = 64
_BLOCK = 1 << 15
"""Words processed together: their intermediate results fit in the nearest cache of the processor."""


def packed(mask: Mask) -> Bits:
    """A mask as bits. The unused bits of the last word are 0."""
    octets = np.packbits(mask, bitorder="little")
    words = np.zeros(-(-len(mask) // WORD), np.uint64)
    words.view(np.uint8)[: len(octets)] = octets
    return words


def unpacked(bits: Bits, count: int) -> Mask:
    """The mask of ``count`` rows that :func:`packed` turned into these bits."""
    return np.unpackbits(bits.view(np.uint8), count=count, bitorder="little").view(np.bool_)


def counted(sets: Bits, among: Bits) -> Counts:
    """For each of several sets (one a line), how many of its rows are in ``among``."""
    found = np.zeros(len(sets), np.int64)
    step = max(1, _BLOCK // max(1, len(among)))
    for start in range(0, len(sets), step):
        met = np.bitwise_count(sets[start : start + step] & among)
        found[start : start + step] = met.sum(axis=1, dtype=np.uint32)
    return found


class Matching:
    """The rows that meet an operator: as a mask, as row numbers or as bits. Each form is computed once."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask

    @cached_property
    def count(self) -> int:
        """The number of matching rows."""
        return int(np.count_nonzero(self.mask))

    @property
    def every(self) -> bool:
        """Whether all rows match."""
        return self.count == len(self.mask)

    @cached_property
    def rows(self) -> Positions:
        """The numbers of the matching rows, in order."""
        return np.arange(self.count) if self.every else np.flatnonzero(self.mask)

    @cached_property
    def bits(self) -> Bits:
        """A bit for every row."""
        return packed(self.mask)

    def of(self, column: Column) -> Column:
        """The values of a column for the matching rows. It is the column itself when every row matches: do not write to it."""
        return column if self.every else column.take(self.rows)

    def at(self, places: Positions | slice, column: Column) -> Column:
        """The values of a column for the matching rows at ``places``, counted among the matching rows."""
        return column[places if self.every else self.rows[places]]

"""The values that many rows of a keyword field hold, each as a set of rows: counting a set costs less than looking at its
postings, and costs the same however many rows are asked."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from vivier.engine.embedded.bits import WORD, Bits, Counts, Kept, Rows, counted, mask_of, packed

_COMMON = 128
"""A value is common when one row in so many holds it."""
_SET, _POSTING = 4_000, 2
"""Nanoseconds that counting takes, beside one a word, for each set; and for each posting."""


class Common:
    """Made on first use, in some milliseconds at a million rows; at most 16 octets a posting."""

    def __init__(self, rows: Rows, ptr: npt.NDArray[np.int64], count: int) -> None:
        self._rows, self._sizes = rows, np.diff(ptr)
        self.ordinals = np.flatnonzero(self._sizes * _COMMON >= max(count, 1))
        self.places = {ordinal: place for place, ordinal in enumerate(self.ordinals.tolist())}
        self.bits: Bits = np.zeros((len(self.ordinals), -(-count // WORD)), np.uint64)
        for place, i in enumerate(self.ordinals):
            self.bits[place] = packed(mask_of(count, rows[ptr[i] : ptr[i + 1]]))
        others = len(rows) - int(self._sizes[self.ordinals].sum())
        self.cost = self.bits.size + _SET * len(self.ordinals) + _POSTING * others
        """Of :meth:`counts`, in nanoseconds, or near it."""

    def counts(self, among: Kept) -> Counts:
        """How many rows of ``among`` hold each value of the field, by ordinal: the common ones by set, the others by posting."""
        rows, ordinals = self._others
        counts = np.bincount(ordinals[among.mask[rows]], minlength=len(self._sizes)).astype(np.int64)
        counts[self.ordinals] = counted(self.bits, among.bits)
        return counts

    @cached_property
    def _others(self) -> tuple[Rows, Rows]:
        """The postings of the values that are not common, and the ordinal of each."""
        kept = np.ones(len(self._sizes), np.bool_)
        kept[self.ordinals] = False
        ordinals = np.flatnonzero(kept).astype(np.int32)
        rows = self._rows if kept.all() else self._rows[np.repeat(kept, self._sizes)]
        return rows, np.repeat(ordinals, self._sizes[ordinals])

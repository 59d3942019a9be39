"""The values that many rows of a keyword field have, each as a set of bits. Counting a set costs less than reading its postings,
and costs the same whatever the number of rows to count among."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from vivier.arrays import mask_of
from vivier.engine.embedded.bits import WORD, Bits, Counts, Matching, Rows, counted, packed

_COMMON = 128
"""A value is common when at least one row in ``_COMMON`` has it."""
_SET, _POSTING = 4_000, 2
"""Nanoseconds that counting takes for each set (plus one for each of its words) and for each posting."""


class Common:
    """The sets of one keyword field. They take some milliseconds to make at a million rows, and at most 16 bytes a posting."""

    def __init__(self, rows: Rows, ptr: npt.NDArray[np.int64], count: int) -> None:
        self._rows, self._sizes = rows, np.diff(ptr)
        self.ordinals = np.flatnonzero(self._sizes * _COMMON >= max(count, 1))
        self.places = {ordinal: place for place, ordinal in enumerate(self.ordinals.tolist())}
        self.bits: Bits = np.zeros((len(self.ordinals), -(-count // WORD)), np.uint64)
        for place, i in enumerate(self.ordinals):
            self.bits[place] = packed(mask_of(count, rows[ptr[i] : ptr[i + 1]]))
        others = len(rows) - int(self._sizes[self.ordinals].sum())
        self.cost = self.bits.size + _SET * len(self.ordinals) + _POSTING * others
        """Estimated time of :meth:`counts`, in nanoseconds."""

    def counts(self, among: Matching) -> Counts:
        """How many rows of ``among`` have each value of the field, by ordinal: common values are counted by set, the others by
        posting."""
        rows, ordinals = self._others
        counts = np.bincount(ordinals[among.mask[rows]], minlength=len(self._sizes)).astype(np.int64)
        counts[self.ordinals] = counted(self.bits, among.bits)
        return counts

    @cached_property
    def _others(self) -> tuple[Rows, Rows]:
        """The postings of the values that are not common, and the ordinal of each."""
        rare = np.ones(len(self._sizes), np.bool_)
        rare[self.ordinals] = False
        ordinals = np.flatnonzero(rare).astype(np.int32)
        rows = self._rows if rare.all() else self._rows[np.repeat(rare, self._sizes)]
        return rows, np.repeat(ordinals, self._sizes[ordinals])

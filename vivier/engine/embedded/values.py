"""The distinct values of a keyword field, in order: loaded in memory when they are few, found in their file when they are many.

A million identifiers as Python strings, with a dictionary to find them, take 200 MB and a second of the first request. Their
offsets in the file take 4 MB, and a binary search finds a value, since the file is in order.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import orjson

MANY = 1 << 17
_BETWEEN = b'","'
_BACKSLASH = ord("\\")
_READ = 1 << 20
Starts = npt.NDArray[np.signedinteger]


class Values(Protocol):
    """A sequence of distinct values in order, with the place of each."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: int, /) -> str: ...
    def place_of(self, value: str) -> int | None:
        """The place of a value, ``None`` when it is not there."""
        ...


def open_values(data: memoryview, count: int) -> Values:
    """The ``count`` values of a JSON list of strings in order."""
    if count >= MANY and not np.any(np.frombuffer(data, np.uint8) == _BACKSLASH):
        starts = _starts(data)
        if len(starts) == count + 1:  # else a value is a comma, and looks like the separator of two values
            return ManyValues(data, starts)
    return FewValues(orjson.loads(data))


class FewValues(list[str]):
    """Values that are all in memory."""

    def place_of(self, value: str) -> int | None:
        return self._places.get(value)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {value: at for at, value in enumerate(self)}


class ManyValues:
    """Values that stay in their file. ``starts``: the offset of each, and the offset that one more would have."""

    def __init__(self, data: memoryview, starts: Starts) -> None:
        self._data, self._starts = data, starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, at: int, /) -> str:
        return self._octets(at).decode()

    def place_of(self, value: str) -> int | None:
        wanted = value.encode(errors="surrogatepass")  # octets of UTF-8 sort as the characters they write
        at = bisect_left(range(len(self)), wanted, key=self._octets)
        return at if at < len(self) and self._octets(at) == wanted else None

    def _octets(self, at: int) -> bytes:
        return bytes(self._data[int(self._starts[at]) : int(self._starts[at + 1]) - len(_BETWEEN)])


def _starts(data: memoryview) -> Starts:
    """The offset of each value of the list, and the one that a further value would have: after ``["``, then after each ``","``."""
    octets = np.frombuffer(data, np.uint8)
    found = []
    for start in range(0, len(octets), _READ):
        some = octets[start : start + _READ + len(_BETWEEN) - 1]
        commas = np.flatnonzero(some[1:-1] == _BETWEEN[1])
        between = (some[commas] == _BETWEEN[0]) & (some[commas + 2] == _BETWEEN[2])
        found.append(commas[between] + start)
    starts = np.concatenate([[2], np.concatenate(found) + len(_BETWEEN), [len(octets) - 2 + len(_BETWEEN)]])
    return starts.astype(np.int32 if len(octets) < 2**31 else np.int64)

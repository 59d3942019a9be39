"""Reads once the values that come back again and again: dates, codes, buyers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
LIMIT = 100_000
"""Values remembered by one reader: enough for every buyer and most holders of France, about 30 MB."""


class Memo(dict[Any, T], Generic[T]):
    """What a pure reader returned for each value. Everything is forgotten when there are too many values, so that
    memory stays flat."""

    def __init__(self, read: Callable[[Any], T], limit: int = LIMIT) -> None:
        super().__init__()
        self._read = read
        self._limit = limit

    def __missing__(self, raw: Any) -> T:
        if len(self) >= self._limit:
            self.clear()
        found = self[raw] = self._read(raw)
        return found

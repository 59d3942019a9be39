"""A cache of the arrays used last, limited in bytes. Threads may share it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from vivier.engine.embedded.bits import Column

K = TypeVar("K", bound=Hashable)
_BESIDE = 200
"""Bytes that an entry takes besides its array, roughly."""


class Recent(Generic[K]):
    """Arrays of at most ``most`` bytes together. The least recently used ones make room for a new one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._arrays: OrderedDict[K, Column] = OrderedDict()
        self._octets = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._arrays)

    def get(self, key: K) -> Column | None:
        """The array of a key; ``None`` when the cache does not have it."""
        with self._lock:
            if key in self._arrays:
                self._arrays.move_to_end(key)
            return self._arrays.get(key)

    def put(self, key: K, array: Column) -> None:
        """Adds an array, as the most recently used one."""
        with self._lock:
            former = self._arrays.pop(key, None)
            self._octets += array.nbytes + _BESIDE - (0 if former is None else former.nbytes + _BESIDE)
            self._arrays[key] = array
            while self._octets > self._most:
                _, gone = self._arrays.popitem(last=False)
                self._octets -= gone.nbytes + _BESIDE

"""Arrays asked last, kept for whoever asks for them again, within so many octets. Threads may share it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from vivier.engine.embedded.bits import Column

K = TypeVar("K", bound=Hashable)
_BESIDE = 200
"""Octets an entry takes beside what its array holds, or near it."""


class Recent(Generic[K]):
    """Arrays of at most ``most`` octets together: those asked least lately make room for another."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._arrays: OrderedDict[K, Column] = OrderedDict()
        self._octets = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._arrays)

    def get(self, key: K) -> Column | None:
        """What is kept under a key, ``None`` when nothing is."""
        with self._lock:
            if key in self._arrays:
                self._arrays.move_to_end(key)
            return self._arrays.get(key)

    def put(self, key: K, array: Column) -> None:
        """Keep an array, the last to go."""
        with self._lock:
            former = self._arrays.pop(key, None)
            self._octets += array.nbytes + _BESIDE - (0 if former is None else former.nbytes + _BESIDE)
            self._arrays[key] = array
            while self._octets > self._most:
                _, gone = self._arrays.popitem(last=False)
                self._octets -= gone.nbytes + _BESIDE

"""What a process remembers to answer sooner, bounded in bytes all together: the value used longest ago leaves first, wherever it was kept.

A room holds the values of one kind (answers, cards, masks of the engine). Rooms share one :class:`Memory`, so that the bound holds whatever is
asked: a process whose readers ask for pages keeps pages, another keeps studies.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import count
from typing import Any, Final, Generic, TypeVar

import numpy as np
from cachetools import LRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
MEGABYTES: Final = 80
"""Megabytes that a process remembers beside its answers, unless its operator says otherwise (``VIVIER_SIZE``)."""
_BESIDE: Final = 400
"""Bytes that a value takes beside itself: its places in the cache, and its key when it is a few texts."""


class Memory:
    """Values of at most ``most`` bytes together. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._values: LRUCache[tuple[int, Hashable], tuple[Any, int]] = LRUCache(most, lambda entry: entry[1])
        self._lock = threading.Lock()

    @property
    def most(self) -> int:
        """The bound, in bytes."""
        return int(self._values.maxsize)

    @property
    def size(self) -> int:
        """The bytes of what is remembered, as measured."""
        return int(self._values.currsize)

    def bound(self, most: int) -> None:
        """Changes the bound: what is over it leaves."""
        with self._lock:
            retained = list(self._values.items())
            self._values = LRUCache(most, lambda entry: entry[1])
            for key, entry in retained:
                if entry[1] <= most:
                    self._values[key] = entry

    def get(self, key: tuple[int, Hashable]) -> Any:
        """A value, which becomes the last to leave; ``None`` when there is none."""
        with self._lock:
            found = self._values.get(key)
        return None if found is None else found[0]

    def put(self, key: tuple[int, Hashable], value: Any, size: int) -> None:
        """Remembers a value of ``size`` bytes; one over the whole bound is not remembered."""
        with self._lock:
            self._values.pop(key, None)  # else the cache makes room for both
            if size <= self._values.maxsize:
                self._values[key] = (value, size)

    def forget(self, room: int) -> None:
        with self._lock:
            for key in [key for key in self._values if key[0] == room]:
                del self._values[key]


MEMORY: Final = Memory(MEGABYTES << 20)
"""The memory of this process."""
_numbers = count()


class Room(Generic[K, V]):
    """The values of one kind, by key. A key names all that its value comes from; a value holds no reader, which would keep the files of a retired
    generation open. ``size``: gives the bytes of a value."""

    def __init__(self, size: Callable[[V], int] | None = None, memory: Memory = MEMORY) -> None:
        self._size, self._memory, self._number = size or measured, memory, next(_numbers)

    def get(self, key: K) -> V | None:
        """The value of a key; ``None`` when it is not remembered."""
        found: V | None = self._memory.get((self._number, key))
        return found

    def put(self, key: K, value: V) -> None:
        """Remembers a value."""
        self._memory.put((self._number, key), value, self._size(value) + _BESIDE)

    def of(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made when it is not remembered. Two threads that ask for it together may both make it; an error is not kept."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found

    def clear(self) -> None:
        self._memory.forget(self._number)


def measured(value: Any) -> int:
    """The bytes of a value with all that it holds, but what every value shares: the tables of the house, types and functions."""
    size, seen, left = 0, set[int](), [value]
    while left:
        part = left.pop()
        if id(part) in seen or isinstance(part, _SHARED) or getattr(part, "is_shared", False) is True:
            continue
        seen.add(id(part))
        size += part.nbytes + _ARRAY if isinstance(part, np.ndarray) else sys.getsizeof(part)
        left.extend(_parts(part))
    return size


_ARRAY: Final = 112
_SHARED: Final = (type, type(sys), type(measured), type(len), bool, type(None))
_LEAVES: Final = (str, bytes, int, float, np.ndarray, np.generic)


def _parts(value: Any) -> Iterable[Any]:
    """What a value holds."""
    if isinstance(value, _LEAVES):
        return ()
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return value
    slots = (getattr(value, name, None) for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
    return (*vars(value).values(), *slots) if hasattr(value, "__dict__") else tuple(slots)

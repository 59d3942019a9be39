"""What is read once for a generation and a day, and remembered from one request to the next while it is among the last ones asked.

A key names the generations that the value was read from, so that it is never given for other data."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from typing import Generic, TypeVar

from vivier.engine.snapshot import Snapshot
from vivier.search.operators import Collection

V = TypeVar("V")


class Remembered(Generic[V]):
    """At most ``most`` values; the one asked the longest ago makes room for a new one. Threads may share it. A value holds no reader:
    it would keep the files of a retired generation open."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: Hashable, read: Callable[[], V]) -> V:
        """The value of a key, read when it is not remembered. Two threads that ask it together may both read it."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = read()
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


def on(snapshot: Snapshot, as_of: date, *collections: Collection) -> tuple[Hashable, ...]:
    """The part of a key that says which data, and which day."""
    return (*(snapshot.of(collection).generation.version for collection in collections), as_of)

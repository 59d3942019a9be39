"""What is read once for a generation and a day, and remembered from one request to the next (:class:`vivier.memory.Room`).

A key names the generations that the value was read from, so that it is never given for other data."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date

from vivier.search.operators import Collection
from vivier.search.snapshot import Snapshot


def on(snapshot: Snapshot, as_of: date, *collections: Collection) -> tuple[Hashable, ...]:
    """The part of a key that says which data, and which day."""
    return (*(snapshot.of(collection).generation.version for collection in collections), as_of)

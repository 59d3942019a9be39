"""A snapshot of a few documents, written by the test and indexed by the embedded engine: only what the test asks about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.engine.compare import serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.search.port import Document
from vivier.search.snapshot import Snapshot


def small_index(folder: Path, **collections: Iterable[Document]) -> Snapshot:
    """The documents of each collection in service, in their order where nothing else decides."""
    engine = EmbeddedStore(folder)
    for collection, documents in collections.items():
        of: Any = collection
        serve(engine, ({"tie": tie, "record": {}, **each} for tie, each in enumerate(documents)), collection=of)
    return Snapshot(engine)

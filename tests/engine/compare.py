"""What « the same answer » means: ids in order, totals, scores, records, facets and counts exactly; distances within 10 m."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from vivier.search.operators import Collection
from vivier.search.port import Answer, Document, Store

COLLECTION: Collection = "suppliers"
DISTANCE_KM = 0.01


def told(answer: Answer) -> dict[str, Any]:
    """An answer without its distances, facet values in their order."""
    return {
        "total": answer.total,
        "ids": [hit.id for hit in answer.hits],
        "scores": [(hit.score, hit.parts) for hit in answer.hits],
        "records": [hit.record for hit in answer.hits],
        "facets": {
            name: (list(facet.values.items()), facet.missing, facet.other) for name, facet in answer.facets.items()
        },
        "counts": answer.counts,
    }


def assert_same(found: Answer, expected: Answer) -> None:
    assert told(found) == told(expected)
    for ours, theirs in zip(found.hits, expected.hits, strict=True):
        if theirs.distance_km is None:
            assert ours.distance_km is None, ours.id
        else:
            assert ours.distance_km == pytest.approx(theirs.distance_km, abs=DISTANCE_KM), ours.id


def build(
    engine: Store,
    documents: Iterable[Document],
    meta: dict[str, Any] | None = None,
    collection: Collection = COLLECTION,
) -> str:
    """A finished generation, not promoted; its name."""
    building = engine.build(collection)
    building.add(documents)
    return building.finish(meta or {}).name


def serve(
    engine: Store,
    documents: Iterable[Document],
    meta: dict[str, Any] | None = None,
    collection: Collection = COLLECTION,
) -> str:
    """Build and promote; the generation's name."""
    return engine.promote(collection, build(engine, documents, meta, collection)).name

"""The bare search that the benchmarks compare the service with: the very searches it sends, asked again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import orjson
import pytest

from benchmarks.search import Recording
from tests.engine.compare import COLLECTION, serve
from tests.engine.conftest import remove_all
from tests.engine.village import VILLAGE
from vivier.search.operators import All, Exists, Measure, Search


@pytest.fixture
def recording(opensearch_url: str) -> Iterator[Recording]:
    """A recording engine that serves the hand-made documents."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    engine = Recording([opensearch_url], prefix)
    try:
        serve(engine, VILLAGE)
        yield engine
    finally:
        engine.close()
        remove_all(opensearch_url, prefix)


def test_what_was_recorded_is_asked_again_and_answers_the_same(recording: Recording) -> None:
    found = recording.open(COLLECTION).search(Search(limit=100))
    (told,) = map(orjson.loads, recording.recorded(lambda: recording.open(COLLECTION).search(Search(limit=100)))())
    assert [hit["_id"] for hit in told["hits"]["hits"]] == [hit.id for hit in found.hits]


def test_searches_sent_together_are_asked_again_together(recording: Recording) -> None:
    measures = (Measure("n"), Measure("last", "max", "updated", Exists("updated")))
    groups = recording.open(COLLECTION).group(All(), "networks", measures)
    (told,) = map(
        orjson.loads, recording.recorded(lambda: recording.open(COLLECTION).group(All(), "networks", measures))()
    )
    answer, _ = told["responses"]
    assert tuple(bucket["key"] for bucket in answer["aggregations"]["by"]["buckets"]) == groups.values


def test_each_recording_begins_anew(recording: Recording) -> None:
    for _ in range(2):
        assert len(recording.recorded(lambda: recording.open(COLLECTION).search(Search()))()) == 1

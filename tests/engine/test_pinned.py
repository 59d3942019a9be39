"""An engine pinned to a generation answers from it, whatever is served since, and builds nothing."""

from __future__ import annotations

import pytest
from vivier.engine.pinned import PinnedEngine

from tests.engine.compare import COLLECTION, serve
from tests.engine.crash import documents
from vivier.engine.port import Store
from vivier.errors import NotFound
from vivier.search.operators import All, Measure, Search

pytestmark = pytest.mark.slow


def test_former_data_answer_beside_those_in_service(engine: Store) -> None:
    former = serve(engine, documents(2))
    serve(engine, documents(1))
    pinned: Store = PinnedEngine(engine, {COLLECTION: former})
    before, now = pinned.live(COLLECTION).documents, engine.live(COLLECTION).documents
    assert before != now
    assert pinned.live(COLLECTION).name == former and pinned.generations(COLLECTION) == [pinned.live(COLLECTION)]
    for asked, count in ((pinned, before), (engine, now)):
        assert asked.search(COLLECTION, Search(limit=0)).total == count
        assert sum(1 for _ in asked.stream(COLLECTION, Search())) == count
        assert sum(1 for _ in asked.scan(COLLECTION, All(), records=False)) == count
        (told,) = asked.group(COLLECTION, All(), "networks", (Measure("n"),)).measures["n"]
        assert told == count


def test_what_a_pinned_engine_cannot_answer_is_refused(engine: Store) -> None:
    former = serve(engine, documents(1))
    serve(engine, documents(2))
    pinned = PinnedEngine(engine, {COLLECTION: former})
    for wrong in (
        lambda: pinned.live("contracts"),
        lambda: pinned.aggregate(COLLECTION, All(), "networks"),
        lambda: pinned.build(COLLECTION),
        lambda: pinned.promote(COLLECTION, former),
        lambda: pinned.remove(COLLECTION, former),
        lambda: PinnedEngine(engine, {COLLECTION: "suppliers-0"}),
    ):
        with pytest.raises(NotFound):
            wrong()

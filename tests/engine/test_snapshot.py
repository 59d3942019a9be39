"""A snapshot answers from one generation of each collection, whatever is promoted while a request is answered."""

from __future__ import annotations

import pytest

from tests.engine.compare import COLLECTION, serve
from tests.engine.crash import documents
from vivier.errors import NotFound, NothingIndexed
from vivier.search.operators import All, Measure, Search
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow


def contents(snapshot: Snapshot) -> list[int]:
    """How many documents each verb of the reader sees."""
    reader = snapshot.suppliers
    (grouped,) = reader.group(All(), "networks", (Measure("n"),)).measures["n"]
    return [
        reader.generation.documents,
        reader.search(Search(limit=0)).total,
        sum(1 for _ in reader.stream(Search())),
        sum(1 for _ in reader.scan(All(), records=False)),
        int(grouped),
    ]


def test_a_request_reads_the_generation_in_service_when_it_began(engine: Store) -> None:
    serve(engine, documents(1))
    begun = Snapshot(engine)
    before = contents(begun)
    serve(engine, documents(2))
    assert contents(begun) == before != contents(Snapshot(engine))


def test_former_data_answer_beside_those_in_service(engine: Store) -> None:
    former = serve(engine, documents(2))
    serve(engine, documents(1))
    pinned = Snapshot(engine, {COLLECTION: former})
    assert pinned.suppliers.generation.name == former
    assert len(set(contents(pinned))) == len(set(contents(Snapshot(engine)))) == 1
    assert contents(pinned) != contents(Snapshot(engine))


def test_what_is_not_pinned_or_not_kept_is_refused(engine: Store) -> None:
    former = serve(engine, documents(1))
    for pinned in ({COLLECTION: former}, {"contracts": "contracts-0"}):
        with pytest.raises(NotFound):
            _ = Snapshot(engine, pinned).contracts


def test_a_collection_that_was_never_built_is_not_read(engine: Store) -> None:
    serve(engine, documents(1))
    snapshot = Snapshot(engine)
    assert [one.collection for one in snapshot.live("suppliers", "contracts", "notices")] == ["suppliers"]
    with pytest.raises(NothingIndexed):
        _ = snapshot.notices


def test_buyers_are_those_of_the_build_of_the_contracts(engine: Store) -> None:
    """A stop between the two promotions leaves contracts of one build beside buyers of another."""
    of_contracts = serve(engine, [], collection="buyers")
    serve(engine, [], {"buyers": of_contracts}, collection="contracts")
    serve(engine, [], collection="buyers")
    assert Snapshot(engine).buyers.generation.name == of_contracts

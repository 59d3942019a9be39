"""Questions to an engine that serves the village; each answer is first held against the plain reading of the documents."""

from __future__ import annotations

from tests.engine.compare import COLLECTION, assert_same
from tests.engine.reference import Reference
from tests.engine.village import VILLAGE
from vivier.engine.port import Hit, Store
from vivier.search.operators import Operator, Phrase, Search, Text

EVERYBODY = {document["id"] for document in VILLAGE}
REFERENCE = Reference(VILLAGE)


def ids(engine: Store, where: Operator) -> set[str]:
    """Ids found, once the plain reading of the documents has said the same."""
    found = engine.open(COLLECTION).search(Search(where=where, limit=100))
    assert found.total == len(found.hits)
    assert {hit.id for hit in found.hits} == REFERENCE.ids(where)
    return {hit.id for hit in found.hits}


def hits(engine: Store, search: Search) -> list[Hit]:
    answer = engine.open(COLLECTION).search(search)
    assert_same(answer, REFERENCE.answer(search))
    return answer.hits


def text(*groups: tuple[Phrase, ...]) -> Text:
    return Text(groups)

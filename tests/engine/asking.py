"""Questions to a reader of the village; each answer is first held against the plain reading of the documents."""

from __future__ import annotations

from tests.engine.compare import assert_same
from tests.engine.reference import Reference
from tests.engine.village import VILLAGE
from vivier.search.operators import Operator, Phrase, Search, Text
from vivier.search.port import Hit, Reader

EVERYBODY = {document["id"] for document in VILLAGE}
REFERENCE = Reference(VILLAGE)


def ids(reader: Reader, where: Operator) -> set[str]:
    """Ids found, once the plain reading of the documents has said the same."""
    found = reader.search(Search(where=where, limit=100))
    assert found.total == len(found.hits)
    assert {hit.id for hit in found.hits} == REFERENCE.ids(where)
    return {hit.id for hit in found.hits}


def hits(reader: Reader, search: Search) -> list[Hit]:
    answer = reader.search(search)
    assert_same(answer, REFERENCE.answer(search))
    return answer.hits


def text(*groups: tuple[Phrase, ...], least: int | None = None) -> Text:
    return Text(groups, least)

"""The reader of the embedded engine: it evaluates a query on the columns and the words of one open generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from vivier.arrays import distinct
from vivier.engine.embedded.generation import OpenGeneration
from vivier.engine.embedded.group import grouped
from vivier.search.operators import EVERY, Measure, Operator, Search
from vivier.search.port import Answer, Document, Generation, Groups, Hit, Members
from vivier.text.vocabulary import Vocabulary


def members_of(
    opened: OpenGeneration, where: Operator, by: str, values: tuple[str, ...], path: str | None, entry: Operator
) -> Members:
    """Documents by value, in the order of ids. All values are read in one pass, and no id is."""
    evaluation = opened.evaluation()
    table = opened.documents if path is None else opened.nested[path]
    keyword, ids = table.keyword(by), opened.documents.keyword("id")
    values = tuple(dict.fromkeys(values))
    requested = {place: at for at, place in enumerate(map(keyword.values.place_of, values)) if place is not None}
    rows, places = keyword.postings(np.fromiter(requested, np.int32, len(requested)))
    if path is not None:
        matching = evaluation.mask(entry, path)[rows]
        rows, places = table.parents[rows[matching]], places[matching]
    matching = evaluation.mask(where)[rows]
    at = np.fromiter(requested.values(), np.int64, len(requested))[places[matching]]
    pairs = distinct(at * len(ids.values) + ids.first[rows[matching]])
    return Members(values, *np.divmod(pairs, max(len(ids.values), 1)), ids.values)


class EmbeddedReader:
    """One open generation. It keeps its files open: a retired generation is closed when its last reader goes."""

    def __init__(self, generation: Generation, opened: OpenGeneration) -> None:
        self.generation = generation
        self._opened = opened

    def search(self, search: Search) -> Answer[Any]:
        evaluation = self._opened.evaluation()
        return Answer(
            total=evaluation.matching(search.where).count,
            hits=self._opened.page(search, evaluation),
            facets={facet.name: evaluation.facet(facet) for facet in search.facets},
            counts={name: evaluation.matching(operator).count for name, operator in search.counts},
        )

    def get(self, ids: Iterable[str]) -> dict[str, Document]:
        rows = {id_: self._opened.row_of(id_) for id_ in ids}
        return {id_: self._opened.record(row) for id_, row in rows.items() if row is not None}

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[Any]]:
        opened = self._opened
        mask = opened.evaluation().mask(where)
        for row in opened.by_tie[mask[opened.by_tie]]:
            yield Hit(opened.id_of(int(row)), 0, None, opened.record(int(row)) if records else {})

    def stream(self, search: Search) -> Iterator[Hit[Any]]:
        return self._opened.ordered(search)

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        return grouped(self._opened.evaluation(), where, by, measures, among)

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        return members_of(self._opened, where, by, values, path, entry)

    def vocabulary(self) -> Vocabulary:
        return self._opened.vocabulary

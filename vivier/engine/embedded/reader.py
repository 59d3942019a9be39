"""The reader of the embedded engine: it evaluates a query on the columns and the words of one open generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from vivier.engine.embedded.evaluate import Evaluation
from vivier.engine.embedded.generation import OpenGeneration
from vivier.engine.embedded.group import grouped
from vivier.engine.embedded.members import members_of
from vivier.engine.embedded.scored import Scored
from vivier.engine.port import Answer, Generation, Groups, Hit, Members
from vivier.search.operators import EVERY, Measure, Operator, Search
from vivier.text.vocabulary import Vocabulary

MOST_BYTES = 16_000_000
"""Of the masks that a reader remembers from one search to the next."""


class EmbeddedReader:
    """One open generation. It keeps its files open: a retired generation is closed when its last reader goes.

    Searches of one request ask much the same conditions: what was evaluated for one is there for the next, up to
    :data:`MOST_BYTES` of masks.
    """

    def __init__(self, generation: Generation, opened: OpenGeneration) -> None:
        self.generation = generation
        self._opened = opened
        self._evaluation = opened.evaluation()

    def _evaluate(self) -> Evaluation:
        """The evaluation of this reader; a new one once the former remembers too much."""
        if self._evaluation.masks * self.generation.documents > MOST_BYTES:
            self._evaluation = self._opened.evaluation()
        return self._evaluation

    def search(self, search: Search) -> Answer[Any]:
        evaluation = self._evaluate()
        matching = evaluation.matching(search.where)
        scored = Scored(evaluation, matching, search.text, search.parts)
        return Answer(
            total=matching.count,
            hits=list(self._opened.ordered(search, scored)),
            facets={facet.name: evaluation.facet(facet) for facet in search.facets},
            counts={name: evaluation.matching(operator).count for name, operator in search.counts},
        )

    def get(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        rows = {id_: self._opened.row_of(id_) for id_ in ids}
        return {id_: self._opened.record(row) for id_, row in rows.items() if row is not None}

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[Any]]:
        opened = self._opened
        mask = opened.evaluation().mask(where)
        for row in opened.by_tie[mask[opened.by_tie]]:
            yield Hit(opened.id_of(int(row)), 0, None, opened.record(int(row)) if records else {})

    def stream(self, search: Search) -> Iterator[Hit[Any]]:
        evaluation = self._opened.evaluation()
        scored = Scored(evaluation, evaluation.matching(search.where), search.text, search.parts)
        yield from self._opened.ordered(replace(search, offset=0, limit=scored.matching.count), scored)

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        return grouped(self._evaluate(), where, by, measures, among)

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        return members_of(self._opened, where, by, values, path, entry)

    def vocabulary(self) -> Vocabulary:
        return self._opened.vocabulary

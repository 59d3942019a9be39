"""What every format writes: the rows of a search, and what must be told with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from vivier.engine.port import Engine, Generation
from vivier.lexicon import Lexicon
from vivier.query import SupplierQuery
from vivier.query_url import url_of
from vivier.sourcing.columns import Column, columns_of
from vivier.sourcing.find import Found
from vivier.sourcing.notices import notices
from vivier.sourcing.rows import Cell, Line, Shared
from vivier.sourcing.sources import SourcesSeen, cards
from vivier.sourcing.whole import Whole, whole

SEARCH_PATH = "/v1/suppliers"
"""Path of the search an export can be asked again by."""

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Document:
    """An export about to be written. Its rows can be read once; ``sources`` are known when they have been."""

    columns: tuple[Column, ...]
    shared: Shared
    notices: tuple[str, ...]
    sources: SourcesSeen
    _whole: Whole

    @property
    def found(self) -> Found:
        """Plan, generation, exact total, seed."""
        return self._whole.found

    def rows(self) -> Iterator[list[Cell]]:
        """Every row, in order. Raises ``ExportIncomplete`` at the end when there are not ``found.total`` of them."""
        readers = [column.read for column in self.columns]
        for rank, result in enumerate(self._whole.results, 1):
            self.sources.add(result.record)
            line = Line(result, rank, self.shared)
            yield [read(line) for read in readers]


def prepare(
    query: SupplierQuery, engine: Engine, lexicon: Lexicon, today: date, generation: Generation | None = None
) -> Document:
    """Plan and count an export. Raises what :func:`vivier.sourcing.whole.whole` does, before anything is written."""
    every = whole(query, engine, lexicon, today, generation)
    found = every.found
    asked = query.model_copy(update={"as_of": found.plan.as_of, "seed": found.seed, "fields": ()})
    shared = Shared(found.plan, lexicon, url_of(SEARCH_PATH, asked))
    told = tuple(notices(found))
    return Document(columns_of(query.fields), shared, told, SourcesSeen(cards(found.generation)), every)


def file_name(extension: str, as_of: date) -> str:
    """« vivier-fournisseurs-2026-11-24.csv », ASCII whatever the query."""
    return f"vivier-fournisseurs-{as_of.isoformat()}.{extension}"

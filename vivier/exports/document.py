"""The document that every format writes: the rows of a search, and the notes that go with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from vivier.french import day
from vivier.lexicon import Lexicon
from vivier.search.columns import Cell, Column
from vivier.search.query_url import pairs, url_of
from vivier.search.snapshot import Snapshot
from vivier.suppliers.columns import columns_of
from vivier.suppliers.find import METHOD_VERSIONS, SupplierFound
from vivier.suppliers.notices import excluded, notices
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.rows import Line, Shared
from vivier.suppliers.sources import SourcesSeen, cards
from vivier.suppliers.whole import Whole, whole

STATES = "Le mot « inconnu » n'apparaît que dans les colonnes d'état (État, Précision du lieu, Capacité pour le lot)."
SEARCH_PATH = "/v1/suppliers"
"""Path of the search that an export repeats."""

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Table(Protocol):
    """An export, as formats read it. ``things``: French name of its rows; ``parameters``: titles and values of the query;
    ``remarks``: French sentences that help to read it. ``rows`` can be read once; ``sources`` are
    complete after them."""

    @property
    def things(self) -> str: ...
    @property
    def as_of(self) -> date: ...
    @property
    def total(self) -> int: ...
    @property
    def columns(self) -> tuple[Any, ...]: ...
    @property
    def sources(self) -> SourcesSeen: ...
    @property
    def parameters(self) -> tuple[tuple[str, Cell], ...]: ...
    @property
    def remarks(self) -> tuple[str, ...]: ...
    def rows(self) -> Iterator[list[Cell]]: ...


@dataclass(frozen=True)
class Document:
    """An export of suppliers, ready to be written. Its rows can be read once; ``sources`` are complete after its rows."""

    columns: tuple[Column[Line], ...]
    shared: Shared
    notices: tuple[str, ...]
    sources: SourcesSeen
    _whole: Whole

    @property
    def found(self) -> SupplierFound:
        """The search: plan, generation, exact total, seed."""
        return self._whole.found

    @property
    def things(self) -> str:
        """French name of the rows."""
        return "Fournisseurs"

    @property
    def as_of(self) -> date:
        """The date at which the facts are valid."""
        return self.found.plan.as_of

    @property
    def total(self) -> int:
        """The number of rows."""
        return self.found.total

    @property
    def parameters(self) -> tuple[tuple[str, Cell], ...]:
        """Titles and values of the query, with all that is needed to repeat it."""
        found = self.found
        parameters = pairs(found.plan.query.model_copy(update={"facets": None}))
        seed = () if found.seed is None else (("Numéro du tirage au sort", found.seed),)
        return (
            ("Adresse qui la refait", self.shared.url),
            *((f"Paramètre {name}", value) for name, value in parameters),
            *seed,
            ("À la date du", day(self.shared.on.isoformat())),
            ("Fournisseurs", found.total),
            ("Génération de l'index", found.generation.name),
            ("Méthodes", ", ".join(METHOD_VERSIONS.values())),
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notices of the search, and the number of suppliers excluded because a fact is unknown."""
        return (*self.notices, *excluded(self.found), STATES)

    def rows(self) -> Iterator[list[Cell]]:
        """Every row, in order. Raises ``ExportIncomplete`` at the end when there are not ``found.total`` of them."""
        readers = [column.read for column in self.columns]
        for rank, result in enumerate(self._whole.results, 1):
            self.sources.add(result.record)
            line = Line(result, rank, self.shared)
            yield [read(line) for read in readers]


def prepare(query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Document:
    """Plans and counts an export. Raises the errors of :func:`vivier.suppliers.whole.whole`, before anything is written."""
    every = whole(query, snapshot, lexicon, today)
    dated = query.model_copy(update={"as_of": every.found.plan.as_of, "seed": every.found.seed, "fields": ()})
    return document_of(every, lexicon, url_of(SEARCH_PATH, dated), query.fields)


def document_of(every: Whole, lexicon: Lexicon, url: str, fields: Iterable[str] = ()) -> Document:
    """The export of results. ``url`` makes them again; ``fields``: the parts wanted, all by default."""
    found = every.found
    shared = Shared(found.plan.as_of, lexicon, url)
    return Document(columns_of(fields), shared, tuple(notices(found)), SourcesSeen(cards(found.generation)), every)


def file_name(extension: str, as_of: date, things: str = "fournisseurs") -> str:
    """« vivier-fournisseurs-2026-11-24.csv », ASCII whatever the query."""
    return f"vivier-{things}-{as_of.isoformat()}.{extension}"

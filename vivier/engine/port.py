"""The port: what the house asks of a search engine, in the domain's words. ``embedded/`` and ``opensearch/`` answer it.

A :class:`Store` builds and keeps generations; a :class:`Reader`, opened on one of them, answers questions. The engines' libraries are imported by one file each: tantivy by ``embedded/words.py``, opensearch-py by
``opensearch/client.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from vivier.search.operators import EVERY, Collection, Measure, Operator, Search
from vivier.text.reader import AnalysedTexts
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

Document = dict[str, Any]
"""A JSON object as ``mappings/<collection>.json`` describes it. ``record`` is stored and returned, never searched."""


@dataclass(frozen=True)
class FacetCounts:
    """``values`` in decreasing count then by value; ``missing``: documents of the facet's set without any value; ``other``:
    values left out, the rarest."""

    values: dict[str, int]
    missing: int
    other: int = 0


R = TypeVar("R")
"""The type of a record: a view of :mod:`vivier.model.views`."""


@dataclass(frozen=True)
class Hit(Generic[R]):
    """One document found. ``record`` is the JSON kept for display, ``score`` the points, ``distance_km`` to the nearest origin."""

    id: str
    score: int
    distance_km: float | None
    record: R
    parts: dict[str, int] = field(default_factory=dict)
    """Points of each part of the score (``Search.parts``), by name; the rest of ``score`` is the words'."""


@dataclass(frozen=True)
class Answer(Generic[R]):
    """``total`` is exact. ``counts`` answer the named questions of ``Search.counts`` on the whole collection."""

    total: int
    hits: list[Hit[R]]
    facets: dict[str, FacetCounts] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Groups:
    """Documents grouped by a value: ``values`` in order, and for each measure one number a value; NaN for the least,
    greatest or median of nothing, 0 for a count or sum of nothing."""

    values: tuple[str, ...]
    measures: dict[str, npt.NDArray[np.float64]]

    def counts(self, measure: str) -> dict[str, int]:
        """One measure that counts documents, by value."""
        return dict(zip(self.values, self.measures[measure].astype(int).tolist(), strict=True))


Members = dict[str, tuple[str, ...]]
"""For each value asked, the ids of the documents that hold it, in order; a value nobody holds has none."""


@dataclass(frozen=True)
class Generation:
    """A built index of one collection. ``name`` sorts by age; ``live`` is the one that answers; ``meta`` is what the indexer
    wrote with it (sources, counts, sizes)."""

    name: str
    collection: Collection
    live: bool
    documents: int
    created_at: datetime
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Of what it answers: the name, and the opposition list that withholds from it. For whoever keeps answers."""
        return f"{self.name}{self.meta.get('opposed', '')}"


class Preparation(Protocol):
    """Documents being put in the engine's own form: the work of :meth:`Building.add` that needs nothing of the generation."""

    def add(self, documents: Sequence[Document], words: Sequence[AnalysedTexts] | None = None) -> None:
        """Take documents, and their analysed texts when somebody has them. What the mapping refuses is an error, at the
        latest in :meth:`part`."""
        ...

    def part(self) -> Any:
        """What :meth:`Building.add_part` takes; it may be sent between processes."""
        ...


class Building(Protocol):
    """A generation under construction: nobody sees it before it is promoted."""

    name: str

    def add(self, documents: Iterable[Document], words: Iterable[AnalysedTexts] | None = None) -> int:
        """Add documents; the number added so far. A document the mapping refuses is an error: nothing is dropped.

        ``words``, when somebody analysed the texts already, saves doing it here (OpenSearch does its own all the same).
        Two documents of one id are refused at the latest by :meth:`finish`.
        """
        ...

    def preparation(self) -> Preparation:
        """What makes a part of this generation, here or in a process forked before anything was added."""
        ...

    def add_part(self, part: Any) -> int:
        """Add a part; the number of documents added so far."""
        ...

    def finish(self, meta: dict[str, Any], vocabulary: Vocabulary = NO_VOCABULARY) -> Generation:
        """Make it durable and searchable (not live), with the words its documents use."""
        ...

    def abandon(self) -> None:
        """Remove what was built."""
        ...


class Reader(Protocol[R]):
    """One generation of one collection, open for reading: what it answers never changes, whatever is promoted meanwhile.

    Library errors stop here: callers see ``EngineUnavailable`` or ``NotFound`` (the generation was removed).
    """

    generation: Generation

    def search(self, search: Search) -> Answer[R]:
        """Answer a search: a page of hits, facets and counts."""
        ...

    def get(self, ids: Iterable[str]) -> dict[str, R]:
        """Records by id, in the order of ``ids``; absent ids are absent from the answer."""
        ...

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[R]]:
        """Every matching document once, in a fixed order; ids only when ``records`` is false."""
        ...

    def stream(self, search: Search) -> Iterator[Hit[R]]:
        """Every hit of a search once, in the order of its pages and without their depth limit. ``offset``, ``limit``, facets
        and counts are not looked at."""
        ...

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        """Figures for each value of the keyword field ``by`` among the documents that meet ``where``, every value counted, or
        those of ``among`` only."""
        ...

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        """Which documents that meet ``where`` hold each of ``values`` in the keyword field ``by`` (in an entry of ``path``
        that meets ``entry``): a whole map in one question, where a search by territory would ask a thousand."""
        ...

    def vocabulary(self) -> Vocabulary:
        """The words of the generation, read once."""
        ...


class Store(Protocol):
    """Where generations are built, promoted, kept and opened. Library errors stop here: callers see ``EngineUnavailable``,
    ``NotFound`` or ``BuildRefused``."""

    name: str

    def build(self, collection: Collection) -> Building:
        """Start a generation beside the live one."""
        ...

    def promote(self, collection: Collection, generation: str) -> Generation:
        """Make a finished generation the live one, in one atomic step; the former stays for rollback."""
        ...

    def generations(self, collection: Collection) -> list[Generation]:
        """Finished generations, newest first."""
        ...

    def remove(self, collection: Collection, generation: str) -> None:
        """Forget a generation that is not live."""
        ...

    def live(self, collection: Collection) -> Generation:
        """The generation in service; ``NotFound`` when none was promoted."""
        ...

    def open(self, collection: Collection, generation: str | None = None) -> Reader[Any]:
        """Open the generation in service, or a named one. ``NotFound`` when there is none."""
        ...

    def ready(self) -> list[str]:
        """Reasons why the store cannot answer, in French; empty when it can."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...

"""The port: the operations that Vivier needs from a search engine, in the domain's words. ``vivier/engine/embedded`` and
``vivier/engine/opensearch`` implement it.

A :class:`Store` builds and keeps generations; a :class:`Reader`, opened on one of them, answers queries. One file imports the
library of each engine: ``engine/embedded/words.py`` imports tantivy, ``engine/opensearch/client.py`` imports opensearch-py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from vivier.arrays import distinct
from vivier.search.formats import FORMAT
from vivier.search.operators import EVERY, Collection, Measure, Operator, Search
from vivier.text.reader import AnalysedTexts
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

Places = npt.NDArray[np.intp]
Document = dict[str, Any]
"""A JSON object as ``mappings/<collection>.json`` describes it. ``record`` is stored and returned, never searched."""


@dataclass(frozen=True)
class FacetCounts:
    """``values`` in decreasing count then by value; ``missing``: documents of the facet's set without any value; ``other``:
    values left out, the rarest."""

    values: dict[str, int]
    missing: int
    other: int = 0


T = TypeVar("T")
R = TypeVar("R")
"""The type of a record: a view of :mod:`vivier.model.views`."""


@dataclass(frozen=True)
class Hit(Generic[R]):
    """One document found. ``record`` is the JSON stored for display, ``score`` the points, ``distance_km`` the distance to the
    nearest origin."""

    id: str
    score: int
    distance_km: float | None
    record: R
    parts: dict[str, int] = field(default_factory=dict)
    """Points of each part of the score (``Search.parts``), by name. The rest of ``score`` comes from the words."""


@dataclass(frozen=True)
class Answer(Generic[R]):
    """The answer to a search. ``total`` is exact. ``counts`` gives, for each named operator of ``Search.counts``, how many
    documents of the whole collection meet it."""

    total: int
    hits: list[Hit[R]]
    facets: dict[str, FacetCounts] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Groups:
    """Documents grouped by a value: ``values`` in order, and for each measure one number a value. A group without a number has
    NaN for least, greatest and median, 0 for a count or a sum."""

    values: tuple[str, ...]
    measures: dict[str, npt.NDArray[np.float64]]

    def counts(self, measure: str) -> dict[str, int]:
        """The figures of a measure that counts documents, by value."""
        return dict(zip(self.values, self.measures[measure].astype(int).tolist(), strict=True))


class Ids(Protocol):
    """Ids by number."""

    def __getitem__(self, at: int, /) -> str: ...


class Members(Mapping[str, tuple[str, ...]]):
    """For each requested value, the ids of the documents that have it, in order. A value that no document has gets none.

    The same as columns, for who adds up a whole map: the pairs of a value and a document, in the order of values then of ids.
    ``value_of``: place of the value among ``values``; ``document_of``: number of the document; ``ids``: the id of each number.
    """

    def __init__(self, values: Iterable[str], value_of: Places, document_of: Places, ids: Ids) -> None:
        self.values_asked = tuple(dict.fromkeys(values))
        self.value_of, self.document_of, self.ids = value_of, document_of, ids

    @classmethod
    def of(cls, found: Mapping[str, Sequence[str]]) -> Members:
        """The members that a mapping gives, ids in order."""
        ids = sorted({id_ for some in found.values() for id_ in some})
        number = {id_: n for n, id_ in enumerate(ids)}
        value_of = np.repeat(np.arange(len(found)), [len(some) for some in found.values()])
        document_of = np.array([number[id_] for some in found.values() for id_ in some], np.intp)
        return cls(found, value_of, document_of, ids)

    @cached_property
    def documents(self) -> Places:
        """The numbers of the documents that have a value, each once, in order."""
        return distinct(self.document_of)

    def among(self, number: Mapping[str, int]) -> Places:
        """For each pair, the number that the caller gives to its document by its id; -1 for a document without one."""
        documents = self.documents
        given = np.array([number.get(self.ids[at], -1) for at in documents.tolist()], np.intp)
        return given[np.searchsorted(documents, self.document_of)] if len(documents) else self.document_of

    def among_those_of(self, other: Members) -> Places:
        """For each pair, the place of its document in ``other.documents``; -1 when it is not there. No id is read when one reader gave
        both."""
        if self.ids is not other.ids:
            return self.among({other.ids[at]: place for place, at in enumerate(other.documents.tolist())})
        places = np.searchsorted(other.documents, self.document_of)
        known = np.append(other.documents, -1)[places] == self.document_of
        return np.where(known, places, -1)

    @cached_property
    def _by_value(self) -> dict[str, tuple[str, ...]]:
        ends = np.searchsorted(self.value_of, np.arange(len(self.values_asked)), side="right").tolist()
        ids = list(map(self.ids.__getitem__, self.document_of.tolist()))
        pairs = zip(self.values_asked, [0, *ends], ends, strict=False)
        return {value: tuple(ids[start:end]) for value, start, end in pairs}

    def __getitem__(self, value: str) -> tuple[str, ...]:
        return self._by_value[value]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_asked)

    def __len__(self) -> int:
        return len(self.values_asked)


@dataclass(frozen=True)
class Generation:
    """A built index of one collection. ``name`` sorts by age; ``live`` marks the one that answers requests; ``meta`` is what the
    indexer wrote with it (sources, counts, sizes)."""

    name: str
    collection: Collection
    live: bool
    documents: int
    created_at: datetime
    meta: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT
    """The format of its files (:mod:`vivier.search.formats`)."""

    @property
    def version(self) -> str:
        """Changes whenever an answer may change: the name, the version of the opposition list that withholds from it, and whether contacts are hidden. Caches
        use it as a key."""
        return f"{self.name}{self.meta.get('opposed', '')}{self.meta.get('contacts', '')}"


class Preparation(Protocol):
    """Puts documents in the engine's own form: the part of the work of :meth:`Building.add` that does not need the generation."""

    def add(
        self,
        documents: Sequence[Document],
        words: Sequence[AnalysedTexts] | None = None,
        outlines: Sequence[Any] = (),
    ) -> None:
        """Takes documents, and their analysed texts if the caller has them. A document that the mapping refuses raises
        ``DocumentRefused``, at the latest in :meth:`part`. ``outlines``: what :meth:`Former.outline_of` will give back of each, as JSON."""
        ...

    def reuse(self, rows: Sequence[int | None]) -> None:
        """Says which rows of the former generation are documents of the part: the row of each in order, ``None`` for the next one added."""
        ...

    def part(self) -> Any:
        """The documents in the form that :meth:`Building.add_part` takes. A part may be sent between processes."""
        ...


class Former(Protocol):
    """The generation in service, as the build of the next one reads it."""

    def row_of(self, id_: str, record: bytes) -> int | None:
        """The row of the document that has this id and this very record, as JSON; ``None`` when there is none."""
        ...

    def outline_of(self, row: int) -> Any:
        """The outline of a row, as JSON gives it back."""
        ...


class Building(Protocol):
    """A generation under construction: no request reads it before it is promoted."""

    name: str

    def add(self, documents: Iterable[Document], words: Iterable[AnalysedTexts] | None = None) -> int:
        """Adds documents; returns the number added so far. A document that the mapping refuses raises ``DocumentRefused``: none
        is dropped.

        ``words`` are the analysed texts of the documents, which this method then does not analyse again. OpenSearch ignores them
        and does its own analysis. Two documents with the same id are refused at the latest by :meth:`finish`.
        """
        ...

    def reuse(self, made_by: str) -> Former | None:
        """The generation in service, when it is sound and what makes documents of records was the same: ``made_by`` is a hash of it, which
        this generation keeps. Called before the first preparation. ``None`` for an engine that gives no document back."""
        ...

    def preparation(self) -> Preparation:
        """An object that prepares a part of this generation, in this process or in one forked before the first addition."""
        ...

    def add_part(self, part: Any) -> int:
        """Adds a part; returns the number of documents added so far."""
        ...

    def finish(self, meta: dict[str, object], vocabulary: Vocabulary = NO_VOCABULARY) -> Generation:
        """Makes the generation durable and searchable (not live), and stores the words that its documents use."""
        ...

    def abandon(self) -> None:
        """Removes the unfinished generation."""
        ...


class Reader(Protocol[R]):
    """One generation of one collection, open for reading: its answers never change, whatever is promoted meanwhile.

    No method lets an error of a library through: callers see ``EngineUnavailable`` or ``NotFound`` (the generation was removed).
    """

    generation: Generation

    def search(self, search: Search) -> Answer[R]:
        """Answers a search: a page of hits, facets and counts."""
        ...

    def get(self, ids: Iterable[str]) -> dict[str, R]:
        """Records by id, in the order of ``ids``; absent ids are absent from the answer."""
        ...

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[R]]:
        """Every matching document once, in a fixed order. Hits have an id and no record when ``records`` is false."""
        ...

    def stream(self, search: Search) -> Iterator[Hit[R]]:
        """Every hit of a search once, in the order of its pages and without their depth limit. ``offset``, ``limit``, facets
        and counts are ignored."""
        ...

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        """Figures for each value of the keyword field ``by``, or for the values ``among`` only, over the documents that meet
        ``where``."""
        ...

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        """Which documents that meet ``where`` have each of ``values`` in the keyword field ``by`` (in an entry of ``path``
        that meets ``entry``). One call gives a whole map, which would take a thousand searches by territory."""
        ...

    def vocabulary(self) -> Vocabulary:
        """The words of the generation, read once."""
        ...


class Store(Protocol):
    """Builds, promotes, keeps and opens generations. No method lets an error of a library through: callers see
    ``EngineUnavailable``, ``NotFound`` or ``BuildRefused``."""

    name: str

    def build(self, collection: Collection) -> Building:
        """Starts a generation beside the live one."""
        ...

    def promote(self, collection: Collection, generation: str) -> Generation:
        """Makes a finished generation the live one, in one atomic step. The former one stays for rollback."""
        ...

    def generations(self, collection: Collection) -> list[Generation]:
        """Finished generations, newest first."""
        ...

    def remove(self, collection: Collection, generation: str) -> None:
        """Removes a generation. Raises ``BuildRefused`` when it is live."""
        ...

    def live(self, collection: Collection) -> Generation:
        """The generation in service. Raises ``NotFound`` when none was promoted."""
        ...

    def open(self, collection: Collection, generation: str | None = None) -> Reader[Any]:
        """Opens the generation in service, or a named one. Raises ``NotFound`` when there is none."""
        ...

    def together(self, works: Sequence[Callable[[], T]]) -> list[T]:
        """What each of several works gives, in order. The works do not depend on one another: what they ask of the readers at the same time
        goes to the engine in one request. A store in the process does them in turn. When some raise, the first error is raised."""
        ...

    def ready(self) -> list[str]:
        """Reasons why the store cannot answer, in French; empty when it can."""
        ...

    def warnings(self) -> list[str]:
        """What an operator must know although the store answers, in French: a generation that cannot be read, whose former one is served; fields
        that the one in service does not have."""
        ...

    def damaged(self, collection: Collection, generation: str) -> list[str]:
        """What is damaged in a generation, in French, after reading the whole of it; empty when nothing is, and for a store that verifies
        what it reads itself."""
        ...

    def close(self) -> None:
        """Releases files and connections."""
        ...

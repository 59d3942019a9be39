"""A generation of the embedded engine, open for reading: its tables, its words, its records, and the order of a page.

Points of the documents found. Operators are evaluated on the matching rows only, which are often few, and no longer on those that
can reach the page no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from functools import cached_property, partial
from itertools import accumulate, count
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import orjson

from mappings import load_json
from vivier.arrays import Positions
from vivier.engine.embedded.among import Among
from vivier.engine.embedded.bits import Column, Rows
from vivier.engine.embedded.building import COLUMNS
from vivier.engine.embedded.columns import Table
from vivier.engine.embedded.container import Container, mapped
from vivier.engine.embedded.evaluate import Evaluation, Place, Points
from vivier.engine.embedded.words import Words
from vivier.errors import EngineUnavailable
from vivier.memory import MEMORY, Room
from vivier.search.operators import Part, Search, Sort, Text
from vivier.search.port import Answer, Document, Generation, Hit
from vivier.territory.sphere import Numbers, great_circle_km, on_grid
from vivier.text.vocabulary import Vocabulary

_MANY = 256
"""Rows are left out when more than these are scored: leaving some out costs as much as evaluating a few tiers on these."""


class Scored:
    """The points of some matching rows, one number a row, in their order: for each part, and in total. ``first``: only as many rows are
    wanted, those of the most points; the others may be left out. ``None``: every matching row is scored."""

    def __init__(self, evaluation: Evaluation, search: Search, first: int | None = None) -> None:
        matching = evaluation.matching(search.where)
        self.rows, self._every = matching.rows, matching.every
        self.points = _text_points(evaluation, search.text, self.rows)
        self.parts: dict[str, Points] = {}
        among = evaluation.among(search.where)
        for part, rest in zip(search.parts, _left(search.parts), strict=True):
            self.parts[part.name] = worth = _points_of(part, among)
            self.points += worth
            if first is not None and rest and len(self.rows) > max(_MANY, 2 * first):
                among = self._without_the_last(evaluation, among, rest, first)

    def _without_the_last(self, evaluation: Evaluation, among: Among, rest: int, first: int) -> Among:
        """Leaves out the rows that cannot be among the ``first``, as ``rest`` more points would not be enough, when they are half."""
        least = np.partition(self.points, -first)[-first]
        left = np.flatnonzero(self.points + rest >= least)
        if 2 * len(left) > len(self.rows):
            return among
        self.rows, self.points, self._every = self.rows[left], self.points[left], False
        self.parts = {name: worth[left] for name, worth in self.parts.items()}
        return Among(evaluation, self.rows)

    def at(self, places: Positions | slice, column: Column) -> Column:
        """The values of a column of all rows for the rows at ``places``, counted among the rows scored."""
        return column[places if self._every else self.rows[places]]


def _left(parts: tuple[Part, ...]) -> tuple[int, ...]:
    """For each part, the most points that the parts after it give."""
    best = [max((tier.points for tier in part.tiers), default=0) for part in parts]
    return tuple(accumulate(reversed(best), initial=0))[-2::-1] if best else ()


_worth = attrgetter("points")


def _points_of(part: Part, among: Among) -> Points:
    """For each row, the points of the best tier of a part that it meets."""
    best = np.zeros(len(among.rows), np.int32)
    for tier in sorted(part.tiers, key=_worth, reverse=True):
        if best.all():  # no other tier is better
            break
        np.maximum(best, np.multiply(among.meet(tier.where), tier.points, dtype=np.int32), out=best)
    return best


def _text_points(evaluation: Evaluation, text: Text | None, matching: Positions) -> Points:
    if text is None:
        return np.zeros(len(matching), np.int32)
    rows, worth = evaluation.text_search(text)
    points = np.zeros(evaluation.documents.count, np.int32)
    points[rows] = worth
    return points[matching]


Key = Callable[[Positions | slice], Column]
"""A sort key: its values for the rows at some places (or for all rows), smallest first, without NaN."""

_EVERY = slice(None)
_SAMPLE = 1 << 14


def first_of(keys: Sequence[Key], size: int, count: int) -> Positions:
    """Places of the first ``count`` of ``size`` rows, in order. The last key has no two equal values."""
    if count <= 0:
        return np.empty(0, np.intp)
    remaining: Positions | slice = _EVERY
    left, wanted = size, count
    sure: list[Positions] = []
    for key in keys:
        if left <= 2 * wanted or wanted <= 0:
            break
        values = key(remaining)
        limit = _least(values, wanted)
        up_to = np.flatnonzero(values <= limit)
        equal = values[up_to] == limit
        if not isinstance(remaining, slice):
            up_to = remaining[up_to]
        sure.append(up_to[~equal])
        remaining, left, wanted = up_to[equal], int(np.count_nonzero(equal)), wanted - len(sure[-1])
    found = np.concatenate([*sure, np.arange(size) if isinstance(remaining, slice) else remaining])
    order: Positions = np.lexsort([key(found) for key in reversed(keys)])
    return found[order][:count]


def _least(values: Column, wanted: int) -> Any:
    """The value of rank ``wanted`` from the smallest. A sample of the values gives an upper bound, which leaves most of the
    others out."""
    if len(values) > 4 * _SAMPLE:
        some = values[:: len(values) // _SAMPLE]
        if wanted <= len(some):
            values = values[values <= np.partition(some, wanted - 1)[wanted - 1]]
    smallest = values.min()
    if np.count_nonzero(values == smallest) >= wanted:
        return smallest
    return np.partition(values, wanted - 1)[wanted - 1]


_NEEDED: Final = frozenset({"id", "tie"})
_BY_SCORE = (Sort("score"),)
_OCTETS_A_PLACE = 500
_FIELDS: Final = tuple(field.name for field in fields(Hit))
MOST_BYTES = 24_000_000
"""Of what the evaluation of a generation remembers from one search to the next."""
_REMEMBERED: Final[Room[int, int]] = Room(lambda octets: octets)
"""How many bytes the evaluation of each generation remembers: they count among all those that this process may remember."""
_NUMBERS: Final = count()


def _table(columns: Container, name: str, properties: Document) -> tuple[Table, list[str]]:
    """A table of a generation, and the fields of the mapping that it does not have: their values are unknown, as the generation was built
    for a former mapping. Raises ``ValueError`` for one without which no answer is right."""
    table = Table(columns, name)
    missing = table.missing(properties)
    if lost := sorted(_NEEDED.intersection(missing)):
        raise ValueError(f"sans « {lost[0]} »")
    for field in missing:
        table.add_unknown(field, properties[field]["type"])
    return table, missing


class LateHit(Hit[Any]):
    """A hit whose record is read from the file the first time that it is asked for: who knows it already pays nothing."""

    @classmethod
    def unread(
        cls,
        id_: str,
        score: int,
        distance: float | None,
        parts: dict[str, int],
        read: Callable[[], Document],
    ) -> Self:
        """A hit that ``read`` completes."""
        made = object.__new__(cls)
        made.__dict__.update(id=id_, score=score, distance_km=distance, parts=parts, _read=read)
        return made

    def __getattr__(self, name: str) -> Any:
        if name != "record" or "_read" not in self.__dict__:
            raise AttributeError(name)
        found = self.__dict__["record"] = self.__dict__.pop("_read")()
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hit) and all(getattr(self, name) == getattr(other, name) for name in _FIELDS)

    __hash__ = None  # type: ignore[assignment]  # as a Hit, whose record is a dictionary


class OpenGeneration:
    """One open generation. Threads may share it. It stays readable after its folder is removed.

    It takes two descriptors and a thread of tantivy, which are released when no reference to it or to its arrays is left. No
    method closes it, so that no reader ever finds it closed.
    """

    def __init__(self, folder: Path, generation: Generation) -> None:
        self.generation = generation
        properties: Document = load_json(generation.collection)["properties"]
        columns = Container(folder / COLUMNS)
        self.documents, unknown = _table(columns, "documents", properties)
        self.nested: dict[str, Table] = {}
        for name in (name for name, spec in properties.items() if spec["type"] == "nested"):
            self.nested[name], missing = _table(columns, f"nested/{name}", properties[name]["properties"])
            unknown = [*unknown, *(f"{name}.{field}" for field in missing)]
        self.unknown = tuple(unknown)
        """The fields of the mapping that this generation does not have."""
        self._words = Words(folder / "words", self.documents.count)
        self._vocabulary = columns.octets("vocabulary")
        self._offsets = columns.array("offsets")
        self._records = mapped(folder / "records.jsonl") if self._offsets[-1] else b""
        self.tie = self.documents.number("tie")
        self._evaluation = self._evaluate_anew()
        self._number = next(_NUMBERS)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the generation, read on first use."""
        entries = orjson.loads(self._vocabulary)
        return Vocabulary(
            self.documents.count, {token: (count, written) for token, (count, written) in entries.items()}
        )

    @cached_property
    def by_tie(self) -> Rows:
        """Rows in the order of a scan, sorted on first use: a tenth of a second at a million rows."""
        return np.argsort(self.tie, kind="stable").astype(np.int32)

    def record(self, row: int) -> Document:
        """The record of a row. Raises ``EngineUnavailable`` when its bytes are no record: the file is damaged."""
        try:
            found: Document = orjson.loads(self._records[self._offsets[row] : self._offsets[row + 1]])
        except orjson.JSONDecodeError as error:
            raise EngineUnavailable(
                f"La génération « {self.generation.name} » a une fiche illisible ({row})."
            ) from error
        return found

    def id_of(self, row: int) -> str:
        ids = self.documents.keyword("id")
        return ids.values[int(ids.first[row])]

    def row_of(self, id_: str) -> int | None:
        rows = self.documents.keyword("id").rows_of(id_)
        return int(rows[0]) if len(rows) else None

    def evaluation(self) -> Evaluation:
        """The evaluation that all readers share, up to :data:`MOST_BYTES` of what it remembers, and while this process has room for it; then a
        new one."""
        most = min(MOST_BYTES, MEMORY.most // 3)
        if self._evaluation.octets > most or _REMEMBERED.get(self._number) is None:
            self._evaluation = self._evaluate_anew()
        _REMEMBERED.put(self._number, self._evaluation.octets)
        return self._evaluation

    def _evaluate_anew(self) -> Evaluation:
        return Evaluation(self.documents, self.nested, self._words.search)

    def distances(self, rows: Positions, origins: tuple[tuple[float, float], ...]) -> Numbers:
        """Kilometres to the nearest origin for each row, infinite when the row has no point or no origin is given."""
        lons, lats = (axis[rows] for axis in self.documents.point("location"))
        nearest = np.full(len(rows), np.inf)
        for origin in origins:
            nearest = np.fmin(nearest, great_circle_km(*on_grid(*origin), lons, lats))
        return nearest

    def search(self, search: Search) -> Answer[Any]:
        """Answers a search."""
        evaluation = self.evaluation()
        return Answer(
            evaluation.matching(search.where).count,
            list(map(self._hit, self._page(search, evaluation))),
            {facet.name: evaluation.facet(facet) for facet in search.facets},
            {name: evaluation.matching(operator).count for name, operator in search.counts},
        )

    def _page(self, search: Search, evaluation: Evaluation) -> list[Place]:
        """Where the hits of the requested page stand. It is remembered: the same page is asked again and again."""
        if search.limit <= 0:
            return []
        page = replace(search, facets=(), counts=())
        places = evaluation.pages.get(page)
        if places is None:
            first = search.offset + search.limit if search.sort[:1] == _BY_SCORE else None
            places = evaluation.pages[page] = list(self._places(search, Scored(evaluation, search, first)))
            evaluation.octets += _OCTETS_A_PLACE * (1 + len(places))
        return places

    def ordered(self, search: Search) -> Iterator[Hit[Any]]:
        """Every hit, one by one, whatever the page."""
        scored = Scored(self.evaluation(), search)
        yield from map(self._hit, self._places(replace(search, offset=0, limit=len(scored.rows)), scored))

    def _places(self, search: Search, scored: Scored) -> Iterator[Place]:
        keys = [*(self._key(sort, search, scored) for sort in search.sort), lambda at: scored.at(at, self.tie)]
        order = first_of(keys, len(scored.rows), search.offset + search.limit)[search.offset :]
        rows = scored.rows[order]
        distances = self.distances(rows, search.origins) if search.origins else None
        for place, at in enumerate(order):  # numbers are made one by one: there may be a million
            known = None if distances is None or np.isinf(distances[place]) else float(distances[place])
            parts = {name: int(worth[at]) for name, worth in scored.parts.items()}
            yield Place(int(rows[place]), int(scored.points[at]), known, parts)

    def _hit(self, place: Place) -> LateHit:
        read = partial(self.record, place.row)
        return LateHit.unread(self.id_of(place.row), place.points, place.distance_km, dict(place.parts), read)

    def _key(self, sort: Sort, search: Search, scored: Scored) -> Key:
        """A sort key, smallest first, unknown values last."""
        if sort.by == "score":
            return lambda at: -scored.points[at]
        if sort.by == "distance":
            return lambda at: self.distances(scored.rows[at], search.origins)
        if self.documents.is_keyword(sort.by):
            keyword = self.documents.keyword(sort.by)
            return lambda at: _signed(_ranks(scored.at(at, keyword.first), len(keyword.values)), sort.descending)
        numbers = self.documents.number(sort.by)
        return lambda at: _signed(scored.at(at, numbers), sort.descending)


def _ranks(first: Column, count: int) -> Numbers:
    values = first.astype(np.float64)
    values[first == count] = np.nan
    return values


def _signed(values: Numbers, descending: bool) -> Numbers:
    signed: Numbers = np.where(np.isnan(values), np.inf, -values if descending else values)
    return signed

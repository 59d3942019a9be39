"""A generation of the embedded engine, open for reading: its tables, its words, its records, and the order of a page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from mappings import load_json
from vivier.engine.building import VOCABULARY
from vivier.engine.columns import Rows, Table, mapped
from vivier.engine.evaluate import Evaluation, Points
from vivier.engine.port import Hit
from vivier.engine.sphere import Numbers, great_circle_km
from vivier.engine.words import Words
from vivier.errors import EngineUnavailable
from vivier.operators import Collection, Search, Sort
from vivier.text.vocabulary import Vocabulary


def _check(table: Table, properties: dict[str, Any]) -> None:
    """Raises ``EngineUnavailable`` when a column is missing: the generation was built for a former mapping."""
    missing = table.missing(properties)
    if missing:
        raise EngineUnavailable(f"construite par une autre version, sans « {missing[0]} »")


class OpenGeneration:
    """One generation. Threads may share it; it stays whole when its folder is removed."""

    def __init__(self, folder: Path, collection: Collection) -> None:
        properties: dict[str, Any] = load_json(collection)["properties"]
        self.documents = Table(folder / "documents")
        self.nested = {n: Table(folder / "nested" / n) for n, s in properties.items() if s["type"] == "nested"}
        _check(self.documents, properties)
        for name, table in self.nested.items():
            _check(table, properties[name]["properties"])
        self._words = Words(folder / "words", self.documents.count)
        self._vocabulary = mapped(folder / VOCABULARY)
        self._offsets = np.load(folder / "offsets.npy")
        self._records = mapped(folder / "records.jsonl") if self._offsets[-1] else b""
        self.tie = self.documents.number("tie")
        self.by_tie = np.argsort(self.tie, kind="stable").astype(np.int32)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the generation, read when first asked for."""
        entries = orjson.loads(memoryview(self._vocabulary))
        return Vocabulary(
            self.documents.count, {token: (count, written) for token, (count, written) in entries.items()}
        )

    def record(self, row: int) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self._records[self._offsets[row] : self._offsets[row + 1]])
        return found

    def id_of(self, row: int) -> str:
        ids = self.documents.keyword("id")
        return ids.values[int(ids.first[row])]

    def row_of(self, id_: str) -> int | None:
        rows = self.documents.keyword("id").rows_of(id_)
        return int(rows[0]) if len(rows) else None

    def evaluation(self) -> Evaluation:
        return Evaluation(self.documents, self.nested, self._words.search)

    def distances(self, rows: Rows, origins: tuple[tuple[float, float], ...]) -> Numbers:
        """Kilometres to the nearest origin for each row, infinite when the row has no point or no origin is given."""
        lons, lats = (axis[rows] for axis in self.documents.point("location"))
        nearest = np.full(len(rows), np.inf)
        for lon, lat in origins:
            nearest = np.fmin(nearest, great_circle_km(lon, lat, lons, lats))
        return nearest

    def page(self, search: Search, rows: Rows, points: Points, parts: dict[str, Points]) -> list[Hit]:
        """The hits of the page asked, among the ``rows`` found."""
        return list(self.ordered(search, rows, points, parts))

    def ordered(self, search: Search, rows: Rows, points: Points, parts: dict[str, Points]) -> Iterator[Hit]:
        """The same hits one by one: a record is read when it is asked for."""
        distances = self.distances(rows, search.origins) if search.origins else None
        keys = _sort_keys(self, search.sort, rows, points, distances)
        order = _first(keys, search.offset + search.limit)[search.offset :]
        for i in order:
            yield self._hit(int(rows[i]), points, parts, None if distances is None else float(distances[i]))

    def _hit(self, row: int, points: Points, parts: dict[str, Points], distance: float | None) -> Hit:
        known = None if distance is None or np.isinf(distance) else distance
        told = {name: int(worth[row]) for name, worth in parts.items()}
        return Hit(self.id_of(row), int(points[row]), known, self.record(row), told)


def _sort_keys(
    opened: OpenGeneration, sorts: tuple[Sort, ...], rows: Rows, points: Points, distances: Numbers | None
) -> list[Numbers]:
    """One array per sort key over ``rows``, smallest first, unknown last; the last is the tie that makes the order total."""
    keys: list[Numbers] = []
    for sort in sorts:
        if sort.by == "score":
            keys.append(-points[rows].astype(np.float64))
        elif sort.by == "distance":
            keys.append(np.full(len(rows), np.inf) if distances is None else distances)
        else:
            keys.append(_field_key(opened.documents, sort, rows))
    return [*keys, opened.tie[rows]]


def _field_key(table: Table, sort: Sort, rows: Rows) -> Numbers:
    if table.is_keyword(sort.by):
        keyword = table.keyword(sort.by)
        values = keyword.first[rows].astype(np.float64)
        values[values == len(keyword.values)] = np.nan
    else:
        values = table.number(sort.by)[rows]
    signed: Numbers = np.where(np.isnan(values), np.inf, -values if sort.descending else values)
    return signed


def _first(keys: list[Numbers], count: int) -> Rows:
    """Positions of the ``count`` first in the order of the keys. Only what can be among them is fully sorted."""
    kept = np.arange(len(keys[0]), dtype=np.int32)
    sure: list[Rows] = []
    wanted = count
    for key in keys:
        if len(kept) <= 2 * wanted or wanted <= 0:
            break
        values = key[kept]
        limit = np.partition(values, wanted - 1)[wanted - 1]
        before, kept = kept[values < limit], kept[values == limit]
        sure.append(before)
        wanted -= len(before)
    rows = np.concatenate([*sure, kept])
    ordered: Rows = rows[np.lexsort([key[rows] for key in reversed(keys)])][:count]
    return ordered

"""Columns of one generation, in its memory-mapped container: the embedded engine filters, counts and sorts with them.

A mapping field becomes: ``keyword`` an inverted list (value → rows) plus the first value's rank per row for sorting;
``double``, ``long`` and ``date`` one number per row (dates as days since 1970-01-01, NaN when absent); ``geo_point`` two
numbers. A nested path has its own rows (entries), with the document that each belongs to.

The distinct values of a keyword field, in order: loaded in memory when they are few, found in their file when they are many.

A million identifiers as Python strings, with a dictionary to find them, take 200 MB and a second of the first request. Their
offsets in the file take 4 MB, and a binary search finds a value, since the file is in order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import orjson

from vivier.arrays import Mask, Positions, mask_of
from vivier.engine.embedded.bits import WORD, Bits, Counts, Matching, Rows, counted, packed, unpacked
from vivier.engine.embedded.container import Container
from vivier.territory.sphere import Numbers

MANY = 1 << 17
_BETWEEN = b'","'
_BACKSLASH = ord("\\")
_READ = 1 << 20
Starts = npt.NDArray[np.signedinteger]


class Values(Protocol):
    """A sequence of distinct values in order, with the place of each."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: int, /) -> str: ...
    def place_of(self, value: str) -> int | None:
        """The place of a value, ``None`` when it is not there."""
        ...


def open_values(data: memoryview, count: int) -> Values:
    """The ``count`` values of a JSON list of strings in order."""
    if count >= MANY and not np.any(np.frombuffer(data, np.uint8) == _BACKSLASH):
        starts = _starts(data)
        if len(starts) == count + 1:  # else a value is a comma, and looks like the separator of two values
            return ManyValues(data, starts)
    return FewValues(orjson.loads(data))


class FewValues(list[str]):
    """Values that are all in memory."""

    def place_of(self, value: str) -> int | None:
        return self.places.get(value)

    @cached_property
    def places(self) -> dict[str, int]:
        return {value: at for at, value in enumerate(self)}


class ManyValues:
    """Values that stay in their file. ``starts``: the offset of each, and the offset that one more would have."""

    def __init__(self, data: memoryview, starts: Starts) -> None:
        self._data, self._starts = data, starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, at: int, /) -> str:
        return self._octets(at).decode()

    def place_of(self, value: str) -> int | None:
        wanted = value.encode(errors="surrogatepass")  # octets of UTF-8 sort as the characters they write
        at = bisect_left(range(len(self)), wanted, key=self._octets)
        return at if at < len(self) and self._octets(at) == wanted else None

    def _octets(self, at: int) -> bytes:
        return bytes(self._data[int(self._starts[at]) : int(self._starts[at + 1]) - len(_BETWEEN)])


def _starts(data: memoryview) -> Starts:
    """The offset of each value of the list, and the one that a further value would have: after ``["``, then after each ``","``."""
    octets = np.frombuffer(data, np.uint8)
    found = []
    for start in range(0, len(octets), _READ):
        some = octets[start : start + _READ + len(_BETWEEN) - 1]
        commas = np.flatnonzero(some[1:-1] == _BETWEEN[1])
        between = (some[commas] == _BETWEEN[0]) & (some[commas + 2] == _BETWEEN[2])
        found.append(commas[between] + start)
    starts = np.concatenate([[2], np.concatenate(found) + len(_BETWEEN), [len(octets) - 2 + len(_BETWEEN)]])
    return starts.astype(np.int32 if len(octets) < 2**31 else np.int64)


_COMMON = 128
"""A value is common when at least one row in ``_COMMON`` has it."""
_SET, _POSTING = 4_000, 2
"""Nanoseconds that counting takes for each set (plus one for each of its words) and for each posting."""


class Common:
    """The sets of one keyword field. They take some milliseconds to make at a million rows, and at most 16 bytes a posting."""

    def __init__(self, rows: Rows, ptr: npt.NDArray[np.int64], count: int) -> None:
        self._rows, self._sizes = rows, np.diff(ptr)
        self.ordinals = np.flatnonzero(self._sizes * _COMMON >= max(count, 1))
        self.places = {ordinal: place for place, ordinal in enumerate(self.ordinals.tolist())}
        self.bits: Bits = np.zeros((len(self.ordinals), -(-count // WORD)), np.uint64)
        for place, i in enumerate(self.ordinals):
            self.bits[place] = packed(mask_of(count, rows[ptr[i] : ptr[i + 1]]))
        others = len(rows) - int(self._sizes[self.ordinals].sum())
        self.cost = self.bits.size + _SET * len(self.ordinals) + _POSTING * others
        """Estimated time of :meth:`counts`, in nanoseconds."""

    def counts(self, among: Matching) -> Counts:
        """How many rows of ``among`` have each value of the field, by ordinal: common values are counted by set, the others by
        posting."""
        rows, ordinals = self._others
        counts = np.bincount(ordinals[among.mask[rows]], minlength=len(self._sizes)).astype(np.int64)
        counts[self.ordinals] = counted(self.bits, among.bits)
        return counts

    @cached_property
    def _others(self) -> tuple[Rows, Rows]:
        """The postings of the values that are not common, and the ordinal of each."""
        rare = np.ones(len(self._sizes), np.bool_)
        rare[self.ordinals] = False
        ordinals = np.flatnonzero(rare).astype(np.int32)
        rows = self._rows if rare.all() else self._rows[np.repeat(rare, self._sizes)]
        return rows, np.repeat(ordinals, self._sizes[ordinals])


Properties = Mapping[str, Mapping[str, Any]]
"""Fields of a mapping, each with its type."""

NUMBERS: Final = ("double", "long", "date")
"""Types kept as one number a row."""
_EPOCH = date(1970, 1, 1).toordinal()
_MANY = 16
"""When the requested values have more postings than one row in ``_MANY``, sets of bits find their rows sooner than postings."""
_ONE_BY_ONE = 8
"""The most values that are compared one after the other with those of some rows."""
_ROW = 4
"""Nanoseconds a row, when values are counted row by row."""


def day_number(text: str) -> float:
    """Days since 1970-01-01 of an ISO date."""
    return float(date.fromisoformat(text[:10]).toordinal() - _EPOCH)


def fields_of(properties: Properties, *types: str) -> list[str]:
    return [name for name, spec in properties.items() if spec["type"] in types]


class Unknown:
    """The columns of a field that a generation does not have: none of its rows has a value."""

    def __init__(self, count: int) -> None:
        self._count = count

    def array(self, name: str) -> npt.NDArray[Any]:
        """The postings of no value; no number a row."""
        ending = name.rpartition(".")[2]
        if ending in ("rows", "ptr"):
            return np.zeros(int(ending == "ptr"), np.int32 if ending == "rows" else np.int64)
        return np.zeros(self._count, np.int32) if ending == "first" else np.full(self._count, np.nan)

    def octets(self, name: str) -> memoryview:
        """The list of no value."""
        return memoryview(b"[]")


class Keyword:
    """One keyword field, open for reading. Its values are read on first use."""

    def __init__(self, columns: Container | Unknown, name: str) -> None:
        self.rows: Rows = columns.array(f"{name}.rows")
        self.ptr: npt.NDArray[np.int64] = columns.array(f"{name}.ptr")
        self.first: Rows = columns.array(f"{name}.first")
        self._values = columns.octets(f"{name}.values")

    @cached_property
    def values(self) -> Values:
        """The distinct values in order: the value of an ordinal."""
        return open_values(self._values, len(self.ptr) - 1)

    @cached_property
    def ordinals(self) -> Rows:
        """The value of each posting."""
        return np.repeat(np.arange(len(self.ptr) - 1, dtype=np.int32), np.diff(self.ptr))

    @cached_property
    def present(self) -> Mask:
        """Which rows have a value. The array is shared: do not write to it."""
        return np.asarray(self.first < len(self.ptr) - 1)

    @cached_property
    def single(self) -> bool:
        """Whether no row has several values: ``first`` then has them all."""
        return len(self.rows) == int(np.count_nonzero(self.present))

    @cached_property
    def common(self) -> Common:
        """The values that many rows have."""
        return Common(self.rows, self.ptr, len(self.first))

    def rows_of(self, value: str) -> Rows:
        i = self.values.place_of(value)
        return self.rows[:0] if i is None else self.rows[self.ptr[i] : self.ptr[i + 1]]

    def places_of(self, values: Iterable[str]) -> list[int]:
        """Ordinals of ``values``, in the order given. A value that no row has is left out."""
        return [place for place in map(self.values.place_of, values) if place is not None]

    def holding(self, values: Sequence[str]) -> Mask:
        """Which rows have one of ``values``: found by sets of bits when the rows are many, else by postings."""
        known = self.places_of(values)
        mask = np.zeros(len(self.first), np.bool_)
        if _MANY * sum(int(self.ptr[i + 1] - self.ptr[i]) for i in known) > len(mask):
            places = [self.common.places[i] for i in known if i in self.common.places]
            known = [i for i in known if i not in self.common.places]
            if places:
                mask = unpacked(np.bitwise_or.reduce(self.common.bits[places]), len(mask))
        for i in known:
            mask[self.rows[self.ptr[i] : self.ptr[i + 1]]] = True
        return mask

    def counts(self, among: Matching) -> tuple[Counts, int]:
        """How many rows of ``among`` have each value, by ordinal, and how many have none. They are counted row by row when they
        are few and have one value each; else by set of bits for the common values and by posting for the others."""
        size = len(self.ptr) - 1
        if self.single and self.common.cost > _ROW * among.count:
            found = np.bincount(among.of(self.first), minlength=size + 1)
            return found[:size], int(found[size])
        counts = self.common.counts(among)
        if self.single:
            return counts, among.count - int(counts.sum())
        return counts, int(np.count_nonzero(among.mask & ~self.present))

    def which_hold(self, rows: Positions, values: Sequence[str]) -> Mask:
        """Which of ``rows`` have one of ``values``. Each row is looked up, which is fast when they are few."""
        places = self.places_of(values)
        if self.single and len(places) <= _ONE_BY_ONE:
            first = self.first.take(rows)
            return (
                np.logical_or.reduce([first == place for place in places]) if places else np.zeros(len(rows), np.bool_)
            )
        if self.single:
            return np.isin(self.first.take(rows), places)
        mask = np.zeros(len(rows), np.bool_)
        for i in places:
            holders = self.rows[self.ptr[i] : self.ptr[i + 1]]
            mask |= holders.take(np.searchsorted(holders, rows), mode="clip") == rows
        return mask

    @cached_property
    def _by_row(self) -> tuple[npt.NDArray[np.int64], Rows]:
        """The ordinals of the values of each row, one row after the other, and where those of each row begin."""
        starts = np.zeros(len(self.first) + 1, np.int64)
        np.cumsum(np.bincount(self.rows, minlength=len(self.first)), out=starts[1:])
        return starts, self.ordinals.take(np.argsort(self.rows, kind="stable"))

    def held_by(self, rows: Positions) -> tuple[Rows, Rows]:
        """The ordinals of the values of some rows, and for each the place of its row in ``rows``. Each row is looked up, which is fast
        when they are few."""
        if self.single:
            places = np.flatnonzero(self.present.take(rows)).astype(np.int32)
            return self.first.take(rows.take(places)), places
        starts, ordinals = self._by_row
        at, places = _ranges(starts, rows)
        return ordinals.take(at), places

    def postings(self, ordinals: Rows | Positions) -> tuple[Rows, Rows]:
        """The rows that have each of some values, one value after the other, and for each row the place of its value in
        ``ordinals``."""
        at, places = _ranges(self.ptr, ordinals)
        return self.rows[at], places


def _ranges(starts: npt.NDArray[np.int64], which: Rows | Positions) -> tuple[Positions, Rows]:
    """The numbers from ``starts[i]`` to ``starts[i + 1]`` excluded, for each ``i`` of ``which``, and for each the place of its ``i`` there."""
    first = starts[which]
    sizes = starts[which + 1] - first
    places = np.repeat(np.arange(len(which), dtype=np.int32), sizes)
    ends = np.cumsum(sizes)
    return np.arange(int(sizes.sum())) + np.repeat(first - ends + sizes, sizes), places


class Table:
    """The columns of the documents or of one nested path, open for reading: those whose name starts with ``name/``."""

    def __init__(self, columns: Container, name: str) -> None:
        under = f"{name}/"
        known = name == "documents" or bool(columns.names(f"{under}parents"))
        self.parents: Rows = columns.array(f"{under}parents") if known else np.zeros(0, np.int32)
        self.count = len(self.parents)
        self.keywords = {field: Keyword(columns, under + field) for field in columns.names(under, ".values")}
        self.numbers: dict[str, Numbers] = {
            field: columns.array(f"{under}{field}.number") for field in columns.names(under, ".number")
        }
        self.points: dict[str, tuple[Numbers, Numbers]] = {
            field: (columns.array(f"{under}{field}.lon"), columns.array(f"{under}{field}.lat"))
            for field in columns.names(under, ".lon")
        }

    def missing(self, properties: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Fields of the mapping that have no column in the table, which was then built for another mapping."""
        pairs = (
            (fields_of(properties, "keyword"), self.keywords),
            (fields_of(properties, *NUMBERS), self.numbers),
            (fields_of(properties, "geo_point"), self.points),
        )
        return sorted(name for wanted, here in pairs for name in wanted if name not in here)

    def add_unknown(self, name: str, kind: str) -> None:
        """Adds a field of the mapping that the generation does not have, of which no row has a value."""
        columns = Unknown(self.count)
        if kind == "keyword":
            self.keywords[name] = Keyword(columns, name)
        elif kind == "geo_point":
            self.points[name] = (columns.array(name), columns.array(name))
        else:
            self.numbers[name] = columns.array(name)

    def keyword(self, name: str) -> Keyword:
        return self.keywords[name]

    def is_keyword(self, name: str) -> bool:
        return name in self.keywords

    def number(self, name: str) -> Numbers:
        return self.numbers[name]

    def point(self, name: str) -> tuple[Numbers, Numbers]:
        """Longitudes and latitudes in degrees, NaN when absent."""
        return self.points[name]

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        """The first entry of each document up to the last that has one, then the number of entries twice, for any document after it.
        Entries are in the order of their documents."""
        last = int(self.parents[-1]) if self.count else -1
        return np.searchsorted(self.parents, np.arange(last + 3))

    def entries_of(self, documents: Positions) -> tuple[Positions, Rows]:
        return _ranges(self._starts, np.minimum(documents, len(self._starts) - 2))

    def present(self, name: str, rows: Positions | None = None) -> Mask:
        """Which rows have a value of the field; only some ``rows`` when they are given. No row has one of a field that the mapping lacks."""
        if name not in self.keywords and name not in self.points and name not in self.numbers:
            return np.zeros(self.count if rows is None else len(rows), bool)
        if name in self.keywords:
            present = self.keywords[name].present
            return present if rows is None else present.take(rows)
        column = self.points[name][0] if name in self.points else self.numbers[name]
        return ~np.isnan(column if rows is None else column.take(rows))

"""Joins parts into the columns of one generation, on disk. Parts wait in files: memory does not grow with the number of
documents, except for the fields being joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, pairwise
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from vivier.arrays import distinct
from vivier.engine.embedded.bits import Rows
from vivier.engine.embedded.columns import NUMBERS, Keyword, Properties, Table, fields_of
from vivier.engine.embedded.container import ContainerWriter
from vivier.engine.embedded.encode import KeywordPart, TablePart, packed_words
from vivier.engine.embedded.former import Mixed

_AT_ONCE: Final = 2
"""Fields joined at the same time: numpy lets threads run in parallel."""
_WRITTEN_AT_ONCE: Final = 1 << 16
_UNITED_AT_ONCE: Final = 64
"""Parts whose values are united at the same time."""
_PLACED_AT_ONCE: Final = 1 << 18
_IN_MEMORY: Final = 1 << 14
"""Bytes of a column from which it waits in a file."""
_NONE: Final = np.empty(0, "S1")


class Spill:
    """Arrays stored in a file, in order, and read back one at a time. A few kilobytes stay in memory: a small collection, of a hundred
    columns, opens none."""

    def __init__(self, folder: Path) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY, "w+b", dir=str(folder))  # noqa: SIM115 (``close`` closes it)
        self._entries: list[tuple[np.dtype[Any], int, int]] = []
        self._end = 0

    def put(self, array: npt.NDArray[Any]) -> None:
        """Stores one more array."""
        self._entries.append((array.dtype, len(array), self._end))
        self._end += self._file.write(array.tobytes())

    def take(self, number: int) -> npt.NDArray[Any]:
        """The array stored under a number, from 0."""
        dtype, count, offset = self._entries[number]
        self._file.seek(offset)
        return np.frombuffer(self._file.read(count * dtype.itemsize), dtype)

    def whole(self) -> npt.NDArray[Any]:
        """All arrays, end to end. They must have the same type."""
        arrays = [self.take(number) for number in range(len(self._entries))]
        return np.concatenate(arrays) if arrays else np.empty(0)

    def close(self) -> None:
        with suppress(
            OSError
        ):  # a failed flush does not matter: the arrays are no longer needed, and the file is closed
            self._file.close()


class KeywordJoin:
    """Joins the parts of one keyword field."""

    def __init__(self, folder: Path) -> None:
        self._spill = Spill(folder)
        self._texts: dict[int, list[str]] = {}
        self._parts = 0
        self._in_order = True

    def add(self, part: KeywordPart, rows: Rows) -> None:
        """Takes a part. ``rows``: its rows, as they are numbered in the table."""
        words = part.words
        if words.dtype == object:
            self._texts[self._parts] = words.tolist()
            words = _NONE
        self._spill.put(words)
        self._spill.put(part.ptr)
        self._spill.put(rows)
        self._parts += 1

    def add_former(self, former: Keyword, places: Rows) -> None:
        """Takes a field of a former table. ``places``: the row of the table where each row of the former one goes, -1 for none."""
        rows = places[former.rows]
        used = rows >= 0
        sizes = np.bincount(former.ordinals[used], minlength=len(former.ptr) - 1)
        values = np.flatnonzero(sizes)
        words = packed_words([former.values[value] for value in values.tolist()])
        ptr = np.append(0, np.cumsum(sizes[values])).astype(np.int32)
        self.add(KeywordPart(words, ptr, rows), rows[used])
        self._in_order = False

    def save(self, columns: ContainerWriter, name: str, count: int) -> None:
        """Writes the field of a table of ``count`` rows: its values in order, their rows, and each row's first value."""
        words, ranks = self._united()
        sizes = np.zeros(len(words) + 1, np.int64)
        for number, rank in enumerate(ranks):
            sizes[rank + 1] += np.diff(self._spill.take(3 * number + 1))
        ptr = np.cumsum(sizes)
        rows = self._placed(ranks, ptr)
        if not self._in_order:
            _put_in_order(rows, ptr, count)
        columns.add(f"{name}.rows", rows)
        columns.add(f"{name}.ptr", ptr)
        columns.add(f"{name}.first", _first(rows, ptr, count))
        columns.add_octets(f"{name}.values", _json_list(words))
        self.close()

    def close(self) -> None:
        self._spill.close()

    def _placed(self, ranks: Sequence[Rows], ptr: npt.NDArray[np.int64]) -> Rows:
        """The rows of all parts, grouped by value, in order."""
        rows, ends = np.empty(int(ptr[-1]), np.int32), ptr[:-1].copy()
        for number, rank in enumerate(ranks):
            own, some = self._spill.take(3 * number + 1), self._spill.take(3 * number + 2)
            lengths = np.diff(own)
            rows[np.repeat(ends[rank] - own[:-1], lengths) + np.arange(len(some))] = some
            ends[rank] += lengths
        return rows

    def _united(self) -> tuple[npt.NDArray[Any], list[Rows]]:
        """The distinct values of all parts in order, as in :class:`KeywordPart`, and the place of each part's values in them."""
        if self._texts:
            return self._united_texts()
        words = _NONE
        for start in range(0, self._parts, _UNITED_AT_ONCE):
            some = range(start, min(start + _UNITED_AT_ONCE, self._parts))
            words = distinct(np.concatenate([words, *map(self._words, some)]))
        ranks = [np.searchsorted(words, self._words(number)).astype(np.int32) for number in range(self._parts)]
        return words, ranks

    def _words(self, number: int) -> npt.NDArray[Any]:
        return self._spill.take(3 * number)

    def _united_texts(self) -> tuple[npt.NDArray[Any], list[Rows]]:
        parts = [
            self._texts[number]
            if number in self._texts
            else [word.decode() for word in self._spill.take(3 * number).tolist()]
            for number in range(self._parts)
        ]
        words = sorted(set(chain.from_iterable(parts)))
        place = {word: at for at, word in enumerate(words)}
        ranks = [np.fromiter(map(place.__getitem__, own), np.int32, len(own)) for own in parts]
        return np.array(words, dtype=object), ranks


def _put_in_order(rows: Rows, ptr: npt.NDArray[np.int64], count: int) -> None:
    """Sorts the rows of each value, for a table of ``count`` rows; some values at a time, to bound memory."""
    edges = np.unique(np.searchsorted(ptr, np.arange(0, len(rows), _PLACED_AT_ONCE)))
    for first, last in pairwise([*edges.tolist(), len(ptr) - 1]):
        some = rows[ptr[first] : ptr[last]]
        keys = np.repeat(np.arange(last - first), np.diff(ptr[first : last + 1])) * count + some
        keys.sort()
        some[:] = keys % count


def _first(rows: Rows, ptr: npt.NDArray[np.int64], count: int) -> Rows:
    """The least value of each of ``count`` rows, the number of values for a row that has none. Stretches of rows are gone over from the
    last: memory grows with their size, not with the number of entries."""
    first = np.full(count, len(ptr) - 1, np.int32)
    for start in range((len(rows) - 1) // _PLACED_AT_ONCE * _PLACED_AT_ONCE, -1, -_PLACED_AT_ONCE):
        some = rows[start : start + _PLACED_AT_ONCE]
        least = int(np.searchsorted(ptr, start, side="right")) - 1
        past = int(np.searchsorted(ptr, start + len(some) - 1, side="right"))
        edges = np.r_[start, ptr[least + 1 : past], start + len(some)]
        first[some[::-1]] = np.repeat(np.arange(least, past, dtype=np.int32), np.diff(edges))[
            ::-1
        ]  # the least value stays
    return first


def _json_list(words: npt.NDArray[Any]) -> Iterator[bytes]:
    """The values as a JSON list, written some thousands at a time: a field may have millions of identifiers."""
    yield b"["
    for start in range(0, len(words), _WRITTEN_AT_ONCE):
        some = words[start : start + _WRITTEN_AT_ONCE].tolist()
        texts = [word.decode() for word in some] if words.dtype != object else some
        yield b"," * bool(start) + orjson.dumps(texts)[1:-1]
    yield b"]"


class TableJoin:
    """Joins the parts of one table: the documents, or the entries of one nested path."""

    def __init__(self, properties: Properties, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.count = 0
        self._keywords = {name: KeywordJoin(folder) for name in fields_of(properties, "keyword")}
        self._numbers = {name: Spill(folder) for name in fields_of(properties, *NUMBERS)}
        self._points = {name: (Spill(folder), Spill(folder)) for name in fields_of(properties, "geo_point")}
        self._parents = Spill(folder)
        self._former: Table | None = None
        self._places: Rows = np.empty(0, np.int32)
        """The row where each row of the former table goes, -1 for none."""

    def add(self, part: TablePart, documents: int, mixed: Mixed | None = None) -> None:
        """Takes a part. ``documents`` is the number of documents in the generation before those of the part; ``mixed``: how its rows go
        among those of a former table."""
        base = np.int32(self.count)
        every = np.arange(part.count, dtype=np.int32) if mixed is None else mixed.new
        parents = part.parents if mixed is None else mixed.parents
        self._parents.put(parents + np.int32(documents))
        for name, keyword in part.keywords.items():
            self._keywords[name].add(keyword, every[keyword.rows] + base)
        for name, numbers in part.numbers.items():
            self._numbers[name].put(numbers if mixed is None else mixed.column(numbers, mixed.former.number(name)))
        for name, axes in part.points.items():
            known = axes if mixed is None else mixed.former.point(name)
            for spill, values, former in zip(self._points[name], axes, known, strict=True):
                spill.put(values if mixed is None else mixed.column(values, former))
        if mixed is not None:
            if self._former is None:
                self._former, self._places = mixed.former, np.full(mixed.former.count, -1, np.int32)
            self._places[mixed.rows] = mixed.places + base
        self.count += len(parents)

    def save(self, columns: ContainerWriter, name: str) -> None:
        """Writes every column, under ``name``."""
        under = f"{name}/"
        columns.add(f"{under}parents", self._parents.whole().astype(np.int32))
        for field, spill in self._numbers.items():
            columns.add(f"{under}{field}.number", spill.whole().astype(np.float64))
        for field, axes in self._points.items():
            for axis, spill in zip(("lon", "lat"), axes, strict=True):
                columns.add(f"{under}{field}.{axis}", spill.whole().astype(np.float64))
        with ThreadPoolExecutor(_AT_ONCE, "join") as threads:
            jobs = [threads.submit(self._save_keyword, columns, under, field) for field in self._keywords]
            for job in jobs:
                job.result()
        self.close()

    def _save_keyword(self, columns: ContainerWriter, under: str, field: str) -> None:
        join = self._keywords[field]
        if self._former is not None:
            join.add_former(self._former.keyword(field), self._places)
        join.save(columns, under + field, self.count)

    def close(self) -> None:
        for spill in (self._parents, *self._numbers.values(), *chain.from_iterable(self._points.values())):
            spill.close()
        for keyword in self._keywords.values():
            keyword.close()

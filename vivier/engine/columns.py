"""Columns of one generation, on disk and memory-mapped: what the embedded engine filters, counts and sorts with.

A mapping field becomes: ``keyword`` an inverted list (value → rows) plus the first value's rank per row for sorting;
``double``, ``long`` and ``date`` one number per row (dates as days since 1970-01-01, NaN when absent); ``geo_point`` two
numbers. A nested path has its own rows (entries) and the document each belongs to.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from vivier.errors import BuildRefused

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.float64]

_EPOCH = date(1970, 1, 1).toordinal()


def day_number(text: str) -> float:
    """Days since 1970-01-01 of an ISO date."""
    return float(date.fromisoformat(text[:10]).toordinal() - _EPOCH)


class Ordinals(dict[str, int]):
    """Numbers values in the order they are first met."""

    def __missing__(self, value: str) -> int:
        number = self[value] = len(self)
        return number


class KeywordWriter:
    """Collects (value, row) pairs of one keyword field."""

    def __init__(self) -> None:
        self.ordinals = Ordinals()
        self.values = array("i")
        self.rows = array("i")

    def add(self, row: int, values: Sequence[str]) -> None:
        self.values.extend(map(self.ordinals.__getitem__, values))
        self.rows.extend(repeat(row, len(values)))

    def save(self, path: Path, count: int) -> None:
        words = sorted(self.ordinals)
        rank = np.empty(max(len(words), 1), dtype=np.int32)
        rank[[self.ordinals[word] for word in words]] = np.arange(len(words), dtype=np.int32)
        values, rows = rank[np.frombuffer(self.values, dtype=np.int32)], np.frombuffer(self.rows, dtype=np.int32)
        order = np.lexsort((rows, values))
        values, rows = values[order], rows[order]
        first = np.full(count, len(words), dtype=np.int32)
        np.minimum.at(first, rows, values)
        np.save(path.with_suffix(".rows.npy"), rows)
        np.save(path.with_suffix(".ptr.npy"), np.searchsorted(values, np.arange(len(words) + 1)).astype(np.int64))
        np.save(path.with_suffix(".first.npy"), first)
        path.with_suffix(".values.json").write_bytes(orjson.dumps(words))


class Keyword:
    """One keyword field, open for reading."""

    def __init__(self, path: Path) -> None:
        self.values: list[str] = orjson.loads(path.with_suffix(".values.json").read_bytes())
        self.rows: Rows = np.load(path.with_suffix(".rows.npy"), mmap_mode="r")
        self.ptr: npt.NDArray[np.int64] = np.load(path.with_suffix(".ptr.npy"))
        self.first: Rows = np.load(path.with_suffix(".first.npy"), mmap_mode="r")
        self.index = {value: i for i, value in enumerate(self.values)}
        self._ordinals: Rows | None = None

    @property
    def ordinals(self) -> Rows:
        """The value of each posting, made on first use."""
        if self._ordinals is None:
            self._ordinals = np.repeat(np.arange(len(self.values), dtype=np.int32), np.diff(self.ptr))
        return self._ordinals

    def rows_of(self, value: str) -> Rows:
        """Rows that hold ``value``."""
        i = self.index.get(value)
        return self.rows[:0] if i is None else self.rows[self.ptr[i] : self.ptr[i + 1]]


class TableWriter:
    """The columns of the documents, or of one nested path."""

    def __init__(self, properties: Mapping[str, Mapping[str, Any]]) -> None:
        self.count = 0
        self.keywords = {name: KeywordWriter() for name, spec in properties.items() if spec["type"] == "keyword"}
        self.numbers = {
            name: array("d") for name, spec in properties.items() if spec["type"] in ("double", "long", "date")
        }
        self.dates = {name for name, spec in properties.items() if spec["type"] == "date"}
        self.points = {
            name: (array("d"), array("d")) for name, spec in properties.items() if spec["type"] == "geo_point"
        }
        self.parents = array("i")
        self.known = set(properties)

    def add(self, entry: Mapping[str, Any], parent: int | None = None) -> int:
        """Add one row (of ``parent`` when nested; else its own); its number. A field the mapping does not know is an error."""
        if not entry.keys() <= self.known:
            raise BuildRefused(f"Champs absents du mapping : {', '.join(sorted(entry.keys() - self.known))}.")
        row, self.count = self.count, self.count + 1
        self.parents.append(row if parent is None else parent)
        for name, keyword in self.keywords.items():
            value = entry.get(name)
            if value is not None:
                keyword.add(row, (value,) if isinstance(value, str) else value)
        for name, numbers in self.numbers.items():
            number = entry.get(name)
            if number is None:
                numbers.append(np.nan)
            else:
                numbers.append(day_number(number) if name in self.dates else number)
        for name, (lons, lats) in self.points.items():
            point = entry.get(name)
            lons.append(np.nan if point is None else point["lon"])
            lats.append(np.nan if point is None else point["lat"])
        return row

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        np.save(folder / "parents.npy", np.frombuffer(self.parents, dtype=np.int32))
        for name, keyword in self.keywords.items():
            keyword.save(folder / f"{name}.keyword", self.count)
        for name, numbers in self.numbers.items():
            np.save(folder / f"{name}.number.npy", np.frombuffer(numbers, dtype=np.float64))
        for name, pair in self.points.items():
            for axis, values in zip(("lon", "lat"), pair, strict=True):
                np.save(folder / f"{name}.{axis}.npy", np.frombuffer(values, dtype=np.float64))


class Table:
    """The columns of the documents, or of one nested path, open for reading; each column is opened on first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parents: Rows = np.load(folder / "parents.npy")
        self.count = len(self.parents)
        self._keywords: dict[str, Keyword] = {}
        self._numbers: dict[str, Numbers] = {}

    def keyword(self, name: str) -> Keyword:
        if name not in self._keywords:
            self._keywords[name] = Keyword(self.folder / f"{name}.keyword")
        return self._keywords[name]

    def is_keyword(self, name: str) -> bool:
        return name in self._keywords or (self.folder / f"{name}.keyword").with_suffix(".rows.npy").exists()

    def number(self, name: str) -> Numbers:
        if name not in self._numbers:
            self._numbers[name] = np.load(self.folder / f"{name}.number.npy")
        return self._numbers[name]

    def point(self, name: str) -> tuple[Numbers, Numbers]:
        """Longitudes and latitudes in degrees, NaN when absent."""
        for axis in ("lon", "lat"):
            if f"{name}.{axis}" not in self._numbers:
                self._numbers[f"{name}.{axis}"] = np.load(self.folder / f"{name}.{axis}.npy")
        return self._numbers[f"{name}.lon"], self._numbers[f"{name}.lat"]

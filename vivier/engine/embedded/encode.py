"""Encodes documents as a part: arrays by column, made in the process that makes the documents and joined by ``joining.py``.

A part is small (a few thousand documents), refers to no other part, and is sent between processes as it is. Rows are numbered from
0 within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vivier.engine.embedded.bits import Rows
from vivier.engine.embedded.columns import NUMBERS, Properties, day_number, fields_of
from vivier.engine.strict import Entries, Texts
from vivier.territory.sphere import Numbers, on_grid

WIDEST: Final = 64
"""Bytes. Values up to this length are stored as arrays of bytes of one width, which sort ten times faster than texts."""

_SMALL = 1 << 16


@dataclass(frozen=True, slots=True)
class KeywordPart:
    """One keyword field: its distinct values in order, and the rows that have each, ``rows[ptr[i]:ptr[i + 1]]``.

    ``words`` are UTF-8 bytes of one width, or texts (``object``) when one is longer than :data:`WIDEST`.
    """

    words: npt.NDArray[Any]
    ptr: Rows
    rows: Rows


@dataclass(frozen=True, slots=True)
class TablePart:
    """Some rows of a table. ``parents``: the document of each row of a nested table. Dates are days since 1970-01-01, points are
    degrees on the grid of both engines; an absent value is NaN."""

    count: int
    parents: Rows
    keywords: dict[str, KeywordPart]
    numbers: dict[str, Numbers]
    points: dict[str, tuple[Numbers, Numbers]]


def encode(entries: Entries, properties: Properties, parents: Rows | None = None) -> TablePart:
    """Checked entries as a part. ``parents``: the document of each entry, for those of a nested path."""
    every = np.arange(entries.count, dtype=np.int32)
    return TablePart(
        entries.count,
        every if parents is None else parents,
        {name: _keyword(entries.texts[name], every) for name in fields_of(properties, "keyword")},
        {name: _numbers(entries.values[name], properties[name]["type"]) for name in fields_of(properties, *NUMBERS)},
        {name: _points(entries.values[name]) for name in fields_of(properties, "geo_point")},
    )


def _keyword(texts: Texts, every: Rows) -> KeywordPart:
    values, words = texts.values, sorted(texts.words)
    rank = dict(zip(words, count(), strict=False))
    kind = np.uint16 if len(words) < _SMALL else np.int32  # numpy sorts sixteen bits by counting
    codes, rows = _by_row(np.fromiter(map(rank.__getitem__, values), kind, len(values)), texts, every)
    order = np.argsort(codes, kind="stable")
    codes, rows = codes[order], rows[order]
    if len(rows) > 1:  # a value given twice by one row counts once
        fresh = np.r_[True, (codes[1:] != codes[:-1]) | (rows[1:] != rows[:-1])]
        codes, rows = codes[fresh], rows[fresh]
    ptr = np.zeros(len(words) + 1, np.int32)
    np.cumsum(np.bincount(codes, minlength=len(words)), out=ptr[1:])
    return KeywordPart(packed_words(words), ptr, rows)


def _by_row(codes: npt.NDArray[Any], texts: Texts, every: Rows) -> tuple[npt.NDArray[Any], Rows]:
    """The codes of the values of each row, one row after the other, and their rows."""
    if texts.sizes is None:
        return codes, every
    sizes = np.array(texts.sizes, np.intp)
    if texts.lists is None:
        return codes, np.repeat(every, sizes)
    lists = np.array(texts.lists, np.intp)
    lengths, starts = sizes.take(lists), (np.cumsum(sizes) - sizes).take(lists)
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return codes.take(within + np.repeat(starts, lengths)), np.repeat(every, lengths)


def packed_words(words: Sequence[str]) -> npt.NDArray[Any]:
    """Words as a :class:`KeywordPart` has them."""
    encoded = [word.encode() for word in words]
    if max(map(len, encoded), default=0) > WIDEST or b"\0" in b"".join(encoded):
        return np.array(words, dtype=object)
    return np.array(encoded or [b""], dtype="S")[: len(words)]


def _numbers(column: Sequence[Any], kind: str) -> Numbers:
    if kind == "date":
        days = {text: np.nan if text is None else day_number(text) for text in set(column)}
        column = [days[text] for text in column]
    return np.array(column, dtype=np.float64)  # None is NaN


def _points(column: Sequence[Any]) -> tuple[Numbers, Numbers]:
    grid = {id(None): (np.nan, np.nan)}  # most documents of a place share its point
    for point in column:
        if id(point) not in grid:
            grid[id(point)] = on_grid(point["lon"], point["lat"])
    axes = np.array([grid[id(point)] for point in column], dtype=np.float64).reshape(-1, 2)
    return axes[:, 0].copy(), axes[:, 1].copy()

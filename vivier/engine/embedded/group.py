"""Figures by group on columns: one pass over the rows, in blocks small enough for what is made of them to stay near."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vivier.engine.embedded.bits import Column, Counts, Mask, Positions
from vivier.engine.embedded.evaluate import Evaluation
from vivier.engine.embedded.sphere import Numbers
from vivier.engine.port import Groups
from vivier.search.operators import EVERY, Measure, Operator

Figures = npt.NDArray[np.float64]
_START = {"sum": 0.0, "min": np.inf, "max": -np.inf}
_BLOCK = 1 << 16
_MOST_CELLS = 1 << 20
"""Of a table of counts: beyond, making it costs more than it saves."""
_DENSE = 4
"""A sum adds zeros for the rows a measure leaves out when it keeps more than one in so many."""
_FEW = 4
"""What a row counts for is told for the rows placed alone when they are less than one in so many."""


@dataclass(frozen=True)
class _Placed:
    """Rows (``None``: every row) and the group of each, from 0 to ``size`` excluded. A row comes once for each of its groups,
    rows in order within a group; those of the groups after ``named``, the ordinals of the first groups, have no value."""

    rows: Positions | None
    groups: Column
    named: Positions
    size: int

    def blocks(self) -> Iterator[tuple[slice, Positions | slice, Positions]]:
        """Some places, the rows there and their groups, in turn."""
        for start in range(0, len(self.groups), _BLOCK):
            at = slice(start, start + _BLOCK)
            yield at, at if self.rows is None else self.rows[at], self.groups[at].astype(np.intp)


def grouped(
    evaluation: Evaluation, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None
) -> Groups:
    """Groups of the documents that meet ``where``, by every value of ``by``, or by those of ``among``."""
    placed = _fewer(_placed(evaluation, where, by, among))
    tables = _tables(evaluation, placed, [one for one in measures if one.field is None])
    others = [one for one in measures if one.field is not None and one.kind != "median"]
    figures = {one.name: np.full(placed.size, _START[one.kind]) for one in others}
    for at, rows, groups in placed.blocks():
        for table in tables:
            table.add(at, rows, groups)
        _add(evaluation, others, figures, rows, groups)
    for one in others:
        if one.kind != "sum":
            figures[one.name][np.isinf(figures[one.name])] = np.nan
    for table in tables:
        figures |= table.figures()
    figures |= {one.name: _medians(evaluation, one, placed) for one in measures if one.kind == "median"}
    present = np.flatnonzero(tables[0].present()[: len(placed.named)])
    values = evaluation.documents.keyword(by).values
    named = map(values.__getitem__, placed.named[present].tolist())
    return Groups(tuple(named), {one.name: figures[one.name][present] for one in measures})


def _placed(evaluation: Evaluation, where: Operator, by: str, among: tuple[str, ...] | None) -> _Placed:
    """The rows that meet ``where``, each in its groups."""
    keyword, kept = evaluation.documents.keyword(by), evaluation.kept(where)
    named = np.arange(len(keyword.values))
    if among is None and keyword.single:
        return _Placed(None if kept.every else kept.rows, kept.of(keyword.first), named, len(named) + 1)
    if among is None:
        rows, groups = keyword.rows, keyword.ordinals
    else:
        named = np.array(sorted(keyword.places_of(set(among))), np.intp)
        rows, groups = keyword.postings(named)
    held = np.flatnonzero(kept.mask[rows])
    return _Placed(rows.take(held).astype(np.intp), groups.take(held), named, len(named))


def _fewer(placed: _Placed) -> _Placed:
    """The same without the groups that have no row, when they must be many."""
    if len(placed.groups) >= placed.size:
        return placed
    present, groups = np.unique(placed.groups, return_inverse=True)
    named = placed.named[present[present < len(placed.named)]]
    return _Placed(placed.rows, groups, named, len(present))


class _Table:
    """Counts of a few measures together: those a row meets are the bits of a code, and what is counted is pairs of a code and
    a group."""

    def __init__(self, evaluation: Evaluation, placed: _Placed, measures: Sequence[Measure]) -> None:
        self._measures = measures
        masks = [evaluation.mask(measure.where) for measure in measures]
        rows, count = placed.rows, evaluation.documents.count
        self._by_place = rows is not None and _FEW * len(rows) < count
        if rows is not None and self._by_place:
            masks, count = [mask.take(rows) for mask in masks], len(rows)
        self._code = np.zeros(count, np.uint8)
        for bit, mask in enumerate(masks):
            self._code |= mask.view(np.uint8) << bit
        self._cells = np.zeros((1 << len(measures), placed.size), np.int64)

    def add(self, at: slice, rows: Positions | slice, groups: Positions) -> None:
        code = self._code[at if self._by_place else rows]
        np.add.at(self._cells.reshape(-1), code * np.intp(self._cells.shape[1]) + groups, 1)

    def present(self) -> Counts:
        """Rows by group."""
        counts: Counts = self._cells.sum(axis=0)
        return counts

    def figures(self) -> dict[str, Figures]:
        codes = np.arange(len(self._cells))
        return {
            one.name: self._cells[codes >> bit & 1 == 1].sum(axis=0).astype(np.float64)
            for bit, one in enumerate(self._measures)
        }


def _tables(evaluation: Evaluation, placed: _Placed, measures: Sequence[Measure]) -> list[_Table]:
    """At least one, which says which groups have rows."""
    together = min(8, max(1, (_MOST_CELLS // max(placed.size, 1)).bit_length() - 1))
    starts = range(0, max(len(measures), 1), together)
    return [_Table(evaluation, placed, measures[start : start + together]) for start in starts]


def _add(
    evaluation: Evaluation,
    measures: Sequence[Measure],
    figures: dict[str, Figures],
    rows: Positions | slice,
    groups: Positions,
) -> None:
    """What a block of rows adds to the sums, or moves the extremes to."""
    known: dict[str, tuple[Numbers, Mask]] = {}
    for measure in measures:
        field = str(measure.field)
        if field not in known:
            numbers = evaluation.documents.number(field)[rows]
            known[field] = numbers, ~np.isnan(numbers)
        numbers, mask = known[field]
        if measure.where != EVERY:
            mask = mask & evaluation.mask(measure.where)[rows]
        _gather(measure.kind, figures[measure.name], numbers, groups, mask)


def _gather(kind: str, figures: Figures, numbers: Numbers, groups: Positions, mask: Mask) -> None:
    """In the order of rows, so that a sum is the same however it is asked."""
    count = np.count_nonzero(mask)
    if kind == "sum" and count < len(mask) < _DENSE * count:
        numbers = np.where(mask, numbers, 0.0)  # one zero more changes no sum, and costs less than leaving a row out
    elif count < len(mask):
        kept = np.flatnonzero(mask)
        numbers, groups = numbers.take(kept), groups.take(kept)
    join = {"sum": np.add, "min": np.minimum, "max": np.maximum}[kind]
    join.at(figures, groups, numbers)


def _medians(evaluation: Evaluation, measure: Measure, placed: _Placed) -> Figures:
    rows: Positions | slice = slice(None) if placed.rows is None else placed.rows
    numbers = evaluation.documents.number(str(measure.field))[rows]
    kept = np.flatnonzero(evaluation.mask(measure.where)[rows] & ~np.isnan(numbers))
    return _median(numbers.take(kept), placed.groups.take(kept), placed.size)


def _median(numbers: Numbers, groups: Column, size: int) -> Figures:
    """The number in the middle of each group, the mean of two for an even number of them. Groups and ranks are sorted as one
    integer, which is several times faster than by two keys."""
    counts = np.bincount(groups, minlength=size)
    distinct, ranks = np.unique(numbers, return_inverse=True)
    ordered = np.sort(groups.astype(np.int64) * max(len(distinct), 1) + ranks) % max(len(distinct), 1)
    some, first = np.flatnonzero(counts), np.cumsum(counts) - counts
    low, high = (first[some] + place for place in ((counts[some] - 1) // 2, counts[some] // 2))
    found = np.full(size, np.nan)
    found[some] = (distinct[ordered[low]] + distinct[ordered[high]]) / 2
    return found

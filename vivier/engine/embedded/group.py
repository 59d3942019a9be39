"""Figures by group on columns: one pass over the rows, in blocks whose intermediate results fit in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vivier.arrays import Mask, Positions
from vivier.engine.embedded.bits import Column, Counts, Matching
from vivier.engine.embedded.columns import Keyword
from vivier.engine.embedded.evaluate import Evaluation
from vivier.search.operators import EVERY, Measure, Operator
from vivier.search.port import Groups
from vivier.territory.sphere import Numbers

Figures = npt.NDArray[np.float64]
_START = {"sum": 0.0, "min": np.inf, "max": -np.inf}
_BLOCK = 1 << 16
_MOST_CELLS = 1 << 20
"""Most cells of a table of counts: a larger table costs more than it saves."""
_DENSE = 4
"""When a measure counts more than one row in ``_DENSE``, its sum adds a zero for each row that it leaves out."""
_MANY = 16
"""When the values of a field stand in more than ``_MANY`` times as many places as rows match, the values of each row are looked up."""
_FEW = 4
"""When fewer than one row in ``_FEW`` is placed in a group, codes are computed for the placed rows only."""


@dataclass(frozen=True)
class _Placed:
    """Rows (``None``: every row) and the group of each, from 0 to ``size`` excluded. A row comes once for each of its groups,
    and rows are in order within a group. ``named`` are the ordinals of the values of the first groups; a row of a group after
    these has no value."""

    rows: Positions | None
    groups: Column
    named: Positions
    size: int

    def blocks(self) -> Iterator[tuple[slice, Positions | slice, Positions]]:
        """Each block in turn: its slice of places, the rows at these places, and their groups."""
        for start in range(0, len(self.groups), _BLOCK):
            at = slice(start, start + _BLOCK)
            yield at, at if self.rows is None else self.rows[at], self.groups[at].astype(np.intp)


def grouped(
    evaluation: Evaluation, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None
) -> Groups:
    """Groups of the documents that meet ``where``, by every value of ``by``, or by the values ``among`` only."""
    placed = _fewer(_placed(evaluation, where, by, among))
    tables = _tables(evaluation, placed, [measure for measure in measures if measure.field is None])
    others = [measure for measure in measures if measure.field is not None and measure.kind != "median"]
    figures = {measure.name: np.full(placed.size, _START[measure.kind]) for measure in others}
    for at, rows, groups in placed.blocks():
        for table in tables:
            table.add(at, rows, groups)
        _add(evaluation, others, figures, rows, groups)
    for measure in others:
        if measure.kind != "sum":
            figures[measure.name][np.isinf(figures[measure.name])] = np.nan
    for table in tables:
        figures |= table.figures()
    figures |= {measure.name: _medians(evaluation, measure, placed) for measure in measures if measure.kind == "median"}
    present = np.flatnonzero(tables[0].present()[: len(placed.named)])
    values = evaluation.documents.keyword(by).values
    named = map(values.__getitem__, placed.named[present].tolist())
    return Groups(tuple(named), {measure.name: figures[measure.name][present] for measure in measures})


def _placed(evaluation: Evaluation, where: Operator, by: str, among: tuple[str, ...] | None) -> _Placed:
    """The rows that meet ``where``, each in its groups."""
    keyword, matching = evaluation.documents.keyword(by), evaluation.matching(where)
    named = np.arange(len(keyword.values))
    if among is None and keyword.single:
        return _Placed(None if matching.every else matching.rows, matching.of(keyword.first), named, len(named) + 1)
    if among is None and _MANY * matching.count < len(keyword.rows):
        groups, places = keyword.held_by(matching.rows)
        return _Placed(matching.rows.take(places), groups, named, len(named))
    if among is None:
        rows, groups = keyword.rows, keyword.ordinals
    else:
        named = np.array(sorted(keyword.places_of(set(among))), np.intp)
        if keyword.single and matching.count < int((keyword.ptr[named + 1] - keyword.ptr[named]).sum()):
            return _looked_up(keyword, matching, named)
        rows, groups = keyword.postings(named)
    matched = np.flatnonzero(matching.mask[rows])
    return _Placed(rows.take(matched).astype(np.intp), groups.take(matched), named, len(named))


def _looked_up(keyword: Keyword, matching: Matching, named: Positions) -> _Placed:
    """The same for values that more rows have than match: the only value of each matching row is looked up."""
    group_of = np.full(len(keyword.values) + 1, -1, np.int32)
    group_of[named] = np.arange(len(named))
    groups = group_of.take(matching.of(keyword.first))
    remaining = np.flatnonzero(groups >= 0)
    return _Placed(matching.rows.take(remaining), groups.take(remaining), named, len(named))


def _fewer(placed: _Placed) -> _Placed:
    """The same rows with the empty groups left out. It does nothing when there are as many rows as groups or more."""
    if len(placed.groups) >= placed.size:
        return placed
    present, groups = np.unique(placed.groups, return_inverse=True)
    named = placed.named[present[present < len(placed.named)]]
    return _Placed(placed.rows, groups, named, len(present))


class _Table:
    """Counts a few measures together. The measures that a row meets are the bits of a code; the table counts the pairs of a code
    and a group."""

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
        """Number of rows of each group."""
        counts: Counts = self._cells.sum(axis=0)
        return counts

    def figures(self) -> dict[str, Figures]:
        codes = np.arange(len(self._cells))
        return {
            measure.name: self._cells[codes >> bit & 1 == 1].sum(axis=0).astype(np.float64)
            for bit, measure in enumerate(self._measures)
        }


def _tables(evaluation: Evaluation, placed: _Placed, measures: Sequence[Measure]) -> list[_Table]:
    """The tables of the measures that count. There is always at least one, because it gives the groups that have rows."""
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
    """Adds a block of rows to the sums, the least and the greatest values."""
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
    """Adds numbers to their groups in the order of rows, so that a sum does not depend on how the query is written."""
    count = np.count_nonzero(mask)
    if kind == "sum" and count < len(mask) < _DENSE * count:
        numbers = np.where(mask, numbers, 0.0)  # a zero changes no sum, and costs less than leaving a row out
    elif count < len(mask):
        counted = np.flatnonzero(mask)
        numbers, groups = numbers.take(counted), groups.take(counted)
    join = {"sum": np.add, "min": np.minimum, "max": np.maximum}[kind]
    join.at(figures, groups, numbers)


def _medians(evaluation: Evaluation, measure: Measure, placed: _Placed) -> Figures:
    rows: Positions | slice = slice(None) if placed.rows is None else placed.rows
    numbers = evaluation.documents.number(str(measure.field))[rows]
    counted = np.flatnonzero(evaluation.mask(measure.where)[rows] & ~np.isnan(numbers))
    return _median(numbers.take(counted), placed.groups.take(counted), placed.size)


def _median(numbers: Numbers, groups: Column, size: int) -> Figures:
    """The number in the middle of each group, or the mean of the two in the middle. Groups and ranks are sorted as one integer,
    which is several times faster than sorting by two keys."""
    counts = np.bincount(groups, minlength=size)
    distinct, ranks = np.unique(numbers, return_inverse=True)
    ordered = np.sort(groups.astype(np.int64) * max(len(distinct), 1) + ranks) % max(len(distinct), 1)
    some, first = np.flatnonzero(counts), np.cumsum(counts) - counts
    low, high = (first[some] + place for place in ((counts[some] - 1) // 2, counts[some] // 2))
    found = np.full(size, np.nan)
    found[some] = (distinct[ordered[low]] + distinct[ordered[high]]) / 2
    return found

"""Figures by group on columns: one pass a measure, whatever the number of groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vivier.engine.columns import Rows
from vivier.engine.evaluate import Evaluation
from vivier.engine.port import Groups
from vivier.engine.sphere import Numbers
from vivier.operators import Measure, Operator, conjunction

_START = {"min": np.inf, "max": -np.inf}


def grouped(
    evaluation: Evaluation, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None
) -> Groups:
    """Groups of the documents that meet ``where``, by every value of ``by``, or by those of ``among``."""
    keyword = evaluation.documents.keyword(by)
    if among is None:
        named, rows, groups = keyword.values, keyword.rows, keyword.ordinals
    else:
        named = sorted(value for value in set(among) if value in keyword.index)
        rows, groups = keyword.postings(np.array([keyword.index[value] for value in named], np.int32))
    kept = evaluation.mask(where)[rows]
    rows, groups, size = rows[kept], groups[kept], len(named)
    present = np.flatnonzero(np.bincount(groups, minlength=size))
    figures = {measure.name: _measured(evaluation, where, measure, rows, groups, size)[present] for measure in measures}
    return Groups(tuple(named[i] for i in present), figures)


def _measured(
    evaluation: Evaluation, where: Operator, measure: Measure, rows: Rows, groups: Rows, size: int
) -> npt.NDArray[np.float64]:
    mask = evaluation.mask(conjunction(where, measure.where))[rows]
    if measure.field is None:
        return np.bincount(groups[mask], minlength=size).astype(np.float64)
    numbers = evaluation.documents.number(measure.field)[rows]
    mask &= ~np.isnan(numbers)
    if measure.kind == "sum":
        return np.bincount(groups[mask], weights=numbers[mask], minlength=size).astype(np.float64)
    if measure.kind == "median":
        return _median(numbers[mask], groups[mask], size)
    return _extreme(measure.kind, numbers[mask], groups[mask], size)


def _extreme(kind: str, numbers: Numbers, groups: Rows, size: int) -> npt.NDArray[np.float64]:
    found = np.full(size, _START[kind])
    (np.minimum if kind == "min" else np.maximum).at(found, groups, numbers)
    found[np.isinf(found)] = np.nan
    return found


def _median(numbers: Numbers, groups: Rows, size: int) -> npt.NDArray[np.float64]:
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

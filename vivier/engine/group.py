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


def grouped(evaluation: Evaluation, where: Operator, by: str, measures: tuple[Measure, ...]) -> Groups:
    """Groups of the documents that meet ``where``, by every value of ``by``."""
    keyword = evaluation.documents.keyword(by)
    size = len(keyword.ptr) - 1
    kept = evaluation.mask(where)[keyword.rows]
    rows, groups = keyword.rows[kept], keyword.ordinals[kept]
    present = np.flatnonzero(np.bincount(groups, minlength=size))
    figures = {measure.name: _measured(evaluation, where, measure, rows, groups, size)[present] for measure in measures}
    return Groups(tuple(keyword.values[i] for i in present), figures)


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
    return _extreme(measure.kind, numbers[mask], groups[mask], size)


def _extreme(kind: str, numbers: Numbers, groups: Rows, size: int) -> npt.NDArray[np.float64]:
    found = np.full(size, _START[kind])
    (np.minimum if kind == "min" else np.maximum).at(found, groups, numbers)
    found[np.isinf(found)] = np.nan
    return found

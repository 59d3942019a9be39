"""Points of the documents found. Operators are evaluated on the matching rows only, which are often few."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vivier.engine.embedded.bits import Mask, Matching
from vivier.engine.embedded.evaluate import Evaluation, Points, in_range
from vivier.engine.embedded.sphere import Numbers, great_circle_km
from vivier.search.operators import All, AnyOf, Near, Not, Operator, Part, Range, Terms, Text

_FEW = 8
"""Distances are computed row by row when at most one row in ``_FEW`` matches; else within a box."""
_VERY_FEW = 64
"""Values are looked up row by row when at most one row in ``_VERY_FEW`` matches; else a mask of all rows is computed."""


class Scored:
    """The points of the matching rows, one number a row, in their order: for each part, and in total."""

    def __init__(self, evaluation: Evaluation, matching: Matching, text: Text | None, parts: Iterable[Part]) -> None:
        self._evaluation, self.matching = evaluation, matching
        self._numbers: dict[str, Numbers] = {}
        self._distances: dict[tuple[str, float, float], Numbers] = {}
        self.parts = {part.name: self._points_of(part) for part in parts}
        self.points = self._text_points(text)
        for worth in self.parts.values():
            self.points += worth

    def _points_of(self, part: Part) -> Points:
        """For each matching row, the points of the best tier of a part that it meets."""
        best = np.zeros(self.matching.count, np.int32)
        for tier in part.tiers:
            np.maximum(best, np.multiply(self._meet(tier.where), tier.points, dtype=np.int32), out=best)
        return best

    def _text_points(self, text: Text | None) -> Points:
        if text is None:
            return np.zeros(self.matching.count, np.int32)
        rows, worth = self._evaluation.text_search(text)
        points = np.zeros(len(self.matching.mask), np.int32)
        points[rows] = worth
        return points[self.matching.rows]

    def _meet(self, operator: Operator) -> Mask:
        """Which of the matching rows meet an operator."""
        match operator:
            case All(of) if of:
                return np.asarray(np.logical_and.reduce([self._meet(operand) for operand in of]))
            case AnyOf(of) if of:
                return np.asarray(np.logical_or.reduce([self._meet(operand) for operand in of]))
            case Not(of):
                return ~self._meet(of)
            case Terms(field, values) if self.matching.count * _VERY_FEW <= len(self.matching.mask):
                return self._evaluation.documents.keyword(field).which_hold(self.matching.rows, values)
            case Range(field):
                return in_range(self._number(field), operator)
            case Near(field, lon, lat, km) if self.matching.count * _FEW <= len(self.matching.mask):
                return np.asarray(self._distance(field, lon, lat) <= km)
            case _:
                return self.matching.of(self._evaluation.mask(operator))

    def _number(self, field: str) -> Numbers:
        if field not in self._numbers:
            self._numbers[field] = self.matching.of(self._evaluation.documents.number(field))
        return self._numbers[field]

    def _distance(self, field: str, lon: float, lat: float) -> Numbers:
        key = (field, lon, lat)
        if key not in self._distances:
            lons, lats = (self.matching.of(axis) for axis in self._evaluation.documents.point(field))
            self._distances[key] = great_circle_km(lon, lat, lons, lats)
        return self._distances[key]

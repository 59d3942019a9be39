"""Points of the documents found: operators looked at on the rows kept alone, which are often few."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vivier.engine.embedded.bits import Kept, Mask
from vivier.engine.embedded.evaluate import Evaluation, Points, in_range
from vivier.engine.embedded.sphere import Numbers, great_circle_km
from vivier.search.operators import All, AnyOf, Near, Not, Operator, Part, Range, Terms, Text

_FEW = 8
"""Distances are computed row by row when one row in so many is kept, at most; else within a box."""
_VERY_FEW = 64
"""Values are looked up row by row when one row in so many is kept, at most; else all rows that hold them are told."""


class Scored:
    """The points of the rows kept, one for each, in their order: of every part and in all."""

    def __init__(self, evaluation: Evaluation, kept: Kept, text: Text | None, parts: Iterable[Part]) -> None:
        self._evaluation, self.kept = evaluation, kept
        self._numbers: dict[str, Numbers] = {}
        self._distances: dict[tuple[str, float, float], Numbers] = {}
        self.parts = {part.name: self._points_of(part) for part in parts}
        self.points = self._text_points(text)
        for worth in self.parts.values():
            self.points += worth

    def _points_of(self, part: Part) -> Points:
        """Points of the best tier of a part."""
        best = np.zeros(self.kept.count, np.int32)
        for tier in part.tiers:
            np.maximum(best, np.multiply(self._meet(tier.where), tier.points, dtype=np.int32), out=best)
        return best

    def _text_points(self, text: Text | None) -> Points:
        if text is None:
            return np.zeros(self.kept.count, np.int32)
        rows, worth = self._evaluation.text_search(text)
        points = np.zeros(len(self.kept.mask), np.int32)
        points[rows] = worth
        return points[self.kept.rows]

    def _meet(self, operator: Operator) -> Mask:
        """Which of the rows kept meet an operator."""
        match operator:
            case All(of) if of:
                return np.asarray(np.logical_and.reduce([self._meet(one) for one in of]))
            case AnyOf(of) if of:
                return np.asarray(np.logical_or.reduce([self._meet(one) for one in of]))
            case Not(of):
                return ~self._meet(of)
            case Terms(field, values) if self.kept.count * _VERY_FEW <= len(self.kept.mask):
                return self._evaluation.documents.keyword(field).held(self.kept.rows, values)
            case Range(field):
                return in_range(self._number(field), operator)
            case Near(field, lon, lat, km) if self.kept.count * _FEW <= len(self.kept.mask):
                return np.asarray(self._distance(field, lon, lat) <= km)
            case _:
                return self.kept.of(self._evaluation.mask(operator))

    def _number(self, field: str) -> Numbers:
        if field not in self._numbers:
            self._numbers[field] = self.kept.of(self._evaluation.documents.number(field))
        return self._numbers[field]

    def _distance(self, field: str, lon: float, lat: float) -> Numbers:
        key = (field, lon, lat)
        if key not in self._distances:
            lons, lats = (self.kept.of(axis) for axis in self._evaluation.documents.point(field))
            self._distances[key] = great_circle_km(lon, lat, lons, lats)
        return self._distances[key]

"""Points of the documents found. Operators are evaluated on the matching rows only, which are often few."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vivier.engine.embedded.evaluate import Evaluation, Points
from vivier.search.operators import Operator, Part, Text


class Scored:
    """The points of the matching rows, one number a row, in their order: for each part, and in total."""

    def __init__(self, evaluation: Evaluation, where: Operator, text: Text | None, parts: Iterable[Part]) -> None:
        self._evaluation, self.matching = evaluation, evaluation.matching(where)
        self._among = evaluation.among(where)
        self.parts = {part.name: self._points_of(part) for part in parts}
        self.points = self._text_points(text)
        for worth in self.parts.values():
            self.points += worth

    def _points_of(self, part: Part) -> Points:
        """For each matching row, the points of the best tier of a part that it meets."""
        best = np.zeros(self.matching.count, np.int32)
        for tier in part.tiers:
            np.maximum(best, np.multiply(self._among.meet(tier.where), tier.points, dtype=np.int32), out=best)
        return best

    def _text_points(self, text: Text | None) -> Points:
        if text is None:
            return np.zeros(self.matching.count, np.int32)
        rows, worth = self._evaluation.text_search(text)
        points = np.zeros(len(self.matching.mask), np.int32)
        points[rows] = worth
        return points[self.matching.rows]

"""Points of the documents found. Operators are evaluated on the matching rows only, which are often few, and no longer on those that
can reach the page no more."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from vivier.arrays import Positions
from vivier.engine.embedded.among import Among
from vivier.engine.embedded.bits import Column
from vivier.engine.embedded.evaluate import Evaluation, Points
from vivier.search.operators import Part, Search, Text

_MANY = 256
"""Rows are left out when more than these are scored: leaving some out costs as much as evaluating a few tiers on these."""


class Scored:
    """The points of some matching rows, one number a row, in their order: for each part, and in total. ``first``: only as many rows are
    wanted, those of the most points; the others may be left out. ``None``: every matching row is scored."""

    def __init__(self, evaluation: Evaluation, search: Search, first: int | None = None) -> None:
        matching = evaluation.matching(search.where)
        self.rows, self._every = matching.rows, matching.every
        self.points = _text_points(evaluation, search.text, self.rows)
        self.parts: dict[str, Points] = {}
        among = evaluation.among(search.where)
        for part, rest in zip(search.parts, _left(search.parts), strict=True):
            self.parts[part.name] = worth = _points_of(part, among)
            self.points += worth
            if first is not None and rest and len(self.rows) > max(_MANY, 2 * first):
                among = self._without_the_last(evaluation, among, rest, first)

    def _without_the_last(self, evaluation: Evaluation, among: Among, rest: int, first: int) -> Among:
        """Leaves out the rows that cannot be among the ``first``, as ``rest`` more points would not be enough, when they are half."""
        least = np.partition(self.points, -first)[-first]
        left = np.flatnonzero(self.points + rest >= least)
        if 2 * len(left) > len(self.rows):
            return among
        self.rows, self.points, self._every = self.rows[left], self.points[left], False
        self.parts = {name: worth[left] for name, worth in self.parts.items()}
        return Among(evaluation, self.rows)

    def at(self, places: Positions | slice, column: Column) -> Column:
        """The values of a column of all rows for the rows at ``places``, counted among the rows scored."""
        return column[places if self._every else self.rows[places]]


def _left(parts: tuple[Part, ...]) -> tuple[int, ...]:
    """For each part, the most points that the parts after it give."""
    best = [max((tier.points for tier in part.tiers), default=0) for part in parts]
    return tuple(accumulate(reversed(best), initial=0))[-2::-1] if best else ()


def _points_of(part: Part, among: Among) -> Points:
    """For each row, the points of the best tier of a part that it meets."""
    best = np.zeros(len(among.rows), np.int32)
    for tier in part.tiers:
        np.maximum(best, np.multiply(among.meet(tier.where), tier.points, dtype=np.int32), out=best)
    return best


def _text_points(evaluation: Evaluation, text: Text | None, matching: Positions) -> Points:
    if text is None:
        return np.zeros(len(matching), np.int32)
    rows, worth = evaluation.text_search(text)
    points = np.zeros(evaluation.documents.count, np.int32)
    points[rows] = worth
    return points[matching]

"""Evaluates operators on some rows of a table, looked up row by row when they are few. A search is most often narrow: what its score and
its facets ask of a hundred suppliers then costs a hundred rows, whatever the size of the index."""

from __future__ import annotations

from typing import Protocol
from weakref import ref

import numpy as np

from vivier.arrays import Mask, Positions
from vivier.engine.embedded.bits import Column, Rows
from vivier.engine.embedded.columns import Table
from vivier.engine.embedded.ranges import in_range
from vivier.search.operators import All, AnyOf, Exists, Near, Not, Operator, Range, Same, Terms
from vivier.territory.sphere import Numbers, great_circle_km

BESIDE = 500
"""Bytes that what is remembered of an operator takes beside its rows: the operator itself, an array, its place."""
_FEW = 8
"""Distances, entries and presence are looked up row by row when at most one row in ``_FEW`` is here; else a mask of all rows is computed."""
_VERY_FEW = 64
"""Values of a keyword are looked up row by row when at most one row in ``_VERY_FEW`` is here."""


class Evaluating(Protocol):
    """What these rows need of the evaluation of all rows (:mod:`vivier.engine.embedded.evaluate`)."""

    octets: int

    def table(self, path: str | None) -> Table:
        """The columns of the documents, or of the entries of ``path``."""
        ...

    def known(self, operator: Operator, path: str | None = None) -> Mask | None:
        """The mask of an operator that has been evaluated already."""
        ...

    def mask(self, operator: Operator, path: str | None = None) -> Mask:
        """Which rows meet the operator."""
        ...


class Among:
    """Some rows of the documents (``path`` is ``None``) or of a nested path, in order. Each operator is evaluated once on them."""

    def __init__(self, evaluation: Evaluating, rows: Positions, path: str | None = None) -> None:
        self.rows = rows
        self.path = path
        self._of = ref(evaluation)  # which remembers this: a cycle would keep its files open
        self._table = evaluation.table(path)
        self._every = len(rows) == self._table.count
        self._met: dict[Operator, Mask] = {}
        self._numbers: dict[str, Numbers] = {}
        self._distances: dict[tuple[str, float, float], Numbers] = {}
        self._entries: dict[str, tuple[Among, Rows]] = {}

    @property
    def _evaluation(self) -> Evaluating:
        evaluation = self._of()
        assert evaluation is not None  # whoever asks holds it
        return evaluation

    def are_few(self, rate: int = _FEW) -> bool:
        """Whether at most one row of the table in ``rate`` is here."""
        return len(self.rows) * rate <= self._table.count

    def of(self, column: Column) -> Column:
        """The values of a column for these rows. It is the column itself when every row is here: do not write to it."""
        return column if self._every else column.take(self.rows)

    def meet(self, operator: Operator) -> Mask:
        """Which of these rows meet an operator. The array is shared: do not write to it."""
        found = self._met.get(operator)
        if found is None:
            known = self._evaluation.known(operator, self.path)
            found = self._met[operator] = self._evaluate(operator) if known is None else self.of(known)
            self._evaluation.octets += found.nbytes + BESIDE
        return found

    def entries(self, path: str) -> tuple[Among, Rows]:
        """The entries of ``path`` that belong to these documents, and for each the place of its document among them."""
        if path not in self._entries:
            entries, places = self._evaluation.table(path).entries_of(self.rows)
            self._entries[path] = Among(self._evaluation, entries, path), places
        return self._entries[path]

    def _evaluate(self, operator: Operator) -> Mask:
        match operator:
            case All(of):
                return self._joined(np.logical_and, of) if of else np.ones(len(self.rows), bool)
            case AnyOf(of):
                return self._joined(np.logical_or, of) if of else np.zeros(len(self.rows), bool)
            case Not(of):
                return ~self.meet(of)
            case Range(field):
                return in_range(self._number(field), operator)
            case Terms(field, values) if self.are_few(_VERY_FEW):
                return self._table.keyword(field).which_hold(self.rows, values)
            case Exists(field) if self.are_few():
                return self._table.present(field, self.rows)
            case Near(field, lon, lat, km) if self.are_few():
                return np.asarray(self._distance(field, lon, lat) <= km)
            case Same(path, of) if self.are_few():
                return self._same(path, of)
            case _:
                return self.of(self._evaluation.mask(operator, self.path))

    def _joined(self, join: np.ufunc, of: tuple[Operator, ...]) -> Mask:
        mask = self.meet(of[0])
        for other in of[1:]:
            mask = join(mask, self.meet(other))
        return mask

    def _same(self, path: str, of: tuple[Operator, ...]) -> Mask:
        entries, places = self.entries(path)
        mask = np.zeros(len(self.rows), bool)
        mask[places[entries.meet(All(of))]] = True
        return mask

    def _number(self, field: str) -> Numbers:
        if field not in self._numbers:
            self._numbers[field] = self.of(self._table.number(field))
        return self._numbers[field]

    def _distance(self, field: str, lon: float, lat: float) -> Numbers:
        key = (field, lon, lat)
        if key not in self._distances:
            lons, lats = (self.of(axis) for axis in self._table.point(field))
            self._distances[key] = great_circle_km(lon, lat, lons, lats)
        return self._distances[key]

"""Where the suppliers of an answer sit: counts by commune of the seat, the finest territory that the index knows of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from search_api.context import Context
from vivier.model.views import SupplierView
from vivier.search.operators import Measure, Operator
from vivier.search.port import Groups
from vivier.suppliers.result import SupplierResult
from vivier.territory import Gazetteer
from vivier.territory.communes import Bools, Communes, Floats


@dataclass(frozen=True)
class Seats:
    """How many suppliers sit in each commune (or arrondissement): ``rows`` of the gazetteer's communes, and ``counts``."""

    communes: Communes
    rows: npt.NDArray[np.intp]
    counts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lon(self) -> Floats:
        return self.communes.lon[self.rows]

    @property
    def lat(self) -> Floats:
        return self.communes.lat[self.rows]

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    def of(self, which: Bools | npt.NDArray[np.intp]) -> Seats:
        """The seats of a selection of communes."""
        return Seats(self.communes, self.rows[which], self.counts[which])

    def names(self) -> list[str]:
        """Names, in order."""
        return [self.communes.names[row] for row in self.rows.tolist()]


def seats_where(where: Operator, context: Context) -> Seats:
    """The seats of every supplier that meets a condition; the next page of a search and its living map ask for the same ones."""

    def counted() -> Seats:
        by_seat = context.snapshot.suppliers.group(where, "seat", (Measure("suppliers"),))
        return _seats(by_seat, context.lexicon.gazetteer)

    seats: Seats = context.counted.of((context.generation().version, where), counted)
    return seats


def no_seats(communes: Communes) -> Seats:
    """The seats of nobody."""
    return Seats(communes, np.zeros(0, np.intp), np.zeros(0, np.int64))


def seats_of(results: Iterable[SupplierResult], communes: Communes) -> Seats:
    rows = [row for result in results if (row := seat_row(result.record, communes)) is not None]
    distinct, counts = np.unique(np.array(rows, np.intp), return_counts=True)
    has_point = communes.has_point[distinct]
    return Seats(communes, distinct[has_point], counts[has_point])


@lru_cache(maxsize=2)
def typed_ids(gazetteer: Gazetteer) -> list[str]:
    """The typed id of each row of the communes."""
    communes = gazetteer.communes
    kinds = ["arrondissement" if finer else "commune" for finer in communes.is_arrondissement.tolist()]
    return [f"{kind}:{code}" for kind, code in zip(kinds, communes.codes, strict=True)]


@lru_cache(maxsize=2)
def _rows_by_id(gazetteer: Gazetteer) -> dict[str, int]:
    """The row of each commune and arrondissement by its typed id."""
    return {id_: row for row, id_ in enumerate(typed_ids(gazetteer))}


def _seats(groups: Groups, gazetteer: Gazetteer) -> Seats:
    """Counts by the finest known territory: suppliers of an arrondissement are not counted in its commune too. Places without a
    point are left out."""
    communes, row_of = gazetteer.communes, _rows_by_id(gazetteer)
    known: dict[int, int] = {}
    for kind in ("commune", "arrondissement"):
        start, end = (bisect_left(groups.values, f"{kind}{mark}") for mark in ":;")
        rows = map(row_of.__getitem__, groups.values[start:end])
        known.update(zip(rows, groups.measures["suppliers"][start:end].tolist(), strict=True))
    placed = np.array(sorted(known), np.intp)
    counts = np.array([known[row] for row in placed.tolist()], np.int64)
    for row, count in zip(
        *(axis[communes.is_arrondissement[placed]].tolist() for axis in (placed, counts)), strict=True
    ):
        counts[placed == communes.parent[row]] -= count
    placed_at = (counts > 0) & communes.has_point[placed]
    return Seats(communes, placed[placed_at], counts[placed_at])


def seat_id(record: SupplierView) -> str | None:
    """The typed id of the commune, or arrondissement, that a supplier is counted in."""
    fact = record.get("address")
    address = fact["value"] if isinstance(fact, dict) else {}
    if address.get("arrondissement"):
        return f"arrondissement:{address['arrondissement']}"
    return f"commune:{address['commune']}" if address.get("commune") else None


def seat_row(record: SupplierView, communes: Communes) -> int | None:
    """The row of the commune a result is counted in."""
    fact = record.get("address")
    address = fact["value"] if isinstance(fact, dict) else {}
    return communes.index.get(address.get("arrondissement") or address.get("commune") or "")

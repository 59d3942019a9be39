"""Finds where a supplier starts from: a point, a land block, or at worst a département."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vivier.model.place import Address
from vivier.territory.discs import Discs, products, unit_vector
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.model import typed_id

METROPOLE = "metropole"


@dataclass(frozen=True)
class Seat:
    """What is known of a seat. ``point``: lon, lat in degrees. ``block``: place in ``communes.block.codes``.

    ``departements``: codes, several when only a post code shared by départements is known. ``row``: commune or, when
    known, municipal arrondissement.
    """

    point: tuple[float, float] | None
    block: int
    row: int | None
    departements: tuple[str, ...]


class Seats:
    """Reads addresses. An unknown seat gets the land block of the mainland; only country zones use it."""

    def __init__(self, gazetteer: Gazetteer, discs: Discs) -> None:
        self._gazetteer = gazetteer
        self._communes = gazetteer.communes
        self._anchors = discs.anchors
        self._mainland = self._communes.block.codes.index(METROPOLE)

    def read(self, seat: Address) -> Seat:
        """The point of the address, else the reference point of its arrondissement or commune."""
        row = self._communes.index.get(seat.arrondissement or seat.commune or "")
        point = (seat.point.lon, seat.point.lat) if seat.point is not None else self._reference(row)
        return Seat(point, self._block(row, point, seat), row, self._departements(row, seat))

    def _reference(self, row: int | None) -> tuple[float, float] | None:
        if row is None or not self._communes.has_point[row]:
            return None
        return float(self._communes.lon[row]), float(self._communes.lat[row])

    def _block(self, row: int | None, point: tuple[float, float] | None, seat: Address) -> int:
        if row is not None:
            return int(self._communes.block.values[row])
        if point is not None:
            return int(self._communes.block.values[self.nearest(*point)])
        departements = self._departements(row, seat)
        if not departements:
            return self._mainland
        return int(self._communes.block.values[self._communes.departement.rows(departements[0])[0]])

    def nearest(self, lon: float, lat: float) -> int:
        """Row of the commune or arrondissement with the nearest reference point."""
        return int(np.nanargmax(products(np.array(unit_vector(lon, lat)), self._anchors.T)))

    def _departements(self, row: int | None, seat: Address) -> tuple[str, ...]:
        if row is not None:
            return (self._communes.departement.codes[self._communes.departement.values[row]],)
        return self._of_postcode((seat.post_code or "").replace(" ", ""))

    def _of_postcode(self, code: str) -> tuple[str, ...]:
        """The département that the prefix names, when one of its communes has the post code; else those of the communes
        that have it.

        A code that no commune has (CEDEX) is read by its prefix, 20 giving Corse.
        """
        bearers, prefix = self._by_postcode.get(code, set()), _prefix(code)
        if prefix in (bearers or self._gazetteer.names["departement"]):
            return (prefix,)
        return tuple(sorted(bearers))

    @cached_property
    def _by_postcode(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        departements = self._communes.departement
        for postcodes, value in zip(self._communes.postcodes, departements.values, strict=True):
            for postcode in postcodes.split():
                found[postcode].add(departements.codes[value])
        return found


def _prefix(code: str) -> str:
    if len(code) != 5 or not code.isdigit():
        return ""
    if code.startswith("20"):
        return "2A" if code[2] in "01" else "2B"
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def departement_ids(seat: Seat) -> tuple[str, ...]:
    """Typed ids of the départements of a seat."""
    return tuple(typed_id("departement", code) for code in seat.departements)


__all__ = ["METROPOLE", "Seat", "Seats", "departement_ids"]

"""The one kernel: which communes a zone covers (κ). Both the index and the explanation of a hit are read off it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np

from vivier.model.place import Address, CountryZone, RadiusZone, TerritoriesZone, Zone
from vivier.territory.communes import Floats
from vivier.territory.discs import Discs, Rows
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.seats import Seat, Seats, departement_ids

ZoneBasis = Literal["code", "radius", "country", "inferred", "inferred_departement", "none"]

FULL, WIDE = 0.95, 0.50  # bounds of the classes, methods (b)
TOUCHES = 0.001  # share of the area from which an intersection counts as one
_NOTHING = np.zeros(0, np.intp)


@dataclass(frozen=True)
class Cover:
    """What one zone covers.

    ``rows``: communes and arrondissements with κ = 1 (arrondissements of a covered commune are implied).
    ``parts``: κ of the communes covered by some of their arrondissements, by row. ``ring``: rows of the block with
    κ = 0 whose contour the circle may meet. ``point`` and ``km``: the circle, None for other zones. ``ids``: the
    territories of a code zone. A country zone has none of these: see ``bloc`` where it is read.
    """

    basis: ZoneBasis
    rows: Rows = field(default_factory=lambda: _NOTHING)
    parts: tuple[tuple[int, float], ...] = ()
    ring: Rows = field(default_factory=lambda: _NOTHING)
    point: tuple[float, float] | None = None
    km: float | None = None
    ids: tuple[str, ...] = ()


class Covers:
    """Computes covers. Built once on a gazetteer; code zones are remembered."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.communes = gazetteer.communes
        self.discs = Discs(gazetteer.communes)
        self.seats = Seats(gazetteer, self.discs)
        self.codes = lru_cache(maxsize=4096)(self._codes)

    def cover(self, zone: Zone, seat: Address, default_km: float) -> Cover:
        """Kernel of one zone. Raises ``InvalidRequest`` when a listed territory is unknown.

        An undeclared zone is read as ``default_km`` kilometres round the seat, basis ``inferred``. A circle without a
        centre (declared or not) falls back on the département of the address, basis ``inferred_departement``.
        """
        if isinstance(zone, TerritoriesZone):
            return self.codes(zone.territories, "code")
        if isinstance(zone, CountryZone):
            return Cover("country")
        place = self.seats.read(seat)
        if isinstance(zone, RadiusZone):
            return self.circle(place, zone.km, "radius")
        return self.circle(place, default_km, "inferred")

    def circle(self, seat: Seat, km: float, basis: ZoneBasis) -> Cover:
        """Kernel of a radius zone, within the land block of the seat (methods (b), example 18)."""
        if seat.point is None:
            ids = departement_ids(seat)
            return self.codes(ids, "inferred_departement") if ids else Cover("none")
        rows, ring = self.discs.split(*seat.point, km, seat.block)
        return Cover(basis, rows, (), ring, seat.point, km)

    def _codes(self, ids: tuple[str, ...], basis: ZoneBasis) -> Cover:
        found = [self.gazetteer.expand(id, "zone")[0] for id in ids]
        rows = np.unique(np.concatenate([self.gazetteer.leaves(one.id) for several in found for one in several]))
        arrondissements = rows[self.communes.is_arrondissement[rows]]
        shares = [(int(parent), self._share(parent, arrondissements)) for parent in self._parents(rows)]
        whole = np.array([parent for parent, share in shares if share == 1], np.intp)
        parts = tuple((parent, share) for parent, share in shares if share < 1)
        return Cover(basis, np.union1d(rows, whole), parts, ids=ids)

    def _parents(self, rows: Rows) -> Rows:
        """Communes of the arrondissements among ``rows`` that are not among ``rows`` themselves."""
        parents = np.unique(self.communes.parent[rows[self.communes.is_arrondissement[rows]]])
        return np.setdiff1d(parents, rows).astype(np.intp)

    def _share(self, parent: int, arrondissements: Rows) -> float:
        """Share of the people of a commune who live in the listed arrondissements (methods (b), example 20)."""
        all_of_it = np.flatnonzero(self.communes.parent == parent)
        listed = np.intersect1d(all_of_it, arrondissements)
        if len(listed) == len(all_of_it):
            return 1.0
        return float(self.communes.weight[listed].sum() / self.communes.weight[all_of_it].sum())

    def kappa(self, cover: Cover, rows: Rows) -> Floats:
        """κ of ``rows``: an arrondissement is covered when it or its commune is. Country zones are not read here."""
        whole = np.zeros(len(self.communes) + 1)
        whole[cover.rows] = 1
        for row, share in cover.parts:
            whole[row] = share
        own, parent = whole[rows], self.communes.parent[rows]
        found: Floats = np.maximum(own, (whole[parent] == 1) & (parent >= 0))
        return found

"""Computes which communes a zone covers (κ). Both the index and the explanation of a hit use this function alone."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from vivier.memory import Room
from vivier.model.place import Address, CountryZone, RadiusZone, TerritoriesZone, Zone
from vivier.territory.communes import Bools, Floats
from vivier.territory.discs import Circle, Discs, Rows
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.seats import Seat, Seats, departement_ids

ZoneBasis = Literal["code", "radius", "country", "inferred", "inferred_departement", "none"]

FULL, WIDE = 0.95, 0.50  # bounds of the classes, docs/methods.md (b)
TOUCHES = 0.001  # share of the area from which an intersection counts as one
_NOTHING = np.zeros(0, np.intp)


def _octets(found: tuple[Rows, Any]) -> int:
    return sum(part.nbytes if isinstance(part, np.ndarray) else 100 * len(part) for part in found)


class Claim(NamedTuple):
    """A zone once its seat is known: typed ids, or a circle within a land block, or (country) a block alone.

    ``block``: place in ``communes.block.codes``. Equal claims cover the same communes.
    """

    basis: ZoneBasis
    ids: tuple[str, ...] = ()
    circle: Circle | None = None
    block: int = -1


class Cover(NamedTuple):
    """The communes that a claim covers. A country claim has no rows here: its land block says everything.

    ``rows``: communes and arrondissements with κ = 1 (arrondissements of a covered commune are implied). ``parts``: κ
    of the communes covered by some of their arrondissements, by row. ``ring``: rows of the block with κ = 0 whose
    contour the circle may meet.
    """

    claim: Claim
    rows: Rows = _NOTHING
    parts: tuple[tuple[int, float], ...] = ()
    ring: Rows = _NOTHING


class Covers:
    """Computes covers. It is built once for a gazetteer, and remembers the last covers: a supplier is asked about in many searches."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.communes = gazetteer.communes
        self.discs = Discs(gazetteer.communes)
        self.seats = Seats(gazetteer, self.discs)
        self._listed: Room[tuple[str, ...], tuple[Rows, tuple[tuple[int, float], ...]]] = Room(_octets)
        codes = gazetteer.communes.block.codes
        self._european = frozenset(place for place, code in enumerate(codes) if code in ("metropole", "corse"))
        self._around: Room[tuple[Circle, int], tuple[Rows, Rows]] = Room(_octets)
        self._countries: dict[int, Bools] = {}

    def claim(self, zone: Zone, seat: Address, default_km: float) -> Claim:
        """What a zone claims from the address of a seat (see :meth:`claim_of`)."""
        return self.claim_of(zone, self.seats.read(seat), default_km)

    def claim_of(self, zone: Zone, place: Seat, default_km: float) -> Claim:
        """What a zone claims once its seat is read.

        An undeclared zone is read as ``default_km`` kilometres round the seat, basis ``inferred``. A declared circle may be round another commune than the
        seat's. A circle without a centre (declared or not) falls back on the département of the address, basis ``inferred_departement``.
        """
        if isinstance(zone, TerritoriesZone):
            return Claim("code", zone.territories)
        if isinstance(zone, RadiusZone) and zone.around is not None:
            place = self.seats.read(Address(commune=zone.around))
        if isinstance(zone, CountryZone):
            return Claim("country", block=place.block)
        if place.point is None:
            ids = departement_ids(place)
            return Claim("inferred_departement", ids) if ids else Claim("none")
        declared = isinstance(zone, RadiusZone)
        circle = Circle(*place.point, zone.km if isinstance(zone, RadiusZone) else default_km)
        return Claim("radius" if declared else "inferred", circle=circle, block=place.block)

    def country(self, block: int) -> frozenset[int]:
        """The land blocks that « toute la France » said from one of them covers: it does not cross the sea. The mainland and Corse go
        together, an overseas territory is alone."""
        return self._european if block in self._european else frozenset((block,))

    def in_country(self, block: int) -> Bools:
        """For every commune, whether it is in :meth:`country`."""
        if block not in self._countries:
            self._countries[block] = np.isin(self.communes.block.values, list(self.country(block)))
        return self._countries[block]

    def side(self, seat: Address) -> tuple[str, ...]:
        """The régions and départements of the land blocks that « toute la France » said from a seat covers."""
        rows = np.flatnonzero(self.in_country(self.seats.read(seat).block))
        levels = {"region": self.communes.region, "departement": self.communes.departement}
        return tuple(
            f"{kind}:{label.codes[value]}"
            for kind, label in levels.items()
            for value in np.unique(label.values[rows]).tolist()
            if value >= 0
        )

    def listed(self, id: str) -> Claim:
        """The claim of a zone that lists one territory."""
        return Claim("code", (id,))

    def cover(self, claim: Claim) -> Cover:
        """Kernel of a claim. Raises ``InvalidRequest`` when a listed territory is unknown."""
        if claim.circle is None:
            return self.named(claim)
        circle, block = claim.circle, claim.block
        rows, ring = self._around.of((circle, block), lambda: self.discs.split(circle, block))
        return Cover(claim, rows, (), ring)

    def named(self, claim: Claim) -> Cover:
        """The cover of a claim, without rows when it is a circle. Raises what :meth:`cover` raises."""
        return Cover(claim, *self._listed.of(claim.ids, lambda: self._codes(claim.ids))) if claim.ids else Cover(claim)

    def _codes(self, ids: tuple[str, ...]) -> tuple[Rows, tuple[tuple[int, float], ...]]:
        found = [self.gazetteer.expand(id, "zone")[0] for id in ids]
        rows = np.sort(
            np.concatenate([self.gazetteer.leaves(territory.id) for several in found for territory in several])
        )
        rows = rows[np.append(True, rows[1:] != rows[:-1])]
        within = self.communes.is_arrondissement.take(rows)
        if not within.any():
            return rows, ()
        arrondissements = rows[within]
        shares = [(int(parent), self._share(parent, arrondissements)) for parent in self._parents(rows)]
        whole = np.array([parent for parent, share in shares if share == 1], np.intp)
        parts = tuple((parent, share) for parent, share in shares if share < 1)
        return np.union1d(rows, whole), parts

    def _parents(self, rows: Rows) -> Rows:
        """Communes of the arrondissements among ``rows`` that are not among ``rows`` themselves."""
        parents = np.unique(self.communes.parent[rows[self.communes.is_arrondissement[rows]]])
        return np.setdiff1d(parents, rows).astype(np.intp)

    def _share(self, parent: int, arrondissements: Rows) -> float:
        """Share of the people of a commune who live in the listed arrondissements (docs/methods.md (b))."""
        all_of_it = np.flatnonzero(self.communes.parent == parent)
        listed = np.intersect1d(all_of_it, arrondissements)
        if len(listed) == len(all_of_it):
            return 1.0
        return float(self.communes.weight[listed].sum() / self.communes.weight[all_of_it].sum())

    def kappa(self, cover: Cover, rows: Rows) -> Floats:
        """κ of ``rows``: an arrondissement is covered when it or its commune is. A country zone covers the land blocks of its seat."""
        if cover.claim.basis == "country":
            return self.in_country(cover.claim.block).take(rows).astype(np.float64)
        whole = np.zeros(len(self.communes) + 1)
        whole[cover.rows] = 1
        for row, share in cover.parts:
            whole[row] = share
        own, parent = whole[rows], self.communes.parent[rows]
        found: Floats = np.maximum(own, (whole[parent] == 1) & (parent >= 0))
        return found

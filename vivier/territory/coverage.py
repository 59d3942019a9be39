"""Computes whether a supplier covers a territory, and how fully, with all that is needed to explain the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal, get_args

import numpy as np
from shapely.geometry.base import BaseGeometry

from vivier.model.place import Address, Zone
from vivier.territory.communes import Floats
from vivier.territory.covers import FULL, TOUCHES, WIDE, Cover, Covers, ZoneBasis
from vivier.territory.discs import Circle, Rows, union
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.overlaps import circle_areas, share_area
from vivier.territory.reach import reach_index
from vivier.territory.seats import Seat
from vivier.territory.targets import Target, distance_km, holds, read_target

CoverageClass = Literal["full", "wide", "partial", "overseas_unconfirmed", "seat_only", "touch", "none"]
CoverageBasis = ZoneBasis | Literal["seat"]
Reason = Literal["other_land_block", "commune_without_point", "no_location"]
_BEST_FIRST: Final = {name: rank for rank, name in enumerate(get_args(CoverageClass))}

_PUBLISHED: Final = ("code", "radius", "country")
"""Bases of zones that a source publishes; the others are supposed."""

ZONE_DEFAULT_KM = 30.0


@dataclass(frozen=True)
class Coverage:
    """How the zones of one seat cover a territory (docs/methods.md (b)).

    ``cls``: class, best first ``full``, ``wide``, ``partial``, ``overseas_unconfirmed``, ``seat_only``, ``touch``,
    ``none``. ``share``: share in [0, 1]; a country zone does not cross the sea.
    ``share_population``: None for a shape without an inhabited reference point. ``share_area``: None when not asked
    for (and not needed) or when T has no contour; ``borderline`` (population and area on both sides of 0.50 or 0.95)
    is None with it. ``matched_zone``: ``radius:30``, ``country`` or typed ids, None when nothing matches.
    ``distance_km``: from the seat to the reference point of T, 0 when the seat is in T, None when unknown.
    ``reason``: why a zone that might be expected to match does not. ``published``: whether a zone is declared: one that is supposed refutes
    nothing.
    """

    cls: CoverageClass
    share: float
    share_population: float | None
    share_area: float | None
    basis: CoverageBasis
    matched_zone: str | None
    distance_km: float | None
    seat_in_territory: bool
    borderline: bool | None
    reason: Reason | None = None
    published: bool = True


@dataclass(frozen=True)
class SeatZones:
    """The zones of a seat, read once however many territories they are compared with. The cover of a circle has no rows here: only the
    communes of a territory are compared with it."""

    covers: Covers
    seat: Seat
    claimed: tuple[Cover, ...]

    @cached_property
    def some_national(self) -> bool:
        """Whether one of the zones is the country."""
        return any(cover.claim.basis == "country" for cover in self.claimed)


@dataclass(frozen=True)
class _Case:
    """The zones of a seat compared with a target. ``_whole``: what :meth:`whole` found, by identity of the cover."""

    zones: SeatZones
    target: Target
    _whole: dict[int, Rows] = field(default_factory=dict)

    @property
    def covers(self) -> Covers:
        """How zones cover communes."""
        return self.zones.covers

    @property
    def seat(self) -> Seat:
        """The seat, once read."""
        return self.zones.seat

    @property
    def claimed(self) -> tuple[Cover, ...]:
        """All covers."""
        return self.zones.claimed

    @property
    def confirmed(self) -> tuple[Cover, ...]:
        """All covers, except country zones when T is in other land blocks than the seat."""
        if not self.zones.some_national:
            return self.claimed
        return tuple(cover for cover in self.claimed if not self.overseas(cover))

    def overseas(self, cover: Cover) -> bool:
        """Whether the zone is the country and the territory has nothing in the land block of the seat."""
        return cover.claim.basis == "country" and self.target.blocks.isdisjoint(self.covers.country(cover.claim.block))

    def kappa(self, cover: Cover) -> Floats:
        """κ of each commune of T."""
        if cover.claim.circle is not None:
            return self.target.covered(cover.claim, self.covers.discs).astype(np.float64)
        return self.covers.kappa(cover, self.target.rows)

    def whole(self, cover: Cover) -> Rows:
        """The communes of T that a zone covers whole; T has no arrondissement."""
        found = self._whole.get(id(cover))
        if found is None:
            if cover.claim.circle is not None:
                found = self.target.rows[self.target.covered(cover.claim, self.covers.discs)]
            elif cover.claim.basis == "country":
                found = self.target.rows[self.covers.in_country(cover.claim.block).take(self.target.rows)]
            else:
                assert self.target.inside is not None
                found = cover.rows[self.target.inside.take(cover.rows)]
            self._whole[id(cover)] = found
        return found

    def share_population(self, covers: Sequence[Cover]) -> float | None:
        """Share of the people of T who live in a covered commune; None when T is a shape without any."""
        if self.target.inside is not None and not any(cover.parts for cover in covers):
            return self._share_of_whole_communes(covers)
        weight = self.covers.communes.weight[self.target.rows]
        if not self.target.by_law and not (self.covers.communes.population[self.target.rows] > 0).any():
            return None
        kappa = np.max([np.zeros(len(weight)), *(self.kappa(cover) for cover in covers)], axis=0)
        return float((kappa * weight).sum() / weight.sum())

    def _share_of_whole_communes(self, covers: Sequence[Cover]) -> float:
        """``share_population`` from the covered communes alone: their weights are whole numbers, so that the sums are exact."""
        found = [self.whole(cover) for cover in covers]
        rows = max(found, key=len, default=self.target.rows[:0])
        if len(rows) == len(self.target.rows):
            return 1.0
        if len(found) > 1:
            rows = union(found, len(self.covers.communes))
        return float(self.covers.communes.weight.take(rows).sum() / self.target.people)

    def share_area(self, covers: Sequence[Cover]) -> float | None:
        return share_area(self.target, covers, self.covers)

    def share(self, covers: Sequence[Cover]) -> float:
        """The share by population, else by area."""
        share = self.share_population(covers)
        return (self.share_area(covers) or 0.0) if share is None else share

    def touching(self) -> Cover | None:
        """The first zone that covers no commune of T but more than 0.1 % of the area of one, or of T when T is drawn."""
        for cover in self.confirmed:
            if (cover.claim.circle is not None or not self.target.by_law) and self._touches(cover):
                return cover
        return None

    def _touches(self, cover: Cover) -> bool:
        if self.target.by_law:  # as the index reads it
            rows = self._within_reach(cover)
            areas = circle_areas(cover, rows, self.covers)
            return bool((areas > TOUCHES * self.covers.discs.area[rows]).any())
        return (self.share_area([cover]) or 0.0) > TOUCHES

    def _within_reach(self, cover: Cover) -> Rows:
        """The communes of T whose contour the circle of a zone may meet."""
        near = self.covers.cover(cover.claim)
        rows = np.concatenate((near.rows, near.ring))
        inside = self.target.inside
        return rows[np.isin(rows, self.target.rows) if inside is None else inside.take(rows)]


def coverage(
    zones: Sequence[Zone],
    seat: Address,
    target: str | BaseGeometry | Circle,
    gazetteer: Gazetteer,
    *,
    default_km: float = ZONE_DEFAULT_KM,
    area: bool = False,
) -> Coverage:
    """How the union of ``zones`` of one ``seat`` covers ``target``: typed id, Polygon/MultiPolygon in degrees, circle.

    ``default_km``: radius in km read into an undeclared zone. ``area``: also compute the share of the area (1 ms to
    0.1 s); without it the area is computed only when the class depends on it.
    Raises ``InvalidRequest``: unknown id, invalid shape, shape outside France.
    """
    read = read_zones(zones, seat, gazetteer, default_km=default_km)
    return _answer(_Case(read, read_target(target, read.covers)), area)


def read_zones(
    zones: Iterable[Zone], seat: Address, gazetteer: Gazetteer, *, default_km: float = ZONE_DEFAULT_KM
) -> SeatZones:
    """Reads the zones of a seat. ``default_km``: radius in km read into an undeclared zone. Raises ``InvalidRequest``: unknown id."""
    covers = reach_index(gazetteer).covers
    start = covers.seats.read(seat)
    claims = dict.fromkeys(covers.claim_of(zone, start, default_km) for zone in zones)
    return SeatZones(covers, start, tuple(covers.named(claim) for claim in claims))


def best_coverage(read: SeatZones, territories: Sequence[str]) -> Coverage:
    """The best :func:`coverage` of one of ``territories`` (typed ids, one at least): by class, then by share, the first of equals. Its
    distance is that of the nearest territory, and its seat is in the territory when it is in any of them.

    Only the shares of the others are computed. Raises ``InvalidRequest``: unknown id.
    """
    cases = [_Case(read, read_target(territory, read.covers)) for territory in territories]
    if len(cases) == 1:
        return _answer(cases[0], area=False)
    inside = [holds(case.target, case.seat, case.covers) for case in cases]
    distances = [_distance(case, within) for case, within in zip(cases, inside, strict=True)]
    nearest = min((distance for distance in distances if distance is not None), default=None)
    return replace(_best(cases), distance_km=nearest, seat_in_territory=any(inside))


def _best(cases: Sequence[_Case]) -> Coverage:
    """The coverage of the territory best covered, of several."""
    shares = [case.share_population(case.confirmed) or 0.0 for case in cases]
    share = max(shares)
    if share > 0:
        return _answer(cases[shares.index(share)], area=False)
    return min((_answer(case, area=False) for case in cases), key=lambda found: (_BEST_FIRST[found.cls], -found.share))


def _answer(case: _Case, area: bool) -> Coverage:
    confirmed = case.confirmed
    people = case.share_population(confirmed)
    surface = case.share_area(confirmed) if area or people is None else None
    share = (surface or 0.0) if people is None else people
    in_territory = holds(case.target, case.seat, case.covers)
    cls, matched = _class(case, confirmed, share, in_territory)
    return Coverage(
        cls=cls,
        share=share,
        share_population=people,
        share_area=surface,
        basis="seat" if cls == "seat_only" else "none" if matched is None else matched.claim.basis,
        matched_zone=None if matched is None else _label(matched, case),
        distance_km=_distance(case, in_territory),
        seat_in_territory=in_territory,
        borderline=_borderline(people, surface),
        reason=_reason(case) if cls == "none" else None,
        published=any(cover.claim.basis in _PUBLISHED for cover in case.claimed),
    )


def _class(
    case: _Case, confirmed: Sequence[Cover], share: float, in_territory: bool
) -> tuple[CoverageClass, Cover | None]:
    """The best class that the shares reach, and the zone that gives it."""
    if share > 0 and (case.target.by_law or case.share_population(confirmed) is not None or share > TOUCHES):
        best = confirmed[0] if len(confirmed) == 1 else max(confirmed, key=lambda cover: case.share([cover]))
        return class_of(share), best
    overseas = next(filter(case.overseas, case.claimed), None)
    if overseas is not None:
        return "overseas_unconfirmed", overseas
    if in_territory:
        return "seat_only", None
    touching = case.touching()
    return ("none", None) if touching is None else ("touch", touching)


def class_of(share: float) -> CoverageClass:
    """Class of a share above 0."""
    return "full" if share >= FULL else "wide" if share >= WIDE else "partial"


def _label(cover: Cover, case: _Case) -> str:
    if cover.claim.circle is not None:
        return f"radius:{cover.claim.circle.km:g}"
    if cover.claim.basis == "country":
        return "country"
    several = len(cover.claim.ids) > 1
    return ",".join(id for id in cover.claim.ids if several and _concerns(id, case)) or ",".join(cover.claim.ids)


def _concerns(id: str, case: _Case) -> bool:
    """Whether a listed territory overlaps T at all."""
    listed = case.covers.cover(case.covers.listed(id))
    if case.target.inside is not None and not listed.parts:
        return bool(case.target.inside.take(listed.rows).any())
    return bool(case.kappa(listed).any())


def _distance(case: _Case, in_territory: bool) -> float | None:
    if in_territory:
        return 0.0
    if case.seat.point is None or case.target.point is None:
        return None
    return distance_km(case.seat.point, case.target.point)


def _borderline(people: float | None, surface: float | None) -> bool | None:
    if people is None or surface is None:
        return None
    return any((people >= bound) != (surface >= bound) for bound in (WIDE, FULL))


def _reason(case: _Case) -> Reason | None:
    """Why no zone matches, when distance is not the only reason."""
    if all(cover.claim.basis == "none" for cover in case.claimed):
        return "no_location"
    circles = [cover.claim.circle for cover in case.claimed if cover.claim.circle is not None]
    if not circles:
        return None
    if not case.covers.communes.has_point[case.target.rows].any() and len(case.target.rows):
        return "commune_without_point"
    across = case.target.rows[case.covers.communes.block.values[case.target.rows] != case.seat.block]
    reached = any(case.covers.discs.within(circle)[across].any() for circle in circles)
    return "other_land_block" if reached else None


__all__ = [
    "ZONE_DEFAULT_KM",
    "Circle",
    "Coverage",
    "CoverageBasis",
    "CoverageClass",
    "Reason",
    "SeatZones",
    "best_coverage",
    "class_of",
    "coverage",
    "read_zones",
]

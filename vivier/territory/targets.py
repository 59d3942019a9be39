"""Reads a searched territory in any form: an id, a drawn polygon, a circle. Gives its communes and its position."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vivier.errors import FieldError, InvalidRequest
from vivier.territory.communes import EARTH_RADIUS_KM, Bools, Floats
from vivier.territory.contours import layer
from vivier.territory.covers import Claim, Covers
from vivier.territory.discs import Circle, Discs, Points, Rows
from vivier.territory.seats import Seat

CIRCLE_VERTICES = 256


@dataclass(frozen=True)
class Target:
    """A searched territory.

    ``rows``: its communes, by law for an id, by reference point for a shape (or the one arrondissement of an id).
    ``blocks``: land blocks it lies in. ``point``: reference point (lon, lat), None when unknown. ``shape``: contour in
    degrees, None for an id. ``inside``: for an id made of communes, which rows are its own (``rows`` as a mask);
    ``people``: sum of their weights. ``points``: the reference points of ``rows``, ``parents``: those of the communes of its arrondissements.
    """

    id: str | None
    rows: Rows
    blocks: frozenset[int]
    point: tuple[float, float] | None
    shape: BaseGeometry | None = None
    circle: Circle | None = None
    inside: Bools | None = None
    people: float = 0.0
    points: Points | None = None
    parents: Points | None = None

    def covered(self, claim: Claim, discs: Discs) -> Bools:
        """Which of ``rows`` the circle of a claim covers within its land block: an arrondissement is covered when it or its commune is."""
        if claim.circle is None:
            return np.zeros(len(self.rows), np.bool_)
        found = (self.points or discs.points(self.rows)).covered(claim.circle, claim.block)
        return found if self.parents is None else found | self.parents.covered(claim.circle, claim.block)

    @property
    def by_law(self) -> bool:
        """True for a typed id, False for a shape."""
        return self.id is not None


def read_target(target: str | BaseGeometry | Circle, covers: Covers) -> Target:
    """Reads a target. Raises ``InvalidRequest`` on an unknown id, an invalid shape, or a shape that meets no French commune."""
    if isinstance(target, str):
        return _by_id(target, covers)
    if isinstance(target, Circle):
        return _located(_of_circle(target, covers), covers)
    return _located(_of_polygon(target, covers), covers)


@lru_cache(maxsize=128)
def _by_id(text: str, covers: Covers) -> Target:
    """The target of an id, with a cache: reading France takes 15 ms, and a search compares one territory with thousands
    of seats."""
    territory, _ = covers.gazetteer.parse(text)
    rows = covers.gazetteer.leaves(territory.id)
    blocks = frozenset(np.unique(covers.communes.block.values[rows]).tolist())
    point, people = covers.gazetteer.reference_point(territory.id), float(covers.communes.weight[rows].sum())
    points = covers.discs.points(rows)
    if covers.communes.is_arrondissement[rows].any():
        parents = covers.discs.points(covers.communes.parent[rows].astype(np.intp))
        return Target(territory.id, rows, blocks, point, people=people, points=points, parents=parents)
    inside = np.zeros(len(covers.communes), np.bool_)
    inside[rows] = True
    return Target(territory.id, rows, blocks, point, inside=inside, people=people, points=points)


def _of_circle(circle: Circle, covers: Covers) -> Target:
    if not 0 < circle.km <= 1000 or not -180 <= circle.lon <= 180 or not -90 <= circle.lat <= 90:
        raise _refused("out_of_range", "Cercle : longitude, latitude en degrés et rayon entre 0 et 1 000 km attendus.")
    rows = np.flatnonzero(covers.discs.within(circle) & ~covers.communes.is_arrondissement)
    angles = np.linspace(0, 2 * np.pi, CIRCLE_VERTICES, endpoint=False)
    ring = around(circle, angles)
    return Target(None, rows, frozenset(), (circle.lon, circle.lat), shapely.Polygon(ring), circle)


def _of_polygon(polygon: BaseGeometry, covers: Covers) -> Target:
    if polygon.geom_type not in ("Polygon", "MultiPolygon") or polygon.is_empty or not polygon.is_valid:
        reason = shapely.is_valid_reason(polygon)
        raise _refused("invalid_polygon", f"Polygone ou multipolygone valide attendu : {reason}.")
    communes = covers.communes
    inside = shapely.contains_xy(polygon, communes.lon, communes.lat) & communes.has_point
    middle = shapely.centroid(polygon)
    rows = np.flatnonzero(inside & ~communes.is_arrondissement)
    return Target(None, rows, frozenset(), (middle.x, middle.y), polygon)


def _located(target: Target, covers: Covers) -> Target:
    """The target with the land blocks of its communes, else of the nearest commune. A shape that meets no commune is
    refused."""
    if len(target.rows):
        blocks = frozenset(np.unique(covers.communes.block.values[target.rows]).tolist())
        return replace(target, blocks=blocks)
    if target.point is None or not len(layer("communes").tree.query(target.shape, predicate="intersects")):
        raise _refused("outside_france", "Cette zone ne touche aucune commune française.")
    return replace(target, blocks=frozenset({int(covers.communes.block.values[covers.seats.nearest(*target.point)])}))


def _refused(code: str, message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("territory", code, message),))


def around(circle: Circle, angles: Floats) -> Floats:
    """Points of a geodesic circle in degrees (lon, lat), at the given angles from the east, shape (n, 2)."""
    lam, phi = np.radians(circle.lon), np.radians(circle.lat)
    lat = np.arcsin(np.sin(phi) * np.cos(circle.angle) + np.cos(phi) * np.sin(circle.angle) * np.sin(angles))
    turn = np.sin(circle.angle) * np.cos(phi) * np.cos(angles)
    lon = lam + np.arctan2(turn, np.cos(circle.angle) - np.sin(phi) * np.sin(lat))
    points: Floats = np.degrees(np.stack([lon, lat], axis=1))
    return points


def holds(target: Target, seat: Seat, covers: Covers) -> bool:
    """Whether the seat lies in the territory: by its commune for an id, by its point for a shape."""
    if target.shape is None:
        row = seat.row if seat.row is not None else _row_at(seat, covers)
        if row is None:
            return _in_departement(target, seat, covers)
        if target.inside is not None:
            return bool(
                target.inside[row] or (target.inside[covers.communes.parent[row]] and covers.communes.parent[row] >= 0)
            )
        return row in target.rows or int(covers.communes.parent[row]) in target.rows
    if seat.point is None:
        return False
    if target.circle is not None:
        return distance_km(seat.point, (target.circle.lon, target.circle.lat)) <= target.circle.km
    return bool(shapely.intersects_xy(target.shape, *seat.point))


def _row_at(seat: Seat, covers: Covers) -> int | None:
    commune = None if seat.point is None else covers.gazetteer.commune_at(*seat.point)
    return None if commune is None else covers.communes.index[commune.code]


def _in_departement(target: Target, seat: Seat, covers: Covers) -> bool:
    """Whether a seat known by its post code alone is in the territory: it is when the territory holds the whole of its
    département."""
    codes = seat.departements
    return len(codes) == 1 and bool(np.isin(covers.gazetteer.leaves(f"departement:{codes[0]}"), target.rows).all())


def distance_km(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Great-circle distance in km between two points (lon, lat in degrees), as :func:`haversine_km` gives it, without arrays of one."""
    phi, other = radians(start[1]), radians(end[1])
    chord = sin((other - phi) / 2) ** 2 + cos(phi) * cos(other) * sin(radians(end[0] - start[0]) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(chord, 1.0)))

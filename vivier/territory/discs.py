"""Finds which communes a circle on the sphere covers, and how much of each contour it holds, in tens of µs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from vivier.territory.communes import EARTH_RADIUS_KM, Bools, Communes, Floats, Ints
from vivier.territory.contours import Layer, layer

Rows = npt.NDArray[np.intp]
Plane = npt.NDArray[np.complex128]
Vector = npt.NDArray[np.floating[Any]]

COMMON_REACH = 10.0 / EARTH_RADIUS_KM  # all but 200 contours lie within 10 km of their reference point
ROUNDING = 5e-7  # candidates are looked for in single precision: some too many, none too few
TIE = 1e-15  # a commune at exactly r kilometres is covered whatever the last bit of the cosine
FEW = 500  # so many points are compared with a circle sooner than those of its latitudes are looked for
SLACK_KM = 0.01  # what rounding and the curvature of a commune may add to a distance


def unit_vectors(lon: Floats, lat: Floats) -> Floats:
    """Points in degrees as unit vectors, shape (n, 3)."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def unit_vector(lon: float, lat: float) -> tuple[float, float, float]:
    """One point in degrees as a unit vector."""
    lam, phi = math.radians(lon), math.radians(lat)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def _frames(lon: Floats, lat: Floats) -> Floats:
    """East, north and up of points in degrees, shape (n, 3, 3)."""
    lam, phi = np.radians(lon), np.radians(lat)
    east = np.stack([-np.sin(lam), np.cos(lam), np.zeros(len(lam))], axis=-1)
    up = unit_vectors(lon, lat)
    north = np.stack([-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)], axis=-1)
    return np.stack([east, north, up], axis=1)


def project(lonlat: Floats, lon: float, lat: float) -> Plane:
    """Points in degrees, shape (n, 2), in the Lambert azimuthal equal-area plane centred on a point, in km, as x + iy.

    Exactly equal-area on the sphere, and a geodesic circle round the centre stays a circle (see :func:`plane_radius`).
    """
    frame, vectors = _frames(np.array([lon]), np.array([lat]))[0], unit_vectors(lonlat[:, 0], lonlat[:, 1])
    return _flatten(np.stack([products(axis, vectors.T) for axis in frame]))


def _flatten(local: Floats) -> Plane:
    """Plane coordinates from coordinates in a frame, shape (3, n)."""
    scale = np.sqrt((2 * EARTH_RADIUS_KM**2) / np.maximum(1 + local[2], 1e-12))
    plane = np.empty(local.shape[1], np.complex128)
    plane.real, plane.imag = local[0] * scale, local[1] * scale
    return plane


def plane_radius(km: float) -> float:
    """Radius in the plane of :func:`project` of the geodesic circle of ``km`` round its centre."""
    return 2 * EARTH_RADIUS_KM * math.sin(min(km / EARTH_RADIUS_KM, math.pi) / 2)


def cut_off(start: Plane, end: Plane, radius: Floats) -> Floats:
    """For each edge, signed area between its chord inside the disc round the origin and the arc that chord cuts off.

    Green's theorem on polygon ∩ disc: chords give triangles, arcs give sectors, and round a contour that does not hold
    the origin the angles sum to zero, so that the arcs outside equal minus the angles of the chords. Edges outside the
    disc therefore count for nothing, and the sum is the exact area: no many-sided circle, no clipping.
    """
    x, y, step = start.real, start.imag, end - start
    dx, dy = step.real, step.imag
    shrink = -1 / (dx * dx + dy * dy + 1e-18)
    middle = (x * dx + y * dy) * shrink
    half = np.sqrt(np.maximum(middle * middle + (x * x + y * y - radius * radius) * shrink, 0))
    enter = start + step * np.minimum(np.maximum(middle - half, 0), 1)
    leave = start + step * np.minimum(np.maximum(middle + half, 0), 1)
    chord = enter.conj() * leave
    areas: Floats = (chord.imag - (radius * radius) * np.arctan2(chord.imag, chord.real)) / 2
    return areas


class Circle(NamedTuple):
    """A geodesic circle: centre in degrees, radius in km."""

    lon: float
    lat: float
    km: float

    @property
    def angle(self) -> float:
        """Radius seen from the centre of the Earth, in radians."""
        return self.km / EARTH_RADIUS_KM


@lru_cache(maxsize=256)
def _probe(circle: Circle) -> tuple[Floats, float]:
    """The unit vector of the centre of a circle, and the least product with it of what is inside."""
    up = np.array(unit_vector(circle.lon, circle.lat))
    up.flags.writeable = False
    return up, math.cos(circle.angle) - TIE


class Points(NamedTuple):
    """Reference points of some communes, by latitude where they are more than :data:`FEW`: their places among the communes, latitudes in
    degrees, unit vectors (one column each), and land blocks, -1 without a point."""

    order: Rows
    latitudes: Floats
    vectors: Floats
    lands: Ints

    def covered(self, circle: Circle, block: int) -> Bools:
        """Which are in the circle and in the land block: those of :meth:`Discs.split`, found without looking for them."""
        up, cut = _probe(circle)
        found: Bools
        if len(self.order) <= FEW:
            found = (products(up, self.vectors) >= cut) & (self.lands == block)
            return found
        margin = math.degrees(math.acos(max(cut, -1))) + SLACK_KM / EARTH_RADIUS_KM
        low, high = self.latitudes.searchsorted((circle.lat - margin, circle.lat + margin)).tolist()
        found = np.zeros(len(self.order), np.bool_)
        near = products(up, self.vectors[:, low:high]) >= cut
        found[self.order[low:high]] = near & (self.lands[low:high] == block)
        return found


@dataclass(frozen=True)
class _Block:
    """Communes of one land block: the common ones by latitude, then the wide ones (contour beyond 10 km).

    ``tests``, one column a commune: unit vector of the anchor, cosine and sine of the reach of the contour, so that one
    product tells whether a circle may meet the contour: cos(distance) ≥ cos(radius + reach).
    """

    rows: Rows
    latitudes: Floats
    tests: npt.NDArray[np.float32]

    def near(self, low: int, high: int, test: npt.NDArray[np.float32]) -> Rows:
        """Positions of the communes whose contour may meet the circle."""
        wide = len(self.latitudes)
        common = (products(test, self.tests[:, low:high]) >= -ROUNDING).nonzero()[0] + low
        if wide == len(self.rows):
            return common
        return np.concatenate((common, (products(test, self.tests[:, wide:]) >= -ROUNDING).nonzero()[0] + wide))


class Discs:
    """Communes and arrondissements against geodesic circles. Built once, never changed.

    ``area``: km² within each contour, 0 without contour. ``anchors``: unit vectors of the reference points, of the
    middle of the contour where the point is missing, NaN where both are. Vertices are kept in km round the anchor, in
    the equal-area plane: carried over to the plane of a circle (moved and turned) they are right to (d/R)² of the size
    of the commune, less than a metre at 100 km.
    """

    def __init__(self, communes: Communes) -> None:
        contours = layer("communes")
        place = np.array([communes.index[code] for code in contours.codes], np.intp)
        lon, lat = _anchors(communes, contours, place)
        self._has_point, self._land = communes.has_point, communes.block.values
        frames = _frames(lon, lat)
        self._columns = np.ascontiguousarray(frames[:, 2].T)
        self.anchors, self._easts = np.ascontiguousarray(frames[:, 2]), np.ascontiguousarray(frames[:, 0])
        self._read_contours(contours, place, frames)
        self._blocks = [
            self._block(np.flatnonzero((communes.block.values == block) & ~np.isnan(lat)), lat)
            for block in range(len(communes.block.codes))
        ]

    def split(self, circle: Circle, block: int) -> tuple[Rows, Rows]:
        """Rows whose reference point is in the circle, and other rows of the block whose contour may be touched."""
        part, angle = self._blocks[block], circle.angle
        up, cosine = unit_vector(circle.lon, circle.lat), math.cos(angle)
        margin = math.degrees(angle + COMMON_REACH)
        low, high = part.latitudes.searchsorted((circle.lat - margin, circle.lat + margin)).tolist()
        rows = part.rows.take(part.near(low, high, np.array((*up, -cosine, math.sin(angle)), np.float32)))
        near = products(np.array(up), self._columns.take(rows, axis=1)) >= cosine - TIE
        inside = near & self._has_point.take(rows)
        return rows[inside], rows[~inside]

    def points(self, rows: Rows) -> Points:
        """The reference points of some rows, to compare with many circles."""
        vectors = self._columns.take(rows, axis=1)
        order = vectors[2].argsort() if len(rows) > FEW else np.arange(len(rows))  # without an anchor, last
        lands = np.where(self._has_point.take(rows), self._land.take(rows), -1)[order]
        vectors = vectors.take(order, axis=1)
        return Points(order, np.degrees(np.arcsin(vectors[2])), vectors, lands)

    def within(self, circle: Circle) -> Bools:
        """For every row, whether its reference point is in the circle, in any land block."""
        up = np.array(unit_vector(circle.lon, circle.lat))
        found: Bools = (products(up, self._columns) >= math.cos(circle.angle) - TIE) & self._has_point
        return found

    def areas(self, circles: Sequence[Circle], rows: Sequence[Rows]) -> Floats:
        """Area in km² of each contour within its circle: ``rows[i]`` go with ``circles[i]``, answers end to end.

        Only the edges that may enter the circle are looked at closely. 0 without contour.
        """
        every, owner = joined(rows)
        radii = np.array([plane_radius(circle.km) for circle in circles])[owner]
        origin, turn = self._placed(every, owner, circles)
        vertices, lengths = self._vertices(every)
        plane = self._offsets.take(vertices)
        plane *= turn.astype(np.complex64).repeat(lengths)
        plane += origin.astype(np.complex64).repeat(lengths)
        hot = _may_enter(plane, np.square(radii + self._halves.take(every)).astype(np.float32).repeat(lengths))
        whose = lengths.cumsum().searchsorted(hot, "right")
        start, end = plane.take(hot).astype(np.complex128), plane.take(hot + 1).astype(np.complex128)
        parts = cut_off(start, end, radii.take(whose)) * self._signs.take(vertices.take(hot))
        areas = np.bincount(whose, parts, len(every)).astype(np.float64)
        for place in (np.abs(origin) <= self._reach.take(every)).nonzero()[0].tolist():
            inside = self._holds(every[place], origin[place], turn[place])
            areas[place] += inside * math.pi * radii[place] ** 2  # the pieces cut off above are taken from the whole
        return np.maximum(areas, 0)

    def _placed(self, rows: Rows, owner: Rows, circles: Sequence[Circle]) -> tuple[Plane, Plane]:
        """Anchors in the planes of their circles, and the rotation of each anchor's own plane there, as x + iy."""
        centres = _frames(np.array([circle.lon for circle in circles]), np.array([circle.lat for circle in circles]))
        to_plane = centres.take(owner, axis=0)
        origin = _flatten(np.einsum("nij,nj->in", to_plane, self.anchors.take(rows, axis=0)))
        east = np.einsum("nij,nj->in", to_plane[:, :2], self._easts.take(rows, axis=0))
        turn = east[0] + 1j * east[1]
        return origin, turn * (1 / np.abs(turn))  # not a complex division: it may flag an operation it discards

    def _vertices(self, rows: Rows) -> tuple[Rows, Rows]:
        """Positions of the vertices of several contours, and the number of vertices of each."""
        lengths = self._lengths.take(rows)
        first = lengths.cumsum() - lengths
        return np.arange(int(lengths.sum())) + (self._starts.take(rows) - first).repeat(lengths), lengths

    def _holds(self, row: int, origin: complex, turn: complex) -> int:
        """1 when the contour holds the origin of the plane of the circle, else 0."""
        part = slice(self._starts[row], self._starts[row] + self._lengths[row])
        plane = self._offsets[part] * turn + origin
        turned = np.angle(plane[:-1].conj() * plane[1:]) * self._signs[part][:-1]
        return round(float(turned.sum()) / (2 * math.pi))

    # -- building ------------------------------------------------------------------------------------------------

    def _read_contours(self, contours: Layer, place: Rows, frames: Floats) -> None:
        """Vertices around their anchors; for each row: the position of its vertices, its area, its farthest vertex and
        half its longest edge (km)."""
        _, lonlat, (rings, polygons, groups) = shapely.to_ragged_array(contours.shapes)
        starts, count = rings[polygons[groups]], len(frames)
        self._starts, self._lengths = np.zeros(count, np.intp), np.zeros(count, np.intp)
        self._starts[place], self._lengths[place] = starts[:-1], np.diff(starts)
        plane = _round_anchors(lonlat, frames, np.repeat(place, np.diff(starts)))
        self._offsets, self._signs = plane.astype(np.complex64), _signs(plane, rings, polygons)
        self.area, self._reach, self._halves = np.zeros(count), np.zeros(count), np.zeros(count)
        self.area[place] = np.add.reduceat(_shoelace(plane) * self._signs, starts[:-1])
        self._reach[place] = np.maximum.reduceat(np.abs(plane), starts[:-1]) + SLACK_KM
        edges = np.abs(np.diff(plane, append=0)) * np.abs(self._signs)
        self._halves[place] = np.maximum.reduceat(edges, starts[:-1]) / 2 + SLACK_KM

    def _block(self, rows: Rows, lat: Floats) -> _Block:
        reach = self._reach / EARTH_RADIUS_KM
        wide = reach[rows] > COMMON_REACH
        common = rows[~wide]
        common = common[np.argsort(lat[common], kind="stable")]
        rows = np.concatenate([common, rows[wide]])
        tests = np.stack([*self.anchors[rows].T, np.cos(reach[rows]), np.sin(reach[rows])])
        return _Block(rows, lat[common], tests.astype(np.float32))


def products(vector: Vector, columns: Vector) -> Vector:
    """Scalar products of a vector with columns, shape (k, n). Not by BLAS: its vector registers also multiply what lies
    beyond the end of an array, and numpy then warns of invalid values although every one given is finite."""
    found: Vector = np.einsum("j,ji->i", vector, columns)
    return found


def _round_anchors(lonlat: Floats, frames: Floats, owner: Rows) -> Plane:
    """Vertices in degrees as places in the planes centred on the anchors of their owners."""
    vectors = unit_vectors(lonlat[:, 0], lonlat[:, 1])
    return _flatten(np.stack([np.einsum("ij,ij->i", vectors, frames[owner, axis]) for axis in range(3)]))


def _may_enter(plane: npt.NDArray[np.complex64], cut: npt.NDArray[np.float32]) -> Rows:
    """Edges, by the place of their start, with an end within radius + half an edge of the origin."""
    near = plane.real**2 + plane.imag**2 <= cut
    return (near[:-1] | near[1:]).nonzero()[0]


def union(lists: Sequence[Rows], count: int) -> Rows:
    """The rows of several lists among ``count``, in order, each once."""
    found = np.zeros(count, np.bool_)
    for rows in lists:
        found[rows] = True
    return np.flatnonzero(found)


def joined(lists: Sequence[Rows]) -> tuple[Rows, Rows]:
    """Rows of several lists end to end, and the position of the list each row comes from."""
    return np.concatenate(lists), np.repeat(np.arange(len(lists)), [len(rows) for rows in lists])


def _anchors(communes: Communes, contours: Layer, place: Rows) -> tuple[Floats, Floats]:
    """Reference points. Where one is missing, the middle of the contour: a touched contour has no other position."""
    lon, lat = communes.lon.copy(), communes.lat.copy()
    missing = np.flatnonzero(~communes.has_point[place])
    middles = shapely.centroid(contours.shapes[missing])
    lon[place[missing]], lat[place[missing]] = shapely.get_x(middles), shapely.get_y(middles)
    return lon, lat


def _shoelace(plane: Plane) -> Floats:
    """Signed area term (km²) of the edge that leaves each vertex; the last vertex has none."""
    return np.append((plane[:-1].conj() * plane[1:]).imag / 2, 0.0)


def _signs(plane: Plane, rings: Ints, polygons: Ints) -> npt.NDArray[np.int8]:
    """+1 or -1 for each edge so that shells add and holes subtract whichever way they turn; 0 between two rings."""
    terms = _shoelace(plane)
    terms[rings[1:] - 1] = 0
    turns = np.sign(np.add.reduceat(terms, rings[:-1]))
    holes = np.ones(len(turns), np.bool_)
    holes[polygons[:-1]] = False
    turns[holes] *= -1
    signs = np.repeat(turns, np.diff(rings)).astype(np.int8)
    signs[rings[1:] - 1] = 0
    return signs

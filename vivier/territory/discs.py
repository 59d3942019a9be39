"""Circles on the sphere: which communes one covers, and how much of each contour it holds, in tens of µs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from vivier.territory.communes import EARTH_RADIUS_KM, Communes, Floats, Ints
from vivier.territory.contours import Layer, layer

Rows = npt.NDArray[np.intp]
Plane = npt.NDArray[np.complex128]

COMMON_REACH = 10.0 / EARTH_RADIUS_KM  # all but 200 contours lie within 10 km of their reference point
TIE = 1e-15  # a commune at exactly r kilometres is covered whatever the last bit of the cosine
NO_EDGE = (2.0, 0.0)  # cosine and sine that no distance can reach: between two rings there is no edge


def unit_vectors(lon: Floats, lat: Floats) -> Floats:
    """Points in degrees as unit vectors, shape (n, 3)."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def tangent_frame(lon: float, lat: float) -> Floats:
    """East, north and up of a point in degrees, as the columns of a 3 × 3 matrix."""
    lam, phi = math.radians(lon), math.radians(lat)
    sin_lam, cos_lam, sin_phi, cos_phi = math.sin(lam), math.cos(lam), math.sin(phi), math.cos(phi)
    return np.array(
        (
            (-sin_lam, -sin_phi * cos_lam, cos_phi * cos_lam),
            (cos_lam, -sin_phi * sin_lam, cos_phi * sin_lam),
            (0.0, cos_phi, sin_phi),
        )
    )


def project(vectors: Floats, frame: Floats) -> Plane:
    """Lambert azimuthal equal-area plane centred on the up axis of a frame, in km, as x + iy.

    Exactly equal-area on the sphere, and a geodesic circle round the centre stays a circle (see :func:`plane_radius`).
    """
    return _flatten(frame.T @ vectors.T)


def _flatten(local: Floats) -> Plane:
    """Plane coordinates from coordinates in the frame, shape (3, n)."""
    scale = np.sqrt((2 * EARTH_RADIUS_KM**2) / np.maximum(1 + local[2], 1e-12))
    plane = np.empty(local.shape[1], np.complex128)
    plane.real, plane.imag = local[0] * scale, local[1] * scale
    return plane


def plane_radius(km: float) -> float:
    """Radius in the plane of :func:`project` of the geodesic circle of ``km`` round its centre."""
    return 2 * EARTH_RADIUS_KM * math.sin(min(km / EARTH_RADIUS_KM, math.pi) / 2)


def cut_off(start: Plane, end: Plane, radius: float) -> Floats:
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


@dataclass(frozen=True)
class _Block:
    """Communes of one land block: the common ones by latitude, then the wide ones (contour beyond 10 km).

    ``tests``: unit vector of the anchor, cosine and sine of the reach of the contour, so that one product tells
    whether a circle may meet the contour: cos(distance) ≥ cos(radius + reach).
    """

    rows: Rows
    latitudes: Floats
    tests: Floats

    def near(self, low: int, high: int, test: Floats) -> Rows:
        """Places whose contour may meet the circle."""
        wide = len(self.latitudes)
        common = (self.tests[low:high] @ test >= -TIE).nonzero()[0] + low
        if wide == len(self.rows):
            return common
        return np.concatenate((common, (self.tests[wide:] @ test >= -TIE).nonzero()[0] + wide))


class Discs:
    """Communes and arrondissements against geodesic circles. Built once, never changed.

    ``area``: km² within each contour, 0 without contour. ``anchors``: unit vectors of the reference points, of the
    middle of the contour where the point is missing, NaN where both are.
    """

    def __init__(self, communes: Communes) -> None:
        contours = layer("communes")
        place = np.array([communes.index[code] for code in contours.codes], np.intp)
        self._read_contours(contours, place, len(communes))
        lon, lat = _anchors(communes, contours, place)
        self._has_point = communes.has_point
        self.anchors = unit_vectors(lon, lat)
        self._cos_reach = self._cosines_of_reach(place)
        self._blocks = [
            self._block(np.flatnonzero((communes.block.values == block) & ~np.isnan(lat)), lat)
            for block in range(len(communes.block.codes))
        ]

    def split(self, lon: float, lat: float, km: float, block: int) -> tuple[Rows, Rows]:
        """Rows whose reference point is within ``km``, and other rows of the block whose contour may be touched."""
        part = self._blocks[block]
        up, angle = tangent_frame(lon, lat)[:, 2], km / EARTH_RADIUS_KM
        cosine = math.cos(angle)
        margin = math.degrees(angle + COMMON_REACH)
        low, high = part.latitudes.searchsorted((lat - margin, lat + margin)).tolist()
        near = part.near(low, high, np.array((*up, -cosine, math.sin(angle))))
        rows = part.rows[near]
        inside = (self.anchors.take(rows, axis=0) @ up >= cosine - TIE) & self._has_point[rows]
        return rows[inside], rows[~inside]

    def areas(self, lon: float, lat: float, km: float, rows: Rows) -> Floats:
        """Area in km² of each contour within the circle; 0 for a commune without contour."""
        frame, angle = tangent_frame(lon, lat), km / EARTH_RADIUS_KM
        vertices, last = self._vertices(rows)
        local = _edge_test(frame, angle) @ self._edges.take(vertices, axis=0).T
        cosine = local[2]
        hot = (np.maximum(cosine[:-1], cosine[1:]) >= local[3, :-1]).nonzero()[0]
        plane = _flatten(local[:3].take(np.concatenate((hot, hot + 1)), axis=1))
        parts = cut_off(plane[: len(hot)], plane[len(hot) :], plane_radius(km)) * self._signs[vertices[hot]]
        areas = np.bincount(last.searchsorted(hot, "right"), parts, len(rows))
        holders = (self.anchors.take(rows, axis=0) @ frame[:, 2] >= self._cos_reach[rows]).nonzero()[0]
        for place in holders.tolist():
            areas[place] += self._windings(int(rows[place]), frame) * math.pi * plane_radius(km) ** 2
        return np.maximum(areas, 0)

    def _vertices(self, rows: Rows) -> tuple[Rows, Rows]:
        """Places of the vertices of several contours, and where each contour ends among them."""
        lengths = self._lengths[rows]
        last = lengths.cumsum()
        total = int(last[-1]) if len(last) else 0
        return np.arange(total) + (self._starts[rows] - last + lengths).repeat(lengths), last

    def _windings(self, row: int, frame: Floats) -> int:
        """1 when the contour holds the origin of the frame, else 0."""
        part = slice(self._starts[row], self._starts[row] + self._lengths[row])
        plane = project(self._edges[part, :3], frame)
        turned = np.angle(plane[:-1].conj() * plane[1:]) * self._signs[part][:-1]
        return round(float(turned.sum()) / (2 * math.pi))

    # -- building ------------------------------------------------------------------------------------------------

    def _read_contours(self, contours: Layer, place: Rows, count: int) -> None:
        """Vertices of all contours with the half-length of the edge that leaves them, and the areas enclosed."""
        _, lonlat, (rings, polygons, groups) = shapely.to_ragged_array(contours.shapes)
        starts = rings[polygons[groups]]
        self._signs = _signs(lonlat, rings, polygons)
        vectors = unit_vectors(lonlat[:, 0], lonlat[:, 1])
        self._edges = np.concatenate([vectors, _half_lengths(vectors, rings)], axis=1)
        self._starts, self._lengths = np.zeros(count, np.intp), np.zeros(count, np.intp)
        self._starts[place], self._lengths[place] = starts[:-1], np.diff(starts)
        self.area = np.zeros(count)
        self.area[place] = np.add.reduceat(_shoelace(lonlat) * self._signs, starts[:-1])

    def _cosines_of_reach(self, place: Rows) -> Floats:
        """Cosine of the angle from each anchor to the farthest vertex of its contour; 1 without contour."""
        found = np.ones(len(self._starts))
        owner = np.repeat(place, self._lengths[place])
        cosine = np.einsum("ij,ij->i", self._edges[:, :3], self.anchors[owner])
        found[place] = np.minimum(np.minimum.reduceat(cosine, self._starts[place]), 1)
        return found

    def _block(self, rows: Rows, lat: Floats) -> _Block:
        wide = self._cos_reach[rows] < math.cos(COMMON_REACH)
        common = rows[~wide]
        common = common[np.argsort(lat[common], kind="stable")]
        rows = np.concatenate([common, rows[wide]])
        cosine = self._cos_reach[rows, None]
        tests = np.concatenate([self.anchors[rows], cosine, np.sqrt(1 - cosine**2)], axis=1)
        return _Block(rows, lat[common], tests)


def _edge_test(frame: Floats, angle: float) -> Floats:
    """Matrix that gives for each vertex its place in the frame, and the least cosine its edge needs to matter.

    An edge can enter the disc only when one of its ends is within radius + half its length of the centre.
    """
    test = np.zeros((4, 5))
    test[:3, :3] = frame.T
    test[3, 3:] = math.cos(angle), -math.sin(angle)
    return test


def _half_lengths(vectors: Floats, rings: Ints) -> Floats:
    """Cosine and sine of half the edge that leaves each vertex, shape (n, 2); ``NO_EDGE`` where a ring ends."""
    halves = np.zeros(len(vectors))
    halves[:-1] = np.linalg.norm(vectors[1:] - vectors[:-1], axis=1) * 0.505  # chord to arc, and 1 % to spare
    found = np.stack([np.cos(halves), np.sin(halves)], axis=1)
    found[rings[1:] - 1] = NO_EDGE
    return found


def _anchors(communes: Communes, contours: Layer, place: Rows) -> tuple[Floats, Floats]:
    """Reference points; where one is missing, the middle of the contour (a touched contour has no other place)."""
    lon, lat = communes.lon.copy(), communes.lat.copy()
    missing = np.flatnonzero(~communes.has_point[place])
    middles = shapely.centroid(contours.shapes[missing])
    lon[place[missing]], lat[place[missing]] = shapely.get_x(middles), shapely.get_y(middles)
    return lon, lat


def _shoelace(lonlat: Floats) -> Floats:
    """Signed area term (km²) of the edge that leaves each vertex, in the cylindrical equal-area plane."""
    x = EARTH_RADIUS_KM * np.radians(lonlat[:, 0])
    y = EARTH_RADIUS_KM * np.sin(np.radians(lonlat[:, 1]))
    return np.append((x[1:] - x[:-1]) * -(y[1:] + y[:-1]) / 2, 0.0)


def _signs(lonlat: Floats, rings: Ints, polygons: Ints) -> npt.NDArray[np.float64]:
    """+1 or -1 for each edge so that shells add and holes subtract whichever way they turn; 0 between two rings."""
    terms = _shoelace(lonlat)
    terms[rings[1:] - 1] = 0
    turns = np.sign(np.add.reduceat(terms, rings[:-1]))
    holes = np.ones(len(turns), np.bool_)
    holes[polygons[:-1]] = False
    turns[holes] *= -1
    signs: Floats = np.repeat(turns, np.diff(rings))
    signs[rings[1:] - 1] = 0
    return signs

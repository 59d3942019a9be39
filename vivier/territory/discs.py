"""Circles on the sphere: which communes one covers, and how much of each contour it holds, in tens of µs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from vivier.territory.communes import EARTH_RADIUS_KM, Bools, Communes, Floats, Ints
from vivier.territory.contours import Layer, layer

Rows = npt.NDArray[np.intp]

COMMON_REACH_KM = 8.0  # 98.6 % of the contours lie within 8 km of their reference point; the others are tested apart
VERTEX_ERROR_KM = 0.01  # vertices are kept in single precision: less than a metre
TIE = 1e-15  # a commune at exactly r kilometres is covered whatever the last bit of the cosine


def unit_vectors(lon: Floats, lat: Floats) -> Floats:
    """Points in degrees as unit vectors, shape (n, 3)."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def tangent_frame(lon: float, lat: float) -> Floats:
    """East, north and up of a point in degrees, as the columns of a 3 × 3 matrix."""
    lam, phi = np.radians(lon), np.radians(lat)
    east = (-np.sin(lam), np.cos(lam), 0.0)
    north = (-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi))
    up = (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    return np.array([east, north, up]).T


def project(vectors: Floats, lon: float, lat: float) -> npt.NDArray[np.complex128]:
    """Lambert azimuthal equal-area plane centred on a point, in km, as x + iy.

    Exactly equal-area on the sphere, and a geodesic circle round the centre stays a circle (see :func:`plane_radius`).
    """
    plane = vectors @ tangent_frame(lon, lat)
    scale = EARTH_RADIUS_KM * np.sqrt(2 / np.maximum(1 + plane[:, 2], 1e-12))
    found: npt.NDArray[np.complex128] = scale * plane[:, 0] + 1j * (scale * plane[:, 1])
    return found


def plane_radius(km: float) -> float:
    """Radius in the plane of :func:`project` of the geodesic circle of ``km`` round its centre."""
    return float(2 * EARTH_RADIUS_KM * np.sin(min(km / EARTH_RADIUS_KM, np.pi) / 2))


def edge_areas(start: npt.NDArray[np.complex128], end: npt.NDArray[np.complex128], radius: float) -> Floats:
    """Signed area of (origin, start, end) within the disc of ``radius`` round the origin, one value an edge.

    Summed along a ring this is the area of polygon ∩ disc, exactly: the chord inside the disc gives a triangle, what
    is outside gives a circular sector. No many-sided circle, no clipping.
    """
    step = end - start
    length = np.maximum(step.real**2 + step.imag**2, 1e-18)
    middle = -(start.real * step.real + start.imag * step.imag) / length
    half = np.sqrt(np.maximum(middle**2 - (start.real**2 + start.imag**2 - radius**2) / length, 0))
    enter = start + step * np.clip(middle - half, 0, 1)
    leave = start + step * np.clip(middle + half, 0, 1)
    turned = start.conj() * enter * (leave.conj() * end)  # both arcs of one edge turn the same way: one angle
    chord = enter.conj() * leave
    areas: Floats = (radius**2 * np.arctan2(turned.imag, turned.real) + chord.imag) / 2
    return areas


@dataclass(frozen=True)
class _Block:
    """Communes of one land block: the common ones by latitude, then the wide ones (contour beyond 8 km)."""

    rows: Rows
    latitudes: Floats
    anchors: Floats
    cos_reach: Floats
    sin_reach: Floats
    has_point: Bools

    def near(self, seat: Floats, angle: float, part: slice) -> tuple[Rows, Floats]:
        """Places whose contour may meet the circle, and the cosine of their distance to its centre."""
        cosine = self.anchors[part] @ seat
        cut = np.cos(angle) * self.cos_reach[part] - np.sin(angle) * self.sin_reach[part]
        found = np.flatnonzero(cosine >= cut - TIE)
        return found + (part.start or 0), cosine[found]


class Discs:
    """Communes and arrondissements against geodesic circles. Built once (0.7 s, 25 MB), never changed."""

    def __init__(self, communes: Communes) -> None:
        contours = layer("communes")
        place = np.array([communes.index[code] for code in contours.codes], np.intp)
        self._read_vertices(contours, place, len(communes))
        lon, lat = _anchors(communes, contours, place)
        self.anchors = unit_vectors(lon, lat)
        self._reach = self._reaches(place)
        self.blocks = [
            self._block(np.flatnonzero((communes.block.values == block) & ~np.isnan(lat)), lat, communes.has_point)
            for block in range(len(communes.block.codes))
        ]

    def split(self, lon: float, lat: float, km: float, block: int) -> tuple[Rows, Rows]:
        """Rows whose reference point is within ``km``, and other rows of the block whose contour may be touched."""
        part = self.blocks[block]
        seat, angle = tangent_frame(lon, lat)[:, 2], km / EARTH_RADIUS_KM
        margin = np.degrees(angle + COMMON_REACH_KM / EARTH_RADIUS_KM)
        low, high = np.searchsorted(part.latitudes, (lat - margin, lat + margin)).tolist()
        common = part.near(seat, angle, slice(low, high))
        wide = part.near(seat, angle, slice(len(part.latitudes), None))
        near, cosine = np.concatenate([common[0], wide[0]]), np.concatenate([common[1], wide[1]])
        inside = (cosine >= np.cos(angle) - TIE) & part.has_point[near]
        return part.rows[near[inside]], part.rows[near[~inside]]

    def areas(self, lon: float, lat: float, km: float, rows: Rows) -> Floats:
        """Area in km² of each contour within the circle; 0 for a commune without contour."""
        areas = np.zeros(len(rows))
        drawn = np.flatnonzero(self._lengths[rows])
        if not len(drawn):
            return areas
        lengths = self._lengths[rows[drawn]]
        first = np.cumsum(lengths) - lengths
        vertices = np.arange(int(lengths.sum())) + np.repeat(self._starts[rows[drawn]] - first, lengths)
        plane = project(self._vectors[vertices].astype(np.float64), lon, lat)
        parts = edge_areas(plane[:-1], plane[1:], plane_radius(km)) * self._signs[vertices[:-1]]
        areas[drawn] = np.add.reduceat(parts, first)
        return np.maximum(areas, 0)

    # -- building ------------------------------------------------------------------------------------------------

    def _read_vertices(self, contours: Layer, place: Rows, count: int) -> None:
        """Vertices of all contours, and the areas they enclose (km²; cylindrical equal-area, on the sphere)."""
        _, lonlat, (rings, polygons, groups) = shapely.to_ragged_array(contours.shapes)
        starts = rings[polygons[groups]]
        self._signs = _signs(lonlat, rings, polygons)
        self._vectors = unit_vectors(lonlat[:, 0], lonlat[:, 1]).astype(np.float32)
        self._starts, self._lengths = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self._starts[place], self._lengths[place] = starts[:-1], np.diff(starts)
        self.area = np.zeros(count)
        self.area[place] = np.add.reduceat(_shoelace(lonlat) * self._signs, starts[:-1])

    def _reaches(self, place: Rows) -> Floats:
        """Angle (radians) from each anchor to the farthest vertex of its contour; 0 without contour."""
        found = np.zeros(len(self._starts))
        owner = np.repeat(place, self._lengths[place])
        cosine = np.einsum("ij,ij->i", self._vectors, self.anchors[owner])
        lowest = np.minimum.reduceat(cosine, self._starts[place])
        found[place] = np.arccos(np.clip(lowest, -1, 1)) + VERTEX_ERROR_KM / EARTH_RADIUS_KM
        return found

    def _block(self, rows: Rows, lat: Floats, has_point: Bools) -> _Block:
        wide = self._reach[rows] > COMMON_REACH_KM / EARTH_RADIUS_KM
        common = rows[~wide]
        common = common[np.argsort(lat[common], kind="stable")]
        rows = np.concatenate([common, rows[wide]])
        reach = self._reach[rows]
        return _Block(rows, lat[common], self.anchors[rows], np.cos(reach), np.sin(reach), has_point[rows])


def _anchors(communes: Communes, contours: Layer, place: Rows) -> tuple[Floats, Floats]:
    """Reference points; where one is missing, the middle of the contour (a touched contour has no other place)."""
    lon, lat = communes.lon.copy(), communes.lat.copy()
    missing = np.flatnonzero(~communes.has_point[place])
    middles = shapely.centroid(contours.shapes[missing])
    lon[place[missing]], lat[place[missing]] = shapely.get_x(middles), shapely.get_y(middles)
    return lon, lat


def _shoelace(lonlat: Floats) -> Floats:
    """Signed area term (km²) of the edge that leaves each vertex; the last vertex has none."""
    x = EARTH_RADIUS_KM * np.radians(lonlat[:, 0])
    y = EARTH_RADIUS_KM * np.sin(np.radians(lonlat[:, 1]))
    return np.append((x[1:] - x[:-1]) * -(y[1:] + y[:-1]) / 2, 0.0)


def _signs(lonlat: Floats, rings: Ints, polygons: Ints) -> npt.NDArray[np.int8]:
    """+1 or -1 for each edge so that shells add and holes subtract whichever way they turn; 0 between two rings."""
    turns = np.sign(_ring_sums(_shoelace(lonlat), rings))
    turns[np.setdiff1d(np.arange(len(turns)), polygons[:-1])] *= -1
    signs = np.repeat(turns, np.diff(rings)).astype(np.int8)
    signs[rings[1:] - 1] = 0
    return signs


def _ring_sums(terms: Floats, rings: Ints) -> Floats:
    terms = terms.copy()
    terms[rings[1:] - 1] = 0
    sums: Floats = np.add.reduceat(terms, rings[:-1])
    return sums

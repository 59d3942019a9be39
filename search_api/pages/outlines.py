"""Outlines for a map: contours of the gazetteer, cut to a frame, simplified to the size of a pixel, as SVG path data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from math import cos, radians
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import shapely

from vivier.territory.contours import layer

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
KM_PER_DEGREE = 111.2
_HALF_PIXEL = 0.6
Points = npt.NDArray[np.float64]
Halves = npt.NDArray[np.int64]
"""Rows of x and y, in halves of a unit."""
Axis = TypeVar("Axis", float, npt.NDArray[np.float64])


@dataclass(frozen=True)
class Frame:
    """A plane map: an equirectangular projection around its middle latitude, which distorts shapes little over a country.

    ``scale``: units of the drawing per degree of latitude; ``x``, ``y``: its upper left corner in the drawing.
    """

    box: Box
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0

    @cached_property
    def squeeze(self) -> float:
        """Length of a degree of longitude, in degrees of latitude."""
        return cos(radians((self.box[1] + self.box[3]) / 2))

    @cached_property
    def scale(self) -> float:
        return self.height / (self.box[3] - self.box[1])

    def place(self, lon: Axis, lat: Axis) -> tuple[Axis, Axis]:
        """The position in the drawing of a point, or of each point of arrays."""
        return (
            self.x + (lon - self.box[0]) * self.squeeze * self.scale,
            self.y + (self.box[3] - lat) * self.scale,
        )

    def holds(self, lon: float, lat: float) -> bool:
        return self.box[0] <= lon <= self.box[2] and self.box[1] <= lat <= self.box[3]


def framed(box: Box, width: float, height: float, *, least_km: float, x: float = 0.0, y: float = 0.0) -> Frame:
    """A frame of given size around a box, with a margin, at least ``least_km`` wide."""
    west, south, east, north = box
    squeeze = cos(radians((south + north) / 2))
    across = max((east - west) * squeeze * 1.12, least_km / KM_PER_DEGREE)
    down = max((north - south) * 1.12, across * height / width)
    across = down * width / height
    lon, lat = (west + east) / 2, (south + north) / 2
    half = across / squeeze / 2
    return Frame((lon - half, lat - down / 2, lon + half, lat + down / 2), width, height, x, y)


def bounds_of(shape: shapely.Geometry) -> Box:
    """West, south, east, north of a shape."""
    west, south, east, north = shapely.bounds(shape).tolist()
    return west, south, east, north


@lru_cache(maxsize=256)
def outlines(level: str, frame: Frame) -> tuple[str, ...]:
    """The contours of a level (``regions``, ``departements``) that cross a frame."""
    contours = layer(level)
    crossing = contours.tree.query(shapely.box(*frame.box))
    return tuple(filter(None, _paths(contours.shapes[np.sort(crossing)], frame)))


ABROAD: tuple[tuple[tuple[float, float], ...], ...] = (
    # From Dunkerque along the North Sea to Jutland, then inland, down Italy and back to Menton by the Gulf of Genoa.
    ((2.3, 50.9), (2.6, 51.1), (3.3, 51.35), (3.6, 51.6), (4.1, 52.0), (4.6, 52.6), (4.8, 53.4), (8.5, 53.9), (8.2, 55.5), (8.3, 57.0),
     (10.6, 57.7), (10.4, 56.4), (10.0, 54.8), (11.0, 54.0), (14.2, 54.0), (24.0, 54.5), (24.0, 40.0), (20.0, 40.0), (19.4, 41.8), (15.2, 44.2),
     (13.6, 45.0), (13.6, 45.7), (12.3, 45.4), (12.4, 44.2), (13.6, 43.5), (14.3, 42.4), (16.2, 41.8), (18.5, 40.1), (17.0, 40.4), (16.6, 39.7),
     (17.1, 39.0), (16.1, 38.0), (15.7, 38.0), (16.2, 38.9), (15.3, 40.1), (14.0, 40.8), (12.2, 41.8), (11.1, 42.4), (10.3, 43.5), (9.8, 44.1),
     (8.9, 44.4), (8.4, 44.2), (7.8, 43.8), (7.4, 43.7), (6.5, 45.0), (5.9, 46.3), (7.3, 48.5), (5.5, 49.3), (4.0, 49.8)),
    # Spain and Portugal, from the Bidassoa along both seas.
    ((-1.6, 43.25), (-1.79, 43.38), (-2.9, 43.44), (-3.8, 43.5), (-5.8, 43.66), (-7.7, 43.78), (-9.3, 43.1), (-8.9, 42.0), (-8.7, 41.0),
     (-9.5, 38.7), (-8.8, 38.4), (-8.9, 37.0), (-7.4, 37.2), (-6.4, 36.8), (-5.6, 36.0), (-4.4, 36.7), (-2.1, 36.8), (-0.7, 37.6), (0.2, 38.7),
     (-0.3, 39.5), (0.8, 40.7), (2.2, 41.4), (3.2, 41.9), (3.3, 42.3), (3.15, 42.43), (2.0, 42.6), (0.5, 42.9)),
    # Great Britain, from Land's End round by the Channel, the Wash and Scotland.
    ((-5.7, 50.05), (-5.2, 49.97), (-4.8, 50.2), (-3.7, 50.2), (-3.4, 50.6), (-2.5, 50.6), (-1.3, 50.6), (-0.8, 50.75), (0.25, 50.74),
     (1.0, 50.92), (1.4, 51.15), (1.4, 51.4), (0.8, 51.5), (1.7, 52.5), (0.3, 52.9), (0.2, 53.5), (-0.2, 54.2), (-1.6, 55.4), (-2.6, 56.0),
     (-2.1, 57.4), (-4.0, 57.6), (-3.1, 58.6), (-5.0, 58.6), (-5.8, 57.4), (-5.6, 56.3), (-4.9, 55.6), (-5.0, 54.7), (-3.4, 54.9), (-3.0, 53.9),
     (-3.1, 53.4), (-4.5, 53.2), (-4.2, 52.6), (-5.2, 51.8), (-3.2, 51.4), (-4.3, 51.1)),
    # Ireland.
    ((-6.3, 52.2), (-10.1, 51.6), (-9.9, 54.2), (-8.3, 55.1), (-6.2, 55.2), (-5.6, 54.5), (-6.1, 53.4)),
    # Jersey and Guernsey.
    ((-2.25, 49.25), (-2.0, 49.25), (-2.0, 49.17), (-2.2, 49.17)),
    ((-2.67, 49.43), (-2.5, 49.5), (-2.52, 49.42)),
    # Sardinia, of which maps of Corsica show the north, and the Balearic Islands.
    ((8.2, 40.9), (9.2, 41.25), (9.8, 40.5), (9.6, 39.1), (8.4, 38.9)),
    ((2.3, 39.6), (3.2, 39.9), (3.4, 39.6), (3.0, 39.3)),
)  # fmt: skip
"""The land around mainland France, as rough polygons (longitude, latitude; a tenth of a degree) written by hand: enough to tell land from
sea. The contours of France are drawn over them, so that borders are those of France."""


@lru_cache(maxsize=256)
def abroad(frame: Frame) -> tuple[str, ...]:
    """The land of other countries that crosses a frame."""
    shapes = _abroad()
    return tuple(filter(None, _paths(shapes[shapely.intersects(shapes, shapely.box(*frame.box))], frame)))


@cache
def _abroad() -> npt.NDArray[np.object_]:
    """The shapes of :data:`ABROAD`."""
    return np.array([shapely.Polygon(points) for points in ABROAD])


def path(shape: shapely.Geometry, frame: Frame, slack: float = _HALF_PIXEL) -> str:
    """The outline of a shape as path data, at most ``slack`` units of the drawing from the true one; empty when no part of it is in the
    frame."""
    return _paths(np.array([shape]), frame, slack)[0]


def _paths(shapes: npt.NDArray[np.object_], frame: Frame, slack: float = _HALF_PIXEL) -> list[str]:
    """The outline of each shape as path data: all are cut, thinned and rounded together, which is three times faster than one by one."""
    margin = (frame.box[2] - frame.box[0]) * 0.02
    west, south, east, north = frame.box
    cut = shapely.clip_by_rect(shapes, west - margin, south - margin, east + margin, north + margin)
    thin = shapely.simplify(cut, slack / frame.scale, preserve_topology=False)
    parts, shape_of_part = shapely.get_parts(thin, return_index=True)
    areas = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part_of_ring = shapely.get_rings(parts[areas], return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    data = [""] * len(shapes)
    if not len(points):
        return data
    xs, ys = frame.place(points[:, 0], points[:, 1])
    places = np.stack((xs, ys), axis=1)
    starts = np.flatnonzero(np.diff(ring_of_point, prepend=-1))
    wide = (np.maximum.reduceat(places, starts) - np.minimum.reduceat(places, starts)).sum(axis=1) > 2
    shape_of_ring = shape_of_part[areas][part_of_ring]
    for ring, ring_points in zip(np.flatnonzero(wide).tolist(), _rounded(places, starts, wide), strict=True):
        data[shape_of_ring[ring]] += _drawn(ring_points)
    return data


def _rounded(places: Points, starts: npt.NDArray[np.intp], which: npt.NDArray[np.bool_]) -> Iterator[Halves]:
    """The points of each ring of ``which``, in halves of a unit. Rings are closed: the last point, the first again, is left out."""
    halves = np.rint(places * 2).astype(np.int64)
    ends = np.append(starts[1:], len(places)) - 1
    for start, end in zip(starts[which].tolist(), ends[which].tolist(), strict=True):
        yield halves[start:end]


def _drawn(halves: Halves) -> str:
    """A closed line through points, to half a unit, each written by its distance from the one before: a third of the length that
    positions take. Positions are rounded first, so that neighbours keep one border."""
    steps = halves[1:] - halves[:-1]
    steps = steps[steps.any(axis=1)]
    x, y = halves[0].tolist()
    return f"M{_half(x)} {_half(y)}l" + " ".join(map(_half, steps.ravel().tolist())) + "z"


@lru_cache(maxsize=4_096)
def _half(count: int) -> str:
    """« 12.5 », « -.5 », « 3 » for a count of halves."""
    whole, half = divmod(abs(count), 2)
    text = f"{whole or ''}.5" if half else str(whole)
    return f"-{text}" if count < 0 else text

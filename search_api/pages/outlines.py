"""Outlines for a map: contours of the gazetteer, cut to a frame, simplified to the size of a pixel, as SVG path data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
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
    return tuple(data for place in sorted(crossing) if (data := path(contours.shapes[place], frame)))


def path(shape: shapely.Geometry, frame: Frame) -> str:
    """The outline of a shape as path data; empty when no part of it is in the frame."""
    margin = (frame.box[2] - frame.box[0]) * 0.02
    west, south, east, north = frame.box
    cut = shapely.clip_by_rect(shape, west - margin, south - margin, east + margin, north + margin)
    thin = shapely.simplify(cut, _HALF_PIXEL / frame.scale, preserve_topology=False)
    return "".join(_rings(thin, frame))


def _rings(shape: shapely.Geometry, frame: Frame) -> Iterator[str]:
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)[:-1]
            xs, ys = frame.place(points[:, 0], points[:, 1])
            if len(points) > 2 and np.ptp(xs) + np.ptp(ys) > 2:
                yield "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True)) + "Z"

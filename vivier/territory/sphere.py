"""Distances on the sphere, and the grid on which both engines keep their points."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

EARTH_KM = 6371.0088
"""Mean radius of the Earth in kilometres: the same in both engines and in the coverage method."""

_LON_STEP, _LAT_STEP = 360.0 / 2**32, 180.0 / 2**32


def great_circle_km(lon: float, lat: float, lons: Numbers, lats: Numbers) -> Numbers:
    """Haversine distance in kilometres from one point to many, all in degrees."""
    half_lat, half_lon = np.radians(lats - lat) / 2, np.radians(lons - lon) / 2
    h = np.sin(half_lat) ** 2 + np.cos(np.radians(lat)) * np.cos(np.radians(lats)) * np.sin(half_lon) ** 2
    km: Numbers = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return km


def on_grid(lon: float, lat: float) -> tuple[float, float]:
    """The point as a ``geo_point`` stores it: 32 bits an axis, rounded down, within 1 cm.

    Among 20,000 suppliers, some are at the same distance from a point within a centimetre. If the embedded engine stored more
    digits, their order would depend on the engine. Origins of a search are put on it too: a seat at the reference point of a town is then at
    0 km from it, not at some millimetres, which would order the seats of two towns.
    """
    if lon == 180.0:
        lon = math.nextafter(lon, 0.0)
    if lat == 90.0:
        lat = math.nextafter(lat, 0.0)
    return math.floor(lon / _LON_STEP) * _LON_STEP, math.floor(lat / _LAT_STEP) * _LAT_STEP

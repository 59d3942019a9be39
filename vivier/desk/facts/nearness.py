"""Computes how far people live from the nearest structure of a trade: great-circle distances from commune to commune.

Each commune is compared with few seats. Communes are taken by département: a seat that is further from the middle of the
département than the nearest seat, by more than its width, is the nearest of none of its communes. The answer is exact, and a
hundred times faster than comparing all seats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from vivier.territory import Gazetteer
from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.sphere import EARTH_KM

METHOD_VERSION: Final = "nearness-1"
Floats = npt.NDArray[np.float64]
_ROUNDING_KM: Final = 0.01


@dataclass(frozen=True)
class Nearness:
    """Kilometres from each commune to the nearest seat of its land block, because distances do not cross the sea. NaN for a commune
    without a point, or whose block has no seat."""

    km: Floats
    gazetteer: Gazetteer

    def of(self, territory: str) -> tuple[float | None, float | None]:
        """Distances in kilometres of a territory: the mean over its people whose distance is known, and that of its commune nearest to
        a seat; ``None`` when none is known."""
        rows, weights = _leaves(territory)
        km = self.km[rows]
        known = ~np.isnan(km)
        if not known.all():
            km, weights = km[known], weights[known]
        if not len(km):
            return None, None
        people = weights.sum()
        mean = (
            float((km * weights).sum() / people) if people else None
        )  # np.average checks more, and takes ten times as long
        return mean, float(km.min())


def nearness(communes_of_seats: Iterable[str | None], gazetteer: Gazetteer) -> Nearness:
    """The distances to some seats. ``communes_of_seats``: codes of the communes (or arrondissements) of the seats; unknown codes
    are ignored."""
    communes = gazetteer.communes
    rows = np.array(sorted({communes.index[code] for code in communes_of_seats if code in communes.index}), np.intp)
    rows = rows[communes.has_point[rows]] if len(rows) else rows
    km = np.full(len(communes), np.nan)
    points, blocks = _points(), communes.block.values[rows]
    for group in _groups():
        seats = rows[blocks == group.block]
        if not len(seats):
            continue
        cosines = points[group.rows] @ points[seats[_among(group, points[seats])]].T
        km[group.rows] = EARTH_KM * np.arccos(np.clip(cosines.max(axis=1), -1, 1))
    km[rows] = 0.0
    return Nearness(km, gazetteer)


@dataclass(frozen=True)
class _Group:
    """Communes of a département: their rows, their land block, their middle as a unit vector, and the largest angle from it to a
    commune."""

    block: int
    rows: npt.NDArray[np.intp]
    middle: Floats
    angle: float


def _among(group: _Group, seats: Floats) -> npt.NDArray[np.bool_]:
    """Which seats may be the nearest of some commune of the group."""
    angles = np.arccos(np.clip(seats @ group.middle, -1, 1))
    found: npt.NDArray[np.bool_] = angles <= angles.min() + 2 * group.angle + _ROUNDING_KM / EARTH_KM
    return found


@lru_cache(maxsize=1)
def _points() -> Floats:
    """Reference points as unit vectors, NaN for the communes without one."""
    communes = load_gazetteer().communes
    lon, lat = np.radians(communes.lon), np.radians(communes.lat)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


@lru_cache(maxsize=1)
def _groups() -> tuple[_Group, ...]:
    gazetteer, points = load_gazetteer(), _points()
    found = []
    for code in gazetteer.names["departement"]:
        rows = gazetteer.leaves(f"departement:{code}")
        rows = rows[gazetteer.communes.has_point[rows]]
        if len(rows):
            middle = points[rows].mean(axis=0)
            middle /= np.linalg.norm(middle)
            angle = float(np.arccos(np.clip(points[rows] @ middle, -1, 1)).max())
            found.append(_Group(int(gazetteer.communes.block.values[rows[0]]), rows, middle, angle))
    return tuple(found)


@lru_cache(maxsize=4096)
def _leaves(territory: str) -> tuple[npt.NDArray[np.intp], Floats]:
    """The communes of a territory, and their people."""
    gazetteer = load_gazetteer()
    rows = gazetteer.leaves(territory)
    return rows, gazetteer.communes.weight[rows]

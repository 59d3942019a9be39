"""Metres of the French projections to WGS84 degrees, by PROJ."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

_EPSG: Final = {
    "LAMBERT_93": 2154,
    "L93_METROPOLE": 2154,
    "UTM_N20": 32620,  # Guadeloupe, Martinique
    "UTM_N21": 32621,  # Saint-Pierre-et-Miquelon
    "UTM_N22": 32622,  # Guyane
    "UTM_S40": 32740,  # La Réunion
    "UTM_S38": 32738,  # Mayotte
}
"""Names of projections met in sources, and their EPSG codes (WGS84 zones overseas: within a metre of the local ones)."""

PROJECTIONS: Final = tuple(_EPSG)

_ROUNDING = 7
"""Decimals kept: a centimetre, well under what any source measures."""


@cache
def _transformer(epsg: int) -> Any:
    # Loaded on the first projected pair: most sources publish degrees, and PROJ takes 15 MB.
    from pyproj import Transformer

    return Transformer.from_crs(epsg, 4326, always_xy=True)


def degrees(x: float, y: float, projection: str) -> tuple[float, float] | None:
    """Longitude and latitude of a pair in metres; ``None`` for a projection that is not one of :data:`PROJECTIONS`."""
    epsg = _EPSG.get(projection)
    if epsg is None:
        return None
    lon, lat = _transformer(epsg).transform(x, y)
    return round(lon, _ROUNDING), round(lat, _ROUNDING)

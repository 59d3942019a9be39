"""Reads a point from the text of a parameter."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def parse_point(text: str) -> tuple[float, float]:
    """Reads « lon,lat » in decimal degrees. Raises ``PydanticCustomError`` with the reason, in French, when the text is no point."""
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise PydanticCustomError(
            "point", "Un point s'écrit « longitude,latitude » en degrés décimaux, par exemple -1.68,48.11."
        ) from None
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise PydanticCustomError("point", "« near » : longitude entre -180 et 180, latitude entre -90 et 90.")
    if 41 <= lon <= 52 and -6 <= lat <= 10:
        raise PydanticCustomError(
            "swapped", "« near » semble inversé : la longitude vient d'abord (near=2.35,48.85 pour Paris)."
        )
    return lon, lat


Point = Annotated[
    tuple[float, float], BeforeValidator(lambda value: parse_point(value) if isinstance(value, str) else value)
]
"""The type of a parameter that is a point: :func:`parse_point` reads its text."""


def check_circle(near: tuple[float, float] | None, radius_km: float | None) -> None:
    """Refuses a point without a radius, or a radius without a point: only both make a circle."""
    if (near is None) != (radius_km is None):
        raise PydanticCustomError(
            "impossible_combination", "« near » et « radius_km » vont ensemble : donnez les deux."
        )

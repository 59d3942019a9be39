"""Reads a drawn polygon: turns a GeoJSON text into rings, or refuses it with the reason."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from vivier.errors import FieldError, InvalidRequest
from vivier.search.operators import Ring

MAX_VERTICES = 500
MAX_AREA_KM2 = 100_000.0
_KM_PER_DEGREE = 111.195
_EXAMPLE = '{"type":"Polygon","coordinates":[[[4.7,45.6],[5.0,45.6],[5.0,45.9],[4.7,45.6]]]}'


def polygon_rings(text: str) -> list[tuple[Ring, ...]]:
    """Rings (exterior, then holes) of each polygon of a GeoJSON Polygon or MultiPolygon in lon, lat degrees.

    Raises ``InvalidRequest`` on the field « polygon » when the text is no valid polygon, or has more than 500 vertices or
    100,000 km².
    """
    geometry = _geometry(text)
    if shapely.get_num_coordinates(geometry) > MAX_VERTICES:
        raise _refused("too_many_vertices", f"« polygon » compte plus de {MAX_VERTICES} sommets : simplifiez-le.")
    if not geometry.is_valid:
        raise _refused("invalid_polygon", f"« polygon » n'est pas valide : {_reason(geometry)}.")
    if area_km2(geometry) > MAX_AREA_KM2:
        raise _refused("too_large", "« polygon » dépasse 100 000 km² : réduisez-le ou utilisez « territory ».")
    # Drawing tools double a point at a double click; OpenSearch refuses such rings.
    geometry = shapely.remove_repeated_points(geometry)
    parts = geometry.geoms if isinstance(geometry, shapely.MultiPolygon) else [geometry]
    return [_rings(part) for part in parts if isinstance(part, shapely.Polygon)]


def area_km2(geometry: BaseGeometry) -> float:
    """Area in km², computed in the sinusoidal projection, which conserves areas on the sphere."""
    middle = float(shapely.get_coordinates(geometry)[:, 0].mean())

    def project(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon, lat = degrees[:, 0], degrees[:, 1]
        return np.column_stack([(lon - middle) * np.cos(np.radians(lat)), lat]) * _KM_PER_DEGREE

    return float(shapely.area(shapely.transform(geometry, project)))


def _geometry(text: str) -> BaseGeometry:
    try:
        parsed = orjson.loads(text)
        geometry = shape(parsed)
    except (orjson.JSONDecodeError, ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.GEOSException):
        raise _refused(
            "unreadable_polygon", f"« polygon » doit être un polygone GeoJSON, par exemple {_EXAMPLE}."
        ) from None
    if geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty:
        raise _refused(
            "unreadable_polygon",
            f"« polygon » doit être un Polygon ou un MultiPolygon GeoJSON, par exemple {_EXAMPLE}.",
        )
    lon_min, lat_min, lon_max, lat_max = geometry.bounds
    if not all(map(math.isfinite, geometry.bounds)) or lon_min < -180 or lon_max > 180 or lat_min < -90 or lat_max > 90:
        raise _refused("out_of_range", "« polygon » : longitude entre -180 et 180, latitude entre -90 et 90.")
    if lon_min >= 41 and lon_max <= 52 and lat_min >= -6 and lat_max <= 10:
        raise _refused("swapped", "« polygon » semble inversé : en GeoJSON la longitude vient d'abord.")
    return geometry


def _reason(geometry: BaseGeometry) -> str:
    explanation = explain_validity(geometry)
    return (
        "ses côtés se croisent"
        if explanation.startswith("Self-intersection")
        else f"géométrie incohérente ({explanation.split('[')[0]})"
    )


def _rings(polygon: shapely.Polygon) -> tuple[Ring, ...]:
    return tuple(
        tuple((float(x), float(y)) for x, y, *_ in ring.coords) for ring in (polygon.exterior, *polygon.interiors)
    )


def _refused(code: str, message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("polygon", code, message),))

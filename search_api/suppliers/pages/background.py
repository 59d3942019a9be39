"""What the living map is drawn over: contours, the land around France and names of towns, light enough to be sent once.

A shape is a list of rings; a ring is a flat list of whole thousandths of a degree (some 100 m): longitude and latitude of its first
point, then of each point from the one before it. The last point is left out, as it is the first. A hole is a ring like another, filled by
the even-odd rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely

from search_api.pages.outlines import ABROAD
from vivier.territory import Gazetteer
from vivier.territory.contours import layer

UNIT = 1_000
"""Units in a degree."""
CREDIT = "Contours : INSEE et IGN, Licence Ouverte 2.0"
_COARSE = 0.015
"""Tolerance, in degrees, of the contours of départements; those of communes, simplified at 0.002, replace them from near."""
_TOWNS = 1_200
"""Towns of the whole country whose names are sent, the most populated first."""

Rings = list[list[int]]


def encoded(shape: shapely.Geometry) -> Rings:
    """The rings of a shape, those that are less than two steps across left out."""
    return [ring for part in shapely.get_parts(shape) for ring in _rings(part)]


def _rings(part: shapely.Polygon) -> Iterator[list[int]]:
    for ring in (part.exterior, *part.interiors):
        points = np.rint(shapely.get_coordinates(ring)[:-1] * UNIT).astype(np.int64)
        steps = np.diff(points, axis=0)
        steps = steps[np.any(steps != 0, axis=1)]
        if len(steps) > 1:
            yield [*points[0].tolist(), *steps.ravel().tolist()]


@lru_cache(maxsize=2)
def country(gazetteer: Gazetteer) -> dict[str, object]:
    """The départements with their bounds, the names of those overseas, the land of neighbours, and the most populated towns."""
    contours = layer("departements")
    thin = shapely.coverage_simplify(contours.shapes, _COARSE)
    bounds = shapely.bounds(contours.shapes).round(2).tolist()
    communes, names = gazetteer.communes, gazetteer.names["departement"]
    named = np.flatnonzero(~communes.is_arrondissement & communes.has_point)
    largest = named[np.argsort(-communes.population[named], kind="stable")][:_TOWNS]
    return {
        "unit": UNIT,
        "credit": CREDIT,
        "abroad": [encoded(shapely.Polygon(points)) for points in ABROAD],
        "departements": [
            {"code": code, "box": box, "rings": encoded(shape)}
            for code, box, shape in zip(contours.codes, bounds, thin, strict=True)
        ],
        "overseas": {code: name for code, name in names.items() if code.startswith(("97", "98"))},
        "towns": _towns(gazetteer, largest),
    }


@lru_cache(maxsize=128)
def communes_of(departement: str, gazetteer: Gazetteer) -> dict[str, object] | None:
    """The contours and names of the communes of a département; ``None`` when it has no contour."""
    if departement not in layer("departements").index:
        return None
    communes, contours = gazetteer.communes, layer("communes")
    rows = communes.departement.rows(departement)
    rows = rows[communes.has_point[rows]]
    shapes = (contours.get(communes.codes[row]) for row in rows.tolist())
    order = rows[np.argsort(-communes.population[rows], kind="stable")]
    names = order[~communes.is_arrondissement[order]]
    return {"communes": [encoded(shape) for shape in shapes if shape is not None], "towns": _towns(gazetteer, names)}


def _towns(gazetteer: Gazetteer, rows: npt.NDArray[np.intp]) -> list[tuple[str, float, float, int]]:
    """Name, longitude, latitude and inhabitants, in order."""
    communes = gazetteer.communes
    lon, lat = communes.lon[rows].round(3).tolist(), communes.lat[rows].round(3).tolist()
    inhabitants = np.maximum(communes.population[rows], 0).tolist()
    return [(communes.names[row], *rest) for row, *rest in zip(rows.tolist(), lon, lat, inhabitants, strict=True)]

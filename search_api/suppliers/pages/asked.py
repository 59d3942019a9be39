"""The place that a search asks: its contours, its circle, the area drawn, and the bounds of them all."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians

import shapely

from search_api.pages.outlines import KM_PER_DEGREE, Box, bounds_of
from vivier.search.polygon import polygon_rings
from vivier.suppliers.query import SupplierQuery
from vivier.territory import Gazetteer


def box_asked(query: SupplierQuery, gazetteer: Gazetteer) -> Box | None:
    """The bounds of the places of the query; ``None`` when it has none that can be drawn."""
    boxes = [bounds_of(shape) for shape in shapes_asked(query, gazetteer)]
    near, radius = query.near, query.radius_km
    if near is not None and radius is not None:
        down = radius / KM_PER_DEGREE
        across = down / cos(radians(near[1]))
        boxes.append((near[0] - across, near[1] - down, near[0] + across, near[1] + down))
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def shapes_asked(query: SupplierQuery, gazetteer: Gazetteer) -> Iterator[shapely.Geometry]:
    """The contours of the territories of the query, and the area drawn."""
    yield from contours_asked(query, gazetteer).values()
    yield from areas_drawn(query)


def contours_asked(query: SupplierQuery, gazetteer: Gazetteer) -> dict[str, shapely.Geometry]:
    """The contours of the territories of the query, those to serve and those of the seat, by their typed ids."""
    found: dict[str, shapely.Geometry] = {}
    for id_ in dict.fromkeys((*query.territory, *query.seat, *query.departement, *query.region)):
        territory, _ = gazetteer.parse(id_)
        shape = gazetteer.contour(territory.id) if territory.kind != "country" else None
        if shape is not None:
            found[territory.id] = shape
    return found


def areas_drawn(query: SupplierQuery) -> Iterator[shapely.Geometry]:
    if query.polygon is not None:
        yield shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygon_rings(query.polygon)])

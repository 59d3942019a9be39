"""A polygon that somebody draws is read, or refused with its reason, at each bound."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from pydantic_core import PydanticCustomError
from shapely.geometry import shape

from vivier.errors import InvalidRequest
from vivier.model.place import Point
from vivier.search.point import check_circle, parse_point
from vivier.search.polygon import MAX_VERTICES, area_km2, polygon_rings
from vivier.territory.address import _km


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def round_of(corners: int) -> list[list[float]]:
    turns = [2 * math.pi * number / corners for number in range(corners)]
    ring = [[4 + 0.1 * math.cos(turn), 45 + 0.1 * math.sin(turn)] for turn in turns]
    return [*ring, ring[0]]


def code_of(geometry: Any) -> str:
    """What a polygon is refused by; empty when it is read."""
    text = geometry if isinstance(geometry, str) else json.dumps(geometry)
    try:
        polygon_rings(text)
    except InvalidRequest as refused:
        return refused.errors[0].code
    return ""


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        (box(4, 45, 5, 46), ""),
        (box(41, 0, 42, 1), "swapped"),
        (box(40.9, 0, 41.9, 1), ""),
        (box(51, 0, 52, 1), "swapped"),
        (box(51.5, 0, 52.1, 1), ""),
        (box(45, -6, 46, -5.5), "swapped"),
        (box(45, -6.1, 46, -5.5), ""),
        (box(45, 9.5, 46, 10), "swapped"),
        (box(45, 9.5, 46, 10.1), ""),
        (box(179, 0, 180, 1), ""),
        (box(179, 0, 180.1, 1), "out_of_range"),
        (box(-180, 0, -179, 1), ""),
        (box(-180.1, 0, -179, 1), "out_of_range"),
        (box(4, 89, 5, 90), ""),
        (box(4, 89, 5, 90.1), "out_of_range"),
        (box(4, -90, 5, -89), ""),
        (box(4, -90.1, 5, -89), "out_of_range"),
        (box(0, 0, 2.84, 2.84), ""),
        (box(0, 0, 2.86, 2.86), "too_large"),
        (round_of(MAX_VERTICES - 1), ""),
        (round_of(MAX_VERTICES), "too_many_vertices"),
        ([[4, 45], [5, 46], [5, 45], [4, 46], [4, 45]], "invalid_polygon"),
        ([[4, 45], [5, 46]], "unreadable_polygon"),
    ],
)
def test_a_ring_is_read_or_refused(ring: list[list[float]], code: str) -> None:
    assert code_of({"type": "Polygon", "coordinates": [ring]}) == code


@pytest.mark.parametrize(
    "text", ["{", "{}", "[]", '{"type":"Point","coordinates":[4,45]}', '{"type":"Polygon","coordinates":[]}']
)
def test_what_is_no_polygon_is_refused(text: str) -> None:
    assert code_of(text) == "unreadable_polygon"


def test_holes_parts_and_doubled_points_are_read() -> None:
    hole, twice = box(4.2, 45.2, 4.4, 45.4), [[6, 45], *box(6, 45, 7, 46)]
    read = polygon_rings(json.dumps({"type": "MultiPolygon", "coordinates": [[box(4, 45, 5, 46), hole], [twice]]}))
    assert [[len(ring) for ring in part] for part in read] == [[5, 5], [5]]


def test_an_area_is_that_of_the_sphere() -> None:
    for west in (0, 100):
        found = area_km2(shape({"type": "Polygon", "coordinates": [box(west, 0, west + 1, 1)]}))
        assert found == pytest.approx(12_364, rel=1e-3)
    assert _km(Point(lon=2.0, lat=48.0), 2.0, 49.0) == pytest.approx(111.195, rel=1e-4)
    assert _km(Point(lon=2.0, lat=60.0), 3.0, 60.0) == pytest.approx(55.6, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("-1.68,48.11", (-1.68, 48.11)),
        ("180,90", (180, 90)),
        ("-180,-90", (-180, -90)),
        ("180.1,0", "point"),
        ("0,-90.1", "point"),
        ("nan,0", "point"),
        ("0,inf", "point"),
        ("1,2,3", "point"),
        ("a,b", "point"),
        ("48.11,-1.68", "swapped"),
        ("41,-6", "swapped"),
        ("52,10", "swapped"),
        ("40.9,0", (40.9, 0)),
        ("52.1,0", (52.1, 0)),
        ("45,-6.1", (45, -6.1)),
        ("45,10.1", (45, 10.1)),
    ],
)
def test_a_point_is_read_or_refused(text: str, point: object) -> None:
    if isinstance(point, tuple):
        assert parse_point(text) == point
        return
    with pytest.raises(PydanticCustomError) as refused:
        parse_point(text)
    assert refused.value.type == point


def test_a_circle_has_a_point_and_a_radius() -> None:
    check_circle(None, None)
    check_circle((0.0, 0.0), 0.0)
    for near, km in (((0.0, 0.0), None), (None, 3.0)):
        with pytest.raises(PydanticCustomError):
            check_circle(near, km)

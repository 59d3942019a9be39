"""Draws the buyers of a list on a map: their numbers in the list, where they sit, around the place of the profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from search_api.pages.labels import Label, Taken, names_around
from search_api.pages.outlines import KM_PER_DEGREE, Box, Frame, abroad, bounds_of, framed, outlines, path
from vivier.contracts.profile import Zone
from vivier.contracts.ranking import RankedBuyer
from vivier.territory import Gazetteer

WIDTH: Final = 480.0
HEIGHT: Final = 420.0
_RADIUS: Final = 14.0
"""Radius of a mark: 24 pixels to the pointer on a map of 420 pixels."""
_WIDE_KM: Final = 330
_FARTHEST: Final = 3.0
"""How far from the place of the profile the frame reaches, in sizes of that place: a ministry in Paris would make a dot of a commune."""


@dataclass(frozen=True)
class Mark:
    """The buyers of one place: their numbers in the list."""

    x: float
    y: float
    r: float
    numbers: tuple[int, ...]
    title: str

    @property
    def text(self) -> str:
        """« 3 », « 1, 4 »."""
        return ", ".join(map(str, self.numbers))

    @property
    def half(self) -> float:
        """Half the width of the mark: it grows with the numbers it holds."""
        return max(self.r, 4.2 * len(self.text) + 6)


@dataclass(frozen=True)
class BuyerMap:
    """What the template draws. ``away``: buyers beyond its edges; ``unplaced``: those without a known seat."""

    frame: Frame
    paths: tuple[str, ...]
    abroad: tuple[str, ...]
    areas: tuple[str, ...]
    circle: tuple[float, float, float] | None
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    away: tuple[int, ...]
    unplaced: tuple[int, ...]


def buyer_map(buyers: Sequence[RankedBuyer], names: Sequence[str], zone: Zone, gazetteer: Gazetteer) -> BuyerMap | None:
    """The map of buyers, numbered from 1; ``None`` when the seat of none is known."""
    points = {number: point for number, buyer in enumerate(buyers, 1) if (point := _seat(buyer, gazetteer)) is not None}
    if not points:
        return None
    frame = _frame(list(points.values()), zone, gazetteer)
    inside = {number: point for number, point in points.items() if frame.holds(*point)}
    wide = (frame.box[3] - frame.box[1]) * KM_PER_DEGREE > _WIDE_KM
    marks = tuple(_marks(inside, names, frame))
    circle = _circle(zone, frame)
    return BuyerMap(
        frame=frame,
        paths=outlines("regions" if wide else "departements", frame),
        abroad=abroad(frame),
        areas=tuple(_areas(zone, frame, gazetteer)) if circle is None else (),
        circle=circle,
        marks=marks,
        labels=names_around(frame, gazetteer, Taken.of(_Round(mark.x, mark.y, mark.half) for mark in marks)),
        away=tuple(number for number in points if number not in inside),
        unplaced=tuple(number for number in range(1, len(buyers) + 1) if number not in points),
    )


@dataclass(frozen=True)
class _Round:
    x: float
    y: float
    r: float


def _seat(buyer: RankedBuyer, gazetteer: Gazetteer) -> tuple[float, float] | None:
    if buyer.record is None or "seat" not in buyer.record:
        return None
    return gazetteer.reference_point(buyer.record["seat"])


def _frame(points: list[tuple[float, float]], zone: Zone, gazetteer: Gazetteer) -> Frame:
    """The frame around the place of the profile and the buyers that are not too far from it."""
    place = _box_of(zone, gazetteer)
    if place is not None:
        west, south, east, north = place
        across, down = (east - west) * (_FARTHEST - 1) / 2, (north - south) * (_FARTHEST - 1) / 2
        points = [(x, y) for x, y in points if west - across < x < east + across and south - down < y < north + down]
        points += [(west, south), (east, north)]
    lons, lats = zip(*points, strict=True)
    return framed((min(lons), min(lats), max(lons), max(lats)), WIDTH, HEIGHT, least_km=30)


def _box_of(zone: Zone, gazetteer: Gazetteer) -> Box | None:
    if zone.point is not None and zone.km is not None:
        lon, lat = zone.point
        down = zone.km / KM_PER_DEGREE
        across = down / cos(radians(lat))
        return lon - across, lat - down, lon + across, lat + down
    boxes = [bounds_of(shape) for id_ in zone.territories if (shape := gazetteer.contour(id_)) is not None]
    if not boxes or not zone.local:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _circle(zone: Zone, frame: Frame) -> tuple[float, float, float] | None:
    if zone.point is None or zone.km is None:
        return None
    x, y = frame.place(*zone.point)
    return round(x, 1), round(y, 1), round(zone.km / KM_PER_DEGREE * frame.scale, 1)


def _areas(zone: Zone, frame: Frame, gazetteer: Gazetteer) -> Iterator[str]:
    for id_ in zone.territories if zone.local else ():
        shape = gazetteer.contour(id_)
        if shape is not None and (data := path(shape, frame)):
            yield data


def _marks(points: dict[int, tuple[float, float]], names: Sequence[str], frame: Frame) -> Iterator[Mark]:
    """The marks; buyers whose marks would overlap share one."""
    groups: list[tuple[float, float, list[int]]] = []
    for number, point in points.items():
        x, y = frame.place(*point)
        near = next(
            (group for group in groups if abs(group[0] - x) < 2.6 * _RADIUS and abs(group[1] - y) < 2.1 * _RADIUS), None
        )
        if near is None:
            groups.append((x, y, [number]))
        else:
            near[2].append(number)
    for x, y, numbers in groups:
        title = " ; ".join(f"{number}. {names[number - 1]}" for number in numbers)
        yield Mark(round(x, 1), round(y, 1), _RADIUS, tuple(numbers), title)

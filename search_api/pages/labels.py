"""Names of towns on a map, for orientation: each stands where no mark and no other name is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from search_api.pages.outlines import Frame
from vivier.territory import Gazetteer

_MOST = 8
_TRIED = 40
_FIRST = 4_000
"""How many of the most populated communes of the country are looked at first."""
_LETTER = 6.5
"""Mean width of a letter of a name, in units of the drawing."""
_HIGH = 12.0
_APART = 46.0
"""Least distance between two towns that are named."""
Boxes = npt.NDArray[np.float64]
"""Rows of left, top, right, bottom."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Circle(Protocol):
    """A mark of the map."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def r(self) -> float: ...


@dataclass(frozen=True)
class Label:
    """A name, centred on ``x`` with its base at ``y``; its town is the point ``(at_x, at_y)``. ``of_query``: it is the place of the query."""

    x: float
    y: float
    text: str
    at_x: float
    at_y: float
    of_query: bool = False


class Taken:
    """The rectangles of the drawing that are taken."""

    def __init__(self, boxes: Boxes) -> None:
        self._boxes = boxes

    @classmethod
    def of(cls, circles: Iterable[Circle]) -> Taken:
        """The rectangles of marks."""
        rows = [
            (circle.x - circle.r, circle.y - circle.r, circle.x + circle.r, circle.y + circle.r) for circle in circles
        ]
        return cls(np.array(rows, np.float64).reshape(-1, 4))

    def free(self, boxes: Boxes) -> npt.NDArray[np.bool_]:
        """Which of some rectangles overlap nothing."""
        left, top, right, bottom = self._boxes.T
        apart = (left >= boxes[:, 2:3]) | (right <= boxes[:, 0:1]) | (top >= boxes[:, 3:4]) | (bottom <= boxes[:, 1:2])
        return np.asarray(apart.all(axis=1))


def names_around(
    frame: Frame, gazetteer: Gazetteer, taken: Taken, centres: Sequence[tuple[float, float, str]] = ()
) -> tuple[Label, ...]:
    """The places of the query (position and name), always; then the most populated communes of the frame whose name has room."""
    found: list[Label] = []
    boxes: list[Box] = []
    for x, y, text in centres:
        free = taken.free(np.array([_box(*place, text) for place in _places(x, y, text)])).tolist()
        label = _placed(x, y, text, free, boxes, frame) or Label(x, y - 8, text, x, y)
        boxes.append(_box(label.x, label.y, text))
        found.append(Label(label.x, label.y, text, x, y, True))
    has_room = taken.free(_around_towns(frame, gazetteer)).reshape(-1, 4).tolist()
    for (x, y, text), free in zip(_towns(frame, gazetteer), has_room, strict=True):
        if len(found) >= _MOST:
            break
        if not any(free) or any(abs(x - other.at_x) + abs(y - other.at_y) < _APART for other in found):
            continue
        placed = _placed(x, y, text, free, boxes, frame)
        if placed is not None:
            boxes.append(_box(placed.x, placed.y, text))
            found.append(placed)
    return tuple(found)


def _placed(x: float, y: float, text: str, free: Sequence[bool], boxes: Sequence[Box], frame: Frame) -> Label | None:
    """The first position around a point where its name overlaps nothing: above, below, then on each side. ``free``: where it overlaps no
    mark; ``boxes``: the names placed before."""
    for (at_x, at_y), is_free in zip(_places(x, y, text), free, strict=True):
        left, top, right, bottom = box = _box(at_x, at_y, text)
        inside = left > 2 and top > 2 and right < frame.width - 2 and bottom < frame.height - 2
        if is_free and inside and not any(_overlap(box, other) for other in boxes):
            return Label(round(at_x, 1), round(at_y, 1), text, round(x, 1), round(y, 1))
    return None


def _overlap(box: Box, other: Box) -> bool:
    return box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]


def _places(x: float, y: float, text: str) -> tuple[tuple[float, float], ...]:
    half = len(text) * _LETTER / 2
    return (x, y - 6), (x, y + 14), (x + half + 6, y + 4), (x - half - 6, y + 4)


def _box(x: float, y: float, text: str) -> Box:
    half = len(text) * _LETTER / 2
    return x - half, y - _HIGH, x + half, y + 5


@lru_cache(maxsize=128)
def _towns(frame: Frame, gazetteer: Gazetteer) -> tuple[tuple[float, float, str], ...]:
    """The most populated communes of a frame: position and name."""
    communes = gazetteer.communes
    west, south, east, north = frame.box
    by_size = _by_population(gazetteer)
    for rows in (by_size[:_FIRST], by_size):  # the largest of the country are enough for most frames
        lon, lat = communes.lon[rows], communes.lat[rows]
        largest = rows[(lon > west) & (lon < east) & (lat > south) & (lat < north)][:_TRIED]
        if len(largest) == _TRIED:
            break
    xs, ys = frame.place(communes.lon[largest], communes.lat[largest])
    return tuple((float(x), float(y), communes.names[row]) for x, y, row in zip(xs, ys, largest, strict=True))


@lru_cache(maxsize=2)
def _by_population(gazetteer: Gazetteer) -> npt.NDArray[np.intp]:
    """The rows of the communes that have inhabitants, the most populated first."""
    communes = gazetteer.communes
    rows = np.flatnonzero(~communes.is_arrondissement & (communes.population > 0))
    return rows[np.argsort(-communes.population[rows], kind="stable")]


@lru_cache(maxsize=128)
def _around_towns(frame: Frame, gazetteer: Gazetteer) -> Boxes:
    """The rectangles of the names of these communes, four a commune: looked at together, most of them are seen to be taken at once."""
    rows = [_box(*place, text) for x, y, text in _towns(frame, gazetteer) for place in _places(x, y, text)]
    return np.array(rows, np.float64).reshape(-1, 4)

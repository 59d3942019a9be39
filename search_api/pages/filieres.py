"""Prepares the page of the depth of a trade: its table, then a drawing of the same figures, without script or map tiles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from search_api.pages.outlines import Box, Frame, bounds_of, framed, path
from search_api.pages.render import assets, environment
from vivier.desk.method.depth import LEVELS
from vivier.desk.tell.depth_map import DepthMap, DepthRow
from vivier.lexicon import Lexicon
from vivier.territory import Gazetteer, load_gazetteer

WIDTH, HEIGHT, INSET = 560.0, 560.0, 76.0
_MAINLAND: Box = (-4.9, 41.35, 9.6, 51.1)
_EUROPE: Box = (-6.0, 41.0, 10.0, 51.6)
_MOST_NUMBERS: Final = 130
"""Most territories whose counts are written on the drawing: with more, they could not be read."""
_RULES: Final = re.compile(r"^\.(?:depth|town text, \.inset-name).*$", re.MULTILINE)
"""The rules of the style sheet that concern the drawing."""
RANKS: Final[Mapping[str, int]] = {level: rank for rank, level in enumerate(LEVELS)}


@dataclass(frozen=True)
class Shape:
    """One territory on the drawing. ``rank``: that of its class; ``doubt``: whether the class depends on unknown turnovers; ``x``,
    ``y``: position of its count."""

    data: str
    rank: int
    doubt: bool
    title: str
    count: int
    x: float | None
    y: float | None


@dataclass(frozen=True)
class Inset:
    """An overseas territory in its own small frame."""

    frame: Frame
    shape: Shape
    name: str


@dataclass(frozen=True)
class Drawing:
    """What the template draws. ``absent``: territories of the table that have no contour."""

    shapes: tuple[Shape, ...]
    insets: tuple[Inset, ...]
    width: float
    height: float
    absent: tuple[str, ...]


def drawing(found: DepthMap, gazetteer: Gazetteer) -> Drawing | None:
    """The drawing of the rows; ``None`` when no territory has a contour."""
    drawn = [row for row in found.rows if gazetteer.contour(row.territory.id) is not None]
    main = [row for row in drawn if _in_europe(row, gazetteer)]
    frame = _frame(tuple(row.territory.id for row in main))
    numbered = len(main) <= _MOST_NUMBERS
    shapes = tuple(_shape(row, frame, gazetteer, numbered) for row in main) if frame is not None else ()
    overseas = [row for row in drawn if not _in_europe(row, gazetteer)] if numbered else []
    insets = tuple(_inset(row, place, gazetteer) for place, row in enumerate(overseas))
    if not shapes and not insets:
        return None
    on_map = {row.territory.id for row in (*main, *overseas)}
    absent = tuple(row.territory.name for row in found.rows if row.territory.id not in on_map)
    lines = -(-len(insets) // 6)
    return Drawing(shapes, insets, WIDTH, HEIGHT + lines * (INSET + 26), absent)


def _in_europe(row: DepthRow, gazetteer: Gazetteer) -> bool:
    west, south, east, north = _bounds(row.territory.id)
    return _EUROPE[0] <= west and east <= _EUROPE[2] and _EUROPE[1] <= south and north <= _EUROPE[3]


@lru_cache(maxsize=4096)
def _bounds(id_: str) -> Box:
    shape = load_gazetteer().contour(id_)
    return (0.0, 0.0, 0.0, 0.0) if shape is None else bounds_of(shape)


@lru_cache(maxsize=64)
def _frame(ids: tuple[str, ...]) -> Frame | None:
    if not ids:
        return None
    west, south, east, north = zip(*map(_bounds, ids), strict=True)
    box: Box = min(west), min(south), max(east), max(north)
    return framed(_MAINLAND if box[3] - box[1] > 8 else box, WIDTH, HEIGHT, least_km=40)


def _shape(row: DepthRow, frame: Frame, gazetteer: Gazetteer, numbered: bool) -> Shape:
    point = gazetteer.reference_point(row.territory.id) if numbered else None
    x, y = (None, None) if point is None else frame.place(*point)
    depth = row.depth
    structures = f"{depth.count} structure{'s' if depth.count > 1 else ''}"
    return Shape(
        _path(row.territory.id, frame),
        RANKS[depth.level_low],
        depth.doubtful,
        f"{row.territory.name} : {depth.level}, {structures}",
        depth.count,
        None if x is None else round(x, 1),
        None if y is None else round(y + 3, 1),
    )


@lru_cache(maxsize=4096)
def _path(id_: str, frame: Frame) -> str:
    shape = load_gazetteer().contour(id_)
    return "" if shape is None else path(shape, frame)


def _inset(row: DepthRow, place: int, gazetteer: Gazetteer) -> Inset:
    line, column = divmod(place, 6)
    x, y = 4 + column * (INSET + 16), HEIGHT + 20 + line * (INSET + 26)
    frame = framed(_bounds(row.territory.id), INSET, INSET, least_km=10, x=x, y=y)
    return Inset(frame, _shape(row, frame, gazetteer, True), row.territory.name)


def svg_of(found: DepthMap, title: str, gazetteer: Gazetteer) -> str | None:
    """The drawing as a standalone SVG file, with its colours; ``None`` when no territory has a contour."""
    drawn = drawing(found, gazetteer)
    if drawn is None:
        return None
    rules = " ".join(_RULES.findall(assets()["style.css"].content.decode()))
    values = {"map": drawn, "title": title, "style": rules, "classes": list(LEVELS.values())}
    return environment().get_template("depth.svg").render(values).strip()


def choices(lexicon: Lexicon) -> list[tuple[str, list[tuple[str, str]]]]:
    """Trades by group, for a list to choose from."""
    return [(group.name, [(trade.code, trade.name) for trade in group.trades]) for group in lexicon.trades.groups()]


def summary(rows: Iterable[DepthRow]) -> Iterator[tuple[str, int]]:
    """The number of territories in each class, the classes in increasing order of depth."""
    counts = dict.fromkeys(LEVELS, 0)
    for row in rows:
        counts[row.depth.level_low] += 1
    yield from ((LEVELS[level], count) for level, count in counts.items())

"""Draws territories tinted by a figure, without map tiles: the mainland, Île-de-France and Paris larger, territories overseas under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from search_api.pages.outlines import Box, Frame, bounds_of, framed, path
from vivier.territory import Gazetteer, Territory, load_gazetteer

WIDTH, HEIGHT, INSET = 560.0, 560.0, 76.0
_MAINLAND: Box = (-4.9, 41.35, 9.6, 51.1)
_EUROPE: Box = (-6.0, 41.0, 10.0, 51.6)
_AROUND_PARIS: Final = ("departement:77", "departement:78", "departement:91", "departement:95")
_PARIS: Final = ("departement:75", "departement:92", "departement:93", "departement:94")
"""Départements too small on a map of the country: the first ring and Paris have their own insets."""
_MOST_NUMBERS: Final = 130
"""Most territories whose counts are written on the drawing, and that are links: with more, they could be neither read nor reached."""
_FINE, _COARSE = 0.6, 1.4
"""How far a drawn line may be from the true one, in units of the drawing: twelve hundred outlines must stay a light page."""


@dataclass(frozen=True)
class Tint:
    """What is drawn of one territory. ``rank``: that of its class, the darker the higher; ``doubt``: whether it is hatched; ``text``: what is
    written on it; ``url``: where a click leads."""

    territory: Territory
    rank: int
    doubt: bool
    title: str
    text: str
    url: str | None = None


@dataclass(frozen=True)
class Shape:
    """One territory on the drawing. ``url`` is ``None`` when it is too small to be reached; ``x``, ``y``: position of its text."""

    data: str
    rank: int
    doubt: bool
    title: str
    url: str | None
    text: str
    x: float | None
    y: float | None


@dataclass(frozen=True)
class Inset:
    """Territories in a small frame of their own: an overseas one, those around Paris, Paris and its neighbours."""

    frame: Frame
    shapes: tuple[Shape, ...]
    name: str


@dataclass(frozen=True)
class Drawing:
    """What the template draws. ``absent``: territories of the table that have no contour."""

    shapes: tuple[Shape, ...]
    insets: tuple[Inset, ...]
    width: float
    height: float
    absent: tuple[str, ...]


def territory_map(tints: Sequence[Tint], gazetteer: Gazetteer) -> Drawing | None:
    """The drawing of territories; ``None`` when none has a contour."""
    drawn = [tint for tint in tints if gazetteer.contour(tint.territory.id) is not None]
    main = [tint for tint in drawn if _in_europe(tint)]
    frame = _frame(tuple(tint.territory.id for tint in main))
    numbered = len(main) <= _MOST_NUMBERS
    drawer = _Drawer(gazetteer, numbered)
    near = tuple(drawer.around_paris(frame, main)) if frame is not None and numbered else ()
    apart = {id_ for id_ in (*_AROUND_PARIS, *_PARIS) if near}
    shapes = (
        () if frame is None else tuple(drawer.shape(tint, frame, small=tint.territory.id in apart) for tint in main)
    )
    overseas = [tint for tint in drawn if not _in_europe(tint)] if numbered else []
    insets = tuple(drawer.overseas(tint, place) for place, tint in enumerate(overseas))
    if not shapes and not insets:
        return None
    on_map = {tint.territory.id for tint in (*main, *overseas)}
    absent = tuple(tint.territory.name for tint in tints if tint.territory.id not in on_map)
    lines = -(-len(insets) // 6)
    return Drawing(shapes, (*near, *insets), WIDTH, HEIGHT + lines * (INSET + 26), absent)


class _Drawer:
    """Draws the territories of one map. ``numbered``: whether their texts are written and they are links."""

    def __init__(self, gazetteer: Gazetteer, numbered: bool) -> None:
        self._gazetteer, self._numbered = gazetteer, numbered

    def shape(self, tint: Tint, frame: Frame, *, small: bool = False) -> Shape:
        """One territory; ``small``: it is drawn larger elsewhere, and only tinted here."""
        shown = self._numbered and not small
        point = self._gazetteer.reference_point(tint.territory.id) if shown else None
        x, y = (None, None) if point is None else frame.place(*point)
        return Shape(
            _path(tint.territory.id, frame, _FINE if self._numbered else _COARSE),
            tint.rank,
            tint.doubt,
            tint.title,
            tint.url if shown else None,
            tint.text,
            None if x is None else round(x, 1),
            None if y is None else round(y + 3, 1),
        )

    def around_paris(self, frame: Frame, tints: Sequence[Tint]) -> Iterator[Inset]:
        """Île-de-France and Paris, larger, where the map of the country has the sea."""
        by_id = {tint.territory.id: tint for tint in tints}
        if frame.box[3] - frame.box[1] < 8 or not {*_AROUND_PARIS, *_PARIS} <= set(by_id):
            return
        for ids, name, x, y, width, height in (
            (_AROUND_PARIS, "Île-de-France", 2.0, 330.0, 132.0, 112.0),
            (_PARIS, "Paris et petite couronne", 2.0, 462.0, 132.0, 96.0),
        ):
            box = _bounds_of_all((*_AROUND_PARIS, *_PARIS) if ids is _AROUND_PARIS else ids)
            own = framed(box, width, height, least_km=10, x=x, y=y)
            shapes = tuple(self.shape(by_id[id_], own) for id_ in ids)
            behind = tuple(self.shape(by_id[id_], own, small=True) for id_ in _PARIS) if ids is _AROUND_PARIS else ()
            yield Inset(own, (*behind, *shapes), name)

    def overseas(self, tint: Tint, place: int) -> Inset:
        """An overseas territory under the map."""
        line, column = divmod(place, 6)
        x, y = 4 + column * (INSET + 16), HEIGHT + 20 + line * (INSET + 26)
        frame = framed(_bounds(tint.territory.id), INSET, INSET, least_km=10, x=x, y=y)
        return Inset(frame, (self.shape(tint, frame),), tint.territory.name)


def _in_europe(tint: Tint) -> bool:
    west, south, east, north = _bounds(tint.territory.id)
    return _EUROPE[0] <= west and east <= _EUROPE[2] and _EUROPE[1] <= south and north <= _EUROPE[3]


@lru_cache(maxsize=4096)
def _bounds(id_: str) -> Box:
    shape = load_gazetteer().contour(id_)
    return (0.0, 0.0, 0.0, 0.0) if shape is None else bounds_of(shape)


def _bounds_of_all(ids: Sequence[str]) -> Box:
    west, south, east, north = zip(*map(_bounds, ids), strict=True)
    return min(west), min(south), max(east), max(north)


@lru_cache(maxsize=64)
def _frame(ids: tuple[str, ...]) -> Frame | None:
    if not ids:
        return None
    box = _bounds_of_all(ids)
    return framed(_MAINLAND if box[3] - box[1] > 8 else box, WIDTH, HEIGHT, least_km=40)


@lru_cache(maxsize=4096)
def _path(id_: str, frame: Frame, slack: float) -> str:
    shape = load_gazetteer().contour(id_)
    return "" if shape is None else path(shape, frame, slack)

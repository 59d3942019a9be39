"""All the results of a search on one drawing made here: counts by commune of the seat, gathered where they would overlap.

No tile, no script, no other site. The list stands first in the page; the map says the same in another form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np

from search_api.context import Context
from search_api.pages.outlines import KM_PER_DEGREE, Box, Frame, bounds_of, framed, outlines, path
from search_api.pages.state import Asked
from search_api.pages.words import plural
from vivier.sourcing.find import Found
from vivier.territory import Gazetteer, Territory
from vivier.territory.contours import layer

WIDTH, HEIGHT = 480.0, 500.0
INSET = 76.0
_CELL = 25.0
_EUROPE: Box = (-6.0, 41.0, 10.0, 51.6)
_MAINLAND: Box = (-4.9, 41.35, 9.6, 51.1)
_WIDE_KM = 330
_MOST_LINKED = 20
_LABELS = 7
_CROWDED = 60
"""Circles from which names of towns could not be read any more."""


@dataclass(frozen=True)
class Seat:
    """Suppliers of one commune (or arrondissement)."""

    territory: Territory
    count: int
    lon: float
    lat: float


@dataclass(frozen=True)
class Mark:
    """A circle: ``r`` grows with the square root of ``count``. ``here``: holds a result of the page shown."""

    x: float
    y: float
    r: float
    count: int
    title: str
    url: str | None
    here: bool


@dataclass(frozen=True)
class Label:
    """The name of a town, to find one's way."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Panel:
    """The main drawing or the inset of an overseas territory."""

    frame: Frame
    name: str
    paths: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Map:
    """What the template draws. ``unplaced``: results whose commune is not known; ``outside``: communes without a map."""

    main: Panel
    insets: tuple[Panel, ...]
    asked: tuple[str, ...]
    circle: tuple[float, float, float] | None
    labels: tuple[Label, ...]
    width: float
    height: float
    placed: int
    unplaced: int
    outside: tuple[str, ...]


def results_map(found: Found, asked: Asked, context: Context) -> Map | None:
    """The map of every result; ``None`` without a result that can be placed."""
    if not found.total:
        return None
    gazetteer = context.lexicon.gazetteer
    seats, placed = _seats(context.engine.aggregate("suppliers", found.plan.search.where, "seat"), gazetteer)
    if not seats:
        return None
    here = {_seat_of(result.record) for result in found.results}
    groups = _by_block(seats)
    main = next(iter(groups))
    drawer = _Drawer(asked, here, gazetteer)
    frame = _main_frame(main, groups[main], found)
    drawn = {name: one for name, one in groups.items() if name != main and outlines("departements", _inset(name, 0))}
    panel = drawer.panel(frame, main, groups[main])
    insets = tuple(drawer.panel(_inset(name, at), name, one) for at, (name, one) in enumerate(drawn.items()))
    return Map(
        main=panel,
        insets=insets,
        asked=tuple(_asked_paths(found, gazetteer, frame)),
        circle=_circle(asked, frame),
        labels=_labels(frame, gazetteer) if len(panel.marks) < _CROWDED else (),
        width=WIDTH,
        height=HEIGHT + (INSET + 24 if insets else 0),
        placed=placed,
        unplaced=max(found.total - placed, 0),
        outside=tuple(
            f"{seat.territory.name} ({seat.count})"
            for name, one in groups.items()
            if name not in drawn and name != main
            for seat in one
        ),
    )


def _seats(counts: Mapping[str, tuple[int, float]], gazetteer: Gazetteer) -> tuple[list[Seat], int]:
    """Counts of the finest territory known: those of an arrondissement leave its commune."""
    left = {id_: count for id_, (count, _) in counts.items() if id_.startswith(("commune:", "arrondissement:"))}
    for id_, count in list(left.items()):
        if id_.startswith("arrondissement:"):
            left[gazetteer.get(id_).parents[0]] -= count
    seats = []
    for id_, count in left.items():
        point = gazetteer.reference_point(id_)
        if count > 0 and point is not None:
            seats.append(Seat(gazetteer.get(id_), count, *point))
    return seats, sum(seat.count for seat in seats)


def _seat_of(record: Mapping[str, object]) -> str:
    """The id of the commune a result is counted in."""
    fact = record.get("address")
    address = fact["value"] if isinstance(fact, dict) else {}
    if address.get("arrondissement"):
        return f"arrondissement:{address['arrondissement']}"
    return f"commune:{address.get('commune')}"


def _by_block(seats: Iterable[Seat]) -> dict[str, list[Seat]]:
    """Seats of the European territory, then of each overseas one; the first group is the main drawing."""
    groups: dict[str, list[Seat]] = {}
    for seat in seats:
        europe = _EUROPE[0] <= seat.lon <= _EUROPE[2] and _EUROPE[1] <= seat.lat <= _EUROPE[3]
        groups.setdefault("europe" if europe else seat.territory.departement or "autre", []).append(seat)
    order = sorted(groups, key=lambda name: (name != "europe", -sum(seat.count for seat in groups[name]), name))
    return {name: groups[name] for name in order}


def _main_frame(name: str, seats: list[Seat], found: Found) -> Frame:
    """Around the results, and the circle asked; the whole mainland as soon as they are spread over most of it."""
    points = [(seat.lon, seat.lat) for seat in seats]
    near, radius = found.plan.query.near, found.plan.query.radius_km
    if near is not None and radius is not None and name == "europe":
        reach = radius / KM_PER_DEGREE
        points += [(near[0] - reach * 1.4, near[1] - reach), (near[0] + reach * 1.4, near[1] + reach)]
    lons, lats = zip(*points, strict=True)
    box = min(lons), min(lats), max(lons), max(lats)
    if name == "europe" and box[3] - box[1] > 6:
        box = _MAINLAND
    return framed(box, WIDTH, HEIGHT, least_km=40)


@lru_cache(maxsize=32)
def _inset(departement: str, place: int) -> Frame:
    """A small frame under the main one around an overseas département; nothing to draw when it has no contour."""
    shape = layer("departements").get(departement)
    box: Box = (0.0, 0.0, 0.1, 0.1) if shape is None else bounds_of(shape)
    return framed(box, INSET, INSET, least_km=10, x=4 + place * (INSET + 18), y=HEIGHT + 18)


class _Drawer:
    """Draws panels of one search."""

    def __init__(self, asked: Asked, here: set[str], gazetteer: Gazetteer) -> None:
        self._asked = asked
        self._here = here
        self._gazetteer = gazetteer

    def panel(self, frame: Frame, name: str, seats: list[Seat]) -> Panel:
        wide = (frame.box[3] - frame.box[1]) * KM_PER_DEGREE > _WIDE_KM
        level = "regions" if wide else "departements"
        known = self._gazetteer.names["departement"].get(name, "")
        return Panel(frame, known, outlines(level, frame), tuple(self._marks(frame, seats)))

    def _marks(self, frame: Frame, seats: list[Seat]) -> Iterator[Mark]:
        """Seats that would overlap share one circle; the largest are drawn first, so that small ones stay reachable."""
        cells: dict[tuple[int, int], list[Seat]] = {}
        for seat in seats:
            x, y = frame.place(seat.lon, seat.lat)
            cells.setdefault((int(x // _CELL), int(y // _CELL)), []).append(seat)
        for together in sorted(cells.values(), key=lambda some: -sum(seat.count for seat in some)):
            yield self._mark(frame, together)

    def _mark(self, frame: Frame, seats: list[Seat]) -> Mark:
        seats = sorted(seats, key=lambda seat: -seat.count)
        count = sum(seat.count for seat in seats)
        x, y = frame.place(
            sum(seat.lon * seat.count for seat in seats) / count, sum(seat.lat * seat.count for seat in seats) / count
        )
        ids = tuple(seat.territory.id for seat in seats)
        url = self._asked.url(seat=ids) if len(ids) <= _MOST_LINKED else None
        here = not self._here.isdisjoint(ids)
        return Mark(round(x, 1), round(y, 1), _radius(count), count, _title(seats, count), url, here)


def _radius(count: int) -> float:
    return round(min(4.9 + 1.25 * sqrt(count), 14.0), 1)


def _title(seats: list[Seat], count: int) -> str:
    names = ", ".join(seat.territory.name for seat in seats[:3])
    more = f" et {plural(len(seats) - 3, 'autre commune', 'autres communes')}" if len(seats) > 3 else ""
    return f"{names}{more} : {plural(count, 'structure')}"


def _asked_paths(found: Found, gazetteer: Gazetteer, frame: Frame) -> Iterator[str]:
    """The contours of the territories asked."""
    for territory in found.plan.territories:
        shape = gazetteer.contour(territory.id) if territory.kind != "country" else None
        data = path(shape, frame) if shape is not None else ""
        if data:
            yield data


def _circle(asked: Asked, frame: Frame) -> tuple[float, float, float] | None:
    near, radius = asked.query.near, asked.query.radius_km
    if near is None or radius is None or not frame.holds(*near):
        return None
    x, y = frame.place(*near)
    return round(x, 1), round(y, 1), round(radius / KM_PER_DEGREE * frame.scale, 1)


@lru_cache(maxsize=128)
def _labels(frame: Frame, gazetteer: Gazetteer) -> tuple[Label, ...]:
    """The most populated communes in the frame, far enough from one another to be read."""
    communes = gazetteer.communes
    west, south, east, north = frame.box
    inside = (communes.lon > west) & (communes.lon < east) & (communes.lat > south) & (communes.lat < north)
    rows = np.flatnonzero(inside & ~communes.is_arrondissement & (communes.population > 0))
    found: list[Label] = []
    for row in rows[np.argsort(-communes.population[rows], kind="stable")][:200]:
        x, y = frame.place(float(communes.lon[row]), float(communes.lat[row]))
        room = 30 < x < frame.width - 30 and 16 < y < frame.height - 8
        if room and all(abs(x - one.x) > 80 or abs(y - one.y) > 34 for one in found):
            found.append(Label(round(x, 1), round(y, 1), communes.names[row]))
        if len(found) == _LABELS:
            break
    return tuple(found)

"""Draws all the results of a search on a map: counts by commune of the seat, merged where they would overlap, in the place asked.

No tile, no script, no other site. The list stands first in the page; the map says the same in another form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import cos, radians, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

from search_api.context import Context
from search_api.pages.chips import near_name
from search_api.pages.labels import Label, Taken, names_around
from search_api.pages.outlines import KM_PER_DEGREE, Box, Frame, abroad, bounds_of, framed, outlines, path
from search_api.pages.state import PageState
from search_api.suppliers.pages.asked import areas_drawn, box_asked, contours_asked
from search_api.suppliers.pages.seats import Seats, no_seats, seat_row, seats_of, seats_where, typed_ids
from vivier.french import plural
from vivier.suppliers.find import AnswerGroup, SupplierFound
from vivier.suppliers.result import SupplierResult
from vivier.territory import Gazetteer
from vivier.territory.communes import Bools, Floats
from vivier.territory.contours import layer

WIDTH, HEIGHT = 480.0, 500.0
INSET = 76.0
_CELL = 42.0
_TARGET = _CELL / 2
"""Radius of what a finger or a pointer reaches: 24 pixels across when the map is 275 pixels wide, as on the smallest phones."""
_CELLS_ACROSS = 1 << 20
_EUROPE: Box = (-6.0, 41.0, 10.0, 51.6)
_MAINLAND: Box = (-4.9, 41.35, 9.6, 51.1)
_WIDE_KM = 330
_MOST_LINKED = 20
_AROUND = 1.0
"""How far around the place asked the map reaches, in sizes of this place: farther seats are counted under it."""
_LEAST_DEGREES = 0.5
"""The least size of a place, in degrees of latitude, when that is reckoned: a commune is small beside the distances people drive."""
_NAMED = 3
"""Communes named in the title of a mark."""
_LISTED = 12
"""Places of the list that stands under the map: the largest."""


class Mark(NamedTuple):
    """A circle: ``r`` grows with the square root of the number of its ``suppliers``. ``here``: whether it has a result of the page shown; ``other``: whether they
    are of the groups after the first. ``number`` names it for the cards of the page."""

    x: float
    y: float
    r: float
    suppliers: int
    title: str
    url: str | None
    here: bool
    number: int
    other: bool = False


@dataclass(frozen=True)
class Panel:
    """The main drawing or the inset of an overseas territory."""

    frame: Frame
    name: str
    paths: tuple[str, ...]
    marks: tuple[Mark, ...]

    @property
    def circles(self) -> Markup:
        """Its marks as SVG. They are written here as two hundred marks of six values each take a template three milliseconds."""
        return Markup("\n".join(map(_circle_of, self.marks)))


@dataclass(frozen=True)
class Map:
    """What the template draws. ``unplaced``: results whose commune is not known; ``outside``: communes without a map; ``away``: how many results sit beyond its edges; ``at``: the number of
    the mark of each supplier shown; ``others``: how many suppliers of the other groups are drawn."""

    main: Panel
    insets: tuple[Panel, ...]
    abroad: tuple[str, ...]
    areas: tuple[str, ...]
    circle: tuple[float, float, float] | None
    labels: tuple[Label, ...]
    width: float
    height: float
    placed: int
    others: int
    unplaced: int
    outside: tuple[str, ...]
    away: int
    at: dict[str, int] = field(default_factory=dict)

    @property
    def listed(self) -> list[Mark]:
        """The places that the list under the map links to, the largest first."""
        linked = [mark for panel in (self.main, *self.insets) for mark in panel.marks if mark.url is not None]
        return sorted(linked, key=lambda mark: (mark.other, -mark.suppliers))[:_LISTED]


def results_map(found: SupplierFound, groups: Sequence[AnswerGroup], state: PageState, context: Context) -> Map | None:
    """The map of every result, of the results of the other groups that the page shows, and of the place asked; ``None`` without a place
    when no result can be placed."""
    gazetteer = context.lexicon.gazetteer
    others = [result for group in groups if group.code != "exact" for result in group.results]
    seats = seats_where(found.plan.search.where, context) if found.total else no_seats(gazetteer.communes)
    place = box_asked(found.plan.query, gazetteer)
    if not len(seats) and place is None:
        return None
    blocks = _by_block(seats)
    main, frame = framing(seats, seats_of(others, gazetteer.communes), place)
    drawer = _Drawer(state, found, gazetteer)
    drawn = {name: some for name, some in blocks.items() if name not in (main, "europe") and name in _overseas()}
    panel = drawer.panel(frame, main, blocks.get(main, seats.of(np.zeros(len(seats), bool))), others)
    insets = tuple(drawer.panel(_inset(name, at), name, some) for at, (name, some) in enumerate(drawn.items()))
    circle = _circle(state, frame)
    centre = () if circle is None else ((circle[0], circle[1], near_name(state.query.near, context.lexicon)),)
    return Map(
        main=panel,
        insets=insets,
        abroad=abroad(frame),
        areas=tuple(_area_paths(found, gazetteer, frame)),
        circle=circle,
        labels=names_around(frame, gazetteer, Taken.of(panel.marks), centre),
        width=WIDTH,
        height=HEIGHT + (INSET + 24 if insets else 0),
        placed=seats.total,
        others=sum(mark.suppliers for mark in panel.marks if mark.other),
        unplaced=max(found.total - seats.total, 0),
        outside=tuple(_outside(some for name, some in blocks.items() if name not in {*drawn, main, "europe"})),
        away=_away((blocks[name] for name in {"europe", main} if name in blocks), frame),
        at=drawer.at,
    )


def framing(seats: Seats, others: Seats, place: Box | None) -> tuple[str, Frame]:
    """The main part of the country (``europe``, or the code of an overseas territory) and the frame of its map: the place asked and the
    results around it, or those of the ``others`` when there is no result."""
    blocks = _by_block(seats)
    part = None if place is None else _part_at(place)
    main = part or next(iter(blocks), "europe")
    place = None if main == "europe" != part else place
    return main, _main_frame(main, blocks.get(main, seats), others, place, bool(len(seats)))


def _away(blocks: Iterable[Seats], frame: Frame) -> int:
    """How many suppliers of parts of the country without an inset sit beyond the edges of the main drawing."""
    return sum(seats.of(_beyond(seats, frame)).total for seats in blocks)


def _beyond(seats: Seats, frame: Frame) -> Bools:
    """Which seats sit beyond the edges of a frame."""
    west, south, east, north = frame.box
    return np.asarray((seats.lon < west) | (seats.lon > east) | (seats.lat < south) | (seats.lat > north))


def _part_at(place: Box) -> str | None:
    """The part of the country that holds the middle of a place: ``europe``, or the code of an overseas département; ``None`` for a place
    without a contour, or in several parts."""
    lon, lat = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    if _holds(_EUROPE, lon, lat):
        return "europe"
    around = (code for code, box in _overseas().items() if _holds(box, lon, lat))
    return next(around, None)


@cache
def _overseas() -> dict[str, Box]:
    """The bounds of the overseas départements that have a contour."""
    contours = layer("departements")
    boxes = {code: bounds_of(shape) for code, shape in zip(contours.codes, contours.shapes.tolist(), strict=True)}
    return {code: box for code, box in boxes.items() if not _holds(_EUROPE, box[0], box[1])}


def _holds(box: Box, lon: float, lat: float) -> bool:
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]


def _outside(groups: Iterable[Seats]) -> Iterator[str]:
    for seats in groups:
        for name, count in zip(seats.names(), seats.counts.tolist(), strict=True):
            yield f"{name} ({count})"


def _by_block(seats: Seats) -> dict[str, Seats]:
    """Seats of the European territory, then of each overseas one; the first group is the main drawing."""
    west, south, east, north = _EUROPE
    europe = (seats.lon >= west) & (seats.lon <= east) & (seats.lat >= south) & (seats.lat <= north)
    groups = {"europe": seats.of(europe)} if europe.any() else {}
    away = seats.of(~europe)
    where = seats.communes.departement.values[away.rows]
    overseas = {seats.communes.departement.codes[code]: away.of(where == code) for code in np.unique(where).tolist()}
    return groups | dict(sorted(overseas.items(), key=lambda item: (-item[1].total, item[0])))


def _main_frame(name: str, seats: Seats, others: Seats, place: Box | None, has_results: bool) -> Frame:
    """The frame around the place asked and the results, or those of the other groups when there is no result; the whole mainland when
    they spread over most of it."""
    drawn = seats if has_results else others
    lons, lats = drawn.lon, drawn.lat
    if place is not None:
        near = _near(lons, lats, place)
        lons, lats = lons[near], lats[near]
    if name == "europe":
        west, south, east, north = _EUROPE
        inside = (lons >= west) & (lons <= east) & (lats >= south) & (lats <= north)
        lons, lats = lons[inside], lats[inside]
    if place is not None:
        lons, lats = np.append(lons, place[::2]), np.append(lats, place[1::2])
    box: Box = (float(lons.min()), float(lats.min()), float(lons.max()), float(lats.max())) if len(lons) else _MAINLAND
    if name == "europe" and box[3] - box[1] > 6:
        box = _MAINLAND
    return framed(box, WIDTH, HEIGHT, least_km=40)


def _near(lons: Floats, lats: Floats, place: Box) -> Bools:
    """Which points are near the place asked: a seat at the other end of the country would make a dot of the place."""
    west, south, east, north = place
    reach = _AROUND * max((east - west) * cos(radians((south + north) / 2)), north - south, _LEAST_DEGREES)
    across = reach / cos(radians((south + north) / 2))
    near: Bools = (lons > west - across) & (lons < east + across) & (lats > south - reach) & (lats < north + reach)
    return near


@lru_cache(maxsize=32)
def _inset(departement: str, place: int) -> Frame:
    """A small frame under the main one around an overseas département; nothing to draw when it has no contour."""
    shape = layer("departements").get(departement)
    box: Box = (0.0, 0.0, 0.1, 0.1) if shape is None else bounds_of(shape)
    return framed(box, INSET, INSET, least_km=10, x=4 + place * (INSET + 18), y=HEIGHT + 18)


class _Drawer:
    """Draws panels of one search. ``at``: the number of the mark of each supplier of the page."""

    def __init__(self, state: PageState, found: SupplierFound, gazetteer: Gazetteer) -> None:
        self._url = state.urls_by("seat")
        self._gazetteer = gazetteer
        seats = ((result.id, seat_row(result.record, gazetteer.communes)) for result in found.results)
        self._here = {id_: row for id_, row in seats if row is not None}
        self._count = 0
        self.at: dict[str, int] = {}

    def panel(self, frame: Frame, name: str, seats: Seats, others: Sequence[SupplierResult] = ()) -> Panel:
        wide = (frame.box[3] - frame.box[1]) * KM_PER_DEGREE > _WIDE_KM
        level = "regions" if wide else "departements"
        known = self._gazetteer.names["departement"].get(name, "")
        marks = (*self._others(frame, others), *self._marks(frame, seats))
        return Panel(frame, known, outlines(level, frame), marks)

    def _others(self, frame: Frame, results: Sequence[SupplierResult]) -> Iterator[Mark]:
        """The results of the groups after the first, by square of the drawing; each mark leads to the first of their cards."""
        cells: dict[tuple[int, int], list[tuple[SupplierResult, float, float, str]]] = {}
        communes = self._gazetteer.communes
        for result in results:
            row = seat_row(result.record, communes)
            if row is None or not communes.has_point[row]:
                continue
            lon, lat = float(communes.lon[row]), float(communes.lat[row])
            if frame.holds(lon, lat):
                x, y = frame.place(lon, lat)
                cells.setdefault((int(x // _CELL), int(y // _CELL)), []).append((result, x, y, communes.names[row]))
        for found in cells.values():
            count = len(found)
            number = self._next(result.id for result, *_ in found)
            x, y = round(sum(x for _, x, _, _ in found) / count, 1), round(sum(y for _, _, y, _ in found) / count, 1)
            names = list(dict.fromkeys(name for *_, name in found))
            title = _title(names[:_NAMED], len(names), count)
            yield Mark(x, y, _radius(count), count, title, f"#f-{found[0][0].id}", True, number, True)

    def _next(self, ids: Iterable[str]) -> int:
        """The number of a new mark, which is that of the suppliers ``ids`` of the page."""
        self._count += 1
        self.at.update(dict.fromkeys(ids, self._count))
        return self._count

    def _marks(self, frame: Frame, seats: Seats) -> Iterator[Mark]:
        """Seats of the frame that would overlap share one circle, placed where their suppliers are on average; the largest are drawn
        first, so that small ones stay reachable."""
        seats = seats.of(~_beyond(seats, frame))
        if not len(seats):
            return
        cells = _cells(*frame.place(seats.lon, seats.lat))
        here: dict[int, list[str]] = {}
        cell_of = dict(zip(seats.rows.tolist(), cells.tolist(), strict=True))
        for id_, row in self._here.items():
            if row in cell_of:
                here.setdefault(cell_of[row], []).append(id_)
        counts = np.bincount(cells, weights=seats.counts)
        lon, lat = (np.bincount(cells, weights=axis * seats.counts) / counts for axis in (seats.lon, seats.lat))
        places = np.stack(frame.place(lon, lat), axis=1).tolist()
        rows = seats.rows[np.lexsort((-seats.counts, cells))].tolist()  # cell by cell, the largest seats first
        ids, names = typed_ids(self._gazetteer), seats.communes.names
        ends = np.cumsum(np.bincount(cells)).tolist()
        for cell in np.argsort(-counts, kind="stable").tolist():
            start, end = ends[cell - 1] if cell else 0, ends[cell]
            url = self._url(ids[row] for row in rows[start:end]) if end - start <= _MOST_LINKED else None
            (x, y), count = places[cell], int(counts[cell])
            title = _title([names[row] for row in rows[start : min(end, start + _NAMED)]], end - start, count)
            number = self._next(here.get(cell, ()))
            yield Mark(round(x, 1), round(y, 1), _radius(count), count, title, url, cell in here, number)


def _cells(x: Floats, y: Floats) -> npt.NDArray[np.intp]:
    """The square of the drawing each point falls in, squares numbered in the order in which points meet them."""
    square = (x // _CELL).astype(np.intp) * _CELLS_ACROSS + (y // _CELL).astype(np.intp)
    _, first, square = np.unique(square, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[square])


def _circle_of(mark: Mark) -> str:
    """One circle as SVG, with a title for the pointer, and a link when it has few communes. Texts are escaped."""
    x, y = str(mark.x), str(mark.y)
    number = f'<text x="{x}" y="{mark.y + 3.8:.1f}">{mark.suppliers}</text>' if mark.suppliers > 1 else ""
    style = "mark other" if mark.other else "mark here" if mark.here else "mark"
    named = f' id="m-{mark.number}"' if mark.here else ""
    shown = (
        f'<g class="{style}"{named}><title>{escape(mark.title)}</title>'
        f'<circle cx="{x}" cy="{y}" r="{mark.r}"/>{number}</g>'
    )
    if mark.url is None:
        return shown
    reached = f'<circle class="target" cx="{x}" cy="{y}" r="{_TARGET:.0f}"/>'
    return f'<a href="{escape(mark.url)}" tabindex="-1">{reached}{shown}</a>'


def _radius(count: int) -> float:
    return round(min(7 + 1.3 * sqrt(count), 16.0), 1)


def _title(first: list[str], communes: int, count: int) -> str:
    """« Rennes, Betton, Pacé et 2 autres communes : 14 structures ». ``first``: the names of the first of the ``communes``."""
    others = communes - len(first)
    more = f" et {plural(others, 'autre commune', 'autres communes')}" if others else ""
    return f"{', '.join(first)}{more} : {plural(count, 'structure')}"


def _area_paths(found: SupplierFound, gazetteer: Gazetteer, frame: Frame) -> Iterator[str]:
    """The contours of the places of the query."""
    query = found.plan.query
    contours = (_contour(id_, frame, gazetteer) for id_ in contours_asked(query, gazetteer))
    return filter(None, (*contours, *(path(shape, frame) for shape in areas_drawn(query))))


@lru_cache(maxsize=256)
def _contour(id_: str, frame: Frame, gazetteer: Gazetteer) -> str:
    """The contour of a territory in a frame, as path data."""
    shape = gazetteer.contour(id_)
    return "" if shape is None else path(shape, frame)


def _circle(state: PageState, frame: Frame) -> tuple[float, float, float] | None:
    near, radius = state.query.near, state.query.radius_km
    if near is None or radius is None or not frame.holds(*near):
        return None
    x, y = frame.place(*near)
    return round(x, 1), round(y, 1), round(radius / KM_PER_DEGREE * frame.scale, 1)

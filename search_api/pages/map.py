"""Draws all the results of a search on a map: counts by commune of the seat, merged where they would overlap.

No tile, no script, no other site. The list stands first in the page; the map says the same in another form.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

from search_api.context import Context
from search_api.pages.outlines import KM_PER_DEGREE, Box, Frame, bounds_of, framed, outlines, path
from search_api.pages.state import PageState
from vivier.engine.port import Groups
from vivier.french import plural
from vivier.model.views import SupplierView
from vivier.search.operators import Measure
from vivier.suppliers.find import SupplierFound
from vivier.territory import Gazetteer
from vivier.territory.communes import Bools, Communes, Floats
from vivier.territory.contours import layer

WIDTH, HEIGHT = 480.0, 500.0
INSET = 76.0
_CELL = 25.0
_CELLS_ACROSS = 1 << 20
_EUROPE: Box = (-6.0, 41.0, 10.0, 51.6)
_MAINLAND: Box = (-4.9, 41.35, 9.6, 51.1)
_WIDE_KM = 330
_MOST_LINKED = 20
_LABELS = 7
_CROWDED = 60
"""Circles from which names of towns are left out: they could not be read."""


@dataclass(frozen=True)
class Seats:
    """How many suppliers sit in each commune (or arrondissement): ``rows`` of the gazetteer's communes, and ``counts``."""

    communes: Communes
    rows: npt.NDArray[np.intp]
    counts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lon(self) -> Floats:
        return self.communes.lon[self.rows]

    @property
    def lat(self) -> Floats:
        return self.communes.lat[self.rows]

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    def of(self, which: Bools | npt.NDArray[np.intp]) -> Seats:
        """The seats of a selection of communes."""
        return Seats(self.communes, self.rows[which], self.counts[which])

    def ids(self) -> list[str]:
        """Typed ids, in order."""
        finer = self.communes.is_arrondissement[self.rows].tolist()
        codes = map(self.communes.codes.__getitem__, self.rows.tolist())
        kinds = ("commune:", "arrondissement:")
        return [kinds[fine] + code for fine, code in zip(finer, codes, strict=True)]

    def names(self) -> list[str]:
        """Names, in order."""
        return [self.communes.names[row] for row in self.rows.tolist()]


@dataclass(frozen=True)
class Mark:
    """A circle: ``r`` grows with the square root of ``count``. ``here``: whether it has a result of the page shown."""

    x: float
    y: float
    r: float
    count: int
    title: str
    url: str | None
    here: bool


@dataclass(frozen=True)
class Label:
    """The name of a town, for orientation."""

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

    @property
    def circles(self) -> Markup:
        """Its marks as SVG. They are written here as two hundred marks of six values each take a template three milliseconds."""
        return Markup("\n").join(map(_circle_of, self.marks))


@dataclass(frozen=True)
class Map:
    """What the template draws. ``unplaced``: results whose commune is not known; ``outside``: communes without a map."""

    main: Panel
    insets: tuple[Panel, ...]
    areas: tuple[str, ...]
    circle: tuple[float, float, float] | None
    labels: tuple[Label, ...]
    width: float
    height: float
    placed: int
    unplaced: int
    outside: tuple[str, ...]


def results_map(found: SupplierFound, state: PageState, context: Context) -> Map | None:
    """The map of every result; ``None`` without a result that can be placed."""
    if not found.total:
        return None
    gazetteer = context.lexicon.gazetteer
    by_seat = context.snapshot.suppliers.group(found.plan.search.where, "seat", (Measure("suppliers"),))
    seats = _seats(by_seat, gazetteer.communes)
    if not len(seats):
        return None
    groups = _by_block(seats)
    main = next(iter(groups))
    drawer = _Drawer(state, found, gazetteer)
    frame = _main_frame(main, groups[main], found)
    drawn = {name: some for name, some in groups.items() if name != main and outlines("departements", _inset(name, 0))}
    panel = drawer.panel(frame, main, groups[main])
    insets = tuple(drawer.panel(_inset(name, at), name, some) for at, (name, some) in enumerate(drawn.items()))
    return Map(
        main=panel,
        insets=insets,
        areas=tuple(_area_paths(found, gazetteer, frame)),
        circle=_circle(state, frame),
        labels=_labels(frame, gazetteer) if len(panel.marks) < _CROWDED else (),
        width=WIDTH,
        height=HEIGHT + (INSET + 24 if insets else 0),
        placed=seats.total,
        unplaced=max(found.total - seats.total, 0),
        outside=tuple(_outside(some for name, some in groups.items() if name not in drawn and name != main)),
    )


def _seats(groups: Groups, communes: Communes) -> Seats:
    """Counts by the finest known territory: suppliers of an arrondissement are not counted in its commune too. Places without a
    point are left out."""
    counts = np.zeros(len(communes), np.int64)
    for kind in ("arrondissement", "commune"):
        start, end = (bisect_left(groups.values, f"{kind}{mark}") for mark in ":;")
        rows = [communes.index[value[len(kind) + 1 :]] for value in groups.values[start:end]]
        counts[rows] = groups.measures["suppliers"][start:end]
    finer = np.flatnonzero(communes.is_arrondissement)
    np.subtract.at(counts, communes.parent[finer], counts[finer])
    placed = np.flatnonzero((counts > 0) & communes.has_point)
    return Seats(communes, placed, counts[placed])


def _outside(groups: Iterable[Seats]) -> Iterator[str]:
    for seats in groups:
        for name, count in zip(seats.names(), seats.counts.tolist(), strict=True):
            yield f"{name} ({count})"


def _seat_row(record: SupplierView, communes: Communes) -> int | None:
    """The row of the commune a result is counted in."""
    fact = record.get("address")
    address = fact["value"] if isinstance(fact, dict) else {}
    return communes.index.get(address.get("arrondissement") or address.get("commune") or "")


def _by_block(seats: Seats) -> dict[str, Seats]:
    """Seats of the European territory, then of each overseas one; the first group is the main drawing."""
    west, south, east, north = _EUROPE
    europe = (seats.lon >= west) & (seats.lon <= east) & (seats.lat >= south) & (seats.lat <= north)
    groups = {"europe": seats.of(europe)} if europe.any() else {}
    away = seats.of(~europe)
    where = seats.communes.departement.values[away.rows]
    overseas = {seats.communes.departement.codes[code]: away.of(where == code) for code in np.unique(where).tolist()}
    return groups | dict(sorted(overseas.items(), key=lambda item: (-item[1].total, item[0])))


def _main_frame(name: str, seats: Seats, found: SupplierFound) -> Frame:
    """The frame around the results and the circle of the query; the whole mainland when they spread over most of it."""
    lons, lats = seats.lon, seats.lat
    near, radius = found.plan.query.near, found.plan.query.radius_km
    if near is not None and radius is not None and name == "europe":
        reach = radius / KM_PER_DEGREE
        lons = np.append(lons, (near[0] - reach * 1.4, near[0] + reach * 1.4))
        lats = np.append(lats, (near[1] - reach, near[1] + reach))
    box: Box = (float(lons.min()), float(lats.min()), float(lons.max()), float(lats.max()))
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

    def __init__(self, state: PageState, found: SupplierFound, gazetteer: Gazetteer) -> None:
        self._url = state.urls_by("seat")
        self._gazetteer = gazetteer
        rows = (_seat_row(result.record, gazetteer.communes) for result in found.results)
        self._here = [row for row in rows if row is not None]

    def panel(self, frame: Frame, name: str, seats: Seats) -> Panel:
        wide = (frame.box[3] - frame.box[1]) * KM_PER_DEGREE > _WIDE_KM
        level = "regions" if wide else "departements"
        known = self._gazetteer.names["departement"].get(name, "")
        return Panel(frame, known, outlines(level, frame), tuple(self._marks(frame, seats)))

    def _marks(self, frame: Frame, seats: Seats) -> Iterator[Mark]:
        """Seats that would overlap share one circle, placed where their suppliers are on average; the largest are drawn
        first, so that small ones stay reachable."""
        cells = _cells(*frame.place(seats.lon, seats.lat))
        here = np.bincount(cells, weights=np.isin(seats.rows, self._here)) > 0
        counts = np.bincount(cells, weights=seats.counts)
        lon, lat = (np.bincount(cells, weights=axis * seats.counts) / counts for axis in (seats.lon, seats.lat))
        places = np.stack(frame.place(lon, lat), axis=1).tolist()
        ordered = seats.of(np.lexsort((-seats.counts, cells)))  # cell by cell, the largest seats first
        ids, names = ordered.ids(), ordered.names()
        ends = np.cumsum(np.bincount(cells)).tolist()
        for cell in np.argsort(-counts, kind="stable").tolist():
            start, end = ends[cell - 1] if cell else 0, ends[cell]
            url = self._url(ids[start:end]) if end - start <= _MOST_LINKED else None
            (x, y), count = places[cell], int(counts[cell])
            title = _title(names[start:end], count)
            yield Mark(round(x, 1), round(y, 1), _radius(count), count, title, url, bool(here[cell]))


def _cells(x: Floats, y: Floats) -> npt.NDArray[np.intp]:
    """The square of the drawing each point falls in, squares numbered in the order in which points meet them."""
    square = (x // _CELL).astype(np.intp) * _CELLS_ACROSS + (y // _CELL).astype(np.intp)
    _, first, square = np.unique(square, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[square])


def _circle_of(mark: Mark) -> Markup:
    """One circle as SVG, with a title for the pointer, and a link when it has few communes. Texts are escaped."""
    number = f'<text x="{mark.x}" y="{mark.y + 3.2}">{mark.count}</text>' if mark.count > 1 else ""
    shown = (
        f'<g class="mark{" here" if mark.here else ""}"><title>{escape(mark.title)}</title>'
        f'<circle cx="{mark.x}" cy="{mark.y}" r="{mark.r}"/>{number}</g>'
    )
    return Markup(shown if mark.url is None else f'<a href="{escape(mark.url)}" tabindex="-1">{shown}</a>')


def _radius(count: int) -> float:
    return round(min(4.9 + 1.25 * sqrt(count), 14.0), 1)


def _title(communes: list[str], count: int) -> str:
    more = f" et {plural(len(communes) - 3, 'autre commune', 'autres communes')}" if len(communes) > 3 else ""
    return f"{', '.join(communes[:3])}{more} : {plural(count, 'structure')}"


def _area_paths(found: SupplierFound, gazetteer: Gazetteer, frame: Frame) -> Iterator[str]:
    """The contours of the territories of the query."""
    for territory in found.plan.territories:
        shape = gazetteer.contour(territory.id) if territory.kind != "country" else None
        data = path(shape, frame) if shape is not None else ""
        if data:
            yield data


def _circle(state: PageState, frame: Frame) -> tuple[float, float, float] | None:
    near, radius = state.query.near, state.query.radius_km
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
        if room and all(abs(x - label.x) > 80 or abs(y - label.y) > 34 for label in found):
            found.append(Label(round(x, 1), round(y, 1), communes.names[row]))
        if len(found) == _LABELS:
            break
    return tuple(found)

"""The small map of a supplier: its seat, and the zones that its offers declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import shapely

from search_api.pages.facts import Record, value
from search_api.pages.labels import Label, Taken, names_around
from search_api.pages.outlines import KM_PER_DEGREE, Frame, abroad, bounds_of, framed, outlines, path
from vivier.model.views import ZoneView
from vivier.territory import Gazetteer

_SIDE = 320.0


@dataclass(frozen=True)
class ZoneMap:
    """The seat and what the offers declare to cover. ``circles``: centre and radius, in the units of the frame."""

    frame: Frame
    paths: tuple[str, ...]
    zones: tuple[str, ...]
    circles: tuple[tuple[float, float, float], ...]
    seat: tuple[float, float] | None
    abroad: tuple[str, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class _Seat:
    """The mark of the seat, which no name may cover."""

    x: float
    y: float
    r: float = 7.0


def zone_map(record: Record, gazetteer: Gazetteer) -> ZoneMap | None:
    """The declared zones around the seat; ``None`` when neither can be drawn. Nothing supposed is drawn."""
    address = value(record, "address") or {}
    point = address.get("point")
    zones = [fact["value"]["zone"] for fact in record.get("offers", ()) if "zone" in fact["value"]]
    ids = dict.fromkeys(id_ for zone in zones if zone["type"] == "territories" for id_ in zone["territories"])
    shapes = [shape for shape in (_contour(id_, gazetteer) for id_ in ids) if shape is not None]
    seat = None if point is None else (point["lon"], point["lat"])
    circles = sorted(_circles(zones, seat, gazetteer))
    boxes = [bounds_of(shape) for shape in shapes] + [_around((lon, lat), km) for lon, lat, km in circles]
    boxes += [_around(seat, 0.0)] if seat is not None else []
    if not boxes:
        return None
    west, south = (min(box[at] for box in boxes) for at in (0, 1))
    east, north = (max(box[at] for box in boxes) for at in (2, 3))
    if east - west > 20:  # a zone across an ocean says more in words
        return None
    frame = framed((west, south, east, north), _SIDE, _SIDE, least_km=90)
    at = None if seat is None else frame.place(*seat)
    taken = Taken.of([] if at is None else [_Seat(*at)])
    town = gazetteer.commune_at(*seat) if seat is not None else None
    named = () if at is None or town is None else ((*at, town.name),)
    return ZoneMap(
        frame=frame,
        paths=outlines("departements", frame),
        zones=tuple(data for shape in shapes if (data := path(shape, frame))),
        circles=tuple((*frame.place(lon, lat), round(km / KM_PER_DEGREE * frame.scale, 1)) for lon, lat, km in circles),
        seat=at,
        abroad=abroad(frame),
        labels=names_around(frame, gazetteer, taken, named),
    )


def _contour(id_: str, gazetteer: Gazetteer) -> shapely.Geometry | None:
    return None if id_ == "FR" else gazetteer.contour(id_)


def _circles(
    zones: Iterable[ZoneView], seat: tuple[float, float] | None, gazetteer: Gazetteer
) -> set[tuple[float, float, float]]:
    """The centre and the kilometres of each circle declared: around the seat, or a commune chosen."""
    found = set()
    for zone in zones:
        if zone["type"] == "radius":
            around = zone.get("around")
            centre = seat if around is None else gazetteer.reference_point(f"commune:{around}")
            if centre is not None:
                found.add((*centre, zone["km"]))
    return found


def _around(seat: tuple[float, float], km: float) -> tuple[float, float, float, float]:
    reach = km / KM_PER_DEGREE
    return seat[0] - reach * 1.45, seat[1] - reach, seat[0] + reach * 1.45, seat[1] + reach

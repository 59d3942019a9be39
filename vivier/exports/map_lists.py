"""Writes lists of contracts, notices, leads and buyers as GeoJSON (RFC 7946): the cells of each row, at the point of its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from vivier.exports.lists import ListDocument
from vivier.lexicon import Lexicon

GEOJSON_MEDIA: Final = "application/geo+json; charset=utf-8"
NO_MAP: Final = ("indicators",)
"""Lists whose rows have no place."""
_FRANCE: Final = "FR"


def geojson_chunks(document: ListDocument) -> Iterator[bytes]:
    """One feature a row, in the order of the list; ``geometry`` is null where no point is known or the purchase is national.

    ``location_of``: ``place`` (of performance) or ``buyer`` (its seat), ``location_precision`` the level of the territory
    whose reference point is given: several contracts of the same commune have the same point.
    """
    names = [column.name for column in document.columns]
    yield b'{"type":"FeatureCollection","features":['
    separator = b""
    for line, row in document.each():
        location = located(line.record)
        feature = {
            "type": "Feature",
            "id": line.id,
            "geometry": None if location is None else _point(location[0], line.lexicon),
            "properties": {
                **dict(zip(names, row, strict=True)),
                "location_of": None if location is None else location[1],
                "location_precision": None if location is None else location[0].partition(":")[0],
            },
        }
        yield separator + orjson.dumps(feature)
        separator = b","
    about = {"total": document.total, "query": document.parameters[0][1], "sources": document.sources.listed()}
    yield b"]," + orjson.dumps(about)[1:]


def located(record: Mapping[str, Any]) -> tuple[str, str] | None:
    """The territory of a contract, a notice or a buyer on the map, and its role: ``place`` (of performance) or ``buyer`` (seat).
    ``None`` when no place is known or when the purchase is national."""
    places = [place for place in (record.get("place"), *record.get("places", ())) if place is not None]
    if record.get("national") or _FRANCE in places:
        return None
    if len(places) == 1:
        return str(places[0]), "place"
    seat = record.get("buyer_seat") or record.get("seat")
    return None if seat is None else (str(seat), "buyer")


def _point(id_: str, lexicon: Lexicon) -> dict[str, object] | None:
    point = lexicon.gazetteer.reference_point(id_)
    return None if point is None else {"type": "Point", "coordinates": [round(point[0], 6), round(point[1], 6)]}

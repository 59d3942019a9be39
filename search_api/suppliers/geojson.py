"""Writes all the matches of a search as GeoJSON (RFC 7946): one point a supplier, or counts by département when there are many.

Features are written one by one; sources and bounding box, known only after them, come last.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import orjson

from search_api.envelope import all_sources, meta, normalised, result_body
from search_api.links import UNPAGED
from search_api.schemas import EndingBody, Feature, PointOut
from vivier.lexicon import Lexicon
from vivier.search.operators import Measure
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import SupplierFound
from vivier.suppliers.offers import supposed_trades
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.result import SupplierResult
from vivier.suppliers.sources import SourceOut, SourcesSeen, cards
from vivier.suppliers.whole import Whole, whole

MAX_FEATURES = 5_000
"""Most features of an answer over HTTP. A file written by « vivier export » has one feature a supplier, as any export."""
DEFAULT_FIELDS = ("name", "kinds", "labels", "address")
"""Parts given when ``fields`` is absent: 5 000 whole records would be 20 MB."""
_FEATURES = 50
"""Features in each piece sent: about 100 kB."""


@dataclass
class Box:
    """West, south, east, north of the points seen; ``None`` without any."""

    bounds: list[float] | None = None

    def add(self, feature: Feature) -> None:
        """Extends the box to the point of a feature."""
        if feature["geometry"] is None:
            return
        lon, lat = feature["geometry"]["coordinates"]
        west, south, east, north = self.bounds or (lon, lat, lon, lat)
        self.bounds = [min(west, lon), min(south, lat), max(east, lon), max(north, lat)]


def geojson(
    query: SupplierQuery,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    *,
    limit: int | None = None,
) -> tuple[int, Iterator[bytes]]:
    """The number of matches, and all of them in the order of the search, piece by piece.

    Beyond 5 000 matches, features are counts by département, with a notice. With a ``limit``, there is one feature a supplier up
    to the limit, and a refusal beyond. Counting is done before the first piece: raises what
    :func:`vivier.suppliers.whole.whole` raises.
    """
    started = time.perf_counter()
    every = whole(query, snapshot, lexicon, today, limit=limit)
    total = every.found.total
    if limit is None and total > MAX_FEATURES:
        return total, _aggregated(every.found, snapshot, lexicon, started)
    return total, _one_by_one(every, query.fields or DEFAULT_FIELDS, lexicon, started)


def _one_by_one(every: Whole, fields: tuple[str, ...], lexicon: Lexicon, started: float) -> Iterator[bytes]:
    sources = SourcesSeen(cards(every.found.generation))

    def features() -> Iterator[Feature]:
        for result in every.results:
            sources.add(result.record)
            yield _feature(result, fields, supposed_trades(result.record, lexicon, every.found.plan.as_of))

    box = Box()
    yield from _written(features(), box)
    yield _ending(every.found, lexicon, sources.listed(), box, started)


def _aggregated(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, started: float) -> Iterator[bytes]:
    box = Box()
    yield from _written(_cells(found, snapshot, lexicon), box)
    notice = f"Plus de {MAX_FEATURES} résultats : comptes par département du siège. Précisez la recherche."
    yield _ending(found, lexicon, all_sources(found.generation), box, started, notice)


def _written(features: Iterable[Feature], box: Box) -> Iterator[bytes]:
    piece = [b'{"type":"FeatureCollection","features":[']
    separator = b""
    for feature in features:
        box.add(feature)
        piece += (separator, orjson.dumps(feature))
        separator = b","
        if len(piece) > 2 * _FEATURES:
            yield b"".join(piece)
            piece = []
    yield b"".join([*piece, b"],"])


def _ending(
    found: SupplierFound,
    lexicon: Lexicon,
    sources: list[SourceOut],
    box: Box,
    started: float,
    notice: str | None = None,
) -> bytes:
    """The members after ``features``, without the brace that would open them."""
    about = meta(found, lexicon)
    if notice is not None:
        about["notices"] = [*about["notices"], notice]
    about["took_ms"] = round((time.perf_counter() - started) * 1000, 2)
    body: EndingBody = {
        "total": found.total,
        "aggregated": notice is not None,
        "query": {name: value for name, value in normalised(found).items() if name not in UNPAGED},
        "meta": about,
        "sources": sources,
    }
    if box.bounds is not None:
        body["bbox"] = box.bounds
    return orjson.dumps(body)[1:]


def _feature(result: SupplierResult, fields: tuple[str, ...], supposed: tuple[str, ...]) -> Feature:
    """A supplier as a feature. ``geometry`` is ``null`` when no point is known: the supplier is listed all the same. ``supposed``: what is
    only supposed of its trades, in French."""
    address = result.record.get("address", {}).get("value", {})
    properties: dict[str, object] = {**result_body(result, fields)}
    point = address.get("point")
    del properties["id"]
    properties["location_precision"] = address.get("precision", "unknown")
    if fields is DEFAULT_FIELDS or "offers" in fields:
        properties["supposed_trades"] = list(supposed)
    return {
        "type": "Feature",
        "id": result.id,
        "geometry": _point(None if point is None else (point["lon"], point["lat"])),
        "properties": properties,
    }


def _point(point: tuple[float, float] | None) -> PointOut | None:
    return None if point is None else {"type": "Point", "coordinates": [round(point[0], 6), round(point[1], 6)]}


def _cells(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon) -> list[Feature]:
    """One feature for every département. They are grouped, not counted by a facet, which stops at the fifty largest values."""
    gazetteer = lexicon.gazetteer
    counts = snapshot.suppliers.group(found.plan.search.where, "departement", (Measure("suppliers"),)).counts(
        "suppliers"
    )
    cells = [
        _cell(id_, gazetteer.get(id_).name, count, gazetteer.reference_point(id_)) for id_, count in counts.items()
    ]
    unknown = found.total - sum(counts.values())
    return [*cells, _cell("unknown", "Département du siège inconnu", unknown, None)] if unknown else cells


def _cell(id_: str, name: str, count: int, point: tuple[float, float] | None) -> Feature:
    properties: dict[str, object] = {"name": name, "count": count, "location_precision": "departement"}
    return {"type": "Feature", "id": id_, "geometry": _point(point), "properties": properties}

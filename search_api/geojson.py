"""All the matches of a search as GeoJSON (RFC 7946): one point a supplier, or counts by département when there are many."""

from __future__ import annotations

from typing import Any

from search_api.context import Context
from search_api.envelope import all_sources, meta, normalised, result_body
from search_api.links import UNPAGED
from vivier.engine.port import Generation
from vivier.query import SupplierQuery
from vivier.sourcing.find import Found, Result, find
from vivier.sourcing.sources import cards, sources_of

MAX_FEATURES = 5_000
DEFAULT_FIELDS = ("name", "kinds", "labels", "address")
"""Parts given when ``fields`` is absent: 5 000 whole records would be 20 MB."""


def feature_collection(query: SupplierQuery, context: Context, generation: Generation) -> dict[str, Any]:
    """Every match, in the order of the search; beyond 5 000, one feature a département with its count and a notice."""
    whole = query.model_copy(update={"page": 1, "per_page": MAX_FEATURES, "facets": ()})
    found = find(whole.model_copy(update={"per_page": 1}), context.engine, context.lexicon, context.today(), generation)
    if found.total > MAX_FEATURES:
        notice = f"Plus de {MAX_FEATURES} résultats : comptes par département du siège. Précisez la recherche."
        return _collection(found, _cells(found, context), all_sources(generation), notice)
    whole = whole.model_copy(update={"seed": found.seed})
    found = find(whole, context.engine, context.lexicon, context.today(), generation)
    features = [_feature(result, query.fields or DEFAULT_FIELDS) for result in found.results]
    return _collection(found, features, sources_of((result.record for result in found.results), cards(generation)))


def _collection(
    found: Found, features: list[dict[str, Any]], sources: list[dict[str, Any]], notice: str | None = None
) -> dict[str, Any]:
    about = meta(found)
    if notice is not None:
        about["notices"] = [*about["notices"], notice]
    body: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": features,
        "total": found.total,
        "aggregated": notice is not None,
        "query": {name: value for name, value in normalised(found).items() if name not in UNPAGED},
        "meta": about,
        "sources": sources,
    }
    box = bbox(features)
    return body if box is None else {**body, "bbox": box}


def _feature(result: Result, fields: tuple[str, ...]) -> dict[str, Any]:
    """``geometry`` is ``null`` when no point is known: the supplier is still listed."""
    address = result.record.get("address", {}).get("value", {})
    properties = result_body(result, fields)
    point = address.get("point")
    properties["location_precision"] = address.get("precision", "unknown")
    return {
        "type": "Feature",
        "id": properties.pop("id"),
        "geometry": _point(None if point is None else (point["lon"], point["lat"])),
        "properties": properties,
    }


def _point(point: tuple[float, float] | None) -> dict[str, Any] | None:
    return None if point is None else {"type": "Point", "coordinates": [round(point[0], 6), round(point[1], 6)]}


def _cells(found: Found, context: Context) -> list[dict[str, Any]]:
    """One feature a département, all of them (a facet would stop at the fifty largest)."""
    gazetteer = context.lexicon.gazetteer
    counts = context.engine.aggregate("suppliers", found.plan.search.where, "departement")
    cells = [
        _cell(id_, gazetteer.get(id_).name, count, gazetteer.reference_point(id_))
        for id_, (count, _) in sorted(counts.items())
    ]
    unknown = found.total - sum(count for count, _ in counts.values())
    return [*cells, _cell("unknown", "Département du siège inconnu", unknown, None)] if unknown else cells


def _cell(id_: str, name: str, count: int, point: tuple[float, float] | None) -> dict[str, Any]:
    properties = {"name": name, "count": count, "location_precision": "departement"}
    return {"type": "Feature", "id": id_, "geometry": _point(point), "properties": properties}


def bbox(features: list[dict[str, Any]]) -> list[float] | None:
    """West, south, east, north of the points; ``None`` without any."""
    points = [feature["geometry"]["coordinates"] for feature in features if feature["geometry"] is not None]
    if not points:
        return None
    lons, lats = zip(*points, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]

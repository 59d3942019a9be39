"""The answer to a search, in the envelope every list shares (docs/api.md, « The answer »)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from math import ceil
from typing import Any
from urllib.parse import quote

from search_api.links import EXPORTS, GEOJSON, SUPPLIERS, UNPAGED, link
from search_api.records import shown, sources_of
from vivier.engine.port import FacetCounts, Generation
from vivier.lexicon import Lexicon
from vivier.search.operators import Facet
from vivier.search.query import MAX_DEPTH, filters
from vivier.search.relax import Relaxation
from vivier.suppliers.beyond import Beyond, RelatedTrade
from vivier.suppliers.find import METHOD_VERSIONS, SupplierFound, SupplierResult
from vivier.suppliers.notices import notices
from vivier.suppliers.plan import DEFAULT_FACETS
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.sources import cards
from vivier.suppliers.whole import MAX_ROWS
from vivier.territory.coverage import Coverage
from vivier.vocabulary import COMPONENTS, COVERAGE_CLASSES

_COVERAGE = tuple(field.name for field in fields(Coverage) if field.name != "cls")


def envelope(found: SupplierFound, lexicon: Lexicon, more: Beyond | None = None) -> dict[str, Any]:
    """The whole body but ``meta.took_ms``, which is written last."""
    query = found.plan.query
    return {
        "query": normalised(found),
        "total": found.total,
        "total_relation": "exact",
        "page": query.page,
        "per_page": query.per_page,
        "pages": ceil(found.total / query.per_page),
        "results": [result_body(result, query.fields) for result in found.results],
        "facets": facets_body(found, lexicon),
        "links": links(found),
        "meta": meta(found, more),
        "sources": sources_of((result.record for result in found.results), cards(found.generation)),
    }


def normalised(found: SupplierFound) -> dict[str, Any]:
    """The query with its defaults, territories in their long form."""
    query = found.plan.query
    body = query.model_dump(mode="json")
    body["territory"] = [territory.id for territory in found.plan.territories]
    body["as_of"] = found.plan.as_of.isoformat()
    body["facets"] = list(DEFAULT_FACETS if query.facets is None else query.facets)
    body["seed"] = found.seed
    return body


def result_body(result: SupplierResult, fields: tuple[str, ...]) -> dict[str, Any]:
    """One result: how it covers what was asked, why it is proposed, then the parts of the record."""
    return {
        "id": result.id,
        "coverage": coverage_body(result.coverage),
        "distance_km": result.distance_km,
        "score": score_body(result),
        "capacity": None if result.capacity is None else asdict(result.capacity),
        "reasons": reasons_body(result),
        **shown(result.record, fields),
    }


def reasons_body(result: SupplierResult) -> list[dict[str, Any]]:
    """Why a supplier is proposed."""
    return [{"code": one.code, "text": one.text, "inferred": one.inferred} for one in result.reasons]


def score_body(result: SupplierResult) -> dict[str, Any] | None:
    """The score and the parts that add up to it, in points of 10,000; ``None`` in another order than relevance."""
    if not result.components:
        return None
    parts = [
        {
            "component": one.name,
            "label_fr": COMPONENTS[one.name],
            "value": round(one.value, 4),
            "weight": round(one.weight, 4),
            "points": one.points,
        }
        for one in result.components
    ]
    return {"points": result.score, "components": parts}


def coverage_body(coverage: Coverage | None) -> dict[str, Any] | None:
    """Coverage with the French sentence of its class."""
    if coverage is None:
        return None
    numbers = {name: getattr(coverage, name) for name in _COVERAGE}
    return {"class": coverage.cls, "label_fr": COVERAGE_CLASSES[coverage.cls], **numbers}


def facets_body(found: SupplierFound, lexicon: Lexicon) -> dict[str, Any]:
    """Counts by value, each facet without its own filter, with French labels and how many have no value at all."""
    declared = filters(type(found.plan.query))
    bodies = {}
    for facet in found.plan.search.facets:
        filter_ = declared[facet.name]
        names = filter_.allowed(lexicon) if filter_.allowed is not None else {}
        counts = found.answer.facets[facet.name]
        bodies[facet.name] = {"title": filter_.title, **_counts_body(counts, facet, names)}
    return bodies


def _counts_body(counts: FacetCounts, facet: Facet, names: Mapping[str, str]) -> dict[str, Any]:
    """``other``: how many rarer values were left out; ``complete``: none was."""
    values = [
        {"value": value, "label_fr": names.get(value, value), "count": count, "selected": value in facet.selected}
        for value, count in counts.values.items()
    ]
    return {"values": values, "missing": counts.missing, "other": counts.other, "complete": counts.other == 0}


def links(found: SupplierFound) -> dict[str, str | None]:
    """This page, its neighbours and its other forms. ``null``: there is none, or its URL would be too long."""
    query = found.plan.query if found.seed is None else found.plan.query.model_copy(update={"seed": found.seed})
    pages = ceil(found.total / query.per_page)
    following = query.page < pages and (query.page + 1) * query.per_page <= MAX_DEPTH
    before = min(query.page - 1, pages)
    defaults = {name: SupplierQuery.model_fields[name].default for name in UNPAGED}
    return {
        "self": link(SUPPLIERS, query),
        "next": link(SUPPLIERS, query, page=query.page + 1) if following else None,
        "prev": link(SUPPLIERS, query, page=before) if before >= 1 else None,
        "geojson": link(GEOJSON, query, **defaults),
        **{name: link(path, query, **defaults) if found.total <= MAX_ROWS else None for name, path in EXPORTS.items()},
    }


def meta(found: SupplierFound, more: Beyond | None = None) -> dict[str, Any]:
    """What the answer rests on, and what lies beyond it when little was found."""
    body: dict[str, Any] = {
        "as_of": found.plan.as_of.isoformat(),
        "index_generation": found.generation.name,
        "method_versions": METHOD_VERSIONS,
        "unknown_excluded": found.unknown_excluded,
        "notices": notices(found),
        "seed": found.seed,
    }
    if more is not None:
        body["relaxations"] = [relaxation_body(one) for one in more.relaxations]
        body["nearest"] = [nearest_body(one) for one in more.nearest]
        body["related_trades"] = [related_body(one) for one in more.trades]
    return body


def nearest_body(result: SupplierResult) -> dict[str, Any]:
    """A supplier outside, as an answer would tell it; the rest is in its record."""
    address = result.record.get("address", {}).get("value", {})
    return {
        "id": result.id,
        "name": result.record["name"]["value"],
        "town": address.get("town"),
        "distance_km": result.distance_km,
        "coverage": coverage_body(result.coverage),
        "reasons": reasons_body(result),
        "link": f"{SUPPLIERS}/{quote(result.id, safe='')}",
    }


def related_body(trade: RelatedTrade) -> dict[str, Any]:
    """A trade that gives results, how many, and the URL that asks it."""
    return {"code": trade.code, "label_fr": trade.name, "total": trade.total, "link": link(SUPPLIERS, trade.query)}


def relaxation_body(relaxation: Relaxation) -> dict[str, Any]:
    """What would give results, how many, and the URL that asks it."""
    return {
        "parameter": ",".join(relaxation.parameters),
        "text": relaxation.sentence,
        "total": relaxation.total,
        "link": link(SUPPLIERS, relaxation.query, page=1),
    }


def all_sources(generation: Generation) -> list[dict[str, Any]]:
    """Every source of a generation, in the form of ``sources`` of an answer."""
    return [
        {
            "source_id": run["source"]["id"],
            "producer": run["source"]["producer"],
            "dataset": run["source"]["dataset"],
            "licence": run["source"]["licence"],
            "url": run["source"].get("homepage"),
            "updated_at": run.get("updated_at"),
            "fetched_at": run.get("finished_at"),
        }
        for run in generation.meta.get("sources", ())
    ]

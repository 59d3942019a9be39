"""Renders the answer to a search in the envelope that all lists share (docs/api.md, « The answer »)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from math import ceil
from operator import attrgetter
from typing import Any, cast

from search_api import schemas
from search_api.links import EXPORTS, GEOJSON, SUPPLIERS, UNPAGED, link, page_links
from vivier.lexicon import Lexicon
from vivier.needs.asked import understood
from vivier.search.find import Found, Reason
from vivier.search.port import FacetCounts, Generation
from vivier.search.query import SearchQuery, filters
from vivier.search.relax import Relaxation
from vivier.suppliers.beyond import Beyond, RelatedTrade
from vivier.suppliers.find import METHOD_VERSIONS, AnswerGroup, SupplierFound
from vivier.suppliers.group_facets import facets_shown, in_groups
from vivier.suppliers.notices import notices
from vivier.suppliers.plan import DEFAULT_FACETS
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.reasons import coverage_words
from vivier.suppliers.result import SupplierResult
from vivier.suppliers.shown import shown
from vivier.suppliers.sources import SourceOut, cards, sources_of
from vivier.suppliers.whole import MAX_ROWS
from vivier.territory.coverage import Coverage
from vivier.vocabulary import COMPONENTS

_COVERAGE = tuple(field.name for field in fields(Coverage) if field.name != "cls")
_NUMBERS = attrgetter(*_COVERAGE)


def envelope(
    found: SupplierFound, lexicon: Lexicon, more: Beyond | None = None, groups: Iterable[AnswerGroup] = ()
) -> schemas.SearchAnswer:
    """The body of the answer, without ``meta.took_ms``, which is added last."""
    results = [result_body(result, found.plan.query.fields) for result in found.results]
    groups = tuple(groups)
    facets = facets_body(found, lexicon, facets_shown(found, groups), others=True)
    for name, facet in facets.items():
        counted = [group for group in groups if name in group.facets]
        for value in facet["values"]:
            value["groups"] = in_groups(counted, name, value["value"])
    return {
        "query": normalised(found),
        **paging(found),
        "results": results,
        "facets": facets,
        "links": links(found),
        "meta": meta(found, lexicon, more),
        "sources": sources_of((result.record for result in found.results), cards(found.generation)),
        "groups": [group_body(group, found.plan.query) for group in groups],
    }


def paging(found: Found[Any, Any]) -> schemas.Paging:
    """How many results any list has, and which of them its page has."""
    page, per_page = found.plan.query.page, found.plan.query.per_page
    return {
        "total": found.total,
        "total_relation": "exact",
        "page": page,
        "per_page": per_page,
        "pages": ceil(found.total / per_page),
    }


def normalised(found: SupplierFound) -> dict[str, object]:
    """The query with its defaults, territories in their long form."""
    query = found.plan.query
    body = query.model_dump(mode="json")
    body["territory"] = [territory.id for territory in found.plan.territories]
    body["as_of"] = found.plan.as_of.isoformat()
    body["facets"] = list(DEFAULT_FACETS if query.facets is None else query.facets)
    body["seed"] = found.seed
    return body


def result_body(result: SupplierResult, fields: tuple[str, ...]) -> schemas.ResultOut:
    """One result as JSON: its coverage of the query, its reasons, then the parts of the record."""
    found: schemas.FoundOut = {
        "id": result.id,
        "group": result.group,
        "coverage": coverage_body(result.coverage),
        "distance_km": result.distance_km,
        "score": score_body(result),
        "capacity": None if result.capacity is None else cast(schemas.CapacityOut, asdict(result.capacity)),
        "reasons": reasons_body(result.reasons),
    }
    return cast(schemas.ResultOut, {**found, **shown(result.record, fields)})


def group_body(group: AnswerGroup, query: SupplierQuery) -> schemas.GroupOut:
    """A group of the answer, the results that complete the page, and the URL that gives them all."""
    return {
        "group": group.code,
        "label_fr": group.title,
        "total": group.total,
        "zone_unpublished": group.zone_unpublished,
        "in_part": group.in_part,
        "sentence": group.sentence,
        "results": [result_body(result, query.fields) for result in group.results],
        "link": link(SUPPLIERS, query, group=(group.code,), page=1),
    }


def reasons_body(reasons: tuple[Reason, ...]) -> list[schemas.ReasonOut]:
    return [  # by hand: a page has hundreds
        {"code": reason.code, "text": reason.text, "inferred": reason.inferred, "fits": reason.fits}
        for reason in reasons
    ]


def score_body(result: SupplierResult) -> schemas.ScoreOut | None:
    """The score and the parts that add up to it, in points of 10,000; ``None`` in another order than relevance."""
    if not result.components:
        return None
    parts: list[schemas.ComponentOut] = [
        {
            "component": component.name,
            "label_fr": COMPONENTS[component.name],
            "value": round(component.value, 4),
            "weight": round(component.weight, 4),
            "points": component.points,
        }
        for component in result.components
    ]
    return {"points": result.score, "components": parts}


def coverage_body(coverage: Coverage | None) -> schemas.CoverageOut | None:
    """Coverage with the French sentence of its class."""
    if coverage is None:
        return None
    numbers = zip(_COVERAGE, _NUMBERS(coverage), strict=True)
    return cast(schemas.CoverageOut, {"class": coverage.cls, "label_fr": coverage_words(coverage), **dict(numbers)})


def facets_body(
    found: Found[Any, Any],
    lexicon: Lexicon,
    shown: Mapping[str, FacetCounts] | None = None,
    *,
    others: bool = False,
) -> dict[str, schemas.FacetOut]:
    """Counts by value, each facet without its own filter, with French names and how many have no value.

    ``shown``: the facets to show, those of the answer when it is ``None``; ``complete``: no rarer value was left out; ``others``: say also how many were.
    """
    query: SearchQuery = found.plan.query
    declared, bodies = filters(type(query)), dict[str, schemas.FacetOut]()
    for facet in found.plan.search.facets:
        filter_, counts = declared[facet.name], (shown or found.answer.facets)[facet.name]
        names = filter_.names(lexicon)
        other: schemas.OtherOut = {"other": counts.other} if others else {}
        bodies[facet.name] = {
            "title": filter_.title,
            "values": [
                {
                    "value": value,
                    "label_fr": names.get(value, value),
                    "count": count,
                    "selected": value in facet.selected,
                }
                for value, count in counts.values.items()
            ],
            "missing": counts.missing,
            **other,
            "complete": counts.other == 0 if others else len(counts.values) < facet.size,
        }
    return bodies


def links(found: SupplierFound) -> schemas.Links:
    """Links to this page, its neighbours and its other formats. ``null``: there is no such page, or its URL would be too long."""
    query = found.plan.query if found.seed is None else found.plan.query.model_copy(update={"seed": found.seed})
    defaults = {name: SupplierQuery.model_fields[name].default for name in UNPAGED}
    files = {name: link(path, query, **defaults) if found.total <= MAX_ROWS else None for name, path in EXPORTS.items()}
    made = {**page_links(SUPPLIERS, query, found.total), "geojson": link(GEOJSON, query, **defaults), **files}
    return cast(schemas.Links, made)


def meta_body(found: Found[Any, Any], methods: Mapping[str, str], notices: Iterable[str]) -> schemas.ListMeta:
    """The member ``meta`` of any list: date, generation and methods of the answer, counts of what is left out, notices."""
    return {
        "as_of": found.plan.as_of.isoformat(),
        "index_generation": found.generation.name,
        "method_versions": methods,
        "unknown_excluded": found.unknown_excluded,
        "notices": list(notices),
    }


def meta(found: SupplierFound, lexicon: Lexicon, more: Beyond | None = None) -> schemas.Meta:
    """The member ``meta`` of a search: how its need was read, and when few results are found, the changes and trades that would give more."""
    body = cast(schemas.Meta, {**meta_body(found, METHOD_VERSIONS, notices(found)), "seed": found.seed})
    if found.plan.query.need is not None:
        body["understood"] = list(understood(found.plan.query.need, lexicon))
    if more is not None:
        body["relaxations"] = [
            relaxation_body(SUPPLIERS, relaxation, relaxation.sentence) for relaxation in more.relaxations
        ]
        body["related_trades"] = [related_body(trade) for trade in more.trades]
    return body


def related_body(trade: RelatedTrade) -> schemas.RelatedTradeOut:
    """A trade that would give results, their number, and the URL of its search."""
    return {"code": trade.code, "label_fr": trade.name, "total": trade.total, "link": link(SUPPLIERS, trade.query)}


def relaxation_body(path: str, relaxation: Relaxation, text: str) -> schemas.RelaxationOut:
    """A change that would give results: the parameters changed, the number of results, the URL of the changed query."""
    return {
        "parameter": relaxation.parameter,
        "text": text,
        "total": relaxation.total,
        "link": link(path, relaxation.query),
    }


def all_sources(generation: Generation) -> list[SourceOut]:
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


def credited(records: Iterable[Mapping[str, Any]], generations: Iterable[Generation]) -> list[SourceOut]:
    known = {id_: card for generation in generations for id_, card in cards(generation).items()}
    return sources_of(records, known)

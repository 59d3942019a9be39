"""Lists of contracts and notices in the envelope every list shares (docs/api.md, « The answer »)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from math import ceil
from typing import Any

import orjson
from fastapi import Request, Response

from search_api.context import Context
from search_api.middleware import MAX_URL
from search_api.responses import etag_of, json_response, unchanged
from vivier.contracts.find import METHOD_VERSIONS, ListFound
from vivier.contracts.query import ListQuery
from vivier.engine.port import Generation
from vivier.exports.map_lists import NO_MAP
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.find import Reason, Result
from vivier.search.query import MAX_DEPTH, filters
from vivier.search.query_url import url_of
from vivier.search.relax import Relaxation
from vivier.suppliers.sources import cards, sources_of

REPRESENTATION = "lists-3"
"""Changes when the same query on the same generation is written otherwise: part of every ETag."""
FILES, FEEDS = ("csv", "xlsx", "jsonl", "geojson"), ("atom", "json", "ics")
"""Other forms of a list: files, then feeds."""
_NOT_OF_A_FORM = ("page", "per_page", "facets")


def list_envelope(found: ListFound, lexicon: Lexicon, path: str, relaxed: Iterable[Relaxation] = ()) -> dict[str, Any]:
    """The whole body but ``meta.took_ms``, which is written last."""
    query = found.plan.query
    return {
        "query": {**query.model_dump(mode="json"), "as_of": found.plan.as_of.isoformat()},
        "total": found.total,
        "total_relation": "exact",
        "page": query.page,
        "per_page": query.per_page,
        "pages": ceil(found.total / query.per_page),
        "results": [listed_body(result) for result in found.results],
        "facets": _facets(found, lexicon),
        "links": {**page_links(path, query, found.total), **form_links(path, query)},
        "meta": {
            "as_of": found.plan.as_of.isoformat(),
            "index_generation": found.generation.name,
            "method_versions": METHOD_VERSIONS,
            "unknown_excluded": found.unknown_excluded,
            "notices": list(found.plan.notices),
            "relaxations": relaxations_body(path, relaxed),
        },
        "sources": sources_of((result.record for result in found.results), cards(found.generation)),
    }


def relaxations_body(path: str, relaxed: Iterable[Relaxation]) -> list[dict[str, Any]]:
    """What would give results when there are none: the parameters changed, how many, the URL that asks it."""
    return [
        {
            "parameter": ",".join(one.parameters),
            "text": one.text,
            "total": one.total,
            "link": _short(url_of(path, one.query)),
        }
        for one in relaxed
    ]


def listed_body(result: Result) -> dict[str, Any]:
    """One contract or notice with its reasons; what is not known is absent."""
    return {
        "id": result.id,
        "distance_km": result.distance_km,
        "reasons": reasons_body(result.reasons),
        **{name: value for name, value in result.record.items() if name != "key"},
    }


def reasons_body(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """Reasons as they are shown."""
    return [{"code": one.code, "text": one.text, "inferred": one.inferred} for one in reasons]


def page_links(path: str, query: Any, total: int, deepest: int = MAX_DEPTH) -> dict[str, str | None]:
    """This page, its neighbours; ``null``: there is none, or its URL would be too long."""
    pages = ceil(total / query.per_page)
    following = query.page < pages and (query.page + 1) * query.per_page <= deepest
    before = min(query.page - 1, pages)
    return {
        "self": _link(path, query, query.page),
        "next": _link(path, query, query.page + 1) if following else None,
        "prev": _link(path, query, before) if before >= 1 else None,
    }


def form_links(path: str, query: ListQuery | Model) -> dict[str, str | None]:
    """The same list as files and as feeds, without its page; a feed has its own order."""
    of = path.rpartition("/")[2]
    whole = _whole(query)
    unsorted = whole.changed(sort="relevance") if "sort" in type(whole).model_fields else whole
    feed = "notices" if of == "projects" else of
    made = {f"feed_{name}": url_of(f"/v1/feeds/{feed}.{name}", unsorted) for name in FEEDS}
    return {**file_links(path, query), **{name: _short(url) for name, url in made.items()}}


def file_links(path: str, query: Model) -> dict[str, str | None]:
    """The same list as files, without its page."""
    whole = _whole(query)
    return {name: _short(url_of(f"{path}.{name}", whole)) for name in FILES if name != "geojson" or on_a_map(path)}


def on_a_map(path: str) -> bool:
    """Whether the rows of a list are somewhere."""
    return path.rpartition("/")[2] not in NO_MAP


def _whole(query: Model) -> Model:
    fields = type(query).model_fields
    return query.changed(**{name: fields[name].default for name in _NOT_OF_A_FORM if name in fields})


def _short(url: str) -> str | None:
    """The URL, ``None`` when it is too long to be one."""
    return url if len(url) <= MAX_URL else None


def answered(
    request: Request,
    context: Context,
    query: Model,
    generations: tuple[Generation, ...],
    as_of: date | None,
    make: Callable[[], Mapping[str, Any]],
) -> Response:
    """The body ``make`` writes, or 304 when the caller holds it: same query, same generations, same day."""
    day = (as_of or context.today()).isoformat()
    names = orjson.dumps([generation.name for generation in generations])
    etag = etag_of(REPRESENTATION, request.url.path, names, day, query.model_dump_json())
    return unchanged(request, etag) or json_response(make(), etag)


def credited(records: Iterable[Mapping[str, Any]], generations: Iterable[Generation]) -> list[dict[str, Any]]:
    """The sources behind records of several generations."""
    known = {id_: card for generation in generations for id_, card in cards(generation).items()}
    return sources_of(records, known)


def _link(path: str, query: ListQuery, page: int) -> str | None:
    return _short(url_of(path, query.changed(page=page)))


def _facets(found: ListFound, lexicon: Lexicon) -> dict[str, Any]:
    """Counts by value, each facet without its own filter, with French names and how many have no value."""
    declared = filters(type(found.plan.query))
    bodies = {}
    for facet in found.plan.search.facets:
        filter_, counts = declared[facet.name], found.answer.facets[facet.name]
        names = filter_.allowed(lexicon) if filter_.allowed is not None else {}
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
            "complete": len(counts.values) < facet.size,
        }
    return bodies

"""Renders lists of contracts and notices in the envelope that all lists share (docs/api.md, « The answer »)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, cast

import orjson
from fastapi import Request, Response
from pydantic import ConfigDict, with_config

from search_api import responses
from search_api.context import Context
from search_api.envelope import facets_body, meta_body, paging, reasons_body, relaxation_body
from search_api.links import UNPAGED, link, page_links
from search_api.responses import etag_of, json_response
from search_api.schemas import FacetOut, ListMeta, Paging, ReasonOut, RelaxationOut
from vivier.bodies import Body
from vivier.contracts.find import METHOD_VERSIONS, ListFound, ListResult
from vivier.contracts.query import ListQuery
from vivier.exports.map_lists import NO_MAP
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.operators import COLLECTIONS
from vivier.search.relax import Relaxation
from vivier.suppliers.sources import SourceOut, cards, sources_of

REPRESENTATION = "lists-4"
"""Version of the format of lists, part of every ETag: change it when the same query on the same generation is rendered
differently."""
FILES, FEEDS = ("csv", "xlsx", "jsonl", "geojson"), ("atom", "json", "ics")
"""Other forms of a list: files, then feeds."""


@with_config(ConfigDict(extra="allow"))
class ListedOut(Body):
    """A contract or a notice found: the members of its record, but ``key``, and why it is proposed."""

    id: str
    distance_km: float | None
    reasons: list[ReasonOut]


class ListAnswerMeta(ListMeta):
    """``relaxations``: changes that would give results to an empty list."""

    relaxations: list[RelaxationOut]


class ListAnswer(Paging):
    """A page of contracts or notices."""

    query: dict[str, object]
    results: list[ListedOut]
    facets: dict[str, FacetOut]
    links: dict[str, str | None]
    meta: ListAnswerMeta
    sources: list[SourceOut]


def list_envelope(found: ListFound, lexicon: Lexicon, path: str, relaxed: Iterable[Relaxation] = ()) -> ListAnswer:
    """The body of the answer, without ``meta.took_ms``, which is added last."""
    query = found.plan.query
    return {
        "query": {**query.model_dump(mode="json"), "as_of": found.plan.as_of.isoformat()},
        **paging(found),
        "results": [listed_body(result) for result in found.results],
        "facets": facets_body(found, lexicon),
        "links": {**page_links(path, query, found.total), **form_links(path, query)},
        "meta": {
            **meta_body(found, METHOD_VERSIONS, found.plan.notices),
            "relaxations": relaxations_body(path, relaxed),
        },
        "sources": sources_of((result.record for result in found.results), cards(found.generation)),
    }


def relaxations_body(path: str, relaxed: Iterable[Relaxation]) -> list[RelaxationOut]:
    """Changes that would give results to an empty list: the parameters changed, the number of results, the URL of the changed
    query."""
    return [relaxation_body(path, relaxation, relaxation.text) for relaxation in relaxed]


def listed_body(result: ListResult) -> ListedOut:
    """One contract or notice with its reasons. Unknown members are absent."""
    own = {name: value for name, value in result.record.items() if name != "key"}
    head = {"id": result.id, "distance_km": result.distance_km, "reasons": reasons_body(result.reasons)}
    return cast(ListedOut, {**head, **own})


def form_links(path: str, query: ListQuery | Model) -> dict[str, str | None]:
    """Links to the whole list as files and as feeds. A feed has its own order."""
    of = path.rpartition("/")[2]
    whole = _whole(query)
    unsorted = whole.changed(sort="relevance") if "sort" in type(whole).model_fields else whole
    feed = "notices" if of == "projects" else of
    made = {f"feed_{name}": link(f"/v1/feeds/{feed}.{name}", unsorted) for name in FEEDS}
    return {**file_links(path, query), **made}


def file_links(path: str, query: Model) -> dict[str, str | None]:
    whole = _whole(query)
    return {name: link(f"{path}.{name}", whole) for name in FILES if name != "geojson" or on_a_map(path)}


def on_a_map(path: str) -> bool:
    """Whether the rows of a list have a place, and so a GeoJSON file."""
    return path.rpartition("/")[2] not in NO_MAP


def _whole(query: Model) -> Model:
    fields = type(query).model_fields
    return query.changed(**{name: fields[name].default for name in UNPAGED if name in fields})


def answered(
    request: Request, context: Context, query: Model, as_of: date | None, make: Callable[[], Mapping[str, Any]]
) -> Response:
    """The answer to a query: 304 when the caller has it, else the one kept, else the body that ``make`` gives. It is the same for the same
    query, day and generations, those of every collection: an answer on contracts also names suppliers and buyers."""
    day = (as_of or context.today()).isoformat()
    versions = orjson.dumps([generation.version for generation in context.living(*COLLECTIONS)])
    etag = etag_of(REPRESENTATION, request.url.path, versions, day, query.model_dump_json())
    return responses.answered(request, etag, context.answers, lambda: json_response(make(), etag))

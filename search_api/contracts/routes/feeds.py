"""``/v1/feeds/{contracts,notices,leads}.{atom,json,ics}``: a saved search is a URL."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from search_api.asked import of_api
from search_api.context import Context
from search_api.contracts.feeds import MEDIA, FeedHeader, newest, one_calendar, stamp, written
from search_api.contracts.routes.contracts import NOTICES, within
from search_api.middleware import MAX_URL
from search_api.openapi import problems
from search_api.parameters import NoParameters, openapi_parameters
from search_api.responses import etag_of, negotiate, unchanged
from search_api.suppliers.routes.exports import contents
from vivier.contracts.feed import DEEPEST, FEED_SIZE, Feed, Order, leads_feed, list_feed, one_entry
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query import ContractQuery, NoticeQuery
from vivier.contracts.query_profile import profile_of
from vivier.errors import FieldError, NotFound, refuse_any
from vivier.french import plural
from vivier.model.base import Model
from vivier.search.query import Day
from vivier.search.query_url import url_of

FEEDS: Final = "/v1/feeds"
CACHE: Final = "public, max-age=900"
TITLES: Final = {"contracts": "Marchés publics", "notices": "Avis et projets d'achat", "leads": "Opportunités"}
RECORDS: Final = {"contracts": "Un marché", "notices": "Un avis ou un projet d'achat"}
PAGES: Final = {"contracts": "/marches", "notices": "/avis", "leads": "/pistes"}
Since = Annotated[Day | None, Field(description="seulement ce qui a changé à partir de cette date")]


class ContractFeedQuery(ContractQuery):
    """The filters of the list, and what is new."""

    since: Since = None


class NoticeFeedQuery(NoticeQuery):
    """The filters of the list, and what is new."""

    since: Since = None


MODELS: Final[dict[str, type[Model]]] = {
    "contracts": ContractFeedQuery,
    "notices": NoticeFeedQuery,
    "leads": LeadsQuery,
}
_NOT_HERE = ("per_page", "facets", "sort")


@of_api("flux")
def router(routes: APIRouter, context: Context) -> None:
    """One route a list and a format, and one a record."""
    for of in MODELS:
        for extension in MEDIA:
            _route(routes, of, extension, context)

    for collection in ("contracts", "notices"):
        _route_one(routes, collection, context)


def _route(routes: APIRouter, of: str, extension: str, context: Context) -> None:
    model = MODELS[of]

    @routes.get(
        f"{FEEDS}/{of}.{extension}",
        name=f"feed_{of}_{extension}",
        summary=f"{TITLES[of]} : flux {extension}, les nouveautés d'abord",
        responses={
            200: contents(extension, MEDIA[extension]),
            **problems(404, 406, 422, 503),
        },
        response_class=Response,
        openapi_extra={"parameters": openapi_parameters(model, context.lexicon, _NOT_HERE)},
    )
    def feed(request: Request) -> Response:
        negotiate(request, MEDIA[extension], "application/json", "application/xml", "text/xml")
        query: Any = context.parse(request, model)
        _refuse(query)
        made = feed_of(of, query, extension, context)
        content = written(extension, made, _header(_base(request, extension, context), of, query, made, extension))
        return _answer(request, content, made, MEDIA[extension])


def _route_one(routes: APIRouter, collection: Literal["contracts", "notices"], context: Context) -> None:
    @routes.get(
        f"{FEEDS}/{collection}/{{id}}.ics",
        name=f"event_{collection}",
        summary=f"{RECORDS[collection]} : son échéance, à ajouter à un agenda",
        responses={
            200: {"description": "Un événement", "content": {MEDIA["ics"]: {"schema": {"type": "string"}}}},
            **problems(404, 406, 422, 503),
        },
        response_class=Response,
    )
    def event(request: Request, id: str) -> Response:
        negotiate(request, MEDIA["ics"])
        context.parse(request, NoParameters)
        entry = one_entry(collection, id, context.snapshot, context.lexicon, context.today())
        if entry.due is None:
            raise NotFound(
                f"{RECORDS[collection]} « {id[:80]} » : sa date n'est pas publiée, il n'a rien à mettre dans un agenda."
            )
        content = one_calendar(entry, context.today(), context.address(request))
        headers = {
            "ETag": etag_of(content),
            "Cache-Control": CACHE,
            "Content-Disposition": 'attachment; filename="echeance.ics"',
        }
        return unchanged(request, headers["ETag"]) or Response(
            content, headers=headers, media_type=f"{MEDIA['ics']}; charset=utf-8"
        )


def _refuse(query: Any) -> None:
    """Raises ``InvalidRequest`` for the parameters that a feed sets itself (order, size of page) and for a page too deep."""
    wrong = [name for name in _NOT_HERE if name in query.model_fields_set]
    errors = [FieldError(name, "not_applicable", f"« {name} » n'a pas de sens dans un flux.") for name in wrong]
    if query.page * FEED_SIZE > DEEPEST:
        message = f"Un flux se lit jusqu'à {DEEPEST} éléments : « page » vaut {DEEPEST // FEED_SIZE} au plus."
        errors.append(FieldError("page", "too_deep", message))
    refuse_any(errors)


def feed_of(of: str, query: Any, extension: str, context: Context) -> Feed:
    """The items that a feed of a list or of leads sends, in the order of its format."""
    order: Order = "soonest" if extension == "ics" else "newest"
    snapshot, lexicon, today = context.snapshot, context.lexicon, context.today()
    if of == "leads":
        return leads_feed(query, profile_of(query, snapshot, lexicon, today), snapshot, lexicon, today, order)
    restricted = within(NOTICES, query)
    return list_feed(restricted, snapshot, lexicon, today, query.since, order)


def _base(request: Request, extension: str, context: Context) -> str:
    """The beginning of the links of a feed. Links of Atom may be relative: they are then valid at whatever address the feed was
    read."""
    return "" if extension == "atom" and context.public_url is None else context.address(request)


def _header(base: str, of: str, query: Any, made: Feed, extension: str) -> FeedHeader:
    path = f"{FEEDS}/{of}.{extension}"
    page = query.model_copy(update={"since": None, "page": 1})
    after = query.page * FEED_SIZE
    more = made.total > after and after + FEED_SIZE <= DEEPEST and extension != "ics"
    following = url_of(path, query.model_copy(update={"page": query.page + 1}))
    return FeedHeader(
        title=f"Vivier – {TITLES[of]}",
        base=base,
        path=url_of(f"feeds/{of}", page),
        own=base + url_of(path, query),
        page=base + url_of(PAGES[of], page),
        next=base + following if more and len(following) <= MAX_URL else None,
        notes=tuple(_notes(made, extension)),
    )


def _notes(made: Feed, extension: str) -> list[str]:
    notes = [
        {"notices": "Avis non chargés.", "contracts": "Marchés non chargés."}.get(collection, collection)
        for collection in made.missing
    ]
    if extension == "ics":
        notes.append("Fins et dates limites à venir, les plus proches d'abord.")
        if made.undated:
            notes.append(
                f"{plural(made.undated, 'élément sans date à venir n’y figure pas', 'éléments sans date à venir n’y figurent pas')}."
            )
    return notes


def _answer(request: Request, content: bytes, made: Feed, media: str) -> Response:
    etag = etag_of(content)
    moment: date = newest(made)
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    headers = {
        "ETag": etag,
        "Cache-Control": CACHE,
        "Last-Modified": stamp(moment).strftime("%a, %d %b %Y 00:00:00 GMT"),
        "Vary": "Accept, Accept-Encoding",
    }
    return Response(content, headers=headers, media_type=f"{media}; charset=utf-8")

"""``/`` and ``/espace/…``: the start page, and the home page of each space."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from search_api.context import Context
from search_api.envelope import all_sources
from search_api.pages.freshness import freshness
from search_api.pages.render import answered, page, version
from search_api.pages.site import SPACES, STRUCTURES, Space
from search_api.pages.state import PageState
from search_api.parameters import NoParameters
from search_api.responses import etag_of
from search_api.suppliers.pages.map import results_map
from search_api.suppliers.pages.spaces import tasks
from vivier.search.operators import Collection
from vivier.suppliers.find import find
from vivier.suppliers.query import SupplierQuery

COLLECTIONS: tuple[Collection, ...] = ("suppliers", "contracts", "notices", "buyers")


def router(context: Context) -> APIRouter:
    """The routes. They are pages, not part of the API."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def home(request: Request) -> Response:
        context.parse(request, NoParameters)
        return _home(request, context)

    for space in SPACES:
        if space.path != STRUCTURES:
            _serve(space.path, routes, context)

    return routes


def _serve(path: str, routes: APIRouter, context: Context) -> None:
    @routes.get(path)
    def space(request: Request) -> Response:
        context.parse(request, NoParameters)
        found = next((space for space in context.plan.spaces if space.path == path), None)
        if found is None:
            raise HTTPException(404)
        return _space(request, found, context)


def _home(request: Request, context: Context) -> Response:
    etag = _etag("home", context)
    return answered(request, etag, context.answers, lambda: _home_made(etag, context))


def _home_made(etag: str, context: Context) -> Response:
    generation, state = context.generation(), PageState(SupplierQuery())
    found = find(SupplierQuery(per_page=1, facets=()), context.snapshot, context.lexicon, context.today())
    live = context.snapshot.live("suppliers", "contracts", "notices")
    values = {
        "count": generation.documents,
        "map": results_map(found, (), state, context),
        "freshness": freshness(live, context.today()),
        "sources": [source for generation in live for source in all_sources(generation)],
        "need": "",
    }
    return page("home.html", values, etag=etag)


def _space(request: Request, space: Space, context: Context) -> Response:
    etag = _etag(space.path, context)
    return answered(request, etag, context.answers, lambda: _space_made(space, etag, context))


def _space_made(space: Space, etag: str, context: Context) -> Response:
    return page("space.html", {"space": space, "tasks": tasks(space, context), "need": "", "sources": ()}, etag=etag)


def _etag(name: str, context: Context) -> str:
    """The figures change with the generations and with the day."""
    names = "|".join(generation.version for generation in context.living(*COLLECTIONS))
    return etag_of(name, version(), names, context.today().isoformat())

"""``/`` and ``/espace/…``: the start page, and the home page of each space."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, HTTPException, Request, Response

from search_api.asked import of_pages
from search_api.context import Context
from search_api.envelope import all_sources
from search_api.pages.render import answered, page, version
from search_api.pages.site import SPACES, STRUCTURES, Space
from search_api.pages.state import PageState
from search_api.responses import etag_of
from search_api.suppliers.pages.map import results_map
from search_api.suppliers.pages.spaces import tasks
from vivier.runs.freshness import SourceState, source_states
from vivier.search.operators import Collection
from vivier.search.port import Generation
from vivier.suppliers.find import find
from vivier.suppliers.query import SupplierQuery


@dataclass(frozen=True)
class Dated:
    """A list and the day its data speak of."""

    title: str
    producer: str
    day: date


@dataclass(frozen=True)
class Freshness:
    """The sources of the generations in service. ``newest`` and ``oldest`` are ``None`` when no source has a date; ``old`` counts those
    of more than two years, ``undated`` those whose producer publishes none, ``late`` those behind their own cadence."""

    count: int
    newest: Dated | None
    oldest: Dated | None
    old: int
    undated: int
    late: int


def freshness(generations: Iterable[Generation], today: date) -> Freshness:
    """The age of the data of some generations, on a day."""
    states = [state for generation in generations for state in source_states(generation, today)]
    dated = sorted((_dated(state) for state in states if state.updated_at is not None), key=lambda dated: dated.day)
    return Freshness(
        count=len(states),
        newest=dated[-1] if dated else None,
        oldest=dated[0] if dated else None,
        old=sum(state.badge is not None for state in states),
        undated=len(states) - len(dated),
        late=sum(bool(state.stale) and state.cadence_days is not None for state in states),
    )


def _dated(state: SourceState) -> Dated:
    return Dated(state.title, state.producer, date.fromisoformat((state.updated_at or "")[:10]))


COLLECTIONS: tuple[Collection, ...] = ("suppliers", "contracts", "notices", "buyers")


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get("/", dependencies=context.no_parameter)
    def home(request: Request) -> Response:
        return _home(request, context)

    for space in SPACES:
        if space.path != STRUCTURES:
            _serve(space.path, routes, context)


def _serve(path: str, routes: APIRouter, context: Context) -> None:
    @routes.get(path, dependencies=context.no_parameter)
    def space(request: Request) -> Response:
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
        "count": found.total,
        "map": results_map(found, (), state, context),
        "freshness": freshness((generation,), context.today()),
        "sources": [source for generation in live for source in all_sources(generation)],
    }
    return page("home.html", values, etag=etag)


def _space(request: Request, space: Space, context: Context) -> Response:
    etag = _etag(space.path, context)
    return answered(request, etag, context.answers, lambda: _space_made(space, etag, context))


def _space_made(space: Space, etag: str, context: Context) -> Response:
    return page("space.html", {"space": space, "tasks": tasks(space, context)}, etag=etag)


def _etag(name: str, context: Context) -> str:
    """What is counted and its age change with the generations and with the day."""
    names = "|".join(generation.version for generation in context.living(*COLLECTIONS))
    return etag_of(name, version(), names, context.today().isoformat())

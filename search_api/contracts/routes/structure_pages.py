"""``/espace/structure``: the home of the space of structures; once it knows for whom, their desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from search_api.context import Context, url_items
from search_api.contracts.pages.listing import carried, requested_profile, ways_out
from search_api.contracts.pages.lists import FEEDS, READ, choices_of, feeds
from search_api.contracts.pages.structure import desk
from search_api.contracts.routes.lead_pages import LEADS, NOT_LOADED
from search_api.envelope import all_sources
from search_api.pages.render import answered, page, version
from search_api.pages.site import SPACES, STRUCTURES
from search_api.pages.state import RESULTS, Elsewhere, PageState, Refused, grouped, read
from search_api.responses import etag_of, unchanged
from search_api.suppliers.pages.spaces import tasks
from vivier.contracts.leads_query import LeadsQuery
from vivier.errors import FieldError, InvalidRequest
from vivier.names import readable_name
from vivier.search.operators import Collection

FIELDS: Final = ("supplier", "metier", "lieu", "rayon")
"""The fields by which one says who one is."""
NOBODY: Final = "Dites pour qui : le nom ou le SIRET de votre structure, ou votre métier, ou votre lieu."
_READ: Final[tuple[Collection, ...]] = ("contracts", "notices", "suppliers")
"""The collections that a desk reads."""
_SPACE: Final = next(space for space in SPACES if space.path == STRUCTURES)


def router(context: Context) -> APIRouter:
    """The page. It is not part of the API."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(STRUCTURES)
    async def structure(request: Request) -> Response:
        return await context.run(_structure, request, context)

    return routes


def _structure(request: Request, context: Context) -> Response:
    items = url_items(request)
    if not any(value.strip() for _, value in items):
        return _home(request, context)
    state = read(items, context.lexicon, LeadsQuery, STRUCTURES)
    if isinstance(state, Elsewhere):
        return RedirectResponse(state.url, 303)
    if isinstance(state, Refused):
        return _refused(state)
    try:
        return _desk(request, state, context)
    except InvalidRequest as error:
        choices = {wrong.field: tuple(choices_of(wrong, STRUCTURES, items)) for wrong in error.errors}
        return _refused(Refused(grouped(items), error.errors, choices))


def _home(request: Request, context: Context) -> Response:
    """The tasks of the space, under the form that says for whom."""
    names = "|".join(generation.version for generation in context.living("suppliers", "contracts", "notices", "buyers"))
    etag = etag_of(STRUCTURES, version(), names, context.today().isoformat())
    return unchanged(request, etag) or page(
        "structure.html", _values({}) | {"tasks": tasks(_SPACE, context)}, etag=etag
    )


def _desk(request: Request, state: PageState, context: Context) -> Response:
    query: LeadsQuery = state.query
    day = (query.as_of or context.today()).isoformat()
    address = context.address(request)
    names = (generation.version for generation in context.snapshot.live(*_READ))
    etag = etag_of(STRUCTURES, version(), address, day, *names, query.model_dump_json())
    return answered(request, etag, context.answers, lambda: _desk_made(state, etag, address, context))


def _desk_made(state: PageState, etag: str, address: str, context: Context) -> Response:
    query: LeadsQuery = state.query
    generations = context.snapshot.live(*_READ)
    profile = requested_profile(query, context)
    if query.supplier not in (
        None,
        profile.supplier,
    ):  # a name is looked for once: its address then says the structure itself
        return RedirectResponse(state.url(supplier=profile.supplier) or STRUCTURES, 303)
    found = desk(query, profile, context.snapshot, context.lexicon, context.today())
    followed = dict(feeds(state, "leads"))
    values = _values({}) | {
        "desk": found,
        "profile": profile,
        "name": readable_name(profile.name or ""),
        "sheet": _sheet(profile.supplier, context),
        "missing": [NOT_LOADED[collection] for collection in found.leads.missing],
        "follow": _follow(followed, address),
        "feeds": list(followed.items()),
        "relaxed": ways_out(found.relaxed, LEADS),
        "as_of": found.leads.as_of,
        "carried": carried(query.as_of),
        "sources": [source for generation in generations for source in all_sources(generation)],
    }
    return page("structure.html", values, etag=etag)


def _sheet(supplier: str | None, context: Context) -> str | None:
    """The form by which the structure completes its sheet; ``None`` when nobody is said, or when nothing is taken here."""
    return f"{RESULTS}/{quote(supplier, safe='')}/completer" if supplier and context.takes else None


def _follow(feeds_of: Mapping[str, str | None], address: str) -> dict[str, str]:
    """The addresses that a calendar and a feed reader follow: whole, as they are read elsewhere."""
    calendar, atom = feeds_of[FEEDS["ics"]], feeds_of[FEEDS["atom"]]
    return {
        "webcal": f"webcal{address[address.index(':') :]}{calendar}",
        "calendar": f"{address}{calendar}",
        "atom": f"{address}{atom}",
        "read": feeds_of[READ] or "",
    }


def _values(given: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    return {
        "space": _SPACE,
        "desk": None,
        "tasks": (),
        "given": {name: next(iter(given.get(name, ())), "") for name in FIELDS},
        "kept_fields": [(name, value) for name, values in given.items() if name not in FIELDS for value in values],
        "errors": {},
        "choices": {},
        "faults": (),
        "need": "",
        "sources": (),
    }


def _refused(refused: Refused) -> Response:
    """The form with its errors, the other inputs as typed."""
    errors: dict[str, list[str]] = {}
    named = [error for error in refused.errors if error.field != "query"]
    shown = named or [FieldError("supplier", "missing", NOBODY)]
    for error in shown:
        errors.setdefault(_field(error), []).append(error.message)
    choices = {(name if name in FIELDS else "supplier"): some for name, some in refused.choices.items()}
    values = _values(refused.values) | {
        "errors": errors,
        "choices": choices,
        "faults": [(_field(error), error.message) for error in shown],
    }
    return page("structure.html", values, status=422)


def _field(error: FieldError) -> str:
    """The field beside which an error stands."""
    if error.field in ("territory", "near", "radius_km"):
        return "lieu"
    return {"trade": "metier", **{name: name for name in FIELDS}}.get(error.field, "supplier")

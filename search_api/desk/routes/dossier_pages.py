"""``/dossiers/{id}``: an issued dossier, its files, its log of contacts, its replay. Everything works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.bodies import posted_items
from search_api.context import Context
from search_api.desk import kept
from search_api.desk.dossiers import PAGES, link_to, same_site
from search_api.desk.pages.dossier import issued_page, replayed_page
from search_api.desk.routes.dossiers import ReplayQuery
from search_api.parameters import NoParameters
from search_api.routing import Request, Response, Routes
from vivier.dossiers.contacts import change_of
from vivier.errors import InvalidRequest

DOSSIER: Final = PAGES + "/{id}"
CONTACT: Final = ("date", "structure", "channel", "role", "answer")


def router(context: Context) -> Routes:
    """The routes. They are pages, not part of the API: ``/v1/dossiers`` answers the same as JSON."""
    routes = Routes(include_in_schema=False)

    @routes.get(DOSSIER)
    def dossier(request: Request, id: str) -> Response:
        context.parse(request, NoParameters)
        return issued_page(kept.registry(context).read(id, context.today()))

    @routes.get(DOSSIER + "/rejouer")
    def replayed(request: Request, id: str) -> Response:
        query = context.parse(request, ReplayQuery)
        registry, today = kept.registry(context), context.today()
        issued = registry.read(id, today)
        context.generation()
        found = registry.replay(id, context.snapshot, context.lexicon, today, query.data, query.as_of)
        return replayed_page(issued, found)

    @routes.post(DOSSIER + "/versions")
    async def version(request: Request, id: str) -> Response:
        context.parse(request, NoParameters)
        same_site(request)
        fields = dict(await posted_items(request))
        return await run_in_threadpool(_version, id, fields, context)

    return routes


def _version(id_: str, fields: Mapping[str, str], context: Context) -> Response:
    registry, today = kept.registry(context), context.today()
    try:
        change = change_of(_change_fields(fields))
        made = registry.change(id_, change, context.snapshot, context.lexicon, today)
    except InvalidRequest as error:
        return issued_page(registry.read(id_, today), fields, error.errors)
    return RedirectResponse(link_to(made), 303)


def _change_fields(fields: Mapping[str, str]) -> dict[str, object]:
    """The change that a form asks for, by the button pressed."""
    what = fields.get("change", "")
    if what == "contact":
        return {"contacts": [{name: fields.get(name, "") for name in CONTACT}]}
    return {"redraw": fields.get("redraw", "")} if what == "redraw" else {"refresh": what == "refresh"}

"""``/lectures``: a reader who chose other trades than those read sends the correction by one click. Nothing typed is kept."""

from __future__ import annotations

from typing import Final

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.bodies import posted_items
from search_api.context import Context
from search_api.desk.dossiers import same_site
from search_api.given import kept
from search_api.pages.state import RESULTS, PageState, read
from search_api.parameters import NoParameters
from search_api.rates import client_key
from search_api.routing import HTTPException, Request, Response, Routes
from vivier.given.readings import corrected, keep
from vivier.needs import need_to_query, resolve_need

PATH: Final = "/lectures"
THANKS: Final = "correction-comptee"
"""The note of the page of results that thanks: seen when an address ends with it."""


def router(context: Context) -> Routes:
    """The route. It is a form of a page, not part of the API."""
    routes = Routes(include_in_schema=False)

    @routes.post(PATH)
    async def correct(request: Request) -> Response:
        context.parse(request, NoParameters)
        same_site(request)
        state = read(await posted_items(request), context.lexicon)
        if not isinstance(state, PageState) or state.besoin is None:
            raise HTTPException(422, "Cette correction n'est celle d'aucune recherche.")
        await run_in_threadpool(_keep, state, context, client_key(request))
        return RedirectResponse(f"{state.url() or RESULTS}#{THANKS}", 303)

    return routes


def _keep(state: PageState, context: Context, client: str) -> None:
    need = resolve_need(state.besoin or "", context.lexicon)
    searched = [value for name, value in need_to_query(need, context.lexicon) if name == "trade"]
    correction = corrected(need, searched, state.query.trade)
    if correction is not None:
        keep(kept.queue(context).database, correction, context.today(), client)

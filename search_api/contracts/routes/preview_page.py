"""``/veille/{contracts,notices,leads}``: a feed as a page, its newest items first, and how many it sent week by week."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from search_api.context import Context
from search_api.contracts.pages.alerts import alert
from search_api.contracts.pages.listing import carried
from search_api.contracts.pages.lists import feeds
from search_api.contracts.routes.contract_pages import CONTRACTS
from search_api.contracts.routes.feeds import MODELS, PREVIEWS, feed_of, previewed
from search_api.contracts.routes.lead_pages import LEADS, NOT_LOADED
from search_api.contracts.routes.notice_pages import NOTICES
from search_api.pages.chips import chips
from search_api.pages.render import page
from search_api.pages.state import PageState
from search_api.pages.words import title_of
from vivier.contracts.preview import Preview
from vivier.errors import InvalidRequest

_LISTS = {"contracts": CONTRACTS, "notices": NOTICES, "leads": LEADS}
_WEEKS = 12


def router(context: Context) -> APIRouter:
    """One route."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/veille/{of}")
    def preview(request: Request, of: str) -> Response:
        listed = _LISTS.get(of)
        if listed is None:
            raise HTTPException(404)
        if listed.needs and not request.query_params:
            return RedirectResponse(listed.path, 303)
        state = listed.read(request, context)
        if isinstance(state, Response):
            return state
        try:
            return _page(of, state, context)
        except InvalidRequest as error:
            return listed.refusal(error, request, context)

    return routes


def _page(of: str, state: PageState, context: Context) -> Response:
    query = PREVIEWS[of].model_construct(**{**dict(state.query), "of": of, "weeks": _WEEKS})
    found: Preview = previewed(of, query, context)
    sent = feed_of(of, MODELS[of].model_construct(**dict(state.query)), "atom", context)
    values = {
        "preview": found,
        "total": sent.total,
        "alerts": [alert(entry) for entry in sent.entries],
        "carried": carried(state.query.as_of),
        "missing": [NOT_LOADED[collection] for collection in found.missing],
        "costs": [(title_of(cost.name, type(state.query)), cost.removed) for cost in found.costs],
        "chips": chips(PageState(state.query, path=f"/veille/{of}"), context.lexicon),
        "action": state.path,
        "back": state.url(),
        "feeds": feeds(state, of)[:-1],
        "need": "",
        "sources": (),
    }
    return page("preview.html", values)

"""``/veille/{contracts,notices,leads}``: a feed as a page, its newest items first, and how many it sent week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.context import Context
from search_api.contracts.feeds import due_text
from search_api.contracts.pages.contracts import Party, buyer_party
from search_api.contracts.pages.leads import ics_of, named, page_of
from search_api.contracts.pages.listing import carried, requested_profile
from search_api.contracts.pages.lists import feeds
from search_api.contracts.routes.contract_pages import CONTRACTS
from search_api.contracts.routes.feeds import MODELS, PREVIEWS, feed_of, previewed
from search_api.contracts.routes.lead_pages import LEADS, NOT_LOADED
from search_api.contracts.routes.notice_pages import NOTICES
from search_api.pages.chips import chips
from search_api.pages.render import page
from search_api.pages.state import PageState
from search_api.pages.words import title_of
from vivier.contracts.entry_words import entry_kind
from vivier.contracts.feed import Entry
from vivier.contracts.objects import object_title
from vivier.contracts.preview import Preview
from vivier.contracts.status import day_of
from vivier.errors import InvalidRequest
from vivier.search.find import Reason


@dataclass(frozen=True)
class Alert:
    """One item: the day it is new from, what it is, its page, its due day, what to do by then and the address of that day as a calendar file."""

    new: date
    kind: str
    title: str
    page: str
    buyer: Party
    due: date | None
    due_text: str
    ics: str | None
    reasons: tuple[Reason, ...]


def alert(entry: Entry) -> Alert:
    """An item of a feed."""
    contract = entry.collection == "contracts"
    due = day_of(entry.due.isoformat()) if isinstance(entry.due, datetime) else entry.due
    return Alert(
        new=entry.updated,
        kind=entry_kind(entry),
        title=object_title(entry.record),
        page=page_of(entry.id, contract),
        buyer=buyer_party(entry.record["buyer"]),
        due=due,
        due_text=due_text(entry),
        ics=None if due is None else ics_of(entry.collection, entry.id),
        reasons=tuple(reason for reason in entry.reasons if reason.code not in ("ends", "open", "planned"))[:2],
    )


_LISTS = {"contracts": CONTRACTS, "notices": NOTICES, "leads": LEADS}
_WEEKS = 12


@of_pages
def router(routes: APIRouter, context: Context) -> None:
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


def _page(of: str, state: PageState, context: Context) -> Response:
    query = PREVIEWS[of].model_construct(**{**dict(state.query), "of": of, "weeks": _WEEKS})
    found: Preview = previewed(of, query, context)
    sent = feed_of(of, MODELS[of].model_construct(**dict(state.query)), "atom", context)
    shown = chips(PageState(state.query, path=f"/veille/{of}"), context.lexicon)
    values = {
        "preview": found,
        "total": sent.total,
        "alerts": [alert(entry) for entry in sent.entries],
        "carried": carried(state.query.as_of),
        "missing": [NOT_LOADED[collection] for collection in found.missing],
        "costs": [(title_of(cost.name, type(state.query)), cost.removed) for cost in found.costs if cost.removed > 0],
        "chips": named(shown, requested_profile(state.query, context)) if of == "leads" else shown,
        "action": state.path,
        "back": state.url(),
        "feeds": feeds(state, of)[:-1],
    }
    return page("preview.html", values)

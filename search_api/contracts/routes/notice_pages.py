"""``/avis`` and ``/avis/{id}``: notices and planned purchases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request

from search_api.context import Context
from search_api.contracts.pages.listing import Generations, about, common, serve, serve_sheet, ways_out
from search_api.contracts.pages.lists import ListPage, feeds, files
from search_api.contracts.pages.notices import NOTICE_STATES, notice_card, notice_sheet
from search_api.envelope import credited
from search_api.pages.state import PageState
from vivier.contracts.find import find_list, totals_by_status
from vivier.contracts.plan import FACETS
from vivier.contracts.query import NoticeQuery
from vivier.contracts.reasons import notice_reasons
from vivier.contracts.relax import relaxed_list
from vivier.french import number
from vivier.model.views import NoticeView
from vivier.needs.asked import said_first
from vivier.procurement import NOTICE_NATURES
from vivier.search.query import MAX_DEPTH

NOTICES = ListPage("/avis", NoticeQuery, "avis", facets=FACETS["notices"])

COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("avis ouvert", "avis ouverts"),
    "planned": ("projet d'achat", "projets d'achat"),
    "closed": ("avis clos", "avis clos"),
    "awarded": ("avis attribué", "avis attribués"),
    "cancelled": ("avis annulé", "avis annulés"),
    "corrected": ("avis remplacé par un rectificatif", "avis remplacés par un rectificatif"),
}
"""The notices of each state, of one and of several."""
EVERY: Final = ("avis ou projet d'achat", "avis et projets d'achat")


def router(context: Context) -> APIRouter:
    """The list and the sheet. They are not part of the API."""
    routes = APIRouter(include_in_schema=False)
    serve(routes, NOTICES, ("notices",), _notices, context)
    serve_sheet(routes, NOTICES, "notices", _notice, context)
    return routes


def _notices(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, Any]]:
    requested, state = state, _open_first(state)
    found = find_list(state.query, context.snapshot, context.lexicon, context.today())
    natures = state.query.nature or tuple(
        NOTICE_NATURES
    )  # when the query names no nature, the API leaves projects out of the list of notices
    every = PageState(state.query.model_copy(update={"nature": natures}), path=state.path)
    totals = totals_by_status(found, context.snapshot)
    listed = common(NOTICES, requested, found.total, MAX_DEPTH, context, found.answer.facets)
    values = {
        **listed,
        "chips": [chip for chip in listed["chips"] if chip.name != "status"],  # the states have their own
        "counted_as": COUNTED[state.query.status[0]] if len(state.query.status) == 1 else EVERY,
        "about": about(PageState(state.query.model_copy(update={"status": ()}), path=state.path), context),
        "cards": [notice_card(notice.record, notice.reasons) for notice in found.results],
        "states": [
            (name, totals[code], _of(code, state).url(), state.query.status == ((code,) if code else ()))
            for code, name in NOTICE_STATES.items()
        ],
        "only_open": state.query.status == ("open",),
        "elsewhere": _elsewhere(totals),
        "notices": (*said_first(state.besoin, context.lexicon, type(state.query)), *found.plan.notices),
        "relaxed": ways_out(relaxed_list(found, context.snapshot, context.lexicon), NOTICES, every=True),
        "exports": files(every, "/v1/notices"),
        "feeds": feeds(every, "notices"),
        "sources": credited((notice.record for notice in found.results), generations),
    }
    return "notices.html", values


def _elsewhere(totals: Mapping[str, int]) -> str:
    """Where else there are notices to these criteria, when none is open: the states, which stand over the list, that hold some."""
    states = [
        f"{name.lower()} ({number(totals[code])})"
        for code, name in NOTICE_STATES.items()
        if code not in ("", "open") and totals[code]
    ]
    return f" Au-dessus : {', '.join(states)}." if states else ""


def _open_first(state: PageState) -> PageState:
    """The search, of the calls that are open unless it says which state: what can no longer be answered stands behind its own choice."""
    return state if state.query.status or state.every else _of("open", state)


def _of(code: str, state: PageState) -> PageState:
    """The search of the notices of one state, or of every state when it has no name."""
    return replace(state, query=state.query.model_copy(update={"status": (code,) if code else ()}), every=not code)


def _notice(record: NoticeView, as_of: date, context: Context) -> tuple[str, dict[str, Any]]:
    return "notice.html", {"sheet": notice_sheet(record, notice_reasons(record, None, as_of, context.lexicon))}

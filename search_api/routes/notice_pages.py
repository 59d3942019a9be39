"""``/avis`` and ``/avis/{id}``: notices and planned purchases."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request

from search_api.context import Context
from search_api.lists import credited
from search_api.pages.listing import Generations, common, list_title, serve, serve_sheet, ways_out
from search_api.pages.lists import ListPage, feeds, files
from search_api.pages.notices import NOTICE_STATES, notice_card, notice_sheet
from search_api.pages.state import PageState
from vivier.contracts.find import find_list
from vivier.contracts.plan import FACETS
from vivier.contracts.query import NoticeQuery
from vivier.contracts.reasons import notice_reasons
from vivier.contracts.relax import relaxed_list
from vivier.model.views import NoticeView
from vivier.procurement import NOTICE_NATURES
from vivier.search.query import MAX_DEPTH

NOTICES = ListPage("/avis", NoticeQuery, "avis", facets=FACETS["notices"])


def router(context: Context) -> APIRouter:
    """The list and the sheet. They are not part of the API."""
    routes = APIRouter(include_in_schema=False)
    serve(routes, NOTICES, ("notices",), _notices, context)
    serve_sheet(routes, NOTICES, "notices", _notice, context)
    return routes


def _notices(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, Any]]:
    found = find_list(state.query, context.snapshot, context.lexicon, context.today())
    natures = state.query.nature or tuple(
        NOTICE_NATURES
    )  # when the query names no nature, the API leaves projects out of the list of notices
    every = PageState(state.query.model_copy(update={"nature": natures}), path=state.path)
    states = ((name, (code,) if code else ()) for code, name in NOTICE_STATES.items())
    values = {
        **common(NOTICES, state, found.total, MAX_DEPTH, context, found.answer.facets),
        "title": ("Avis : " + criteria) if (criteria := list_title(state, context, "")) else "Avis et projets d'achat",
        "cards": [notice_card(notice.record, notice.reasons) for notice in found.results],
        "states": [(name, state.url(status=codes), state.query.status == codes) for name, codes in states],
        "notices": found.plan.notices,
        "relaxed": ways_out(relaxed_list(found, context.snapshot, context.lexicon), NOTICES),
        "exports": files(every, "/v1/notices"),
        "feeds": feeds(every, "notices"),
        "sources": credited((notice.record for notice in found.results), generations),
    }
    return "notices.html", values


def _notice(record: NoticeView, as_of: date, context: Context) -> tuple[str, dict[str, Any]]:
    return "notice.html", {"sheet": notice_sheet(record, notice_reasons(record, None, as_of, context.lexicon))}

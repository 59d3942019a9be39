"""``/pourquoi-pas-moi``: what a structure did not win, by the one fact that would have opened it."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request

from search_api.context import Context
from search_api.contracts.pages.leads import named, profile_text
from search_api.contracts.pages.listing import Generations, common, requested_profile, serve
from search_api.contracts.pages.lists import ListPage
from search_api.contracts.pages.missed import missed_card
from search_api.contracts.routes.lead_pages import NOT_LOADED
from search_api.envelope import credited
from search_api.pages.chips import chips
from search_api.pages.state import PageState
from vivier.contracts.leads_query import LeadsQuery, ProfileQuery
from vivier.contracts.missed import FACTS, OF_EACH, find_missed
from vivier.contracts.missed_query import MissedQuery
from vivier.names import readable_name
from vivier.search.query_url import url_of

PATH: Final = "/pourquoi-pas-moi"
PAGE: Final = ListPage(
    PATH,
    MissedQuery,
    "marché",
    facets=("kind",),
    first=("supplier", "trade"),
    title="Pour qui ?",
    words=False,
    needs=True,
    name="Pourquoi pas moi ?",
    template="missed.html",
)


def router(context: Context) -> APIRouter:
    """The page. It is not part of the API."""
    routes = APIRouter(include_in_schema=False)
    serve(routes, PAGE, ("contracts", "notices", "suppliers"), _missed, context)
    return routes


def _missed(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, object]]:
    query: MissedQuery = state.query
    requested_profile(query, context)
    of_each = None if query.fact else OF_EACH
    found = find_missed(query, context.snapshot, context.lexicon, context.today(), of_each)
    shown: dict[str, list[Any]] = {}
    for missed in found.found:
        shown.setdefault(missed.fact, []).append(missed_card(missed))
    total = found.total if query.fact else 0
    groups = [
        (fact, FACTS[fact], count, shown.get(fact, []), state.url(fact=(fact,), page=1))
        for fact, count in found.totals.items()
        if count and (not query.fact or fact in query.fact)
    ]
    of_profile = {name: getattr(query, name) for name in ProfileQuery.model_fields if name not in ("page", "per_page")}
    values = {
        **common(PAGE, state, total, total, context),
        "title": f"Pourquoi pas {readable_name(found.profile.name)} ?" if found.profile.name else PAGE.name,
        "total": found.total,
        "chips": named(chips(state, context.lexicon), found.profile),
        "profile": profile_text(found.profile, context.lexicon),
        "found": found,
        "groups": groups,
        "all_facts": state.url(fact=(), page=1) if query.fact else None,
        "months": query.months,
        "farther": state.url(more_km=200) if query.more_km < 200 else None,
        "missing": [NOT_LOADED[collection] for collection in found.missing],
        "leads": url_of("/pistes", LeadsQuery(**of_profile)),
        "sources": credited((missed.record for missed in found.found), generations),
    }
    return "missed.html", values

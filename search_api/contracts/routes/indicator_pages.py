"""``/indicateurs``: shares of contracts with a consideration, by year, territory, category of buyer or CPV."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request

from search_api.asked import of_pages
from search_api.context import Context
from search_api.contracts.pages import indicators as pages
from search_api.contracts.pages.listing import Generations, common, criteria, serve
from search_api.contracts.pages.lists import ListPage, files
from search_api.contracts.routes.indicators import INDICATORS as API
from search_api.envelope import all_sources
from search_api.pages.state import PageState
from vivier.contracts.indicators import IndicatorsQuery, indicators
from vivier.search.query import MAX_DEPTH

INDICATORS: Final = ListPage(
    "/indicateurs",
    IndicatorsQuery,
    "marché",
    facets=("buyer_category", "category"),
    first=("by",),
    title="Compter",
)


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    serve(routes, INDICATORS, ("contracts", "buyers"), _indicators, context)


def _indicators(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, object]]:
    query: IndicatorsQuery = state.query
    found = indicators(query, context.snapshot, context.lexicon, context.today())
    requested = PageState(query.model_copy(update={"by": "year", "subsequent": False}), path=state.path)
    values = {
        **common(INDICATORS, state, found.total.social.share.n, MAX_DEPTH, context),
        "title": criteria(requested, context),
        "by": pages.BY_NAMES[found.by],
        "yearly": found.by == "year",
        "groups": found.groups,
        "panels": pages.panels(found, state, context.lexicon.gazetteer),
        "steps": {code: pages.steps_of(code) for code, _ in pages.DIMENSIONS},
        "declared": pages.declared(found),
        "notices": found.notices,
        "subsequent": query.subsequent,
        "known": found.total.social.amount_known,
        "rule": pages.RULE,
        "listed": pages.LISTED,
        "drawn": pages.DRAWN,
        "width": pages.WIDTH,
        "exports": files(state, API),
        "sources": all_sources(generations[0]),
    }
    return "indicators.html", values

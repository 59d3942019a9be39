"""``/acheteurs`` and ``/acheteurs/{siren}``: buyers ranked for a profile, and the sheet of one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.contracts.pages.buyer_pictures import pictures
from search_api.contracts.pages.buyers import buyer_card, buyer_page
from search_api.contracts.pages.indicators import WIDTH
from search_api.contracts.pages.leads import named, naming, profile_text
from search_api.contracts.pages.listing import (
    Generations,
    carried,
    common,
    dated,
    requested_profile,
    serve,
    sheet_etag,
    ways_out,
)
from search_api.contracts.pages.lists import ListPage, feeds, files
from search_api.contracts.routes.contract_pages import CONTRACTS
from search_api.envelope import credited
from search_api.pages.chips import chips
from search_api.pages.render import page
from search_api.pages.state import PageState
from search_api.pages.words import VALUES
from search_api.parameters import AsOfPageQuery
from search_api.responses import unchanged
from vivier.contracts.buyer_sheet import buyer_sheet
from vivier.contracts.calls import calls_of
from vivier.contracts.leads_query import MOST_LEADS, BuyersQuery
from vivier.contracts.query import ContractQuery, parse_organisation
from vivier.contracts.ranking import RankedBuyers, rank_buyers
from vivier.contracts.relax import relaxed_profile
from vivier.errors import InvalidRequest, NotFound
from vivier.french import plural
from vivier.names import readable_name

BUYERS = ListPage(
    "/acheteurs",
    BuyersQuery,
    "acheteur",
    facets=("kind",),
    first=("supplier", "trade"),
    title="Pour qui ?",
    words="Nom ou SIREN de l'acheteur",
)


def router(context: Context) -> APIRouter:
    """The list and the sheet. They are not part of the API."""
    routes = APIRouter(include_in_schema=False)
    serve(routes, BUYERS, ("contracts", "buyers"), _buyers, context)

    @routes.get(BUYERS.path + "/{siren}")
    async def buyer(request: Request, siren: str) -> Response:
        return await context.run(_buyer, request, siren, context)

    return routes


def _buyers(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, Any]]:
    query: BuyersQuery = state.query
    profile = requested_profile(query, context)
    found = rank_buyers(query, profile, context.snapshot, context.lexicon, context.today())
    relaxed = relaxed_profile(query, found.total, context.snapshot, context.lexicon, context.today())
    known = calls_of(query, found, context.snapshot, context.today())
    lists = common(BUYERS, state, found.total, MOST_LEADS, context)
    values = {
        **lists,
        "chips": named(chips(state, context.lexicon), profile),
        "form": naming(lists["form"], profile, context),
        "counted_as": ("acheteur à appeler", "acheteurs à appeler") if query.sort == "call" else ("acheteur",),
        "about": f" pour {readable_name(profile.name)}" if profile.name else "",
        "profile": profile_text(profile, context.lexicon),
        "months": query.months,
        "order": _order(query, found),
        "cards": [buyer_card(buyer, context.lexicon, found.record, known.get(buyer.siren)) for buyer in found.buyers],
        "notices": found.notices,
        "considered": found.considered,
        "left_out": found.left_out,
        "relaxed": ways_out(relaxed, BUYERS),
        "exports": files(state, "/v1/buyers"),
        "sources": credited((buyer.record or {} for buyer in found.buyers), generations),
    }
    return "buyers.html", values


def _order(query: BuyersQuery, found: RankedBuyers) -> str:
    """How the list is ordered, and how many buyers come last as no source gives their name."""
    by = VALUES["sort"][query.sort]
    order = "D'abord ceux qui achètent le plus, le plus près et depuis peu" if query.sort == "call" else f"Ordre : {by}"
    if not found.unnamed:
        return f"{order}."
    last = plural(found.unnamed, "acheteur sans nom publié vient", "acheteurs sans nom publié viennent")
    return f"{order} ; {last} en dernier."


def _buyer(request: Request, siren: str, context: Context) -> Response:
    query = context.parse(request, AsOfPageQuery)
    number = _siren(siren)
    generations = (context.generation("contracts"), context.generation("buyers"))
    etag = sheet_etag(request, number, query, generations, context)
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    as_of = query.as_of or context.today()
    sheet = buyer_sheet(number, context.snapshot, context.lexicon, as_of)
    own = PageState(ContractQuery(buyer=(number,), as_of=query.as_of), path=CONTRACTS.path)
    shown = buyer_page(sheet, context.lexicon, as_of)
    values = {
        "buyer": shown,
        "pictures": pictures(sheet, shown.ending, as_of),
        "width": WIDTH,
        "holders": sheet.holders,
        "notices": sheet.notices,
        "as_of": as_of,
        "dated": dated(query.as_of),
        "carried": carried(query.as_of),
        "exports": files(own, "/v1/contracts"),
        "feeds": [*feeds(own, "contracts"), ("Ses avis par courriel", f"/courriel/notices?buyer={number}")],
        "need": "",
        "sources": credited([sheet.record], generations),
    }
    return page("buyer.html", values, etag=etag)


def _siren(text: str) -> str:
    """The SIREN in a text. Raises 404 for an invalid number, as for an unknown buyer."""
    try:
        return parse_organisation(text)
    except InvalidRequest as error:
        raise NotFound(f"Aucun acheteur « {text[:20]} » parmi les marchés en service.") from error

"""``/marches`` and ``/marches/{id}``: contracts found, and the story of one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.lists import credited
from search_api.pages.contracts import contract_card, contract_sheet, summaries
from search_api.pages.listing import Generations, common, dated, list_title, serve, sheet_etag, ways_out
from search_api.pages.lists import ListPage, feeds, files
from search_api.pages.render import page
from search_api.pages.state import Asked
from search_api.parameters import AsOfQuery
from search_api.responses import unchanged
from vivier.contracts.find import ListFound, find_list
from vivier.contracts.plan import FACETS
from vivier.contracts.query import ContractQuery
from vivier.contracts.reasons import contract_reasons
from vivier.contracts.relax import relaxed_list
from vivier.contracts.story import contract_story
from vivier.errors import NotFound
from vivier.french import plural
from vivier.search.query import MAX_DEPTH

CONTRACTS = ListPage("/marches", ContractQuery, "marché", facets=FACETS["contracts"])
UNKNOWN = {
    "amount": "le montant",
    "offers": "le nombre d'offres",
    "ends": "la date de fin",
    "published": "la publication",
}


def router(context: Context) -> APIRouter:
    """The list and the sheet. They are not part of the API: the OpenAPI document leaves them out."""
    routes = APIRouter(include_in_schema=False)
    serve(routes, CONTRACTS, ("contracts",), _contracts, context)

    @routes.get(CONTRACTS.path + "/{id}")
    async def contract(request: Request, id: str) -> Response:
        return await context.run(_contract, request, id, context)

    return routes


def _contracts(
    request: Request, asked: Asked, context: Context, generations: Generations
) -> tuple[str, dict[str, Any]]:
    found = find_list(asked.query, context.snapshot, context.lexicon, context.today())
    values = {
        **common(CONTRACTS, asked, found.total, MAX_DEPTH, context, found.answer.facets),
        "title": list_title(asked, context, "Marchés publics"),
        "cards": [contract_card(one.id, one.record, one.reasons, context.lexicon) for one in found.results],
        "notices": found.plan.notices,
        "left_out": _left_out(found),
        "relaxed": ways_out(relaxed_list(found, context.snapshot), CONTRACTS),
        "exports": files(asked, "/v1/contracts"),
        "feeds": feeds(asked, "contracts"),
        "sources": credited((one.record for one in found.results), generations),
    }
    return "contracts.html", values


def _left_out(found: ListFound) -> list[str]:
    return [
        f"{plural(count, 'marché')} dont on ignore {UNKNOWN.get(name, name)} : hors de ces résultats."
        for name, count in found.unknown_excluded.items()
        if count
    ]


def _contract(request: Request, id_: str, context: Context) -> Response:
    asked = context.parse(request, AsOfQuery)
    generation, as_of = context.generation("contracts"), asked.as_of or context.today()
    record = context.snapshot.contracts.get([id_]).get(id_)
    if record is None:
        raise NotFound(f"Aucun marché « {id_[:80]} » dans l'index en service.")
    etag = sheet_etag(request, id_, asked, (generation,), context)
    held = unchanged(request, etag)
    if held is not None:
        return held
    told = contract_story(record, context.snapshot, context.lexicon, as_of)
    values = {
        "sheet": contract_sheet(record, contract_reasons(record, None, as_of, context.lexicon), context.lexicon),
        "story": {name: summaries(some, context.lexicon) for name, some in told.items()},
        "dated": dated(asked.as_of),
        "need": "",
        "sources": credited([record], (generation,)),
    }
    return page("contract.html", values, etag=etag)

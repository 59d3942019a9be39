"""``/v1/buyers``: buyers ranked for a profile, and the sheet of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.contracts.lists import answered, file_links, relaxations_body
from search_api.contracts.routes.leads import profile_body
from search_api.envelope import credited
from search_api.links import page_links
from search_api.openapi import problems
from search_api.parameters import AsOfQuery, openapi_parameters
from search_api.responses import JSON, negotiate
from vivier.contracts.buyer_sheet import METHOD_VERSION as SHEET_METHOD
from vivier.contracts.buyer_sheet import BuyerSheet, buyer_sheet
from vivier.contracts.buyer_sheet import Peers as SheetPeers
from vivier.contracts.calls import Call, calls_of
from vivier.contracts.figures import row_body, share_body
from vivier.contracts.leads_query import MOST_LEADS, BuyersQuery
from vivier.contracts.query import parse_organisation
from vivier.contracts.query_profile import profile_of
from vivier.contracts.ranking import METHOD_VERSION, RankedBuyer, rank_buyers
from vivier.contracts.relax import relaxed_profile

BUYERS = "/v1/buyers"


def router(context: Context) -> APIRouter:
    """The ranking and the sheet."""
    routes = APIRouter(tags=["sourcing inversé"])
    known = problems(404, 406, 422, 503)

    @routes.get(
        BUYERS,
        summary="Acheteurs classés pour un fournisseur, ou trouvés par leur nom",
        responses={200: {"description": "Une page d'acheteurs"}, **known},
        openapi_extra={"parameters": openapi_parameters(BuyersQuery, context.lexicon)},
    )
    async def buyers(request: Request) -> Response:
        negotiate(request, JSON)
        return await context.run(_buyers, request, context.parse(request, BuyersQuery), context)

    @routes.get(
        BUYERS + "/{siren}",
        summary="Un acheteur : bilan, pairs, achats réservés, titulaires, échéances",
        responses={200: {"description": "La fiche"}, **known},
        openapi_extra={"parameters": openapi_parameters(AsOfQuery, context.lexicon)},
    )
    async def buyer(request: Request, siren: str) -> Response:
        negotiate(request, JSON)
        query = context.parse(request, AsOfQuery)
        return await context.run(_buyer, request, parse_organisation(siren, "siren"), query, context)

    return routes


def _buyers(request: Request, query: BuyersQuery, context: Context) -> Response:
    generations = (context.generation("contracts"), context.generation("buyers"))

    def make() -> dict[str, Any]:
        profile = profile_of(query, context.snapshot, context.lexicon, context.today())
        found = rank_buyers(query, profile, context.snapshot, context.lexicon, context.today())
        relaxed = relaxed_profile(query, found.total, context.snapshot, context.lexicon, context.today())
        known = calls_of(query, found, context.snapshot, context.today())
        return {
            "query": query.model_dump(mode="json"),
            "profile": profile_body(profile, context),
            "total": found.total,
            "page": query.page,
            "per_page": query.per_page,
            "results": [buyer_body(buyer, known.get(buyer.siren)) for buyer in found.buyers],
            "links": {
                **page_links(BUYERS, query, min(found.total, MOST_LEADS), MOST_LEADS),
                **file_links(BUYERS, query),
            },
            "meta": {
                "index_generations": [generation.name for generation in generations],
                "method_versions": {"buyers": METHOD_VERSION},
                "notices": list(found.notices),
                "considered": found.considered,
                "left_out": [asdict(rule) for rule in found.left_out],
                "unnamed": found.unnamed,
                "relaxations": relaxations_body(BUYERS, relaxed),
            },
            "sources": credited((buyer.record or {} for buyer in found.buyers), generations),
        }

    return answered(request, context, query, query.as_of, make)


def buyer_body(buyer: RankedBuyer, call: Call | None = None) -> dict[str, Any]:
    """One buyer with every factor of its rank and, in the order ``call``, what to know before calling it."""
    record: Mapping[str, Any] = buyer.record or {}
    return {
        "siren": buyer.siren,
        "name": record.get("name"),
        "category": record.get("category"),
        "seat": record.get("seat"),
        "distance_km": buyer.distance_km,
        "contracts": buyer.contracts,
        "reserved": buyer.reserved,
        "inclusive": buyer.inclusive,
        "next_end": None if buyer.next_end is None else buyer.next_end.isoformat(),
        "volume_eur_year": None if buyer.volume is None else round(buyer.volume, 2),
        "contracts_with_amount": buyer.priced,
        "last_notified": None if buyer.last is None else buyer.last.isoformat(),
        "social": share_body(buyer.share),
        "peers": None if buyer.peers is None else asdict(buyer.peers),
        "score": round(buyer.score, 6),
        "factors": {
            "record": round(buyer.record_factor, 6),
            "volume": round(buyer.volume_factor, 6),
            "proximity": round(buyer.proximity_factor, 6),
            "recency": round(buyer.recency_factor, 6),
        },
        **({} if call is None else call_body(call)),
    }


def call_body(call: Call) -> dict[str, Any]:
    """What a buyer bought from inclusive structures, the newest first, and its own contact with the notice that publishes it."""
    bought = [
        {**asdict(contract), "notified": None if contract.notified is None else contract.notified.isoformat()}
        for contract in call.bought
    ]
    contact = None if call.contact is None else {**call.contact, "source": call.source}
    return {"inclusive_bought": bought, "contact": contact}


def _buyer(request: Request, siren: str, query: AsOfQuery, context: Context) -> Response:
    generations = (context.generation("contracts"), context.generation("buyers"))

    def make() -> dict[str, Any]:
        sheet = buyer_sheet(siren, context.snapshot, context.lexicon, query.as_of or context.today())
        return {
            **sheet_body(sheet),
            "meta": {
                "as_of": (query.as_of or context.today()).isoformat(),
                "index_generations": [generation.name for generation in generations],
                "method_versions": {"buyer": SHEET_METHOD},
                "notices": list(sheet.by_year.notices),
            },
            "sources": credited((sheet.record,), generations),
        }

    return answered(request, context, query, query.as_of, make)


def peers_body(peers: SheetPeers) -> dict[str, Any]:
    """Where a buyer stands, as JSON: quartiles, never a league table."""
    quartiles = {name: getattr(peers, name) for name in ("category", "n", "lower", "median", "upper")}
    return {**quartiles, "own": share_body(peers.own)}


def sheet_body(sheet: BuyerSheet) -> dict[str, Any]:
    """The sheet as JSON."""
    return {
        "buyer": sheet.record,
        "known": sheet.known,
        "total": row_body(sheet.by_year.total),
        "by_year": [row_body(row) for row in sheet.by_year.rows],
        "by_division": [row_body(row) for row in sheet.by_division.rows],
        "peers": peers_body(sheet.peers),
        "spaser": asdict(sheet.spaser),
        "reserved": sheet.reserved,
        "inclusive_undeclared": sheet.undeclared,
        "ending": sheet.ending,
        "holders": [asdict(holder) for holder in sheet.holders],
        "open_notices": sheet.notices,
    }

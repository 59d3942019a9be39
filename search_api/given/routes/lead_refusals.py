"""``/v1/leads/refusals`` and ``/pistes/ecarter``: a structure sets a lead aside and says why."""

from __future__ import annotations

from typing import Annotated, Any, Final, cast
from urllib.parse import parse_qsl

import orjson
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import Field

from search_api.bodies import json_body, posted_items
from search_api.context import Context
from search_api.desk.dossiers import same_site
from search_api.given import kept
from search_api.given.checked import texts_of
from search_api.given.rounds import PRIVATE
from search_api.openapi import posted, problems
from search_api.parameters import NoParameters
from search_api.rates import client_key
from search_api.responses import JSON, negotiate
from search_api.routing import Request, Response, Routes
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.moved import moved
from vivier.contracts.opportunities import meant_trades
from vivier.contracts.query_profile import profile_of
from vivier.desk.method.answers import WHYS, Why
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.given.leads_refused import Refused, refuse_lead
from vivier.model.base import Model
from vivier.search.operators import Collection, Search, Terms
from vivier.search.query import changed, parse_parameters
from vivier.search.query_url import url_of
from vivier.suppliers.find import get

REFUSALS: Final = "/v1/leads/refusals"
PAGE: Final = "/pistes/ecarter"
_COLLECTIONS: Final[tuple[Collection, ...]] = ("contracts", "notices")


class LeadRefusal(Model):
    """A lead that a structure sets aside."""

    supplier: Annotated[str, Field(min_length=1, max_length=80, description="identifiant de la structure")]
    lead: Annotated[
        str,
        Field(min_length=3, max_length=140, description="opportunité : « contracts: » ou « notices: », puis son id"),
    ]
    why: Annotated[Why, Field(description="trade (pas son métier), far (trop loin), large (trop gros)")]


def router(context: Context) -> Routes:
    """The routes."""
    routes = Routes(tags=["sourcing inversé"])

    @routes.post(
        REFUSALS,
        summary="Écarter une opportunité et dire pourquoi : « pas notre métier » apprend ce que fait la structure, « moves » resserre la liste",
        status_code=201,
        responses={201: {"description": "Ce qui est gardé"}, **problems(404, 406, 413, 415, 422, 503)},
        openapi_extra=posted(LeadRefusal),
    )
    async def refused(request: Request) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        fields = await json_body(request)
        found = await run_in_threadpool(_refuse, _checked(fields), context, client_key(request))
        trades = [{"code": code, "label_fr": context.lexicon.trades.get(code).name} for code in found.trades]
        body = orjson.dumps({"without": found.without, "teaches": trades, "moves": dict(found.moves)})
        return Response(body, 201, PRIVATE, JSON)

    @routes.post(PAGE, include_in_schema=False)
    async def set_aside(request: Request) -> Response:
        context.parse(request, NoParameters)
        same_site(request)
        fields = dict(await posted_items(request))
        back = parse_qsl(fields.pop("back", ""))
        given, query = _checked(fields), parse_parameters(back, context.lexicon, LeadsQuery) if back else None
        found = await run_in_threadpool(_refuse, given, context, client_key(request), query)
        query = query or LeadsQuery(supplier=given.supplier)
        without = tuple(dict.fromkeys((*query.without, found.without)))
        return RedirectResponse(url_of("/pistes", moved(changed(query, without=without), found.moves)), 303)

    return routes


def _checked(fields: Any) -> LeadRefusal:
    """Reads what is set aside. Raises ``InvalidRequest`` naming each field to correct."""
    refusal = texts_of(LeadRefusal, fields, "why", WHYS)
    if refusal.lead.partition(":")[0] not in _COLLECTIONS:
        message = "« lead » : « contracts: » ou « notices: », puis un identifiant."
        raise InvalidRequest((FieldError("lead", "invalid_value", message),))
    return refusal


def _refuse(refusal: LeadRefusal, context: Context, client: str, query: LeadsQuery | None = None) -> Refused:
    """Keeps a refusal. ``query``: the list that it was set aside from, that of the structure alone by default."""
    queue = kept.queue(context)
    context.generation()
    supplier = get(refusal.supplier, context.snapshot)
    if supplier is None:
        raise NotFound("Cette structure n'est pas, ou n'est plus, dans l'index.")
    collection, _, id_ = refusal.lead.partition(":")
    reader = context.snapshot.of(cast(Collection, collection))
    profile = profile_of(
        query or LeadsQuery(supplier=refusal.supplier), context.snapshot, context.lexicon, context.today()
    )
    origins = () if profile.zone.point is None else (profile.zone.point,)
    hits = reader.search(Search(where=Terms("id", (id_,)), limit=1, origins=origins)).hits
    if not hits:
        raise NotFound("Cette opportunité n'est pas, ou n'est plus, dans l'index.")
    record = {**hits[0].record, "id": hits[0].id}
    where = cast(Collection, collection), record, refusal.why
    return refuse_lead(
        queue,
        supplier,
        *where,
        context.lexicon,
        context.today(),
        client,
        meant=tuple(meant_trades(reader, (id_,))),
        profile=profile,
        distance_km=hits[0].distance_km,
    )

"""``/v1/buyers``: buyers ranked for a profile, and the sheet of one."""

from __future__ import annotations

from typing import NotRequired

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context
from search_api.contracts.lists import answered, file_links, relaxations_body
from search_api.contracts.routes.leads import ProfileBody, profile_body
from search_api.envelope import credited
from search_api.links import page_links
from search_api.openapi import problems, typed
from search_api.parameters import AsOfQuery, openapi_parameters
from search_api.responses import JSON, negotiate
from search_api.schemas import RelaxationOut
from vivier.bodies import Body, body_of
from vivier.contracts.buyer_sheet import METHOD_VERSION as SHEET_METHOD
from vivier.contracts.buyer_sheet import BuyerSheet, Holder, Spaser, buyer_sheet
from vivier.contracts.buyer_sheet import Peers as SheetPeers
from vivier.contracts.calls import Bought, Call, calls_of
from vivier.contracts.figures import RowBody, ShareBody, row_body, share_body
from vivier.contracts.leads_query import MOST_LEADS, BuyersQuery
from vivier.contracts.query import parse_organisation
from vivier.contracts.query_profile import profile_of
from vivier.contracts.ranking import METHOD_VERSION, RankedBuyer, rank_buyers
from vivier.contracts.ranking_rules import Peers, Record, Rule
from vivier.contracts.relax import relaxed_profile
from vivier.contracts.story import RelatedBody
from vivier.model.views import BuyerContactView, BuyerView, NoticeView, ProvenanceView
from vivier.suppliers.sources import SourceOut

BUYERS = "/v1/buyers"


class CallBody(Body, total=False):
    """What to know before calling a buyer, in the order ``call``."""

    inclusive_bought: tuple[Bought, ...]
    contact: ContactBody | None


class ContactBody(BuyerContactView):
    """Where the organisation is written to, and the notice that publishes it."""

    source: NotRequired[ProvenanceView | None]


class BuyerBody(CallBody):
    """A buyer with every factor of its rank."""

    siren: str
    name: str | None
    category: str | None
    seat: str | None
    distance_km: float | None
    contracts: int
    reserved: int
    inclusive: int
    next_end: str | None
    volume_eur_year: float | None
    contracts_with_amount: int
    last_notified: str | None
    social: ShareBody
    environmental: ShareBody
    peers: Peers | None
    score: float
    factors: dict[str, float]


class BuyersMeta(Body):
    index_generations: list[str]
    method_versions: dict[str, str]
    notices: list[str]
    considered: int
    left_out: tuple[Rule, ...]
    unnamed: int
    record: Record
    relaxations: list[RelaxationOut]


class BuyersAnswer(Body):
    """A page of buyers ranked for a profile."""

    query: dict[str, object]
    profile: ProfileBody
    total: int
    page: int
    per_page: int
    results: list[BuyerBody]
    links: dict[str, str | None]
    meta: BuyersMeta
    sources: list[SourceOut]


class PeersBody(Body):
    """Where a buyer stands among its peers: quartiles, never a league table."""

    category: str
    n: int
    lower: float | None
    median: float | None
    upper: float | None
    own: ShareBody


class SheetBody(Body):
    buyer: BuyerView
    known: int
    total: RowBody
    by_year: list[RowBody]
    by_division: list[RowBody]
    peers: PeersBody
    spaser: Spaser
    reserved: list[RelatedBody]
    inclusive_undeclared: list[RelatedBody]
    ending: list[RelatedBody]
    holders: list[Holder]
    open_notices: list[NoticeView] | None
    announced: list[NoticeView]


class BuyerMeta(Body):
    as_of: str
    index_generations: list[str]
    method_versions: dict[str, str]
    notices: list[str]


class BuyerAnswer(SheetBody):
    """The sheet of a buyer."""

    meta: BuyerMeta
    sources: list[SourceOut]


@of_api("sourcing inversé")
def router(routes: APIRouter, context: Context) -> None:
    """The ranking and the sheet."""
    known = problems(404, 406, 422, 503)

    Published(
        BUYERS,
        BuyersQuery,
        "buyers",
        "Acheteurs classés pour un fournisseur, ou trouvés par leur nom",
        BuyersAnswer,
        description="Une page d'acheteurs",
    ).answer_with(routes, context, _buyers)

    @routes.get(
        BUYERS + "/{siren}",
        summary="Un acheteur : bilan, pairs, achats réservés, titulaires, échéances",
        responses={200: {"model": typed(BuyerAnswer), "description": "La fiche"}, **known},
        openapi_extra={"parameters": openapi_parameters(AsOfQuery, context.lexicon)},
    )
    async def buyer(request: Request, siren: str) -> Response:
        negotiate(request, JSON)
        query = context.parse(request, AsOfQuery)
        return await context.run(_buyer, request, parse_organisation(siren, "siren"), query, context)


def _buyers(request: Request, query: BuyersQuery, context: Context) -> Response:
    generations = (context.generation("contracts"), context.generation("buyers"))

    def make() -> BuyersAnswer:
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
            "meta": body_of(
                BuyersMeta,
                found,
                index_generations=[generation.name for generation in generations],
                method_versions={"buyers": METHOD_VERSION},
                relaxations=relaxations_body(BUYERS, relaxed),
            ),
            "sources": credited((buyer.record or {} for buyer in found.buyers), generations),
        }

    return answered(request, context, query, query.as_of, make)


def buyer_body(buyer: RankedBuyer, call: Call | None = None) -> BuyerBody:
    """One buyer with every factor of its rank and, in the order ``call``, what to know before calling it."""
    record = buyer.record
    more: CallBody = {} if call is None else call_body(call)
    return {
        "siren": buyer.siren,
        "name": None if record is None else record.get("name"),
        "category": None if record is None else record.get("category"),
        "seat": None if record is None else record.get("seat"),
        "distance_km": buyer.distance_km,
        "contracts": buyer.contracts,
        "reserved": buyer.reserved,
        "inclusive": buyer.inclusive,
        "next_end": None if buyer.next_end is None else buyer.next_end.isoformat(),
        "volume_eur_year": None if buyer.volume is None else round(buyer.volume, 2),
        "contracts_with_amount": buyer.priced,
        "last_notified": None if buyer.last is None else buyer.last.isoformat(),
        "social": share_body(buyer.social),
        "environmental": share_body(buyer.environmental),
        "peers": buyer.peers,
        "score": round(buyer.score, 6),
        "factors": {
            "record": round(buyer.record_factor, 6),
            "volume": round(buyer.volume_factor, 6),
            "proximity": round(buyer.proximity_factor, 6),
            "recency": round(buyer.recency_factor, 6),
        },
        **more,
    }


def call_body(call: Call) -> CallBody:
    """What a buyer bought from inclusive structures, the newest first, and its own contact with the notice that publishes it."""
    contact: ContactBody | None = None if call.contact is None else {**call.contact, "source": call.source}
    return {"inclusive_bought": call.bought, "contact": contact}


def _buyer(request: Request, siren: str, query: AsOfQuery, context: Context) -> Response:
    generations = (context.generation("contracts"), context.generation("buyers"))

    def make() -> BuyerAnswer:
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


def peers_body(peers: SheetPeers) -> PeersBody:
    """Where a buyer stands, as JSON."""
    return body_of(PeersBody, peers, own=share_body(peers.own))


def sheet_body(sheet: BuyerSheet) -> SheetBody:
    return body_of(
        SheetBody,
        sheet,
        buyer=sheet.record,
        total=row_body(sheet.by_year.total),
        by_year=[row_body(row) for row in sheet.by_year.rows],
        by_division=[row_body(row) for row in sheet.by_division.rows],
        peers=peers_body(sheet.peers),
        inclusive_undeclared=sheet.undeclared,
        open_notices=sheet.notices,
    )

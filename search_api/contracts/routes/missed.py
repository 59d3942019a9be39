"""``/v1/missed``: reserved and clause contracts that a supplier did not win, each with the one fact that would have opened it."""

from __future__ import annotations

from typing import Final

from search_api.asked import Published, answer_with
from search_api.context import Context
from search_api.contracts.lists import answered
from search_api.contracts.routes.leads import ProfileBody, TotalBody, profile_body
from search_api.envelope import credited
from search_api.links import link, page_links
from search_api.routing import Request, Response, Routes
from vivier.bodies import Body, body_of
from vivier.contracts.leads_query import MOST_LEADS
from vivier.contracts.missed import FACTS, METHOD_VERSION, Missed, find_missed
from vivier.contracts.missed_query import MissedQuery
from vivier.model.views import ContractView, NoticeView
from vivier.suppliers.sources import SourceOut

MISSED: Final = "/v1/missed"


class MissedBody(Body):
    """A purchase, the fact that would have opened it, and the address that asks again with it."""

    id: str
    collection: str
    fact: str
    fact_fr: str
    again: str | None
    distance_km: float | None
    other_lots: int
    record: ContractView | NoticeView


class MissedMeta(Body):
    as_of: str
    index_generations: list[str]
    method_versions: dict[str, str]
    looked_at: int
    several_facts: int
    not_indexed: list[str]


class MissedAnswer(Body):
    """A page of purchases that a profile did not win."""

    query: dict[str, object]
    profile: ProfileBody
    total: int
    totals: dict[str, TotalBody]
    page: int
    per_page: int
    results: list[MissedBody]
    links: dict[str, str | None]
    meta: MissedMeta
    sources: list[SourceOut]


def router(context: Context) -> Routes:
    """What a profile did not win."""
    routes = Routes(tags=["sourcing inversé"])

    answer_with(
        routes,
        context,
        MISSED,
        MissedQuery,
        _missed,
        Published(
            "missed",
            "Marchés réservés ou à clause qu'une structure n'a pas eus, et le seul fait qui les lui aurait ouverts",
            MissedAnswer,
            description="Les achats, par fait, chacun vérifié",
        ),
    )

    return routes


def _missed(request: Request, query: MissedQuery, context: Context) -> Response:
    generations = context.living("contracts", "notices")

    def make() -> MissedAnswer:
        found = find_missed(query, context.snapshot, context.lexicon, context.today())
        return {
            "query": {**query.model_dump(mode="json"), "as_of": found.as_of.isoformat()},
            "profile": profile_body(found.profile, context),
            "total": found.total,
            "totals": {fact: {"label_fr": FACTS[fact], "count": count} for fact, count in found.totals.items()},
            "page": query.page,
            "per_page": query.per_page,
            "results": [missed_body(missed) for missed in found.found],
            "links": page_links(MISSED, query, min(found.total, MOST_LEADS), MOST_LEADS),
            "meta": {
                "as_of": found.as_of.isoformat(),
                "index_generations": [generation.name for generation in generations],
                "method_versions": {"missed": METHOD_VERSION},
                "looked_at": found.looked_at,
                "several_facts": found.several,
                "not_indexed": list(found.missing),
            },
            "sources": credited((missed.record for missed in found.found), generations),
        }

    return answered(request, context, query, query.as_of, make)


def missed_body(missed: Missed) -> MissedBody:
    """One purchase as JSON: the fact, the address that asks again with it, the record."""
    return body_of(
        MissedBody,
        missed,
        fact_fr=missed.text,
        again=None if missed.query is None else link(MISSED, missed.query),
        other_lots=missed.lots,
    )

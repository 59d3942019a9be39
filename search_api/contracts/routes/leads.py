"""``/v1/leads``: reverse sourcing, that is contracts and notices for a supplier."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context
from search_api.contracts.lists import answered, form_links, relaxations_body
from search_api.envelope import credited, reasons_body
from search_api.links import page_links
from search_api.schemas import ReasonOut, RelaxationOut, ScoreOut
from vivier.bodies import Body, body_of
from vivier.contracts.leads import COMPONENT_NAMES, Lead, find_leads
from vivier.contracts.leads import METHOD_VERSION as LEADS_METHOD
from vivier.contracts.leads_query import MOST_LEADS, LeadsQuery
from vivier.contracts.profile import Profile
from vivier.contracts.query_profile import profile_of
from vivier.contracts.ranking_rules import Rule
from vivier.contracts.relax import relaxed_profile
from vivier.contracts.renewal import RenewalBody
from vivier.law.labels import LABELS
from vivier.model.views import ContractView, NoticeView
from vivier.procurement import LEAD_NAMES
from vivier.suppliers.sources import SourceOut

LEADS = "/v1/leads"


class ProfileZoneBody(Body):
    near: tuple[float, float] | None
    radius_km: float | None
    territories: list[str]
    inferred: bool
    everywhere: bool


class NamedBody(Body):
    code: str
    label_fr: str


class SupposedBody(NamedBody):
    probability: float


class ProfileBody(Body):
    """The profile of the answer, as given or as read in the index."""

    supplier: str | None
    name: str | None
    trades: list[NamedBody]
    supposed_trades: list[SupposedBody]
    kinds: list[str]
    families: list[str]
    labels: list[NamedBody]
    turnover: float | None
    assumed_turnover: float | None
    zone: ProfileZoneBody


class LeadLotsBody(Body):
    id: str
    title: str
    due: str | None


class LeadBody(Body):
    id: str
    lead: str
    lead_fr: str
    due: str | None
    call: str | None
    renewal: RenewalBody | None
    distance_km: float | None
    reasons: list[ReasonOut]
    score: ScoreOut
    record: ContractView | NoticeView
    lots: list[LeadLotsBody]


class TotalBody(Body):
    label_fr: str
    count: int


class LeadsMeta(Body):
    as_of: str
    index_generations: list[str]
    method_versions: dict[str, str]
    not_indexed: list[str]
    left_out: tuple[Rule, ...]
    relaxations: list[RelaxationOut]


class LeadsAnswer(Body):
    """A page of leads."""

    query: dict[str, object]
    profile: ProfileBody
    total: int
    totals: dict[str, TotalBody]
    page: int
    per_page: int
    results: list[LeadBody]
    links: dict[str, str | None]
    meta: LeadsMeta
    sources: list[SourceOut]


@of_api("sourcing inversé")
def router(routes: APIRouter, context: Context) -> None:
    """Leads for a profile."""
    Published(
        LEADS,
        LeadsQuery,
        "leads",
        "Opportunités pour un fournisseur : avis ouverts, marchés à renouveler, projets, clauses à placer",
        LeadsAnswer,
        description="Une page d’opportunités",
    ).answer_with(routes, context, _leads)


def _leads(request: Request, query: LeadsQuery, context: Context) -> Response:
    generations = context.living("contracts", "notices")

    def make() -> LeadsAnswer:
        profile = profile_of(query, context.snapshot, context.lexicon, context.today())
        found = find_leads(query, profile, context.snapshot, context.lexicon, context.today())
        relaxed = relaxed_profile(query, found.total, context.snapshot, context.lexicon, context.today())
        return {
            "query": {**query.model_dump(mode="json"), "as_of": found.as_of.isoformat()},
            "profile": profile_body(profile, context),
            "total": found.total,
            "totals": {kind: {"label_fr": LEAD_NAMES[kind], "count": count} for kind, count in found.totals.items()},
            "page": query.page,
            "per_page": query.per_page,
            "results": [lead_body(lead) for lead in found.leads],
            "links": {
                **page_links(LEADS, query, min(found.total, MOST_LEADS), MOST_LEADS),
                **form_links(LEADS, query),
            },
            "meta": {
                "as_of": found.as_of.isoformat(),
                "index_generations": [generation.name for generation in generations],
                "method_versions": {"leads": LEADS_METHOD},
                "not_indexed": list(found.missing),
                "left_out": found.left_out,
                "relaxations": relaxations_body(LEADS, relaxed),
            },
            "sources": credited((lead.record for lead in found.leads), generations),
        }

    return answered(request, context, query, query.as_of, make)


def profile_body(profile: Profile, context: Context) -> ProfileBody:
    """The profile of the answer as JSON, as given or as read in the index."""
    zone = profile.zone
    return body_of(
        ProfileBody,
        profile,
        trades=[{"code": code, "label_fr": context.lexicon.trades.get(code).name} for code in profile.trades],
        supposed_trades=[
            {"code": code, "label_fr": context.lexicon.trades.get(code).name, "probability": round(probability, 2)}
            for code, probability in profile.supposed
        ],
        labels=[
            {"code": code, "label_fr": LABELS[code].name}
            for code in dict.fromkeys(each.code for each in profile.labels)
        ],
        assumed_turnover=profile.means if profile.turnover is None else None,
        zone=body_of(ProfileZoneBody, zone, near=zone.point, radius_km=zone.km),
    )


def lead_body(lead: Lead) -> LeadBody:
    """One lead as JSON: its kind, its due date, the day to call, its reasons, its record, and the other lots of its consultation."""
    return body_of(
        LeadBody,
        lead,
        lead=lead.kind,
        lead_fr=lead.kind_fr,
        reasons=reasons_body(lead.reasons),
        score={
            "points": lead.score,
            "components": [
                {
                    "component": component.name,
                    "label_fr": COMPONENT_NAMES[component.name],
                    "value": round(component.value, 4),
                    "weight": component.weight,
                    "points": component.points,
                }
                for component in lead.components
            ],
        },
        lots=[body_of(LeadLotsBody, lot) for lot in lead.lots],
    )

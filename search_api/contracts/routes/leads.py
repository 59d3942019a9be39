"""``/v1/leads``: reverse sourcing, that is contracts and notices for a supplier."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.contracts.lists import answered, form_links, relaxations_body
from search_api.envelope import credited, reasons_body
from search_api.links import page_links
from search_api.openapi import problems
from search_api.parameters import openapi_parameters
from search_api.responses import JSON, negotiate
from vivier.contracts.leads import COMPONENT_NAMES, Lead, Leads, find_leads
from vivier.contracts.leads import METHOD_VERSION as LEADS_METHOD
from vivier.contracts.leads_query import MOST_LEADS, LeadsQuery
from vivier.contracts.outlook import best_question, next_best, volume
from vivier.contracts.profile import Profile
from vivier.contracts.query_profile import profile_of
from vivier.contracts.relax import relaxed_profile
from vivier.procurement import LEAD_NAMES

LEADS = "/v1/leads"


def router(context: Context) -> APIRouter:
    """Leads for a profile."""
    routes = APIRouter(tags=["sourcing inversé"])
    known = problems(404, 406, 422, 503)

    @routes.get(
        LEADS,
        summary="Opportunités pour un fournisseur : avis ouverts, marchés à renouveler, projets, clauses à placer",
        responses={200: {"description": "Une page d’opportunités"}, **known},
        openapi_extra={"parameters": openapi_parameters(LeadsQuery, context.lexicon)},
    )
    async def leads(request: Request) -> Response:
        negotiate(request, JSON)
        return await context.run(_leads, request, context.parse(request, LeadsQuery), context)

    return routes


def _leads(request: Request, query: LeadsQuery, context: Context) -> Response:
    generations = context.living("contracts", "notices")

    def make() -> dict[str, Any]:
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
                "left_out": [asdict(rule) for rule in found.left_out],
                "relaxations": relaxations_body(LEADS, relaxed),
                "outlook": outlook_body(query, profile, found, context),
            },
            "sources": credited((lead.record for lead in found.leads), generations),
        }

    return answered(request, context, query, query.as_of, make)


def outlook_body(query: LeadsQuery, profile: Profile, found: Leads, context: Context) -> dict[str, Any]:
    """What is to act on this week, the nearest leads when there is none in the zone, and the question that would change the list most."""
    reading = context.snapshot, context.lexicon, context.today()
    week, farther = volume(query, profile, *reading), next_best(query, profile, found, *reading)
    question = best_question(query, *reading)
    return {
        "volume": {**asdict(week), "text_fr": week.text},
        "farther": farther and {"text_fr": farther.text, "results": [lead_body(lead) for lead in farther.leads.leads]},
        "question": question and {**asdict(question), "text_fr": question.text},
    }


def profile_body(profile: Profile, context: Context) -> dict[str, Any]:
    """The profile of the answer as JSON, as given or as read in the index."""
    zone = profile.zone
    return {
        "supplier": profile.supplier,
        "name": profile.name,
        "trades": [{"code": code, "label_fr": context.lexicon.trades.get(code).name} for code in profile.trades],
        "supposed_trades": [
            {"code": code, "label_fr": context.lexicon.trades.get(code).name, "probability": round(probability, 2)}
            for code, probability in profile.supposed
        ],
        "kinds": list(profile.kinds),
        "families": list(profile.families),
        "turnover": profile.turnover,
        "assumed_turnover": profile.means if profile.turnover is None else None,
        "zone": {
            "near": zone.point,
            "radius_km": zone.km,
            "territories": list(zone.territories),
            "inferred": zone.inferred,
            "everywhere": zone.everywhere,
        },
    }


def lead_body(lead: Lead) -> dict[str, Any]:
    """One lead as JSON: its kind, its due date, the day to call, its reasons, its record, and the other lots of its consultation."""
    return {
        "id": lead.id,
        "lead": lead.kind,
        "lead_fr": lead.kind_fr,
        "due": None if lead.due is None else lead.due.isoformat(),
        "call": None if lead.call is None else lead.call.isoformat(),
        "distance_km": lead.distance_km,
        "reasons": reasons_body(lead.reasons),
        "score": {
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
        "record": lead.record,
        "lots": [
            {"id": lot.id, "title": lot.title, "due": None if lot.due is None else lot.due.isoformat()}
            for lot in lead.lots
        ],
    }

"""``/v1/leads`` and ``/v1/indicators``: reverse sourcing."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.lists import answered, credited, form_links, page_links, reasons_body
from search_api.openapi import problems
from search_api.parameters import openapi_parameters
from search_api.responses import JSON, negotiate
from search_api.shares import row_body
from vivier.reverse.asked import profile_of
from vivier.reverse.indicators import (
    METHOD_VERSION,
    TARGETS,
    IndicatorsQuery,
    indicators,
)
from vivier.reverse.leads import COMPONENT_NAMES, LEAD_NAMES, Lead, find_leads
from vivier.reverse.leads import METHOD_VERSION as LEADS_METHOD
from vivier.reverse.leads_query import MOST_LEADS, LeadsQuery
from vivier.reverse.profile import Profile

LEADS, INDICATORS = "/v1/leads", "/v1/indicators"


def router(context: Context) -> APIRouter:
    """Leads for a profile, indicators of a set of contracts."""
    routes = APIRouter(tags=["sourcing inversé"])
    known = problems(400, 404, 406, 414, 422, 503)

    @routes.get(
        LEADS,
        summary="Pistes pour un fournisseur : avis ouverts, marchés bientôt finis, projets, clauses à placer",
        responses={200: {"description": "Une page de pistes"}, **known},
        openapi_extra={"parameters": openapi_parameters(LeadsQuery, context.lexicon)},
    )
    async def leads(request: Request) -> Response:
        negotiate(request, JSON)
        return await context.run(_leads, request, context.parse(request, LeadsQuery), context)

    @routes.get(
        INDICATORS,
        summary="Part des marchés à considération sociale ou environnementale",
        responses={200: {"description": "Les indicateurs"}, **known},
        openapi_extra={"parameters": openapi_parameters(IndicatorsQuery, context.lexicon)},
    )
    async def shares(request: Request) -> Response:
        negotiate(request, JSON)
        return await context.run(_indicators, request, context.parse(request, IndicatorsQuery), context)

    return routes


def _leads(request: Request, query: LeadsQuery, context: Context) -> Response:
    generations = context.living("contracts", "notices")

    def make() -> dict[str, Any]:
        profile = profile_of(query, context.engine, context.lexicon, context.today())
        found = find_leads(query, profile, context.engine, context.lexicon, context.today())
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
            },
            "sources": credited((lead.record for lead in found.leads), generations),
        }

    return answered(request, context, query, generations, query.as_of, make)


def profile_body(profile: Profile, context: Context) -> dict[str, Any]:
    """For whom the answer is: what was given or read in the index."""
    zone = profile.zone
    return {
        "supplier": profile.supplier,
        "name": profile.name,
        "trades": [{"code": code, "label_fr": context.lexicon.trades.get(code).name} for code in profile.trades],
        "kinds": list(profile.kinds),
        "families": list(profile.families),
        "turnover": profile.turnover,
        "zone": {
            "near": zone.point,
            "radius_km": zone.km,
            "territories": list(zone.territories),
            "inferred": zone.inferred,
            "everywhere": zone.everywhere,
        },
    }


def lead_body(lead: Lead) -> dict[str, Any]:
    """One lead: what it is, when, why, and the record it rests on."""
    return {
        "id": lead.id,
        "lead": lead.kind,
        "lead_fr": LEAD_NAMES[lead.kind],
        "due": None if lead.due is None else lead.due.isoformat(),
        "distance_km": lead.distance_km,
        "reasons": reasons_body(lead.reasons),
        "score": {
            "points": lead.score,
            "components": [
                {
                    "component": one.name,
                    "label_fr": COMPONENT_NAMES[one.name],
                    "value": round(one.value, 4),
                    "weight": one.weight,
                    "points": one.points,
                }
                for one in lead.components
            ],
        },
        "record": lead.record,
    }


def _indicators(request: Request, query: IndicatorsQuery, context: Context) -> Response:
    generation = context.generation("contracts")

    def make() -> dict[str, Any]:
        found = indicators(query, context.engine, context.lexicon, context.today(), generation)
        return {
            "query": query.model_dump(mode="json"),
            "by": found.by,
            "rows": [row_body(row) for row in found.rows],
            "total": row_body(found.total),
            "targets": TARGETS,
            "meta": {
                "index_generation": generation.name,
                "method_versions": {"indicators": METHOD_VERSION},
                "notices": list(found.notices),
                "subsequent_counted": query.subsequent,
            },
            "sources": [
                {
                    "source_id": run["source"]["id"],
                    **{name: run["source"][name] for name in ("producer", "dataset", "licence")},
                }
                for run in generation.meta.get("sources", ())
            ],
        }

    return answered(request, context, query, (generation,), query.as_of, make)

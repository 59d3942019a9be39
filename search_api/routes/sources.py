"""``/v1/sources``: what the live generation was made of, how fresh, and what was set aside."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.openapi import problems
from search_api.parameters import NoParameters
from search_api.reference_schemas import SourcesAnswer
from search_api.responses import JSON, negotiate, table_response
from vivier.runs import RunStatistics


def router(context: Context) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["sources"])

    @routes.get(
        "/v1/sources",
        summary="Les sources : producteur, licence, fraîcheur, lignes gardées et écartées",
        responses={200: {"model": SourcesAnswer}, **problems(406, 422, 503)},
    )
    def sources(request: Request) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        return table_response(request, _answer(context))

    return routes


def _answer(context: Context) -> dict[str, Any]:
    generation = context.generation()
    runs = [RunStatistics.model_validate(run) for run in generation.meta.get("sources", ())]
    return {
        "results": [_source(run, context.today()) for run in runs],
        "meta": {
            "as_of": context.today().isoformat(),
            "index_generation": generation.name,
            "created_at": generation.created_at.isoformat(),
            "suppliers": generation.documents,
        },
    }


def _source(run: RunStatistics, today: date) -> dict[str, Any]:
    """The age is that of the data when the source dates them, else that of our copy."""
    card = run.source
    told = date.fromisoformat(run.updated_at[:10]) if run.updated_at else run.finished_at.date()
    age = max((today - told).days, 0)
    named = ("id", "title", "producer", "dataset", "licence", "homepage", "covers", "limits", "exhaustive", "kinds")
    return {
        **{name: getattr(card, name) for name in named},
        "cadence_days": card.cadence_days,
        "updated_at": run.updated_at,
        "fetched_at": run.finished_at.isoformat(),
        "age_days": age,
        "stale": None if card.cadence_days is None else age > card.cadence_days,
        "seen": run.seen,
        "kept": run.kept,
        "set_aside": run.set_aside,
        "skipped": run.skipped,
        "issues": run.issues,
        "columns_unknown": run.columns_unknown,
    }

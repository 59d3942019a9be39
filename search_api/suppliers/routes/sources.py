"""``/v1/sources``: the sources of the live generation, their freshness, the rows set aside, the failures, and counts of what is
known."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context
from search_api.openapi import problems, typed
from search_api.parameters import NoParameters
from search_api.reference_schemas import SourceAnswer, SourceMeta, SourcesAnswer, SourcesMeta
from search_api.responses import JSON, negotiate, table_response
from vivier.errors import NotFound
from vivier.runs.freshness import never_loaded, source_states
from vivier.runs.quality import quality_of
from vivier.runs.quality_lists import list_qualities, live_lists
from vivier.search.port import Generation


@of_api("sources")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        "/v1/sources",
        NoParameters,
        "sources",
        "Les sources : producteur, licence, fraîcheur, lignes gardées et écartées, échecs",
        SourcesAnswer,
        errors=(406, 422, 503),
    ).table_of(routes, context, lambda _: _all(context))

    @routes.get(
        "/v1/sources/{id}",
        summary="Une source",
        responses={200: {"model": typed(SourceAnswer)}, **problems(404, 406, 422, 503)},
    )
    def source(request: Request, id: str) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        return table_response(request, _source(context, id))


def _all(context: Context) -> SourcesAnswer:
    generation = context.generation()
    return SourcesAnswer(
        results=list(source_states(generation, context.today())),
        never_loaded=list(never_loaded(generation)),
        quality=quality_of(generation),
        lists=list_qualities(context.snapshot, context.today()),
        meta=SourcesMeta(**_meta(context, generation), suppliers=generation.documents),
    )


def _source(context: Context, id_: str) -> SourceAnswer:
    generation = context.generation()
    every = (generation, *(live for _, live in live_lists(context.snapshot)))
    states = {state.id: state for live in every for state in source_states(live, context.today())}
    if id_ not in states:
        known = ", ".join(states) or "aucune"
        raise NotFound(f"Aucune source « {id_[:80]} » dans l'index en service. Sources : {known}.")
    return SourceAnswer(source=states[id_], meta=SourceMeta(**_meta(context, generation)))


def _meta(context: Context, generation: Generation) -> dict[str, Any]:
    return {
        "as_of": context.today(),
        "index_generation": generation.name,
        "created_at": generation.created_at,
    }

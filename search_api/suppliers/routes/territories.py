"""``/v1/territories``: the territories that a text means, and a territory by its typed id."""

from __future__ import annotations

from search_api.asked import Published, table_of
from search_api.context import Context
from search_api.openapi import problems, typed
from search_api.parameters import NoParameters, TerritoriesQuery
from search_api.reference_schemas import TerritoriesAnswer, TerritoryAnswer, TerritoryOut
from search_api.responses import JSON, negotiate, table_response
from search_api.routing import Request, Response, Routes
from vivier.bodies import body_of
from vivier.errors import InvalidRequest, NotFound
from vivier.territory import Gazetteer, Territory
from vivier.territory.model import KIND_LABELS
from vivier.territory.resolve import Candidate, Resolution, autocomplete, label, resolve


def router(context: Context) -> Routes:
    """The routes. They read tables in memory, and never use the engine."""
    routes = Routes(tags=["territoires"])

    table_of(
        routes,
        context,
        "/v1/territories",
        TerritoriesQuery,
        lambda query: _answer(query, context.lexicon.gazetteer),
        Published(
            "territories",
            "Trouver un territoire par son nom, son code postal ou son identifiant",
            TerritoriesAnswer,
            errors=(406, 422),
        ),
    )

    @routes.get(
        "/v1/territories/{id}",
        summary="Un territoire",
        responses={200: {"model": typed(TerritoryAnswer)}, **problems(404, 406, 422)},
    )
    def territory(request: Request, id: str) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        found, notice = _parsed(id, context.lexicon.gazetteer)
        notices = [notice] if notice else []
        body: TerritoryAnswer = {"territory": _body(found, context.lexicon.gazetteer), "notices": notices}
        return table_response(request, body)

    return routes


def _answer(query: TerritoriesQuery, gazetteer: Gazetteer) -> TerritoriesAnswer:
    """The territories that the text names come first, then those whose names begin with it: a certain answer does not hide its
    homonyms."""
    resolution = resolve(query.q, gazetteer, query.limit)
    candidates = _merged(resolution, autocomplete(query.q, gazetteer, query.limit), query.limit)
    return {
        "query": query.model_dump(),
        "resolved": None if resolution.territory is None else resolution.territory.id,
        "together": resolution.together,
        "via": resolution.via,
        "total": max(resolution.total, len(candidates)),
        "results": [{**_body(candidate.territory, gazetteer), "score": candidate.score} for candidate in candidates],
    }


def _merged(resolution: Resolution, begun: tuple[Candidate, ...], limit: int) -> list[Candidate]:
    """Merges both lists of candidates, each territory once. An answer made of several territories together is never cut."""
    merged = {candidate.territory.id: candidate for candidate in (*begun, *resolution.candidates)}
    order = dict.fromkeys(candidate.territory.id for candidate in (*resolution.candidates, *begun))
    size = max(limit, len(resolution.candidates) if resolution.together else 0)
    return [merged[id] for id in list(order)[:size]]


def _parsed(id: str, gazetteer: Gazetteer) -> tuple[Territory, str | None]:
    """The territory of a typed id, and a French notice if the id was replaced. Raises ``NotFound`` for an unknown id, ``InvalidRequest`` for a
    text that is not a typed id."""
    try:
        return gazetteer.parse(id, "id")
    except InvalidRequest as error:
        if error.errors[0].code == "unknown_territory":
            raise NotFound(str(error)) from error
        raise


def _body(territory: Territory, gazetteer: Gazetteer) -> TerritoryOut:
    point = gazetteer.reference_point(territory.id)
    return body_of(
        TerritoryOut,
        territory,
        kind_fr=KIND_LABELS[territory.kind],
        label_fr=label(territory, gazetteer),
        point=None if point is None else [round(point[0], 6), round(point[1], 6)],
    )

"""What the living map asks for after the page: the results by commune, and what it is drawn over. They belong to the pages: the
API has ``/v1/suppliers.geojson``."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from search_api.context import Context, url_items
from search_api.pages.render import version
from search_api.pages.state import Elsewhere, Refused, read
from search_api.parameters import NoParameters
from search_api.responses import answered, etag_of, json_response, table_response
from search_api.suppliers.pages.background import communes_of, country
from search_api.suppliers.pages.living import living
from vivier.errors import InvalidRequest
from vivier.suppliers.find import METHOD_VERSIONS
from vivier.suppliers.query import SupplierQuery

MAP = "/carte/fournisseurs"
"""Path of the results; its parameters are those of the page."""
BACKGROUND = "/carte/fond"
"""Path of the whole country; that of the communes of a département has its code after it."""


def router(context: Context) -> APIRouter:
    """The routes. They are not part of the API: the OpenAPI document leaves them out."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(MAP)
    async def results(request: Request) -> Response:
        return await context.run(_results, request, context)

    @routes.get(BACKGROUND)
    def whole(request: Request) -> Response:
        context.parse(request, NoParameters)
        return table_response(request, country(context.lexicon.gazetteer))

    @routes.get(BACKGROUND + "/{departement}")
    def near(request: Request, departement: str) -> Response:
        context.parse(request, NoParameters)
        found = communes_of(departement, context.lexicon.gazetteer)
        if found is None:
            raise HTTPException(404, "Aucun contour de commune pour ce département.")
        return table_response(request, found)

    return routes


def _results(request: Request, context: Context) -> Response:
    query = _query(request, context)
    day = (query.as_of or context.today()).isoformat()
    generation = context.generation()
    etag = etag_of("map", version(), generation.version, str(METHOD_VERSIONS), day, query.model_dump_json())
    return answered(request, etag, context.answers, lambda: json_response(living(query, context), etag))


def _query(request: Request, context: Context) -> SupplierQuery:
    """The search of a page, from its parameters. Raises ``InvalidRequest`` for those that the page would refuse or redirect."""
    state = read(url_items(request), context.lexicon)
    if isinstance(state, Refused):
        raise InvalidRequest(state.errors)
    if isinstance(state, Elsewhere):
        raise HTTPException(400, f"Cette recherche est à l'adresse {state.url}.")
    query: SupplierQuery = state.query
    return query

"""``/v1/suppliers``: the search, its GeoJSON, its POST form, and one record."""

from __future__ import annotations

import time
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from search_api.bodies import json_body, posted_items
from search_api.caching import REPRESENTATION, etag_of_query
from search_api.context import Context
from search_api.envelope import envelope
from search_api.links import GEOJSON as GEOJSON_PATH
from search_api.links import SUPPLIERS, UNPAGED
from search_api.openapi import posted, problems, typed
from search_api.parameters import NoParameters, body_items, openapi_parameters
from search_api.responses import GEOJSON, JSON, NEVER, answered, etag_of, json_response, negotiate, streamed, unchanged
from search_api.routing import Request, Response, Routes
from search_api.schemas import RecordOut, SearchAnswer, SupplierAnswer
from search_api.suppliers.geojson import geojson
from vivier.errors import NotFound
from vivier.exports import file_name
from vivier.suppliers.believed import belief_body, probable
from vivier.suppliers.beyond import beyond
from vivier.suppliers.find import find, get, groups
from vivier.suppliers.query import SupplierQuery, parse_query
from vivier.suppliers.shown import shown
from vivier.suppliers.sources import cards, sources_of


def router(context: Context) -> Routes:
    """The routes. Long answers (thousands of features) always run in the thread pool, so that they never delay ``/health``."""
    routes = Routes(tags=["fournisseurs"])
    _serve_searches(routes, context)
    _serve_posted_searches(routes, context)

    @routes.get(
        "/v1/suppliers/{id}",
        summary="La fiche d'un fournisseur",
        responses={200: {"model": typed(SupplierAnswer)}, 308: _moved(), **problems(404, 406, 422, 503)},
    )
    def supplier(request: Request, id: str) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        return _supplier(request, id, context)

    return routes


def _serve_searches(routes: Routes, context: Context) -> None:
    """Adds the search and its GeoJSON, whose parameters are those of the URL."""

    @routes.get(
        SUPPLIERS,
        summary="Chercher des fournisseurs",
        responses={200: _search_contents(), **problems(406, 422, 503)},
        openapi_extra={"parameters": openapi_parameters(SupplierQuery, context.lexicon)},
    )
    async def search(request: Request) -> Response:
        media = negotiate(request, JSON, GEOJSON)
        return await _answer(request, context.parse(request, SupplierQuery), context, media)

    @routes.get(
        GEOJSON_PATH,
        summary="Tous les fournisseurs d'une recherche, en GeoJSON",
        responses={200: _geojson_contents(), **problems(406, 422, 503)},
        openapi_extra={"parameters": openapi_parameters(SupplierQuery, context.lexicon, UNPAGED)},
    )
    def search_geojson(request: Request) -> Response:
        negotiate(request, GEOJSON, JSON)
        return _file(request, context.parse(request, SupplierQuery), context)


def _serve_posted_searches(routes: Routes, context: Context) -> None:
    """Adds the same two with their parameters in the body: a polygon, a search too long for an URL."""

    @routes.post(
        SUPPLIERS,
        summary="La même recherche, paramètres en JSON (polygone, URL trop longue)",
        responses={200: _search_contents(), **problems(406, 413, 415, 422, 503)},
        openapi_extra=posted(SupplierQuery),
    )
    async def search_posted(request: Request) -> Response:
        media = negotiate(request, JSON, GEOJSON)
        context.parse(request, NoParameters)
        query = parse_query(body_items(await json_body(request)), context.lexicon)
        return await _answer(request, query, context, media)

    @routes.post(
        GEOJSON_PATH,
        summary="Le même GeoJSON, paramètres dans le corps (URL trop longue)",
        responses={200: _geojson_contents(), **problems(406, 413, 415, 422, 503)},
        openapi_extra=posted(SupplierQuery, form=True, without=UNPAGED),
    )
    async def geojson_posted(request: Request) -> Response:
        negotiate(request, GEOJSON, JSON)
        context.parse(request, NoParameters)
        query = parse_query(await posted_items(request), context.lexicon)
        return await run_in_threadpool(_file, request, query, context)


async def _answer(request: Request, query: SupplierQuery, context: Context, media: str) -> Response:
    if media == GEOJSON:
        return await run_in_threadpool(_geojson, request, query, context)
    return await context.run(_search, request, query, context)


def _search(request: Request, query: SupplierQuery, context: Context) -> Response:
    etag = etag_of_query(request, query, context, context.generation(), JSON)
    if etag is None:
        return json_response(answer_body(query, context), cache=NEVER)
    return answered(request, etag, context.answers, lambda: json_response(answer_body(query, context), etag))


def answer_body(query: SupplierQuery, context: Context) -> SearchAnswer:
    """The body of the answer to a search, made anew."""
    started, today = time.perf_counter(), context.today()
    found = find(query, context.snapshot, context.lexicon, today)
    more, others = context.snapshot.together(
        lambda: beyond(found, context.snapshot, context.lexicon, today),
        lambda: groups(found, context.snapshot, context.lexicon, results=query.groups == "results"),
    )
    body = envelope(found, context.lexicon, more, others)
    body["meta"]["took_ms"] = round((time.perf_counter() - started) * 1000, 2)
    return body


def _file(request: Request, query: SupplierQuery, context: Context) -> Response:
    return _geojson(request, query, context, file_name("geojson", query.as_of or context.today()))


def _geojson(request: Request, query: SupplierQuery, context: Context, name: str | None = None) -> Response:
    """The search as GeoJSON; as a file when ``name`` is given."""
    generation = context.generation()
    etag = etag_of_query(request, query, context, generation, GEOJSON)
    not_modified = unchanged(request, etag) if etag is not None else None
    if not_modified is not None:
        return not_modified
    _, pieces = geojson(query, context.snapshot, context.lexicon, context.today())
    return streamed(request, lambda: pieces, etag, GEOJSON, name)


def _supplier(request: Request, id_: str, context: Context) -> Response:
    generation = context.generation()
    record = get(id_, context.snapshot)
    if record is None:
        raise NotFound(f"Aucun fournisseur « {id_[:80]} » dans l'index en service.")
    if record["id"] != id_:
        return RedirectResponse(f"{SUPPLIERS}/{record['id']}", status_code=308)
    added = context.added_to(record)
    etag = etag_of(REPRESENTATION, generation.version, id_, added.version)
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    record = added.on(record, context.shows_contacts)
    body: SupplierAnswer = {
        "supplier": cast(RecordOut, {"id": record["id"], **shown(record)}),
        "declaration": added.declaration,
        "links": {"self": request.url.path},
        "meta": {"index_generation": generation.name},
        "sources": sources_of([record], cards(generation)),
        "beliefs": [
            belief_body(code, found, context.lexicon)
            for code, found in probable(record, context.lexicon, context.today())
        ],
    }
    return json_response(body, etag)


def _search_contents() -> dict[str, object]:
    geojson = {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}
    return {"model": typed(SearchAnswer), "description": "Une page de résultats", "content": {GEOJSON: geojson}}


def _moved() -> dict[str, object]:
    return {"description": "Un ancien identifiant : « Location » donne l'adresse du fournisseur qui l'a repris"}


def _geojson_contents() -> dict[str, object]:
    schema = {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}
    return {"description": "Tous les résultats", "content": {GEOJSON: schema}}

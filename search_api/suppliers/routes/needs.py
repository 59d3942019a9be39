"""``/v1/needs``: the reading of a need written in plain French, and the search that it gives."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from search_api.bodies import json_body
from search_api.context import Context
from search_api.openapi import posted, problems, typed
from search_api.parameters import NeedQuery, NoParameters, body_items, openapi_parameters
from search_api.responses import JSON, negotiate, table_response
from search_api.schemas import NeedAnswer
from vivier.needs import Applied, applied, checked_text, resolve_need
from vivier.search.query import parse_parameters


def router(context: Context) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["besoins"])

    @routes.get(
        "/v1/needs",
        summary="Comprendre un besoin écrit en français : métiers, CPV, lieu, type, label, montant, durée",
        responses={200: {"model": typed(NeedAnswer)}, **problems(406, 422)},
        openapi_extra={"parameters": openapi_parameters(NeedQuery, context.lexicon)},
    )
    def need(request: Request) -> Response:
        negotiate(request, JSON)
        return _answer(request, context.parse(request, NeedQuery), context)

    @routes.post(
        "/v1/needs",
        summary="Le même, le texte dans un corps JSON",
        responses={200: {"model": typed(NeedAnswer)}, **problems(406, 413, 415, 422)},
        openapi_extra=posted(NeedQuery),
    )
    async def need_posted(request: Request) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        query = parse_parameters(body_items(await json_body(request)), context.lexicon, NeedQuery)
        return await run_in_threadpool(_answer, request, query, context)

    return routes


def _answer(request: Request, query: NeedQuery, context: Context) -> Response:
    understood = resolve_need(checked_text(query.text), context.lexicon)
    search = applied(understood, context.lexicon)
    return table_response(request, need_body(understood.model_dump(mode="json"), search))


def need_body(understood: dict[str, object], search: Applied) -> dict[str, object]:
    """The reading of a need as JSON, with its certain pieces as parameters of ``/v1/suppliers``, the words not applied, and the link
    of the search."""
    parameters: dict[str, list[str]] = {}
    for name, value in search.pairs:
        parameters.setdefault(name, []).append(value)
    link = f"/v1/suppliers?{urlencode(search.pairs)}" if search.pairs else None
    left = [words.model_dump(mode="json") for words in search.not_applied]
    return {**understood, "query": parameters, "not_applied": left, "links": {"suppliers": link}}

"""The shape of a route of the API: its parameters are read in the URL, or in a JSON body, and the answer is JSON of a published type."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi.concurrency import run_in_threadpool

from search_api.bodies import json_body
from search_api.context import Context
from search_api.openapi import posted, problems, typed
from search_api.parameters import NoParameters, body_items, openapi_parameters
from search_api.responses import JSON, negotiate, table_response
from search_api.routing import Request, Response, Routes
from vivier.model.base import Model
from vivier.search.query import parse_parameters

Q = TypeVar("Q", bound=Model)
Handler = Callable[[Request, Q, Context], Response]


@dataclass(frozen=True)
class Published:
    """What OpenAPI says of a route: its name, a summary, the type of its answer and what it is, the errors that it may give, the parameters that
    it does not describe. ``posted``: the summary of the same route with its parameters in a JSON body; without one there is no such route."""

    name: str
    summary: str
    kind: Any
    description: str = "Successful Response"
    errors: tuple[int, ...] = (404, 406, 422, 503)
    hidden: Collection[str] = ()
    posted: str | None = None


def answer_with(
    routes: Routes, context: Context, path: str, query: type[Q], handler: Handler[Q], published: Published
) -> None:
    """Adds a route whose ``handler`` answers, in the thread that :meth:`Context.run` chooses."""

    async def answered(request: Request) -> Response:
        negotiate(request, JSON)
        return await context.run(handler, request, context.parse(request, query), context)

    async def answered_body(request: Request) -> Response:
        return await context.run(handler, request, await _in_body(request, query, context), context)

    _add(routes, context, path, query, answered, answered_body, published)


def table_of(
    routes: Routes, context: Context, path: str, query: type[Q], make: Callable[[Q], Any], published: Published
) -> None:
    """Adds a route that answers with a small body, made in the pool of threads."""

    def answered(request: Request) -> Response:
        negotiate(request, JSON)
        return table_response(request, make(context.parse(request, query)))

    async def answered_body(request: Request) -> Response:
        given = await _in_body(request, query, context)
        return await run_in_threadpool(lambda: table_response(request, make(given)))

    _add(routes, context, path, query, answered, answered_body, published)


async def _in_body(request: Request, query: type[Q], context: Context) -> Q:
    negotiate(request, JSON)
    context.parse(request, NoParameters)
    return parse_parameters(body_items(await json_body(request)), context.lexicon, query)


def _add(
    routes: Routes,
    context: Context,
    path: str,
    query: type[Model],
    endpoint: Callable[..., Any],
    with_body: Callable[..., Any],
    what: Published,
) -> None:
    answer: dict[int | str, dict[str, Any]] = {200: {"model": typed(what.kind), "description": what.description}}
    routes.add_api_route(
        path,
        endpoint,
        name=what.name,
        summary=what.summary,
        responses={**answer, **problems(*what.errors)},
        openapi_extra={"parameters": openapi_parameters(query, context.lexicon, what.hidden)},
    )
    if what.posted is not None:
        routes.add_api_route(
            path,
            with_body,
            methods=["POST"],
            name=f"{what.name}_posted",
            summary=what.posted,
            responses={**answer, **problems(*{*what.errors, 413, 415} - {404})},
            openapi_extra=posted(query),
        )

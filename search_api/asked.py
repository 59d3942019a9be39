"""The shape of a route of the API: the parameters of its URL are read, and the answer is JSON of a published type."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.openapi import problems, typed
from search_api.parameters import openapi_parameters
from search_api.responses import JSON, negotiate, table_response
from vivier.model.base import Model

Q = TypeVar("Q", bound=Model)
Handler = Callable[[Request, Q, Context], Response]


@dataclass(frozen=True)
class Published:
    """What OpenAPI says of a route: its name, a summary, the type of its answer and what it is, the errors that it may give, the parameters that
    it does not describe."""

    name: str
    summary: str
    kind: Any
    description: str = "Successful Response"
    errors: tuple[int, ...] = (404, 406, 422, 503)
    hidden: Collection[str] = ()


def answer_with(
    routes: APIRouter, context: Context, path: str, query: type[Q], handler: Handler[Q], published: Published
) -> None:
    """Adds a route whose ``handler`` answers, in the thread that :meth:`Context.run` chooses."""

    async def answered(request: Request) -> Response:
        negotiate(request, JSON)
        return await context.run(handler, request, context.parse(request, query), context)

    _add(routes, context, path, query, answered, published)


def table_of(
    routes: APIRouter, context: Context, path: str, query: type[Q], make: Callable[[Q], Any], published: Published
) -> None:
    """Adds a route that answers with a small body, made in the pool of threads."""

    def answered(request: Request) -> Response:
        negotiate(request, JSON)
        return table_response(request, make(context.parse(request, query)))

    _add(routes, context, path, query, answered, published)


def _add(
    routes: APIRouter, context: Context, path: str, query: type[Model], endpoint: Callable[..., Any], what: Published
) -> None:
    routes.add_api_route(
        path,
        endpoint,
        name=what.name,
        summary=what.summary,
        responses={200: {"model": typed(what.kind), "description": what.description}, **problems(*what.errors)},
        openapi_extra={"parameters": openapi_parameters(query, context.lexicon, what.hidden)},
    )

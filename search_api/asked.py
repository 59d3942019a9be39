"""The routers of pages and of the API, and the shape of a route of the API: its parameters are read in the URL, or in a JSON body, and the answer is JSON of a published type."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from threading import RLock
from typing import Any, Final, Generic, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.routing import compile_path

from search_api.bodies import json_body
from search_api.context import Context
from search_api.openapi import posted, problems, typed
from search_api.parameters import NoParameters, body_items, openapi_parameters
from search_api.responses import JSON, negotiate, table_response
from vivier.model.base import Model
from vivier.search.query import parse_parameters

Q = TypeVar("Q", bound=Model)
Adding = Callable[[APIRouter, Context], None]
Router = Callable[[Context], APIRouter]

_STUDY: Final = RLock()


class Late(APIRoute):
    """A route found by its path and its methods, whose endpoint the framework studies at its first request: an application has 240 of
    them, and studying all is nearly all the work of making it."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, methods: list[str] | None = None, **given: Any
    ) -> None:
        self.path, self.endpoint, self.methods = path, endpoint, {method.upper() for method in methods or ("GET",)}
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self._study = partial(super().__init__, path, endpoint, methods=methods, **given)

    def __getattr__(self, name: str) -> Any:
        """What only the study knows. Threads wait for one another: a route half studied would lack what guards it."""
        if name.startswith("_") or "app" in self.__dict__:
            raise AttributeError(name)
        with _STUDY:
            if "app" not in self.__dict__:
                self._study()
        return getattr(self, name)


async def posted_json(request: Request, context: Context) -> Any:
    """The JSON body of a request that accepts JSON and has no parameter in its URL."""
    negotiate(request, JSON)
    context.parse(request, NoParameters)
    return await json_body(request)


def of_pages(add: Adding) -> Router:
    """The maker of a router of pages, which are no part of the API, from the function that adds them."""
    return _router(add, include_in_schema=False)


def of_api(tag: str) -> Callable[[Adding], Router]:
    """The maker of a router of the API, whose routes are documented under a tag, from the function that adds them."""
    return lambda add: _router(add, tags=[tag])


def _router(add: Adding, **given: Any) -> Router:
    def made(context: Context) -> APIRouter:
        routes = APIRouter(route_class=Late, **given)
        add(routes, context)
        return routes

    return made


@dataclass(frozen=True)
class Published(Generic[Q]):
    """A route: its address, the model of its parameters, and what OpenAPI says of it: its name, a summary, the type of its answer and what it is,
    the errors that it may give, the parameters that it does not describe. ``posted``: the summary of the same route with its parameters in a
    JSON body; without one there is no such route."""

    path: str
    query: type[Q]
    name: str
    summary: str
    kind: Any
    description: str = "Successful Response"
    errors: tuple[int, ...] = (404, 406, 422, 503)
    hidden: Collection[str] = ()
    posted: str | None = None

    def answer_with(
        self, routes: APIRouter, context: Context, handler: Callable[[Request, Q, Context], Response]
    ) -> None:
        """Adds the route, which ``handler`` answers from the request, its parameters and the context, in the thread that
        :meth:`Context.run` chooses."""

        async def answered(request: Request) -> Response:
            negotiate(request, JSON)
            return await context.run(handler, request, context.parse(request, self.query), context)

        async def answered_body(request: Request) -> Response:
            return await context.run(handler, request, await self._in_body(request, context), context)

        self._add(routes, context, answered, answered_body)

    def table_of(self, routes: APIRouter, context: Context, make: Callable[[Q], Any]) -> None:
        """Adds the route, which answers with a small body, made of its parameters in the pool of threads."""

        def answered(request: Request) -> Response:
            negotiate(request, JSON)
            return table_response(request, make(context.parse(request, self.query)))

        async def answered_body(request: Request) -> Response:
            given = await self._in_body(request, context)
            return await run_in_threadpool(lambda: table_response(request, make(given)))

        self._add(routes, context, answered, answered_body)

    async def _in_body(self, request: Request, context: Context) -> Q:
        return parse_parameters(body_items(await posted_json(request, context)), context.lexicon, self.query)

    def _add(
        self, routes: APIRouter, context: Context, endpoint: Callable[..., Any], with_body: Callable[..., Any]
    ) -> None:
        answer: dict[int | str, dict[str, object]] = {200: {"model": typed(self.kind), "description": self.description}}
        routes.add_api_route(
            self.path,
            endpoint,
            name=self.name,
            summary=self.summary,
            responses={**answer, **problems(*self.errors)},
            openapi_extra={"parameters": openapi_parameters(self.query, context.lexicon, self.hidden)},
        )
        if self.posted is not None:
            routes.add_api_route(
                self.path,
                with_body,
                methods=["POST"],
                name=f"{self.name}_posted",
                summary=self.posted,
                responses={**answer, **problems(*{*self.errors, 413, 415} - {404})},
                openapi_extra=posted(self.query),
            )

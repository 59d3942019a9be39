"""Builds the application from its parts: error handlers, middlewares, the routes of its products. Importing the module does nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, nullcontext
from datetime import date
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api import logs
from search_api.answer_cache import MOST_BYTES
from search_api.clients import Clients, key_of
from search_api.context import Context
from search_api.costs import LANE, REFUSED
from search_api.doors import joined
from search_api.gone import gone_routes
from search_api.headers import REQUEST_ID
from search_api.lanes import Lanes
from search_api.metrics import BYTES, REFUSALS, REQUESTS, SECONDS
from search_api.middleware import Compress, Edge
from search_api.openapi import DESCRIPTION
from search_api.problems import HANDLERS
from search_api.product import Product
from search_api.rates import Rates
from search_api.traces import Traces, ended
from vivier.lexicon import Lexicon
from vivier.memory import MEMORY
from vivier.search.port import Store
from vivier.settings import NOBODY, Operator, Settings, Tiles

LOG: Final = logging.getLogger(logs.REQUESTS)
_UNKNOWN: Final = "unknown"
_PROBES: Final = ("/health", "/ready")
"""Asked every few seconds by who watches the service: a line each would hide the others."""
_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH")


class Observed:
    """Plain ASGI, outermost. A route is its template (``/v1/suppliers/{id}``): addresses may be secrets, and there are too many."""

    def __init__(self, app: ASGIApp, traces: Traces | None = None) -> None:
        """``traces``: where spans are sent; ``None``: nowhere."""
        self._app, self._traces = app, traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" and self._traces is not None:
            await self._lived(self._traces, scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with nullcontext() if self._traces is None else self._traces.request(scope) as span:
            seen = _Seen(scope, send, span)
            try:
                await self._app(scope, receive, seen.send)
            finally:
                seen.end()

    async def _lived(self, traces: Traces, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            traces.end()


class _Seen:
    """One request, from its beginning to its end."""

    def __init__(self, scope: Scope, send: Send, span: Any = None) -> None:
        self._scope, self._send, self._span = scope, send, span
        self._started = time.perf_counter()
        self._method = scope["method"] if scope["method"] in _METHODS else "other"
        self._status, self._bytes = 0, 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            self._bytes += len(message.get("body", b""))
        await self._send(message)

    def end(self) -> None:
        """Counts the request and writes its line. Status 499 stands for a client that left before the answer."""
        scope, seconds = self._scope, time.perf_counter() - self._started
        route, status = route_of(scope), self._status or 499
        REQUESTS.labels(route, self._method, str(status)).inc()
        SECONDS.labels(route).observe(seconds)
        BYTES.labels(route).inc(self._bytes)
        reason = scope.get(REFUSED)
        if reason is not None:
            REFUSALS.labels(reason).inc()
        line = {
            "request_id": scope.get(REQUEST_ID),
            "method": self._method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1e3, 1),
            "bytes": self._bytes,
            "lane": scope.get(LANE),
        }
        if self._span is not None:
            known = {"http.request.method": self._method, "http.route": route, "http.response.status_code": status}
            ended(
                self._span, route, {**known, "vivier.request_id": scope.get(REQUEST_ID), "vivier.lane": scope.get(LANE)}
            )
        if route not in _PROBES or status >= 400:
            LOG.info("request", extra={logs.MEMBERS: line if reason is None else {**line, "refused": reason}})


def route_of(scope: Scope) -> str:
    """The template of the route that answered; « unknown » when none did."""
    return getattr(scope.get("route"), "path", None) or _UNKNOWN


def _running(products: Iterable[Product], context: Context) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What the products run while the application does."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            for product in products:
                block = product.running(context)
                if block is not None:
                    stack.enter_context(block)
            yield

    return running


def create_app(
    engine: Store,
    lexicon: Lexicon,
    *,
    products: tuple[Product, ...] | None = None,
    today: Callable[[], date] = date.today,
    public_url: str | None = None,
    operator: Operator = NOBODY,
    tiles: Tiles | None = None,
    settings: Settings | None = None,
    **parts: object,
) -> FastAPI:
    """The HTTP service on one engine. ``products``: those that it has, the core first; the four by default. ``today`` is called at each
    request: labels and agreements expire at midnight. ``public_url`` is the address of the service that feeds and links give, ``operator``
    who runs it, for the legal pages, ``tiles`` the server of images under the living map. ``settings``: the bounds on clients and on work in
    flight; without them there is none. ``parts``: what products keep, by the names that each declares (``Product.keeps``); where one is
    missing or ``None``, what it is for is not offered. Raises ``TypeError`` for a part that no product keeps."""
    if products is None:
        from search_api.products import PRODUCTS

        products = PRODUCTS
    context = Context(
        *(engine, lexicon, today, operator, public_url, tiles),
        doors=joined(product.doors for product in products),
        parts=_checked(parts, products),
    )
    if settings is not None:
        MEMORY.bound((settings.bounds.memory_mb << 20) - MOST_BYTES)
    app = FastAPI(
        title="Vivier",
        version="1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_running(products, context),
        # The spans and logs of the framework would contain what people search for: the service sends them to nobody.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    for error, handler in (item for of in (HANDLERS, *(product.errors for product in products)) for item in of.items()):
        app.add_exception_handler(error, handler)
    app.add_middleware(Compress)
    if settings is not None:
        app.add_middleware(Lanes, bodies={path: most for product in products for path, most in product.bodies.items()})
        if settings.rate:
            app.add_middleware(
                Rates, most=settings.rate, store=settings.rate_store.get_secret_value(), troubles=context.troubles
            )
    app.add_middleware(Edge, context=context)
    trusted = () if settings is None else settings.proxies
    app.add_middleware(Clients, key=key_of(settings), trusted=trusted, troubles=context.troubles)
    app.add_middleware(Observed, traces=Traces.of(settings, context.troubles))
    app.router.routes.extend(gone_routes())
    for product in products:
        for router in product.routers:
            made = router(context)
            app.router.routes.extend(made.routes)  # included, each would be made and matched twice
            context.paths.update(route.path for route in made.routes if isinstance(route, APIRoute))
    return app


def _checked(parts: Mapping[str, object], products: Iterable[Product]) -> Mapping[str, object]:
    """What products keep, without what is ``None``. Raises ``TypeError`` for what no product keeps."""
    kinds = {name: kind for product in products for name, kind in product.keeps.items()}
    given = {name: part for name, part in parts.items() if part is not None}
    for name, part in given.items():
        if not isinstance(part, kinds.get(name, ())):
            raise TypeError(f"create_app: « {name} » is no part that a product keeps")
    return given

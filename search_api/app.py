"""Builds the application from its parts: error handlers, middlewares, the routes of its products. Importing the module does nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from datetime import date

from fastapi import FastAPI
from fastapi.routing import APIRoute

from search_api.answer_cache import MOST_BYTES
from search_api.clients import Clients, key_of
from search_api.context import Context
from search_api.doors import joined
from search_api.lanes import Lanes
from search_api.middleware import Compress, Edge
from search_api.observed import Observed
from search_api.openapi import DESCRIPTION
from search_api.problems import HANDLERS
from search_api.product import Product
from search_api.rates import Rates
from search_api.traces import Traces
from vivier.lexicon import Lexicon
from vivier.memory import MEMORY
from vivier.search.port import Store
from vivier.settings import NOBODY, Operator, Settings, Tiles


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

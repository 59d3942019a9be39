"""Builds the application from its parts: error handlers, two middlewares, routers. Importing the module does nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import date

from fastapi import FastAPI
from pydantic import SecretStr

from search_api import operations
from search_api.answer_cache import MOST_BYTES
from search_api.clients import Clients, key_of
from search_api.context import Context
from search_api.contracts.routes import (
    buyer_pages,
    buyers,
    contract_pages,
    contracts,
    feeds,
    indicator_pages,
    indicators,
    lead_pages,
    leads,
    list_exports,
    missed,
    missed_pages,
    notice_pages,
    preview_page,
    structure_pages,
)
from search_api.desk.routes import (
    clausier,
    consortia,
    consultation_pages,
    consultations,
    desk,
    dossier_pages,
    filieres,
    follow_up,
    ledger,
    life_cycle,
    study_pages,
    support,
)
from search_api.desk.routes import dossiers as dossier_routes
from search_api.given.routes import given_pages, mail_pages, members_pages, review_pages, round_pages, writing_pages
from search_api.given.routes import rounds as round_routes
from search_api.lanes import Lanes
from search_api.middleware import Compress, Edge
from search_api.observed import Observed
from search_api.openapi import DESCRIPTION
from search_api.problems import HANDLERS
from search_api.rates import Rates
from search_api.suppliers.routes import (
    assessment,
    compare_pages,
    exports,
    map_data,
    needs,
    pages,
    quality,
    resources,
    service,
    sources,
    spaces,
    suggest,
    supplier_page,
    suppliers,
    territories,
    vocabulary,
)
from search_api.traces import Traces
from vivier.dossiers.registry import Registry
from vivier.dossiers.studies import Studies
from vivier.given.queue import Queue
from vivier.given.rounds import Rounds
from vivier.lexicon import Lexicon
from vivier.mail.office import Office
from vivier.mail.sender import Sender
from vivier.memory import MEMORY
from vivier.search.port import Store
from vivier.settings import NOBODY, Operator, Settings, Tiles

ROUTERS = (
    exports.router,
    list_exports.router,
    suppliers.router,
    buyers.router,
    feeds.router,
    contracts.router,
    consultations.router,
    clausier.router,
    life_cycle.router,
    follow_up.router,
    ledger.router,
    consultation_pages.router,
    study_pages.router,
    dossier_routes.router,
    dossier_pages.router,
    round_routes.router,
    round_pages.router,
    given_pages.router,
    members_pages.router,
    review_pages.router,
    leads.router,
    missed.router,
    indicators.router,
    desk.router,
    consortia.router,
    needs.router,
    territories.router,
    suggest.router,
    vocabulary.router,
    sources.router,
    quality.router,
    resources.router,
    assessment.router,
    operations.router,
    contract_pages.router,
    notice_pages.router,
    lead_pages.router,
    missed_pages.router,
    buyer_pages.router,
    indicator_pages.router,
    preview_page.router,
    mail_pages.router,
    writing_pages.router,
    structure_pages.router,
    spaces.router,
    service.router,
    compare_pages.router,
    map_data.router,
    pages.router,
    supplier_page.router,
    filieres.router,
    support.router,
)


def _sending(sender: Sender | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]] | None:
    """What runs while the application does; ``None`` when nothing does."""
    if sender is None:
        return None

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        with sender:
            yield

    return running


def create_app(
    engine: Store,
    lexicon: Lexicon,
    *,
    today: Callable[[], date] = date.today,
    dossiers: Registry | None = None,
    studies: Studies | None = None,
    rounds: Rounds | None = None,
    queue: Queue | None = None,
    review_token: SecretStr | None = None,
    mail: Office | None = None,
    sender: Sender | None = None,
    public_url: str | None = None,
    operator: Operator = NOBODY,
    tiles: Tiles | None = None,
    settings: Settings | None = None,
) -> FastAPI:
    """The HTTP service on one engine. ``today`` is called at each request: labels and agreements expire at midnight.
    Without ``dossiers``, dossiers are made and handed over, and never issued. Without ``studies``, a study is the answer to its form
    and has no address; without ``rounds``, none can be opened; without ``queue``, nothing is asked about a sheet, and without ``review_token`` nobody decides here;
    without ``mail``, nothing is written to anybody; ``sender`` sends letters while the application runs, without it « vivier notify » does. ``public_url`` is the address of the service that feeds and links give,
    ``operator`` who runs it, for the legal pages, ``tiles`` the server of images under the living map. ``settings``: the bounds on
    clients and on work in flight; without them there is none."""
    context = Context(
        *(engine, lexicon, today, dossiers, studies, operator, public_url, rounds),
        *(queue, review_token, mail),
        tiles=tiles,
    )
    if sender is not None:
        context = replace(context, written=sender.wake)
    if settings is not None:
        MEMORY.bound((settings.memory_mb << 20) - MOST_BYTES)
    app = FastAPI(
        title="Vivier",
        version="1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_sending(sender),
        # The spans and logs of the framework would contain what people search for: the service sends them to nobody.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    for error, handler in HANDLERS.items():
        app.add_exception_handler(error, handler)
    app.add_middleware(Compress)
    if settings is not None:
        app.add_middleware(Lanes)
        if settings.rate:
            app.add_middleware(
                Rates, most=settings.rate, store=settings.rate_store.get_secret_value(), troubles=context.troubles
            )
    app.add_middleware(Edge, context=context)
    trusted = () if settings is None else settings.proxies
    app.add_middleware(Clients, key=key_of(settings), trusted=trusted, troubles=context.troubles)
    app.add_middleware(Observed, traces=Traces.of(settings))
    for router in ROUTERS:
        app.include_router(router(context))
    return app

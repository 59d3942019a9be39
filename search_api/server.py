"""The HTTP server of the application: its time limits, and a warning when open files are near their limit."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import LOGGING_CONFIG

from search_api import logs
from search_api.accepting import Door, Share, Shares
from search_api.metrics import Figures, forget, serve_figures
from search_api.protocol import LIMITS, protocol_of
from search_api.workers import Workers
from vivier.forked import cores
from vivier.open_files import open_files, raise_limit
from vivier.search.port import Store
from vivier.settings import Settings

_LOG: Final = logging.getLogger("uvicorn.error")
GRACE_SECONDS: int = 30
"""Seconds that a stopping process has to end what it answers."""
_TICKS: Final = 20
"""Ticks between two checks of the open descriptors; uvicorn ticks ten times a second."""


class Server(uvicorn.Server):
    """Says when it accepts connections, stops with the process that watches it, and logs a warning each time the open descriptors come near
    their limit, once until they decrease."""

    _near = False

    def __init__(self, config: uvicorn.Config, share: Share, started: Callable[[], None], parent: int | None) -> None:
        """``share``: the connections of this process; ``parent``: the process that watches this one, ``None`` when none does."""
        super().__init__(config)
        self._share, self._when_started, self._parent = share, started, parent
        self._doors: list[Door] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([])  # all but the sockets
        self._doors = [Door(listening, self._connection, self._share) for listening in sockets or ()]
        self._when_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for door in self._doors:
            door.close()
            await door.opened()
        await super().shutdown(sockets)

    def _connection(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS == 0:
            self._look()
            self.should_exit |= self._parent is not None and os.getppid() != self._parent
        return await super().on_tick(counter)

    def _look(self) -> None:
        found = open_files()
        if found.near and not self._near:
            _LOG.warning(found.sentence)
        self._near = found.near


def serve(
    make: Callable[[], ASGIApp],
    settings: Settings,
    listening: socket.socket,
    store: Store,
    beside: Callable[[Callable[[], None]], None] | None = None,
    figures: Figures = tuple,
) -> None:
    """Serves until interrupted the application that ``make`` gives: in this process, or in one a core, or as many as the settings say. The
    metrics are those of ``store``, of the processes and of ``figures``. ``beside``: the life of one more process, which is watched as the others; it is
    given what to call once it has begun.

    The address of the service is a setting: no header gives it. Who asks is the address of the connection, unless the settings trust a
    proxy to say it.
    """
    raise_limit()
    if settings.log == "json":
        logs.write_json_lines()
    count = settings.workers or min(cores(), settings.bounds.processes)
    shares = Shares(count)
    if count == 1 and beside is None:
        if settings.metrics_port is not None:
            serve_figures(settings.metrics_port, store, (os.getpid(),), figures, settings.metrics_token)
        _serve(make(), settings, listening, shares.of(0), lambda: None, None)
        return
    watcher = os.getpid()

    def work(place: int, started: Callable[[], None]) -> None:
        if place == count and beside is not None:
            beside(started)
            return
        _serve(make(), settings, listening, shares.of(place), started, watcher)

    workers = Workers(count + (beside is not None), work, GRACE_SECONDS, forget)
    if settings.metrics_port is not None:
        serve_figures(settings.metrics_port, store, workers, figures, settings.metrics_token)
    workers.run()


def _serve(
    application: ASGIApp,
    settings: Settings,
    listening: socket.socket,
    share: Share,
    started: Callable[[], None],
    parent: int | None,
) -> None:
    config = uvicorn.Config(
        application,
        http=protocol_of(settings.proxies, share),
        ws="none",
        timeout_keep_alive=LIMITS.idle,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_level="warning",
        log_config=None if settings.log == "json" else LOGGING_CONFIG,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    Server(config, share, started, parent).run(sockets=[listening])

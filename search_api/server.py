"""The HTTP server of the application: its time limits, and a warning when open files are near their limit."""

from __future__ import annotations

import logging
import socket
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from search_api.protocol import protocol_of
from vivier.open_files import open_files, raise_limit
from vivier.settings import Settings

_LOG: Final = logging.getLogger("uvicorn.error")
_TICKS: Final = 20
"""Ticks between two checks of the open descriptors; uvicorn ticks ten times a second."""


class Server(uvicorn.Server):
    """Logs a warning each time the open descriptors come near their limit, once until they decrease."""

    _near = False

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS == 0:
            self._look()
        return await super().on_tick(counter)

    def _look(self) -> None:
        found = open_files()
        if found.near and not self._near:
            _LOG.warning(found.sentence)
        self._near = found.near


def serve(application: ASGIApp, settings: Settings, listening: socket.socket) -> None:
    """Serve until interrupted.

    Headers that a proxy may add (``X-Forwarded-…``) are ignored: the address of the service is a setting.
    """
    raise_limit()
    config = uvicorn.Config(
        application,
        http=protocol_of(settings),
        ws="none",
        timeout_keep_alive=settings.keep_alive_seconds,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    Server(config).run(sockets=[listening])

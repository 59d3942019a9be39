"""What an operator sees of each request: figures for Prometheus, and one line of log. Neither says who asked, nor what."""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api import logs
from search_api.costs import LANE, REFUSED
from search_api.headers import REQUEST_ID
from search_api.metrics import BYTES, REFUSALS, REQUESTS, SECONDS
from search_api.traces import Traces, ended

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

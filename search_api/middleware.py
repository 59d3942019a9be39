"""Middleware as plain ASGI: request id, timing, common headers, HEAD, the longest URL, compression, one snapshot of the index a
request."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.context import Context, one_request
from search_api.headers import HEAD, REQUEST_ID, common_headers, security
from search_api.pages.here import at, here
from search_api.problems import problem
from vivier.exports.document import MEDIA_TYPES

MAX_URL = 8_000
"""Most bytes of path and query: a longer URL is answered 414, as proxies cut at 8 kB."""
Headers = list[tuple[bytes, bytes]]
_GIVEN_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")


class Compress(GZipMiddleware):
    """Compresses answers with gzip for the clients that accept it. Level 1 turns a page of 217 kB into 55 kB in 2 ms; level 9
    takes five times as long for a tenth less. Workbooks are left out: they are compressed already."""

    def __init__(self, app: ASGIApp) -> None:
        packed = (*DEFAULT_EXCLUDED_CONTENT_TYPES, MEDIA_TYPES["xlsx"])
        super().__init__(app, compresslevel=1, exclude_content_types=packed)


class Edge:
    """Wraps every HTTP exchange. It is plain ASGI as it then costs 0.02 ms a request (measured), and 0.3 ms with Request objects."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app, self._context, self._secure = app, context, security(context.tiles)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[REQUEST_ID] = _request_id(scope)
        sender = _sender(scope, send, time.perf_counter(), self._secure)
        if len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"]) > MAX_URL:
            await problem(Request(scope), 414)(scope, receive, sender)
            return
        if scope["method"] == "HEAD":
            scope["method"], scope[HEAD], sender = "GET", True, _without_body(sender)
        with one_request(), at(scope, self._context):
            await self._app(scope, receive, sender)


def _request_id(scope: Scope) -> str:
    """The id that the caller gives, when it is plain text, so that logs can be joined; else a new id."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(value):
            return bytes(value).decode("ascii")
    return secrets.token_hex(12)


def _sender(scope: Scope, send: Send, started: float, secure: Mapping[str, str]) -> Send:
    common = [(name.lower().encode(), value.encode()) for name, value in common_headers(scope, secure).items()]

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            took = f"total;dur={(time.perf_counter() - started) * 1000:.2f}".encode()
            message["headers"] = [*_weakened(_onward(message["headers"])), *common, (b"server-timing", took)]
        await send(message)

    return send_with_headers


def _weakened(headers: Headers) -> Headers:
    """Headers with a weak ETag for a compressed answer: a strong ETag would say that the bytes are the same (RFC 9110, 8.8.3.3)."""
    if all(name != b"content-encoding" for name, _ in headers):
        return headers
    return [(name, b"W/" + value if name == b"etag" and value[:1] == b'"' else value) for name, value in headers]


def _onward(headers: Headers) -> Headers:
    """Headers whose redirection keeps the space that a page was opened from."""
    if all(name != b"location" for name, _ in headers):
        return headers
    return [(name, here().onward(value.decode()).encode() if name == b"location" else value) for name, value in headers]


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        emptied: dict[str, Any] = {"body": b""} if message["type"] == "http.response.body" else {}
        await send({**message, **emptied})

    return send_head

"""Limits what one client asks in a minute, by cost (429 with ``Retry-After``), and tells it what is left in each answer.

The library « limits » counts: in the memory of the process by default, in a store that several processes and hosts share when one is
set. A client is known by a keyed hash of its address (:mod:`search_api.clients`), kept for two minutes.
"""

from __future__ import annotations

import time
from math import ceil
from typing import Final

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.storage import storage_from_string
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.clients import CLIENT
from search_api.costs import COSTS, LANE, REFUSED, lane_of
from search_api.problems import problem

_MINUTE: Final = 60


def client_key(request: Request) -> str:
    """The keyed hash of who asks, for quotas by client: never the address. Empty when nobody asks over a network."""
    found: str = request.scope.get(CLIENT, "")
    return found


class Rates:
    """Plain ASGI. ``most``: units in a minute for one client, a search being one unit."""

    def __init__(self, app: ASGIApp, most: int, store: str) -> None:
        self._app, self._most = app, most
        storage = storage_from_string(f"async+{store}")
        assert isinstance(storage, Storage)
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._item = RateLimitItemPerMinute(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = scope.get(CLIENT)
        cost = COSTS[lane_of(scope["path"])] if key is not None else 0
        if key is None or cost == 0:
            await self._app(scope, receive, send)
            return
        passes = await self._limiter.hit(self._item, key, cost=cost)
        window = await self._limiter.get_window_stats(self._item, key)
        wait = max(1, ceil(window.reset_time - time.time()))
        headers = self._headers(max(0, window.remaining), wait)
        if passes:
            await self._app(scope, receive, _with_headers(send, headers))
            return
        scope[LANE], scope[REFUSED] = lane_of(scope["path"]), "rate"
        await problem(Request(scope), 429, headers={"Retry-After": str(wait)})(
            scope, receive, _with_headers(send, headers)
        )

    def _headers(self, remaining: int, seconds: int) -> list[tuple[bytes, bytes]]:
        """The headers of the IETF draft « RateLimit header fields for HTTP »."""
        return [
            (b"ratelimit-policy", f'"minute";q={self._most};w={_MINUTE}'.encode()),
            (b"ratelimit", f'"minute";r={remaining};t={seconds}'.encode()),
        ]


def _with_headers(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    return sending

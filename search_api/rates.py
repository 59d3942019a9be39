"""Limits what one client asks in a minute, by cost (429 with ``Retry-After``), and tells it what is left in each answer.

The library « limits » counts: in the memory of the process by default, in a store that several processes and hosts share when one is
set. A client is known by a keyed hash of its address (:mod:`search_api.clients`), kept for two minutes. A store that does not answer
limits nobody: requests pass uncounted, and the operator is told.
"""

from __future__ import annotations

import time
from math import ceil
from typing import Final

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.util import WindowStats
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.clients import CLIENT
from search_api.costs import COSTS, LANE, REFUSED, lane_of
from search_api.metrics import UNCOUNTED
from search_api.problems import problem
from search_api.troubles import Troubles
from vivier.privacy.networks import budgets

_MINUTE: Final = 60
_PATIENCE: Final = 0.5
"""Seconds that a shared store has to answer."""
_REST: Final = 5.0
"""Seconds during which a store that did not answer is not asked again."""
_AWAY: Final = "Le compteur des limites ne répond pas (VIVIER_RATE_STORE). Les requêtes passent sans être comptées."


def client_key(request: Request) -> str:
    """The keyed hash of who asks, for quotas by client: never the address. Empty when nobody asks over a network."""
    found: str = request.scope.get(CLIENT, "")
    return found


class Rates:
    """Plain ASGI. ``most``: units in a minute for one client, a search being one unit."""

    def __init__(self, app: ASGIApp, most: int, store: str, troubles: Troubles) -> None:
        self._app, self._most, self._troubles = app, most, troubles
        self._limiter = SlidingWindowCounterRateLimiter(_storage(store))
        self._asked_again = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = scope.get(CLIENT)
        cost = COSTS[lane_of(scope["path"])] if key is not None else 0
        counted = await self._counted(key, cost) if key is not None and cost else None
        if counted is None:
            await self._app(scope, receive, send)
            return
        passes, window = counted
        wait = max(1, ceil(window.reset_time - time.time()))
        sending = _with_headers(send, self._headers(max(0, window.remaining), wait))
        if passes:
            await self._app(scope, receive, sending)
            return
        scope[LANE], scope[REFUSED] = lane_of(scope["path"]), "rate"
        await problem(Request(scope), 429, headers={"Retry-After": str(wait)})(scope, receive, sending)

    async def _counted(self, key: str, cost: int) -> tuple[bool, WindowStats] | None:
        """Whether a client and its network may ask this, and what is left to them; ``None`` when the store does not answer."""
        if time.monotonic() < self._asked_again:
            UNCOUNTED.inc()
            return None
        try:
            windows = []
            for who, most in budgets(key, self._most):
                item = RateLimitItemPerMinute(most)
                passes = await self._limiter.hit(item, who, cost=cost)
                windows.append(await self._limiter.get_window_stats(item, who))
                if not passes:
                    break
        except StorageError:
            self._asked_again = time.monotonic() + _REST
            self._troubles.begin("rate", _AWAY)
            UNCOUNTED.inc()
            return None
        self._troubles.end("rate")
        return passes, min(windows, key=lambda window: window.remaining)

    def _headers(self, remaining: int, seconds: int) -> list[tuple[bytes, bytes]]:
        """The headers of the IETF draft « RateLimit header fields for HTTP »."""
        return [
            (b"ratelimit-policy", f'"minute";q={self._most};w={_MINUTE}'.encode()),
            (b"ratelimit", f'"minute";r={remaining};t={seconds}'.encode()),
        ]


def _storage(store: str) -> Storage:
    """The store of an address that the settings checked."""
    options: dict[str, float | str | bool] = {}
    if store.startswith("redis"):
        options = {
            "implementation": "redispy",
            "socket_timeout": _PATIENCE,
            "socket_connect_timeout": _PATIENCE,
        }
    storage = storage_from_string(f"async+{store}", wrap_exceptions=True, **options)
    assert isinstance(storage, Storage)
    return storage


def _with_headers(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    return sending

"""Bounds the work in flight by its cost. A request waits in the lane of its kind; when too many wait there, it is refused at once
(503 with ``Retry-After``), so that long exports and studies never keep a search or ``/health`` waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.costs import LANE, REFUSED, Lane, lane_of
from search_api.metrics import IN_FLIGHT
from search_api.problems import RETRY_SECONDS, problem
from vivier.settings import Settings

_TOO_MANY: Final[Mapping[Lane, str]] = {
    "search": "Trop de recherches en même temps. Réessayez dans un instant.",
    "export": "Trop de téléchargements en même temps. Réessayez dans un instant.",
    "study": "Trop d'études en même temps. Réessayez dans un instant.",
    "given": "Trop de demandes en même temps. Réessayez dans un instant.",
}


@dataclass(frozen=True)
class Width:
    """How many requests of a lane are answered at the same time, and how many more may wait."""

    at_once: int
    waiting: int


def widths(settings: Settings) -> dict[Lane, Width]:
    """The width of each lane. Exports and studies compute in threads, which take turns; a few at once are enough for a core."""
    return {
        "search": Width(settings.searches_most, settings.searches_most),
        "export": Width(settings.exports_at_once, 4 * settings.exports_at_once),
        "study": Width(settings.studies_at_once, 8 * settings.studies_at_once),
        "given": Width(settings.studies_at_once, 8 * settings.studies_at_once),
    }


class _Queue:
    """The requests of one lane."""

    def __init__(self, lane: Lane, width: Width) -> None:
        self._turn = asyncio.Semaphore(width.at_once)
        self._most = width.at_once + width.waiting
        self._figure = IN_FLIGHT.labels(lane)
        self._here = 0

    @property
    def full(self) -> bool:
        return self._here >= self._most

    async def enter(self) -> None:
        """Waits for a turn. The loop runs once before: requests that arrived together are counted before any of them is answered."""
        self._count(1)
        entered = False
        try:
            await asyncio.sleep(0)
            entered = await self._turn.acquire()
        finally:
            if not entered:
                self._count(-1)

    def leave(self) -> None:
        """Gives the turn to the next."""
        self._turn.release()
        self._count(-1)

    def _count(self, change: int) -> None:
        self._here += change
        self._figure.inc(change)


class Lanes:
    """Plain ASGI. Each request passes by its lane, or is refused."""

    def __init__(self, app: ASGIApp, widths: Mapping[Lane, Width]) -> None:
        self._app = app
        self._queues = {lane: _Queue(lane, width) for lane, width in widths.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        lane = scope[LANE] = lane_of(scope["path"])
        queue = self._queues.get(lane)
        if queue is None:
            await self._app(scope, receive, send)
        elif queue.full:
            scope[REFUSED] = f"{lane}_full"
            refusal = problem(Request(scope), 503, _TOO_MANY[lane], headers={"Retry-After": str(RETRY_SECONDS)})
            await refusal(scope, receive, send)
        else:
            await queue.enter()
            try:
                await self._app(scope, receive, send)
            finally:
                queue.leave()

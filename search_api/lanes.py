"""Bounds the work in flight by its cost. A request is read whole, then waits in the lane of its kind; when too many wait there, it is
refused at once (503 with ``Retry-After``), so that long exports and studies never keep a search or ``/health`` waiting.

No neighbour pays: one client, with its network, takes half of the places of a lane at most (429 beyond), and half of those that compute. A place that
computes is not held while a client sends its request, nor while it reads its answer; that of an export ends when the answer is made.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.bodies import LARGEST
from search_api.clients import CLIENT
from search_api.costs import LANE, REFUSED, Lane, lane_of
from search_api.metrics import IN_FLIGHT
from search_api.problems import RETRY_SECONDS, problem
from search_api.spool import Spools
from vivier.deadline import SECONDS, Deadline, limited
from vivier.privacy.networks import network_of

_TOO_MANY: Final[Mapping[Lane, str]] = {
    "search": "Trop de recherches en même temps. Réessayez dans un instant.",
    "export": "Trop de téléchargements en même temps. Réessayez dans un instant.",
    "study": "Trop d'études en même temps. Réessayez dans un instant.",
    "given": "Trop de demandes en même temps. Réessayez dans un instant.",
}
_YOURS: Final = "Trop de requêtes viennent de chez vous en même temps. Attendez la fin des premières."
_BODIES: Final = 8
"""Bodies of one client that are being received at a time, in a process."""
_UNREAD: Final = 5
"""Exports of one client that are being made or read at a time, in a process."""
_LARGE: Final = 2
"""The same of routes that read more than :data:`LARGEST`: they hold memory while they come."""


@dataclass(frozen=True)
class Width:
    """How many requests of a lane are answered at the same time, and how many more may wait."""

    at_once: int
    waiting: int


WIDTHS: Final[Mapping[Lane, Width]] = {
    "search": Width(64, 64),
    "export": Width(2, 8),
    "study": Width(2, 16),
    "given": Width(2, 16),
}
"""The width of each lane in a process. Exports and studies compute in threads, which take turns; a few at once are enough for a core."""


class _Queue:
    """The requests of one lane: those that compute, those that wait in the order they came, and those whose answer is being read."""

    def __init__(self, lane: Lane, width: Width) -> None:
        self._figure = IN_FLIGHT.labels(lane)
        self._at_once, self._most = width.at_once, width.at_once + width.waiting
        self._here: Counter[str] = Counter()
        self._computing: Counter[str] = Counter()
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()

    @property
    def full(self) -> bool:
        """Whether every place is taken."""
        return self._here.total() >= self._most

    def has_its_share(self, client: str) -> bool:
        """Whether a client has as many places as one client may have."""
        return self._here[client] >= max(1, self._most // 2)

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """A place of the lane, until the end of the block."""
        self._figure.inc()
        try:
            with counted(self._here, client):
                yield
        finally:
            self._figure.dec()

    async def enter(self, client: str) -> None:
        """Waits for a turn to compute."""
        if not self._waiting and self._may_compute(client):
            self._computing[client] += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((client, turn))
        try:
            self._next()
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(client)
            else:
                self._waiting.remove((client, turn))
            raise

    def leave(self, client: str) -> None:
        """Gives the turn to the next."""
        self._computing[client] -= 1
        self._computing += Counter()  # forgets the clients that are not here
        self._next()

    def _may_compute(self, client: str) -> bool:
        share = max(1, self._at_once // 2)
        return self._computing.total() < self._at_once and self._computing[client] < share

    def _next(self) -> None:
        """Gives the free turns to those that wait, the first whose client has not its share."""
        for client, turn in tuple(self._waiting):
            if self._computing.total() >= self._at_once:
                return
            if not turn.done() and self._may_compute(client):
                self._waiting.remove((client, turn))
                self._computing[client] += 1
                turn.set_result(None)


@contextmanager
def counted(counts: Counter[str], client: str) -> Iterator[None]:
    """Counts one more of a client in the block."""
    counts[client] += 1
    try:
        yield
    finally:
        counts[client] -= 1
        if not counts[client]:
            del counts[client]


class Lanes:
    """Plain ASGI. Each request passes by its lane, or is refused. ``bodies``: the largest body of the routes that read more than others."""

    def __init__(
        self, app: ASGIApp, widths: Mapping[Lane, Width] = WIDTHS, bodies: Mapping[str, int] | None = None
    ) -> None:
        self._app, self._bodies = app, bodies or {}
        self._queues = {lane: _Queue(lane, width) for lane, width in widths.items()}
        self._receiving: Counter[str] = Counter()
        self._unread: Counter[str] = Counter()
        self._spools = Spools()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        lane = scope[LANE] = lane_of(scope["path"])
        queue, client = self._queues.get(lane), network_of(scope.get(CLIENT, ""))
        if queue is None:
            await self._app(scope, receive, send)
        elif self._receiving[client] >= (_LARGE if scope["path"] in self._bodies else _BODIES) and _has_body(scope):
            await _refused(scope, receive, send, 429, "client_bodies", _YOURS)
        elif (body := await self._body(scope, receive, client)) is None:
            return  # the client left, or was too slow
        elif len(body) > (most := self._bodies.get(scope["path"], LARGEST)):
            sentence = f"Le corps de la requête dépasse {most // 1_000_000} Mo."
            await _refused(scope, receive, send, 413, "too_large", sentence)
        else:
            await asyncio.sleep(0)  # requests that arrived together are counted before any of them is answered
            await self._pass(queue, lane, client, scope, _Again(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive, client: str) -> bytes | None:
        """What a client sends, read before it takes any place, no further than the largest body; ``None`` when it does not come whole."""
        if not _has_body(scope):
            return b""
        with counted(self._receiving, client):
            return await _whole(receive, self._bodies.get(scope["path"], LARGEST))

    async def _pass(self, queue: _Queue, lane: Lane, client: str, scope: Scope, receive: _Again, send: Send) -> None:
        if queue.full:
            await _refused(scope, receive, send, 503, f"{lane}_full", _TOO_MANY[lane])
        elif queue.has_its_share(client) or self._unread[client] >= _UNREAD:
            await _refused(scope, receive, send, 429, f"client_{lane}", _YOURS)
        elif lane == "export":
            await self._export(queue, client, scope, receive, send)
        else:
            with queue.place(client):
                await self._compute(queue, lane, client, scope, receive, send)

    async def _export(self, queue: _Queue, client: str, scope: Scope, receive: _Again, send: Send) -> None:
        """Makes an answer in a place, and sends it without any."""
        with ExitStack() as place, counted(self._unread, client):
            place.enter_context(queue.place(client))

            async def make(put: Send) -> None:
                with place:
                    await self._compute(queue, "export", client, scope, receive, put)

            await self._spools.answer(make, send)

    async def _compute(self, queue: _Queue, lane: Lane, client: str, scope: Scope, receive: _Again, send: Send) -> None:
        await queue.enter(client)
        turn = _Turn(queue, client, send)
        try:
            if lane == "export":  # the most that it gives bounds it
                await self._app(scope, receive, turn.send)
                return
            deadline = Deadline(SECONDS)
            with limited(deadline), nullcontext() if lane == "search" else receive.watched(deadline):
                await self._app(scope, receive, turn.send)
        finally:
            turn.end()


class _Turn:
    """A turn to compute, given back while a part of the answer is being sent."""

    def __init__(self, queue: _Queue, client: str, send: Send) -> None:
        self._queue, self._client, self._send = queue, client, send
        self._computes = True

    async def send(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self.end()
        await self._send(message)
        if message.get("more_body", False):
            await self._queue.enter(self._client)
            self._computes = True

    def end(self) -> None:
        if self._computes:
            self._computes = False
            self._queue.leave(self._client)


class _Again:
    """What was read of a request, given to the application; then what the server says of the client."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive
        self._watch: asyncio.Task[Message] | None = None

    async def __call__(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        return await (self._receive() if self._watch is None else asyncio.shield(self._watch))

    @contextmanager
    def watched(self, deadline: Deadline) -> Iterator[None]:
        """In the block, the computation ends when the client leaves."""
        self._watch = asyncio.ensure_future(self._left(deadline))
        try:
            yield
        finally:
            self._watch.cancel()

    async def _left(self, deadline: Deadline) -> Message:
        while (message := await self._receive())["type"] != "http.disconnect":
            pass
        deadline.cancel()
        return message


async def _whole(receive: Receive, most: int) -> bytes | None:
    body = bytearray()
    while len(body) <= most:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )


async def _refused(scope: Scope, receive: Receive, send: Send, status: int, reason: str, sentence: str) -> None:
    scope[REFUSED] = reason
    refusal = problem(Request(scope), status, sentence, headers={"Retry-After": str(RETRY_SECONDS)})
    await refusal(scope, receive, send)

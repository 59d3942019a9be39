"""HTTP within time limits: a client that sends too slowly, or does not read its answer, is disconnected.

uvicorn reads HTTP and has a single limit, that of a connection at rest. The others are here: 408 when a head or a body does not
come, the end of the connection when the answer is not read, both in a total time; and the connections that one client has open. Each
client that is late is one line of the log, without its address nor its request; a connection too many is counted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import orjson
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from search_api.accepting import Share
from search_api.clients import client_of
from search_api.headers import SECURITY
from search_api.metrics import REFUSALS
from search_api.problem_types import MEDIA_TYPE, TYPES
from vivier.settings.serving import Network

_MOMENT: Final = 1.0
"""Seconds left to a client that came as the process stops."""


@dataclass(frozen=True)
class Limits:
    """What a client has, in seconds unless said otherwise."""

    head: float = 20
    """For a head."""
    body: float = 20
    """For the beginning of a body; :attr:`body_rate` bytes received give one second more."""
    body_rate: float = 10_000
    whole_body: float = 120
    """For a whole body."""
    answer: float = 30
    """Without reading anything of its answer."""
    whole_answer: float = 600
    """For the end of an answer, from the moment when it is not read as fast as it comes."""
    idle: int = 5
    """Between two requests of a connection."""
    connections: int = 64
    """Connections open at a time in a process. A trusted proxy has as many as it wants."""


LIMITS: Final = Limits()
"""The limits of every process. Tests serve with shorter ones."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection, with its time limits."""

    limits: ClassVar[Limits]
    trusted: ClassVar[Sequence[Network]]
    share: ClassVar[Share]
    by_client: ClassVar[Counter[str]]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._awaited: asyncio.TimerHandle | None = None
        """The timer of what the client has to send; ``None`` when nothing is awaited."""
        self._unread: asyncio.TimerHandle | None = None
        """The timer that checks whether the client reads the answer; ``None`` when no data waits to be read."""
        self._whole: asyncio.TimerHandle | None = None
        """The timer of the whole answer; ``None`` when it is read as fast as it comes."""
        self._until = 0.0
        """When the body that is being received must be there, by the clock of the loop."""
        self._counted: str | None = None
        """The client whose connections count this one."""
        self._answered: RequestResponseCycle | None = None
        """The request being answered: it is not the last when the client sent several together."""
        self._begun = self._has_head = False
        """Whether a part of a request came, and whether its whole head came."""
        self._last = False
        """Whether the process stops: the next answer ends the connection."""

    # --- what a client sends

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        client = next(iter(client_of(self.client[0], self.trusted) if self.client else ()), None)  # its network
        if client is not None and self.by_client[client] >= self.limits.connections:
            REFUSALS.labels("client_connections").inc()
            transport.write(_TOO_MANY)
            transport.close()
            return
        if client is not None:
            self._counted = client
            self.by_client[client] += 1
        self._wait(self.limits.head)

    def data_received(self, data: bytes) -> None:
        if self._awaited is None and self._at_rest:
            self._wait(self.limits.head)
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun, self._has_head = True, False
        self._wait(self.limits.head)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._has_head = True
        if self._last and self.cycle is not None:
            self.cycle.keep_alive = False
        self._until = self.loop.time() + self.limits.whole_body
        self._wait(self.limits.body)

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        if self._awaited is not None:
            until = min(self._until, self._awaited.when() + len(body) / self.limits.body_rate)
            self._wait(until - self.loop.time())

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._begun = False
        self._stop_waiting()

    def shutdown(self) -> None:
        """Ends the connection when the process stops: after its answer, or after a moment for a client that just came and has not sent its
        head yet, whom a connection closed at once would leave without an answer."""
        if self.cycle is not None or self.transport.is_closing():
            super().shutdown()
            return
        self._last = True
        self.loop.call_later(_MOMENT, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.cycle is None:
            self.transport.close()

    def eof_received(self) -> None:
        super().eof_received()
        self._say_it_left()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None:
            self._answered.disconnected = True
            self._answered.message_event.set()
        super().connection_lost(exc)
        self._stop_waiting()
        self._stop_offering()
        self._stop_whole()
        self.share.change(-1)
        if self._counted is not None:
            self.by_client[self._counted] -= 1
            if not self.by_client[self._counted]:
                del self.by_client[self._counted]
        if exc is not None:
            self._say_it_left()

    @property
    def _at_rest(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._awaited = self.loop.call_later(seconds, self._too_late)

    def _stop_waiting(self) -> None:
        if self._awaited is not None:
            self._awaited.cancel()
            self._awaited = None

    def _too_late(self) -> None:
        """Refuses the request when the client is late; does nothing when the client waits for our answer."""
        self._awaited = None
        if self.flow.read_paused:
            self._wait(self.limits.body)
        elif not self._begun or (self._has_head and self.cycle.response_complete):
            self.transport.close()
        elif self._at_rest or (self._has_head and not self.cycle.response_started):
            self._refuse()
        else:  # an answer is being sent: the connection is closed after it
            self.cycle.keep_alive = False

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no HTTP, in the words of the service rather than those of the parser."""
        self.transport.write(_UNREADABLE)
        self.transport.close()

    def _refuse(self) -> None:
        self._begun = False
        self.logger.warning("Une requête n'est pas arrivée à temps : 408.")
        self.transport.write(_REFUSAL)
        self.transport.close()
        if not self._at_rest:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _say_it_left(self) -> None:
        if self._begun:
            self._begun = False
            self.logger.warning("Un client est parti au milieu de sa requête.")

    # --- what a client reads

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Answers a request. What is sent to a client that left is dropped, as the transport would raise."""
        self._answered = cycle

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_if_there(message: Message) -> None:
                cycle.disconnected |= self.transport.is_closing()
                await send(message)

            try:
                await app(scope, receive, send_if_there)
            except asyncio.CancelledError:
                self._cut(cycle)

        super()._start_asgi_task(cycle, answer)  # type: ignore[arg-type]

    def _cut(self, cycle: RequestResponseCycle) -> None:
        """Ends an answer that was not ready within the time that a process has to stop: by 503 when nothing of it was sent."""
        self.logger.warning("Une réponse n'était pas finie quand le délai d'arrêt est passé : elle est coupée.")
        if not cycle.response_started and not self.transport.is_closing():
            self.transport.write(_STOPPING)
        cycle.disconnected = True
        self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._offer()
        if self._whole is None:
            self._whole = self.loop.call_later(self.limits.whole_answer, self._give_up)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_offering()
        if self._answered is None or self._answered.response_complete:
            self._stop_whole()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._unread is None:
            self._stop_whole()

    def _stop_whole(self) -> None:
        if self._whole is not None:
            self._whole.cancel()
            self._whole = None

    def _offer(self) -> None:
        self._stop_offering()
        waiting = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(self.limits.answer, self._not_read, waiting)

    def _stop_offering(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _not_read(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._offer()
        else:
            self._give_up()

    def _give_up(self) -> None:
        self.logger.warning("Un client ne lit pas sa réponse : la connexion est fermée.")
        self.transport.abort()


def protocol_of(trusted: Sequence[Network], share: Share) -> type[LimitedProtocol]:
    """The protocol of a process. ``share``: the number of its connections."""

    class Given(LimitedProtocol):
        limits = LIMITS

    Given.trusted, Given.share, Given.by_client = trusted, share, Counter()
    return Given


def _refusal(status: int, reason: str, detail: str | None = None, **more: str) -> bytes:
    kind = TYPES[status]
    answer = {"type": f"/docs#{kind.slug}", "title": kind.title, "status": status, "detail": detail or kind.detail}
    body = orjson.dumps(answer)
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Connection": "close",
        **SECURITY,
        **more,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {reason}\r\n{head}\r\n".encode("latin-1") + body


_TOO_MANY: Final = _refusal(
    429,
    "Too Many Requests",
    "Trop de connexions viennent de chez vous en même temps. Fermez-en.",
    **{"Retry-After": "3"},
)
_REFUSAL: Final = _refusal(408, "Request Timeout")
_UNREADABLE: Final = _refusal(400, "Bad Request", "Ce qui a été envoyé n'est pas une requête HTTP lisible.")
_STOPPING: Final = _refusal(
    503, "Service Unavailable", "Le service s'arrête ou redémarre. Réessayez dans un instant.", **{"Retry-After": "3"}
)

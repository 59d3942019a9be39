"""Connections in this process, on real sockets, in a loop whose time passes when a test says so."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from search_api.accepting import Door, Share, Shares
from search_api.protocol import LIMITS, LimitedProtocol, protocol_of
from vivier.settings.serving import Network

ROUNDS = 30
"""Turns of the loop after which all that is due was done."""


class Moments(asyncio.SelectorEventLoop):
    """A loop that begins at the second 1 000."""

    now = 1_000.0

    def time(self) -> float:
        return self.now

    def after(self, seconds: float = 0.0) -> None:
        """Lets so many seconds pass, and does what is due."""
        self.now += seconds
        self.run_until_complete(_rounds())

    def done(self, work: Awaitable[Any]) -> Any:
        """What a coroutine gives."""

        async def made() -> Any:
            return await work

        return self.run_until_complete(made())


async def _rounds() -> None:
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


@dataclass
class Client:
    """Who asks: what came so far, and whether the connection is over."""

    socket: socket.socket
    received: bytes = b""
    over: bool = False

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def read(self, most: int = 1 << 24) -> bytes:
        """What came, up to so many more bytes."""
        left = most
        with suppress(BlockingIOError, ConnectionResetError):
            while left > 0 and (piece := self.socket.recv(min(left, 65_536), socket.MSG_DONTWAIT)):
                self.received += piece
                left -= len(piece)
            self.over = left > 0
        return self.received

    @property
    def is_over(self) -> bool:
        """Whether the service ended the connection."""
        self.read()
        try:
            return self.socket.recv(1, socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True


@dataclass
class House:
    """A process that serves: its loop, its listening socket and what it counts."""

    loop: Moments
    listening: socket.socket
    protocol: type[LimitedProtocol]
    state: ServerState
    door: Door
    share: Share
    shares: memoryview[int]
    clients: list[Client] = field(default_factory=list)

    def client(self, content: bytes = b"") -> Client:
        """A new client, which sends this at once."""
        made = Client(socket.create_connection(self.listening.getsockname()))
        self.clients.append(made)
        made.send(content)
        self.loop.after()
        return made


@contextmanager
def served(
    app: Callable[..., Awaitable[None]], trusted: tuple[Network, ...] = (), processes: int = 1, **limits: float
) -> Iterator[House]:
    """A process that serves this application, the first of so many, with other ``limits``."""
    shares = Shares(processes)
    share = shares.of(0)
    protocol = protocol_of(trusted, share)
    protocol.limits = replace(LIMITS, **limits)  # type: ignore[arg-type]
    config = uvicorn.Config(
        app, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False, timeout_keep_alive=LIMITS.idle
    )
    state, loop = ServerState(), Moments()
    asyncio.set_event_loop(loop)

    def made() -> asyncio.Protocol:
        return protocol(config=config, server_state=state, app_state={})

    async def door() -> Door:
        return Door(listening, made, share)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        house = House(loop, listening, protocol, state, loop.done(door()), share, shares._shares)
        try:
            yield house
        finally:
            for client in house.clients:
                client.socket.close()
            house.door.close()
            for task in [*state.tasks]:
                task.cancel()
            loop.after()
            loop.close()
            asyncio.set_event_loop(None)

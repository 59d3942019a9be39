"""A proxy that lies: it stands before a dependency, and refuses, hangs, slows, cuts or replaces its answers."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Final, Literal

Fault = Literal["none", "refuse", "hang", "slow", "half", "garbage"]
FAULTS: Final[tuple[Fault, ...]] = ("refuse", "hang", "slow", "half", "garbage")
_LITTLE: Final = 8
"""Bytes of a slow answer that pass at a time."""
_PAUSE: Final = 0.25
_RESET: Final = struct.pack("ii", 1, 0)


class Lying:
    """Listens on ``port`` of this machine, and passes what comes to ``upstream``: a port of this machine, or the path of a socket."""

    def __init__(self, upstream: int | str) -> None:
        self._upstream = upstream
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listening.getsockname()[1]
        self.fault: Fault = "none"
        self._open: set[socket.socket] = set()
        self._over = threading.Event()
        self._changed = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    def lie(self, fault: Fault) -> None:
        """From now on. Connections that exist are cut, but by a dependency that hangs or slows, which keeps them."""
        with self._changed:
            self.fault = fault
            self._changed.notify_all()
        if fault not in ("hang", "slow"):
            for connection in [*self._open]:
                _cut(connection)

    def close(self) -> None:
        """Ends the proxy."""
        self._over.set()
        self.lie("none")
        self._listening.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.fault == "refuse":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                client.close()
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        family = socket.AF_UNIX if isinstance(self._upstream, str) else socket.AF_INET
        with client, socket.socket(family) as server:
            address = self._upstream if isinstance(self._upstream, str) else ("127.0.0.1", self._upstream)
            try:
                server.connect(address)
            except OSError:
                return
            pair = {client, server}
            self._open |= pair
            threading.Thread(target=_pump, args=(client, server), daemon=True).start()
            with contextlib.suppress(OSError):
                self._answer(server, client)
            for end in pair:
                _cut(end)
            self._open -= pair

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        """Passes what the dependency answers, as the fault of the moment has it."""
        while content := server.recv(1 << 16):
            with self._changed:
                self._changed.wait_for(lambda: self.fault != "hang")
            if self.fault == "half":
                client.sendall(content[: len(content) // 2])
                return
            if self.fault == "garbage":
                client.sendall(random.Random(len(content)).randbytes(300))
                return
            while self.fault == "slow" and content:
                client.sendall(content[:_LITTLE])
                content = content[_LITTLE:]
                self._over.wait(_PAUSE)
            client.sendall(content)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(1 << 16):
            target.sendall(content)
        target.shutdown(socket.SHUT_WR)


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def lying(upstream: int | str) -> Iterator[Lying]:
    """A proxy that says the truth until told otherwise."""
    proxy = Lying(upstream)
    try:
        yield proxy
    finally:
        proxy.close()

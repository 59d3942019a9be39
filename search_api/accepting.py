"""Shares the connections between the processes that serve one address: each takes the next one only while it has no more than another.

A connection that is kept stays with the process that took it, so that the first to wake must not take them all. The queue of the kernel
stays common: a process that is busy, renewed or killed leaves the others what waits there.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import mmap
import socket
from collections.abc import Callable
from typing import Final

_LOG: Final = logging.getLogger("uvicorn.error")
_LATER: Final = 0.001
"""Seconds that a process leaves a connection to another that has fewer."""
_PATIENCE: Final = 0.05
"""Seconds after which it takes the connection itself: the other is busy."""
_IMPATIENCE: Final = 1.0
"""Seconds during which it then waits for nobody."""
_REST: Final = 1.0
"""Seconds before another attempt, when no descriptor is left."""
_SENT: Final = 256 * 1_024
"""Bytes of answers that the kernel keeps for a connection: beyond, a client that does not read is seen. It would keep megabytes."""
_NO_MEANS: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Shares:
    """The number of open connections of each process, in memory that they share. It is made before they are forked."""

    def __init__(self, count: int) -> None:
        self._shares = memoryview(mmap.mmap(-1, 4 * count)).cast("i")

    def of(self, process: int) -> Share:
        """The share of a process that begins, by its place among the processes."""
        return Share(self._shares, process)


class Share:
    """The number of open connections of one process, beside those of the others."""

    def __init__(self, shares: memoryview[int], process: int) -> None:
        self._shares, self._process = shares, process
        shares[process] = 0
        self._counts = True

    @property
    def is_larger(self) -> bool:
        """Whether this process has more connections than another."""
        return self._shares[self._process] > min(self._shares)

    def change(self, connections: int) -> None:
        """Counts a connection opened (1) or closed (-1)."""
        if self._counts:
            self._shares[self._process] += connections

    def leave(self) -> None:
        """Counts no more: another process takes this place."""
        self._counts = False


class Door:
    """Accepts the connections of a listening socket for one process, as a server of asyncio does."""

    def __init__(
        self,
        listening: socket.socket,
        make: Callable[[], asyncio.Protocol],
        share: Share,
    ) -> None:
        """``make``: the protocol of a new connection, which gives it back to ``share`` as it ends."""
        self._listening, self._make, self._share = listening, make, share
        self._loop = asyncio.get_running_loop()
        self._since: float | None = None
        self._impatient = 0.0
        self._again: asyncio.TimerHandle | None = None
        self._opening: set[asyncio.Task[object]] = set()
        listening.setblocking(False)
        self._watch()

    def close(self) -> None:
        """Accepts nothing more. What waits in the queue is for another process, or for the next."""
        self._share.leave()
        self._loop.remove_reader(self._listening)
        if self._again is not None:
            self._again.cancel()

    async def opened(self) -> None:
        """Waits until the connections that were accepted have their protocol."""
        await asyncio.gather(*self._opening, return_exceptions=True)

    def _watch(self) -> None:
        self._again = None
        self._loop.add_reader(self._listening, self._readable)

    def _readable(self) -> None:
        if self._leaves_it():
            self._wait(_LATER)
            return
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another process took it, or it left
        except OSError as error:
            if error.errno not in _NO_MEANS:
                raise
            _LOG.error("Plus aucune connexion ne peut être ouverte : %s.", error.strerror)
            self._wait(_REST)
            return
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT)
        self._share.change(1)
        opening = self._loop.create_task(self._loop.connect_accepted_socket(self._make, connection))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)

    def _leaves_it(self) -> bool:
        """Whether to leave the next connection to another process: it has fewer, and was given little time yet."""
        now = self._loop.time()
        if not self._share.is_larger or now < self._impatient:
            self._since = None
            return False
        self._since = self._since or now
        if now - self._since > _PATIENCE:
            self._impatient = now + _IMPATIENCE
        return True

    def _wait(self, seconds: float) -> None:
        self._loop.remove_reader(self._listening)
        self._again = self._loop.call_later(seconds, self._watch)

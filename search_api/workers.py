"""Several processes that serve one address: forked once the tables are loaded, so that they share them, and watched by their parent.

The parent serves nothing. It replaces a worker that ended, hands over the signals of the operator, and ends with its last worker.

- ``SIGTERM``, ``SIGINT``: every worker accepts nothing more, ends what it answers, and goes.
- ``SIGHUP``: workers are replaced one after the other, the new one ready before the former goes: no request is dropped.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Final

_LOG: Final = logging.getLogger("uvicorn.error")
_TOO_SOON: Final = 5.0
"""Seconds: a worker that ends sooner is replaced after as long, so that one that cannot start does not use a core for nothing."""
_LOOK: Final = 0.1
_READY_SECONDS: Final = 60.0
_STOP: Final = (signal.SIGTERM, signal.SIGINT)
_OURS: Final = (*_STOP, signal.SIGHUP)


@dataclass
class _Worker:
    """A child, when it began, and the end of a pipe that it closes once it accepts connections."""

    process: int
    began: float
    pipe: int

    def is_ready(self) -> bool:
        """Whether it accepts connections, or has ended."""
        try:
            return os.read(self.pipe, 1) == b""
        except BlockingIOError:
            return False

    def forget(self) -> None:
        """Closes the pipe of a worker that ended."""
        os.close(self.pipe)


class Workers:
    """Forks and watches the workers. ``serve`` runs in each of them until it is told to stop; it is given its place among
    them, and what to call once it accepts connections."""

    def __init__(
        self,
        count: int,
        serve: Callable[[int, Callable[[], None]], None],
        graceful: float,
        forget: Callable[[int], None],
    ) -> None:
        """``graceful``: seconds that a worker has to end what it answers; ``forget``: is told the id of one that ended."""
        self._count, self._serve, self._graceful, self._forget = count, serve, graceful, forget
        self._workers: list[_Worker] = []
        self._stopping = self._renewing = False

    @property
    def processes(self) -> tuple[int, ...]:
        return (os.getpid(), *(worker.process for worker in self._workers))

    def __iter__(self) -> Iterator[int]:
        return iter(self.processes)

    def run(self) -> None:
        """Serves until the operator stops it."""
        gc.collect()
        gc.freeze()  # a collection in a worker would copy every page that it touches
        for sign in _STOP:
            signal.signal(sign, self._stop)
        signal.signal(signal.SIGHUP, self._renew)
        for place in range(self._count):
            self._workers.append(self._begin(place))
        for worker in self._workers:
            self._wait_for(worker)
        tell_systemd("READY=1")
        while not self._stopping:
            time.sleep(_LOOK)
            tell_systemd("WATCHDOG=1")
            self._replace_ended()
            if self._renewing:
                self._renewing = False
                self._replace_all()
        tell_systemd("STOPPING=1")
        self._end()

    def _stop(self, sign: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _renew(self, sign: int, frame: FrameType | None) -> None:
        self._renewing = True

    def _begin(self, place: int) -> _Worker:
        """Forks a worker."""
        readable, writable = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)  # a signal that comes now is for the handlers of the worker
        process = os.fork()
        if process == 0:
            os.close(readable)
            self._work(place, writable)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
        os.close(writable)
        os.set_blocking(readable, False)
        return _Worker(process, time.monotonic(), readable)

    def _wait_for(self, worker: _Worker) -> None:
        """Waits until a worker accepts connections, or has ended."""
        until = worker.began + _READY_SECONDS
        while not (worker.is_ready() or self._stopping) and time.monotonic() < until:
            time.sleep(_LOOK)

    def _work(self, place: int, ready: int) -> None:
        """The whole life of a worker: it never returns to the code of its parent."""
        failed = 1
        try:
            for sign in _OURS:
                signal.signal(sign, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
            self._serve(place, lambda: os.close(ready))
            failed = 0
        finally:
            if failed:
                _LOG.error("Un processus de service s'arrête sur une erreur.", exc_info=True)
            os._exit(failed)

    def _replace_ended(self) -> None:
        for at, worker in enumerate(self._workers):
            if not self._stopping and _has_ended(worker):
                self._leave(worker)
                _LOG.warning("Le processus de service %d s'est arrêté : un autre le remplace.", worker.process)
                self._rest(worker)
                self._workers[at] = self._begin(at)

    def _rest(self, worker: _Worker) -> None:
        """Waits when a worker ended soon after it began, unless the operator stops the service meanwhile."""
        until = time.monotonic() + _TOO_SOON
        while time.monotonic() - worker.began < _TOO_SOON and time.monotonic() < until and not self._stopping:
            time.sleep(_LOOK)

    def _replace_all(self) -> None:
        for at, worker in enumerate(self._workers):
            self._workers[at] = self._begin(at)
            self._wait_for(self._workers[at])
            _signal(worker, signal.SIGTERM)
            self._wait([worker])
            self._leave(worker)

    def _leave(self, worker: _Worker) -> None:
        worker.forget()
        self._forget(worker.process)

    def _end(self) -> None:
        for worker in self._workers:
            _signal(worker, signal.SIGTERM)
        self._wait(self._workers)

    def _wait(self, workers: list[_Worker]) -> None:
        """Waits for workers that were told to stop; ends those that are still there after the time they have."""
        until = time.monotonic() + self._graceful
        left = list(workers)
        while left and time.monotonic() < until:
            left = [worker for worker in left if not _has_ended(worker)]
            time.sleep(_LOOK)
        for worker in left:
            _signal(worker, signal.SIGKILL)
            os.waitpid(worker.process, 0)


def tell_systemd(state: str) -> None:
    """Tells systemd how the service is (``sd_notify``), where it asks for it: with ``Type=notify``."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as notified, suppress(OSError):
            notified.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)


def _has_ended(worker: _Worker) -> bool:
    try:
        return os.waitpid(worker.process, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True


def _signal(worker: _Worker, sign: int) -> None:
    try:
        os.kill(worker.process, sign)
    except ProcessLookupError:
        return

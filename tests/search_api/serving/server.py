"""``vivier serve`` in a process of its own; ``test_held_socket.py`` and ``tests/operation/test_up.py`` start it as a shell does."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.cli.typed import Begun
from tests.house.walk import ROOT
from tests.ports import free_port

_READ_AGAIN = """
import sys
for name in [name for name in sys.modules if name.partition(".")[0] in ("search_api", "prometheus_client")]:
    del sys.modules[name]
"""
"""Where figures are kept is chosen when their library is imported; the process that this one is forked from has imported it."""


@dataclass(frozen=True)
class Serving:
    """A server that listens on ``port`` of this machine; what it says goes to ``log``."""

    process: Begun
    port: int
    log: Path

    def lines(self) -> list[str]:
        """The lines of the error stream, those of the start left out."""
        return [line for line in self.log.read_text(encoding="utf8").splitlines() if "Préparation" not in line]

    def descriptors(self) -> int:
        """How many the process has open."""
        return psutil.Process(self.process.pid).num_fds()


@contextmanager
def serving(
    home: Path,
    *,
    descriptors: int | None = None,
    hard: bool = True,
    limits: Mapping[str, float] | None = None,
    study: float | None = None,
    grace: int | None = None,
    look: float | None = None,
    **variables: str,
) -> Iterator[Serving]:
    """Serve a home, with ``descriptors`` at most (``ulimit -n``; only its soft limit unless ``hard``), other ``limits`` on slow clients,
    other processor seconds for a study, other seconds to stop, between two looks at what is broken, and these settings."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    environment |= {
        "VIVIER_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "VIVIER_WORKERS": "1",
        "VIVIER_RATE": "0",
        **variables,
    }
    first = [_READ_AGAIN] if "VIVIER_METRICS_PORT" in variables else []
    if descriptors is not None:
        highest = descriptors if hard else resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        first.append(f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({descriptors}, {highest}))")
    if study is not None:
        first.append(f"from search_api import lanes; lanes.SECONDS = {study}")
    if grace is not None:
        first.append(f"from search_api import server; server.GRACE_SECONDS = {grace}")
    if look is not None:
        first.append(f"from vivier.operation import watch; watch.LOOK_SECONDS = {look}")
    if limits:
        first.append(f"from search_api import protocol; protocol.LIMITS = protocol.Limits(**{dict(limits)})")
    out, log = home / f"serve-{port}.out", home / f"serve-{port}.log"
    process = Begun(("serve", "--port", str(port)), environment, out, log, *first)
    try:
        until(lambda: process.poll() is not None or (out.exists() and "\n" in out.read_text("utf8")))
        assert out.read_text("utf8").startswith("Vivier sert sur"), log.read_text()
        yield Serving(process, port, log)
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
    finally:
        process.kill()


PATIENCE = 60
"""Seconds after which a test gives up."""


def until(what: Callable[[], bool]) -> None:
    """Waits for something to be true; fails after :data:`PATIENCE` seconds."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)

"""``vivier serve`` in a process of its own, as an operator runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.house.walk import ROOT
from tests.ports import free_port

_SERVE = "from vivier.cli import main; main()"
_LIMITED = "from search_api import protocol; protocol.LIMITS = protocol.Limits(**{limits}); "


@dataclass(frozen=True)
class Serving:
    """A server that listens on ``port`` of this machine; what it says goes to ``log``."""

    process: subprocess.Popen[str]
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
    descriptors: int | str = "",
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
    limit = f"ulimit {'-n' if hard else '-Sn'} {descriptors}; " if descriptors else ""
    shorter = "" if study is None else f"from vivier import deadline; deadline.SECONDS = {study}; "
    shorter += "" if grace is None else f"from search_api import server; server.GRACE_SECONDS = {grace}; "
    shorter += "" if look is None else f"from vivier.operation import watch; watch.LOOK_SECONDS = {look}; "
    program = shorter + (_LIMITED.format(limits=dict(limits)) if limits else "") + _SERVE
    command = ["sh", "-c", f'{limit}exec "$@"', "sh", sys.executable, "-c", program, "serve", "--port", str(port)]
    log = home / f"serve-{port}.log"
    with log.open("a") as stream:  # so that a test may empty it
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stream, text=True, env=environment)
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Vivier sert sur"), log.read_text()
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

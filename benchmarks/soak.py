"""Serves for a long time while generations are promoted: failures, waiting times, memory and descriptors, by period.

``python -m benchmarks.soak --minutes 30 --every 3``. Clients ask at a steady rate, so that a busy machine shows in the waiting
times and in nothing else. A generation is built by another process and promoted at the start of each period, as a nightly update does.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import psutil

from benchmarks.corpus import published, records, settings_for
from benchmarks.load import LOADS, Seen
from benchmarks.report import Report
from benchmarks.server import Server, serving

CLIENTS: Final = 4


class Clients:
    """Clients that ask a steady rate until they are stopped. What they see is counted by period."""

    def __init__(self, port: int, rate: float) -> None:
        self._rate = rate / CLIENTS
        self._paths = itertools.cycle(LOADS["mixed"])
        self._seen, self._end = Seen(), threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(port,)) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def taken(self) -> Seen:
        """What was seen since the last time."""
        seen, self._seen = self._seen, Seen()
        return seen

    def stop(self) -> None:
        """Waits for the last answers."""
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, port: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        due = time.monotonic()
        while not self._end.wait(max(0.0, due - time.monotonic())):
            due = max(due + 1 / self._rate, time.monotonic() - 1)
            self._seen.ask(connection, next(self._paths))
        connection.close()


def soak(folder: Path, count: int, minutes: float, every: float, workers: int, rate: float, report: Report) -> None:
    """Serves generated suppliers for some minutes, with a promotion at the start of each period of ``every`` minutes; clients ask
    ``rate`` requests a second together."""
    settings = settings_for(folder).model_copy(update={"workers": workers})
    records(settings, count)
    published(settings)
    with serving(settings) as server:
        clients = Clients(server.port, rate)
        try:
            for period in _periods(minutes, every):
                machine = os.getloadavg()[0]
                began = time.monotonic()
                _promote(folder)
                promoted = time.monotonic() - began
                time.sleep(max(0.0, every * 60 - promoted))
                report.add(
                    period=str(period),
                    **clients.taken().cells(),
                    **_held(server),
                    **{"promotion s": f"{promoted:.0f}", "load of the machine": f"{machine:.1f}"},
                )
        finally:
            clients.stop()


def _periods(minutes: float, every: float) -> Iterator[int]:
    return iter(range(1, int(minutes / every) + 1))


def _promote(folder: Path) -> None:
    """Builds a generation and puts it in service, in a process of its own. The suppliers are the same: its name changes."""
    command = [sys.executable, "-c", "from vivier.cli import main; main()", "index"]
    done = subprocess.run(command, env=os.environ | {"VIVIER_HOME": str(folder)}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])


def _held(server: Server) -> dict[str, str]:
    """Memory and descriptors of the server and its workers together."""
    parent = psutil.Process(server.process.pid)
    every = [parent, *parent.children(recursive=True)]
    memory = sum(process.memory_full_info().pss for process in every) / 1e6
    return {"PSS MB": f"{memory:.0f}", "descriptors": str(sum(process.num_fds() for process in every))}


def main() -> None:
    """Prints one row a period."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--suppliers", type=int, default=5_000)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--every", type=float, default=3.0, help="minutes between two promotions")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second")
    options = parser.parse_args()
    report = Report("soak", options.suppliers, command="benchmarks.soak")
    with tempfile.TemporaryDirectory(prefix="vivier-soak-") as folder:
        soak(Path(folder), options.suppliers, options.minutes, options.every, options.workers, options.rate, report)
    report.print()


if __name__ == "__main__":
    main()

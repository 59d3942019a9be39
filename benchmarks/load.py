"""Mixed loads over HTTP: ``python -m benchmarks load``, and ``soak --minutes 30 --every 3``.

**load**: requests a second and waiting times at several concurrencies and numbers of workers, then what ``/health`` and a search wait beside
sixty exports of a région. The driver has a thread and a connection a client, in this process, on the same cores as the server: figures
are those of both. The load of the machine as each row begins stands beside it.

**soak**: serves for a long time while generations are promoted: failures, waiting times, memory and descriptors, by period. Clients ask at a
steady rate, so that a busy machine shows in the waiting times and in nothing else. A generation is built by another process and promoted
at the start of each period, as a nightly update does.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Annotated, Final

import typer

from benchmarks.corpus import indexed
from benchmarks.report import Report, quantile
from benchmarks.server import Server, serving
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

SECONDS: Final = 3.0
CLIENTS: Final = (1, 4, 16)
STEADY: Final = 4
"""Clients of the soak."""
WORKERS: Final = (1, 2)
EXPORTS: Final = 60
EXPORT: Final = "/v1/suppliers.xlsx?territory=region:53"
_TRADES: Final = ("entretien-espaces-verts", "nettoyage-locaux", "elagage-abattage", "espaces-naturels")
_PLACES: Final = ("departement:35", "departement:69", "departement:59", "departement:38", "region:53", "commune:69123")
_ASKED: Final = [(trade, place) for trade in _TRADES for place in _PLACES]
LOADS: Final[dict[str, list[str]]] = {
    "search": [f"/v1/suppliers?trade={trade}&territory={place}" for trade, place in _ASKED],
    "page": [f"/fournisseurs?trade={trade}&territory={place}" for trade, place in _ASKED],
    "feasibility": [f"/v1/feasibility?trade={trade}&territory={place}" for trade, place in _ASKED],
}
LOADS["mixed"] = [
    path
    for search, page, study in zip(LOADS["search"], LOADS["page"], LOADS["feasibility"], strict=True)
    for path in (search, search, search, search, page, page, page, "/v1/suggest?q=atel", "/health", study)
]
"""Paths asked in turn; « mixed » has one study for four searches, three pages, one completion and one look at health."""
FRESH: Final = "mixed, each asked once"
"""The same mix where no search, page or study is asked twice: no answer is one that the service has kept."""


def _fresh() -> Iterator[str]:
    """The paths of « mixed », each with another trade and département: some twenty thousand."""
    departements = [f"departement:{code:02}" for code in range(1, 96) if code != 20]
    pairs = [f"trade={trade.code}&territory={place}" for place in departements for trade in load_lexicon().trades]
    Random(20261128).shuffle(pairs)
    routes = (*["/v1/suppliers"] * 4, *["/fournisseurs"] * 3, "/v1/feasibility")
    paths: list[str] = []
    for number, pair in enumerate(pairs):
        if number % len(routes) == 0:
            paths += ("/v1/suggest?q=atel", "/health")
        paths.append(f"{routes[number % len(routes)]}?{pair}")
    return iter(paths)  # threads share it: a generator could not be


@dataclass
class Seen:
    """What the clients saw together."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def ask(self, connection: HTTPConnection, path: str) -> None:
        """Asks once. Status 0 stands for a connection that failed."""
        started = time.perf_counter()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, HTTPException):
            connection.close()
            status = 0
        self.statuses[status] += 1
        if status == 200:
            self.times.append(time.perf_counter() - started)

    def cells(self) -> dict[str, str]:
        """The waiting times of the requests that were answered, and how many were not."""
        done = self.times or [0.0]
        p50, p99, worst = (f"{time_ * 1e3:.0f}" for time_ in (quantile(done, 0.5), quantile(done, 0.99), max(done)))
        refused, failed = self.statuses[503], sum(self.statuses.values()) - len(self.times) - self.statuses[503]
        return {"p50 ms": p50, "p99 ms": p99, "longest ms": worst, "refused": str(refused), "failed": str(failed)}


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures the loads on generated suppliers with the embedded engine."""
    settings = indexed(folder, count)
    for workers in WORKERS:
        _measured(settings.model_copy(update={"workers": workers}), report)


def _measured(settings: Settings, report: Report) -> None:
    workers = settings.workers
    with serving(settings) as server:
        _clients(server.port, 4, itertools.cycle(LOADS["mixed"]), seconds=2.0)  # what is asked first is remembered
        fresh = _fresh()
        for name, clients in itertools.product((*LOADS, FRESH), CLIENTS):
            machine = os.getloadavg()[0]
            seen = _clients(server.port, clients, fresh if name == FRESH else itertools.cycle(LOADS[name]))
            _add(report, name, workers, clients, seen, SECONDS, machine)
        machine, exports = os.getloadavg()[0], Seen()
        beside, took = _beside_exports(server.port, exports)
        for name, seen in beside.items():
            _add(report, f"{name} beside {EXPORTS} exports", workers, 1, seen, took, machine)
        _add(report, "the exports", workers, EXPORTS, exports, took, machine)


def _add(report: Report, load: str, workers: int | None, clients: int, seen: Seen, took: float, machine: float) -> None:
    rate = f"{len(seen.times) / took:.4g}"
    cells = {"requests/s": rate, **seen.cells(), "load of the machine": f"{machine:.1f}"}
    report.add(load=load, workers=str(workers), clients=str(clients), **cells)


def _beside_exports(port: int, exports: Seen) -> tuple[dict[str, Seen], float]:
    """What one client sees that asks health, then searches, as long as sixty exports asked at once are not all answered, in how many seconds."""

    def export() -> None:
        with closing(_connected(port)) as connection:
            exports.ask(connection, EXPORT)

    paths = {"health": "/health", "search": LOADS["search"][0]}
    seen = {name: Seen() for name in paths}
    connections = {name: _connected(port) for name in paths}
    began = time.perf_counter()
    exporting = [threading.Thread(target=export) for _ in range(EXPORTS)]
    for thread in exporting:
        thread.start()
    while any(thread.is_alive() for thread in exporting):
        for name, path in paths.items():
            seen[name].ask(connections[name], path)
    return seen, time.perf_counter() - began


def _connected(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=120)


def _clients(port: int, count: int, paths: Iterator[str], seconds: float = SECONDS) -> Seen:
    """What ``count`` clients see in some seconds, each over its own connection; they share the paths."""
    seen, end = Seen(), time.perf_counter() + seconds

    def ask() -> None:
        with closing(_connected(port)) as connection:
            while time.perf_counter() < end:
                seen.ask(connection, next(paths))

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


class Clients:
    """Clients that ask a steady rate until they are stopped. What they see is counted by period."""

    def __init__(self, port: int, rate: float) -> None:
        self._rate = rate / STEADY
        self._paths = itertools.cycle(LOADS["mixed"])
        self._seen, self._end = Seen(), threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(port,)) for _ in range(STEADY)]
        for thread in self._threads:
            thread.start()

    def taken(self) -> Seen:
        """What was seen since the last time."""
        seen, self._seen = self._seen, Seen()
        return seen

    def close(self) -> None:
        """Waits for the last answers, then stops."""
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, port: int) -> None:
        due = time.monotonic()
        with closing(_connected(port)) as connection:
            while not self._end.wait(max(0.0, due - time.monotonic())):
                due = max(due + 1 / self._rate, time.monotonic() - 1)
                self._seen.ask(connection, next(self._paths))


def soak(
    suppliers: int = 5_000,
    minutes: float = 30.0,
    every: Annotated[float, typer.Option(help="minutes between two promotions")] = 3.0,
    workers: int = 2,
    rate: Annotated[float, typer.Option(help="requests a second")] = 20.0,
) -> Iterator[str]:
    """A row a period."""
    report = Report("soak", suppliers)
    with tempfile.TemporaryDirectory(prefix="vivier-soak-") as folder:
        settings = indexed(Path(folder), suppliers, workers=workers)
        with serving(settings) as server, closing(Clients(server.port, rate)) as clients:
            for period in range(1, int(minutes / every) + 1):
                machine, began = os.getloadavg()[0], time.monotonic()
                _promote(folder)
                promoted = time.monotonic() - began
                time.sleep(max(0.0, every * 60 - promoted))
                figures = {"promotion s": f"{promoted:.0f}", "load of the machine": f"{machine:.1f}"}
                report.add(period=str(period), **clients.taken().cells(), **_retained(server), **figures)
    yield from report.lines()


def _promote(folder: str) -> None:
    """Builds a generation and puts it in service, in a process of its own. The suppliers are the same: its name changes."""
    command = [sys.executable, "-c", "from vivier.cli import main; main()", "index"]
    done = subprocess.run(command, env=os.environ | {"VIVIER_HOME": folder}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])


def _retained(server: Server) -> dict[str, str]:
    """Memory and descriptors of the server and its workers together."""
    every = server.processes()
    memory = sum(process.memory_full_info().pss for process in every) / 1e6
    return {"PSS MB": f"{memory:.0f}", "descriptors": str(sum(process.num_fds() for process in every))}

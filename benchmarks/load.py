"""Measures a mixed load over HTTP: requests a second and waiting times at several concurrencies and numbers of workers, then what
``/health`` and a search wait beside sixty exports of a région.

The driver has a thread and a connection a client, in this process, on the same cores as the server: figures are those of both. The load of
the machine as each row begins stands beside it.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report, quantile
from benchmarks.server import serving
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

SECONDS: Final = 3.0
CLIENTS: Final = (1, 4, 16)
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
    settings = settings_for(folder)
    records(settings, count)
    published(settings)
    for workers in WORKERS:
        _measured(settings.model_copy(update={"workers": workers}), report)


def _measured(settings: Settings, report: Report) -> None:
    with serving(settings) as server:
        _clients(server.port, 4, itertools.cycle(LOADS["mixed"]), seconds=2.0)  # what is asked first is remembered
        fresh = _fresh()
        for name, clients in itertools.product((*LOADS, FRESH), CLIENTS):
            machine = os.getloadavg()[0]
            seen = _clients(server.port, clients, fresh if name == FRESH else itertools.cycle(LOADS[name]))
            rate = f"{len(seen.times) / SECONDS:.0f}"
            report.add(
                load=name,
                workers=str(settings.workers),
                clients=str(clients),
                **{"requests/s": rate},
                **seen.cells(),
                **_machine(machine),
            )
        _beside_exports(server.port, settings, report)


def _beside_exports(port: int, settings: Settings, report: Report) -> None:
    """One client asks health, then one searches, as long as sixty exports asked at once are not all answered."""
    machine, exports = os.getloadavg()[0], Seen()
    askers = [threading.Thread(target=_once, args=(port, EXPORT, exports)) for _ in range(EXPORTS)]
    for asker in askers:
        asker.start()
    seen = {path: Seen() for path in ("/health", LOADS["search"][0])}
    began = time.perf_counter()
    connections = {path: HTTPConnection("127.0.0.1", port, timeout=120) for path in seen}
    while any(asker.is_alive() for asker in askers):
        for path, waited in seen.items():
            waited.ask(connections[path], path)
    took = time.perf_counter() - began
    for name, waited in zip(
        (f"health beside {EXPORTS} exports", f"search beside {EXPORTS} exports"), seen.values(), strict=True
    ):
        rate = f"{len(waited.times) / took:.0f}"
        report.add(
            load=name,
            workers=str(settings.workers),
            clients="1",
            **{"requests/s": rate},
            **waited.cells(),
            **_machine(machine),
        )
    rate = f"{len(exports.times) / took:.1f}"
    report.add(
        load="the exports",
        workers=str(settings.workers),
        clients=str(EXPORTS),
        **{"requests/s": rate},
        **exports.cells(),
        **_machine(machine),
    )


def _once(port: int, path: str, seen: Seen) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    seen.ask(connection, path)
    connection.close()


def _clients(port: int, count: int, paths: Iterator[str], seconds: float = SECONDS) -> Seen:
    """What ``count`` clients see in some seconds, each over its own connection; they share the paths."""
    seen, end = Seen(), time.perf_counter() + seconds

    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        while time.perf_counter() < end:
            seen.ask(connection, next(paths))
        connection.close()

    _run(threading.Thread(target=ask) for _ in range(count))
    return seen


def _run(threads: Iterable[threading.Thread]) -> None:
    started = list(threads)
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def _machine(load: float) -> dict[str, str]:
    return {"load of the machine": f"{load:.1f}"}

"""Figures for Prometheus: what each process counts of its requests, and what is looked up when the operator asks.

They are served on a port of their own, on this machine only or to who has the token: they are for who runs the service. With several workers each writes its
figures in a shared folder, and the process that watches them adds them up.
"""

from __future__ import annotations

import hmac
import os
import resource
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from pydantic import SecretStr

from vivier.check import Figure
from vivier.errors import EngineUnavailable, NotFound
from vivier.search.operators import COLLECTIONS
from vivier.search.port import Generation, Store

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Figures = Callable[[], Iterable[Figure]]
"""What gives the figures of a home."""
HOST: Final = "127.0.0.1"
"""The address that figures are served on without a token."""
_EVERYWHERE: Final = "0.0.0.0"
_READ_SECONDS: Final = 5
REQUESTS: Final = Counter("vivier_requests", "Requests answered.", ("route", "method", "status"))
SECONDS: Final = Histogram(
    "vivier_request_seconds",
    "Seconds from the head of a request to the end of its answer.",
    ("route",),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
ENGINE_SECONDS: Final = Histogram(
    "vivier_engine_seconds",
    "Seconds that the engine took for one question of a request.",
    ("collection", "operation"),
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
BYTES: Final = Counter("vivier_answer_bytes", "Bytes of the bodies sent, before compression.", ("route",))
IN_FLIGHT: Final = Gauge(
    "vivier_requests_in_flight", "Requests answered or waiting now.", ("lane",), multiprocess_mode="livesum"
)
REFUSALS: Final = Counter("vivier_refusals", "Requests refused before any work.", ("reason",))
UNCOUNTED: Final = Counter("vivier_uncounted", "Requests not limited, as the store of the limits did not answer.")
FORWARDED: Final = Counter(
    "vivier_forwarded_ignored", "Requests whose X-Forwarded-For came from a peer that is not trusted."
)
FAILED_LOGINS: Final = Counter("vivier_failed_logins", "Wrong passwords given for the page of the operator.")

TROUBLES: Final = Gauge(
    "vivier_trouble",
    "1 while something demands the operator (« warnings » of /ready).",
    ("name",),
    multiprocess_mode="max",
)

COUNTED: Final = (
    TROUBLES,
    REQUESTS,
    SECONDS,
    ENGINE_SECONDS,
    BYTES,
    IN_FLIGHT,
    REFUSALS,
    UNCOUNTED,
    FORWARDED,
    FAILED_LOGINS,
)
"""What each process counts."""


class Looked(Collector):
    """Figures that are looked up at each reading: the generation in service of each collection, and the open files of the processes."""

    def __init__(self, store: Store, processes: Iterable[int], figures: Figures = tuple) -> None:
        self._store, self._processes, self._figures = store, processes, figures

    def collect(self) -> Iterator[Metric]:
        live = list(_live(self._store))
        ages = [(generation.collection, _age_of(generation)) for generation in live]
        documents = [(generation.collection, float(generation.documents)) for generation in live]
        yield _by_collection("vivier_generation_age_seconds", "Age of the generation in service.", ages)
        yield _by_collection("vivier_generation_documents", "Documents of the generation in service.", documents)
        yield _rows(live)
        files = GaugeMetricFamily("vivier_open_files", "Files and connections open.", labels=["process"])
        for process in self._processes:
            with suppress(OSError):  # it ended meanwhile
                files.add_metric([str(process)], sum(1 for _ in Path(f"/proc/{process}/fd").iterdir()))
        yield files
        memory = GaugeMetricFamily("vivier_resident_bytes", "Memory of a process.", labels=["process"])
        for process in self._processes:
            with suppress(OSError):
                pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
                memory.add_metric([str(process)], pages * resource.getpagesize())
        yield memory
        for figure in self._figures():
            family = GaugeMetricFamily(figure.name, figure.meaning, labels=[figure.label])
            for value, measured in figure.values.items():
                family.add_metric([value], measured)
            yield family


SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client knows the folder where several processes write their figures. It is set before this module
is loaded, or never."""


def serve_figures(
    port: int, store: Store, processes: Iterable[int], figures: Figures = tuple, token: SecretStr | None = None
) -> None:
    """Serves the figures on a port, in a thread: of this machine alone, or of every address to who has the ``token``. ``processes``: their ids,
    ``figures``: those of the home, read at each request."""
    registry = CollectorRegistry()
    if _is_shared():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for figure in COUNTED:
            registry.register(figure)
    registry.register(Looked(store, processes, figures))
    app = make_wsgi_app(registry)
    served = make_server(
        HOST if token is None else _EVERYWHERE,
        port,
        app if token is None else _guarded(app, token),
        ThreadingWSGIServer,
        handler_class=_Quiet,
    )
    threading.Thread(target=served.serve_forever, daemon=True).start()


class _Quiet(WSGIRequestHandler):
    """Writes no line a request, and waits for none that does not come."""

    timeout = _READ_SECONDS

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


def _guarded(app: WSGIApplication, token: SecretStr) -> WSGIApplication:
    """The figures, for who gives the token; the time of the answer says nothing of it."""
    expected = f"Bearer {token.get_secret_value()}".encode()

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if hmac.compare_digest(environ.get("HTTP_AUTHORIZATION", "").encode("latin-1"), expected):
            return app(environ, start_response)
        start_response("401 Unauthorized", [("WWW-Authenticate", "Bearer"), ("Content-Length", "0")])
        return [b""]

    return guarded


def forget(process: int) -> None:
    """Takes a process that ended out of the figures that say what is going on now."""
    if _is_shared():
        mark_process_dead(process)  # type: ignore[no-untyped-call]


def _is_shared() -> bool:
    return SHARED in os.environ


def _live(store: Store) -> Iterator[Generation]:
    for collection in COLLECTIONS:
        with suppress(NotFound, EngineUnavailable):
            yield store.live(collection)


def _by_collection(name: str, help_: str, figures: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=["collection"])
    for collection, figure in figures:
        family.add_metric([collection], figure)
    return family


def _age_of(generation: Generation) -> float:
    return (datetime.now(UTC) - generation.created_at).total_seconds()


def _rows(live: Iterable[Generation]) -> Metric:
    """Rows of each source of the generations in service: kept, and left out by reason."""
    family = GaugeMetricFamily(
        "vivier_source_rows", "Rows of a source, by what became of them.", labels=["collection", "source", "outcome"]
    )
    for generation in live:
        for read in generation.meta.get("sources", ()):
            outcomes = {"kept": read["kept"], **read["set_aside"], **read["skipped"]}
            for outcome, rows in outcomes.items():
                family.add_metric([generation.collection, read["source"]["id"], outcome], rows)
    return family

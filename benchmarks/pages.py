"""Measures the page of results, and what its living map asks for, over HTTP: processor time of the server, and waiting time of a reader."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report, milliseconds
from benchmarks.server import Server, serving

TURNS = 40
WARM_UP = 5
PAGE, MAP = "/fournisseurs", "/carte/fournisseurs"
CASES: dict[str, dict[str, str]] = {
    "département, trade, kind": {"territory": "departement:35", "trade": "entretien-espaces-verts", "kind": "ESAT"},
    "commune, trade": {"territory": "commune:69123", "trade": "entretien-espaces-verts"},
    "free text": {"q": "entretien espaces verts"},
    "région": {"territory": "region:84"},
    "everything": {},
}


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures pages of results on generated suppliers with the embedded engine; each body is read whole."""
    settings = settings_for(folder)
    records(settings, count)
    published(settings)
    with serving(settings) as server:
        for name, parameters in CASES.items():
            _row(report, name, PAGE, parameters, server)
            _row(report, f"{name}: map", MAP, parameters, server)


def _row(report: Report, name: str, path: str, parameters: dict[str, str], server: Server) -> None:
    for _ in range(WARM_UP):
        body = server.get(path, parameters)
    before, times = server.busy_s(), []
    for _ in range(TURNS):
        started = time.perf_counter()
        server.get(path, parameters)
        times.append(time.perf_counter() - started)
    packed = server.get(path, parameters, {"Accept-Encoding": "gzip"})
    p50, p95 = milliseconds(times)
    report.add(
        case=name,
        **{"CPU ms": f"{(server.busy_s() - before) / (TURNS + 1) * 1e3:.1f}", "p50 ms": p50, "p95 ms": p95},
        **{"page kB": f"{len(body) / 1e3:.0f}", "sent with gzip kB": f"{len(packed) / 1e3:.0f}"},
    )

"""Measures the page of results, and what its living map asks for, over HTTP: processor time of the server, and waiting time of a reader."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

from benchmarks.corpus import published, records, settings_for
from benchmarks.painting import painted, weighed
from benchmarks.report import Report, milliseconds
from benchmarks.server import Server, serving

TURNS = 40
WARM_UP = 5
PAGE, MAP, DEPTH = "/fournisseurs", "/carte/fournisseurs", "/filieres"
GZIP = {"Accept-Encoding": "gzip", "Accept": "text/html"}
DEPTH_CASE = {"trade": "entretien-espaces-verts", "by": "epci"}
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
        found = json.loads(server.get("/v1/suppliers", {"per_page": str(WARM_UP + TURNS), "fields": "name"}))["results"]
        chosen = [{"choix": one["id"]} for one in found]
        for name, parameters in CASES.items():
            _row(report, name, PAGE, [parameters | other for other in chosen], server)
            _row(report, f"{name}: asked again", PAGE, [parameters] * len(chosen), server)
            _row(report, f"{name}: map", MAP, [parameters] * len(chosen), server)
        _row(report, "EPCI map: asked again", DEPTH, [DEPTH_CASE] * len(chosen), server)
        painted(server, report)
    weighed(report)


def _row(report: Report, name: str, path: str, asked: list[dict[str, str]], server: Server) -> None:
    """Measures requests that differ by the supplier chosen, so that each page is made anew, or that are all the same."""
    for parameters in asked[:WARM_UP]:
        server.get(path, parameters, GZIP)
    before, times = server.busy_s(), []
    for parameters in asked[WARM_UP:]:
        started = time.perf_counter()
        packed = server.get(path, parameters, GZIP)
        times.append(time.perf_counter() - started)
    body = gzip.decompress(packed)
    p50, p95 = milliseconds(times)
    report.add(
        case=name,
        **{"CPU ms": f"{(server.busy_s() - before) / TURNS * 1e3:.1f}", "p50 ms": p50, "p95 ms": p95},
        **{"page kB": f"{len(body) / 1e3:.0f}", "sent with gzip kB": f"{len(packed) / 1e3:.0f}"},
    )

"""Measures the page of results, and what its living map asks for, over HTTP: processor time of the server, and waiting time of a reader; then
pages as a reader sees them, in Chromium when it is there: when the largest element is painted, what a page weighs and asks.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.corpus import indexed
from benchmarks.report import Report, in_ms, spent
from benchmarks.server import Server, serving
from search_api.pages.render import assets

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


TIMES: Final = 5
PAGES: Final = {
    "start": "/",
    "results": "/fournisseurs?territory=departement:35&trade=entretien-espaces-verts",
    "results of a région": "/fournisseurs?territory=region:84",
    "depth by département": "/filieres?trade=entretien-espaces-verts",
}
_OBSERVE: Final = """() => new Promise((done) => new PerformanceObserver((seen) => done(seen.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures pages of results on generated suppliers with the embedded engine; each body is read whole."""
    settings = indexed(folder, count)
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
    before = server.busy_s()
    answers = [spent(server.get, path, parameters, GZIP) for parameters in asked[WARM_UP:]]
    packed = answers[-1].result
    report.add(
        case=name,
        **{"CPU ms": f"{(server.busy_s() - before) / TURNS * 1e3:.1f}", **in_ms([each.clock for each in answers])},
        **{"page kB": f"{len(gzip.decompress(packed)) / 1e3:.0f}", "sent with gzip kB": f"{len(packed) / 1e3:.0f}"},
    )


def painted(server: Server, report: Report) -> None:
    """A row a page: the median time of its largest paint on loopback, ms, each in a new browser profile without any cache, and how many
    requests it sends. Nothing without Chromium and Playwright."""
    path = os.environ.get("VIVIER_CHROMIUM") or shutil.which("chromium")
    if path is None or find_spec("playwright") is None:
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"])
        for name, address in PAGES.items():
            seen = [_once(browser, f"http://127.0.0.1:{server.port}{address}") for _ in range(TIMES)]
            paint, requests = median(time for time, _ in seen), max(count for _, count in seen)
            report.add(case=f"{name}, painted", **{"largest paint ms": f"{paint:.0f}", "requests": str(requests)})
        browser.close()


def _once(browser: Any, url: str) -> tuple[float, int]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    time = float(page.evaluate(_OBSERVE))
    context.close()
    return time, len(asked)


def weighed(report: Report) -> None:
    """What the styles and scripts weigh with gzip, kB, all together: ours, and the library of the map."""
    for name, is_ours in (("our styles and scripts", True), ("library of the map", False)):
        some = [one for plain, one in assets().items() if plain.startswith("leaflet") is not is_ours]
        size = sum(len(gzip.compress(one.content, 6)) for one in some)
        report.add(case=name, **{"sent with gzip kB": f"{size / 1e3:.0f}"})

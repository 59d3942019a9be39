"""Measures pages as a reader sees them, in Chromium when it is there: when the largest element is painted, what a page weighs and asks."""

from __future__ import annotations

import gzip
import os
import shutil
from importlib.util import find_spec
from statistics import median
from typing import Any, Final

from benchmarks.report import Report
from benchmarks.server import Server
from search_api.pages.render import assets

TIMES: Final = 5
PAGES: Final = {
    "start": "/",
    "results": "/fournisseurs?territory=departement:35&trade=entretien-espaces-verts",
    "results of a région": "/fournisseurs?territory=region:84",
    "depth by département": "/filieres?trade=entretien-espaces-verts",
}
_OBSERVE: Final = """() => new Promise((done) => new PerformanceObserver((seen) => done(seen.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""


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

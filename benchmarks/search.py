"""Interactive search: the API against the bare engine query, in turn, in one run."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report, milliseconds, quantile
from benchmarks.server import serving
from tests.opensearch_node.jars import NodeUnavailableError
from tests.opensearch_node.node import opensearch_node
from vivier.engine import open_engine
from vivier.engine.dsl import compile_search
from vivier.lexicon import load_lexicon
from vivier.plan import plan_search
from vivier.query import parse_query
from vivier.suggest import TYPES, suggest

TURNS = 150
CASES: dict[str, dict[str, str]] = {
    "trade + département + kind, facets": {
        "trade": "entretien-espaces-verts",
        "territory": "departement:35",
        "kind": "ESAT",
    },
    "commune with zones, distance order": {"territory": "commune:69123", "sort": "distance"},
    "free text": {"q": "entretien espaces verts"},
    "région": {"territory": "region:84"},
    "radius 40 km of Rennes, ESAT": {"near": "-1.6778,48.1173", "radius_km": "40", "kind": "ESAT"},
    "everything": {},
}
BEGINNINGS = ("at", "atelier", "nettoyage des vi", "roub")
"""Texts being typed, completed by ``/v1/suggest``."""


def embedded(folder: Path, count: int, report: Report) -> None:
    """API over HTTP and engine alone, embedded."""
    settings = settings_for(folder)
    records(settings, count)
    published(settings)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine, serving(settings) as server:
        for name, parameters in CASES.items():
            plan = plan_search(parse_query(parameters.items(), lexicon), lexicon, date.today())
            bare, api = in_turn(
                lambda search=plan.search: engine.search("suppliers", search),  # type: ignore[misc]
                lambda given=parameters: server.get("/v1/suppliers", given),  # type: ignore[misc]
            )
            row(report, name, bare, api, engine.search("suppliers", plan.search).total)
        for text in BEGINNINGS:
            bare, api = in_turn(
                lambda text=text: suggest(text, TYPES, 5, engine, lexicon),  # type: ignore[misc]
                lambda text=text: server.get("/v1/suggest", {"q": text}),  # type: ignore[misc]
            )
            row(report, f"suggest « {text} »", bare, api, len(suggest(text, TYPES, 5, engine, lexicon)))
        report.add(case="RSS of the server after the run", **{"API p50 ms": f"{server.rss_mb():.0f} MB"})


def opensearch(folder: Path, count: int, report: Report) -> None:
    """API over HTTP and the bare ``_search`` of the same body, on a real node of this machine."""
    try:
        with opensearch_node(heap="1g") as node:
            settings = settings_for(folder, engine="opensearch", opensearch_url=node.url)
            records(settings, count)
            done, seconds = published(settings)
            report.add(case=f"build: {done.generation.documents / seconds:.0f} suppliers/s")
            with serving(settings) as server:
                _compare(node.url, f"/vivier-bench-{done.generation.name}/_search", server.get, report)
    except NodeUnavailableError as reason:
        report.add(case=f"not measured: {reason}")


def _compare(url: str, path: str, ask: Callable[[str, dict[str, str]], bytes], report: Report) -> None:
    lexicon = load_lexicon()
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)

    def bare_search(body: bytes) -> bytes:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        return connection.getresponse().read()

    for name, parameters in CASES.items():
        plan = plan_search(parse_query(parameters.items(), lexicon), lexicon, date.today())
        body = orjson.dumps(compile_search(plan.search))
        bare, api = in_turn(
            lambda body=body: bare_search(body),  # type: ignore[misc]
            lambda given=parameters: ask("/v1/suppliers", given),  # type: ignore[misc]
        )
        row(report, name, bare, api, orjson.loads(bare_search(body))["hits"]["total"]["value"])


def in_turn(
    first: Callable[[], object], second: Callable[[], object], turns: int = TURNS
) -> tuple[list[float], list[float]]:
    """Seconds of two calls made in turn, after a warm-up of ten turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns + 10):
        for call, kept in zip((first, second), times, strict=True):
            started = time.perf_counter()
            call()
            if turn >= 10:
                kept.append(time.perf_counter() - started)
    return times


def row(report: Report, name: str, bare: list[float], api: list[float], total: int) -> None:
    (bare50, bare95), (api50, api95) = milliseconds(bare), milliseconds(api)
    report.add(
        case=name,
        hits=str(total),
        **{"API p50 ms": api50, "API p95 ms": api95, "bare p50 ms": bare50, "bare p95 ms": bare95},
        ratio=f"{quantile(api, 0.5) / quantile(bare, 0.5):.2f}",
    )

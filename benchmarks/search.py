"""Measures interactive search: the API against the bare query of the engine, in turn, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.corpus import published, records, settings_for
from benchmarks.recording import Recording
from benchmarks.report import Report, milliseconds, quantile
from benchmarks.server import Server, serving
from tests.opensearch_node.jars import NodeUnavailableError
from tests.opensearch_node.node import opensearch_node
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.search.suggest import TYPES, suggest
from vivier.suppliers.beyond import beyond
from vivier.suppliers.find import SupplierFound, find, groups
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import SupplierQuery, parse_query
from vivier.suppliers.readings import plan_of
from vivier.suppliers.reasons import forget_coverage

TURNS = 150
WARM_UP = 10
PAGES = 10
"""Pages of 100 suppliers explained for the first time."""
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
TRADES = ("entretien-espaces-verts", "nettoyage-locaux", "traiteur", "blanchisserie", "menuiserie", "impression")
DEPARTEMENTS = tuple(f"{number:02}" for number in range(1, 96) if number != 20)
EACH_OTHER: dict[str, tuple[dict[str, str], ...]] = {
    "each call another trade and département": tuple(
        {"trade": TRADES[at % len(TRADES)], "territory": f"departement:{code}"} for at, code in enumerate(DEPARTEMENTS)
    ),
    "each call another département": tuple({"territory": f"departement:{code}"} for code in DEPARTEMENTS),
}
"""Searches that nobody asked before: what the engine remembers from one search to the next helps little."""
BEGINNINGS = ("at", "atelier", "nettoyage des vi", "roub")
"""Beginnings of texts, as typed, for ``/v1/suggest``."""


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures the API over HTTP and the embedded engine alone."""
    settings = settings_for(folder)
    records(settings, count)
    published(settings)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine, serving(settings) as server:
        snapshot = Snapshot(engine)
        for name, parameters in CASES.items():
            plan = _planned(parameters, snapshot, lexicon)
            times = in_turn(
                lambda search=plan.search: snapshot.suppliers.search(search),  # type: ignore[misc]
                lambda given=parameters: server.get("/v1/suppliers", given),  # type: ignore[misc]
                server.busy_s,
            )
            row(report, name, times, snapshot.suppliers.search(plan.search).total)
        for name, several in EACH_OTHER.items():
            plans = iter([_planned(parameters, snapshot, lexicon) for parameters in several])
            given = iter(several)
            times = in_turn(
                lambda plans=plans: snapshot.suppliers.search(next(plans).search),  # type: ignore[misc]
                lambda given=given: server.get("/v1/suppliers", next(given)),  # type: ignore[misc]
                server.busy_s,
                len(several) - WARM_UP,
            )
            row(report, name, times, len(several))
        for text in BEGINNINGS:
            times = in_turn(
                lambda text=text: suggest(text, TYPES, 5, snapshot, lexicon),  # type: ignore[misc]
                lambda text=text: server.get("/v1/suggest", {"q": text}),  # type: ignore[misc]
                server.busy_s,
            )
            row(report, f"suggest « {text} »", times, len(suggest(text, TYPES, 5, snapshot, lexicon)))
        median, most = milliseconds(explained_first(snapshot, lexicon))
        report.add(case="page of 100 explained first, 50 communes", **{"API p50 ms": median, "API p95 ms": most})
        report.add(case="RSS of the server after the run", **{"API p50 ms": f"{server.rss_mb():.0f} MB"})


def explained_first(snapshot: Snapshot, lexicon: Lexicon) -> list[float]:
    """Seconds to find and explain pages of 100 suppliers for 50 communes each, in this process; no coverage is remembered."""
    codes, times = lexicon.gazetteer.communes.codes[::500], []
    for first in range(PAGES):
        asked = ",".join(f"commune:{code}" for code in codes[first : first + 50])
        query = parse_query([("territory", asked), ("per_page", "100")], lexicon)
        forget_coverage()
        begun = time.perf_counter()
        found = find(query, snapshot, lexicon, date.today())
        times.append(time.perf_counter() - begun)
        assert len(found.results) == 100, len(found.results)
    return times


def opensearch(folder: Path, count: int, report: Report) -> None:
    """Measures the API over HTTP and the bare searches it sends, on a real node of this machine."""
    try:
        with opensearch_node(heap="1g", flags=()) as node:
            settings = settings_for(folder, engine="opensearch", opensearch_url=node.url)
            records(settings, count)
            done, seconds = published(settings)
            report.add(case=f"build: {done.generation.documents / seconds:.0f} suppliers/s")
            engine = Recording(settings.opensearch_hosts, settings.opensearch_prefix)
            with closing(engine), serving(settings, makes_all=True) as server:
                compare(engine, server, report)
    except NodeUnavailableError as reason:
        report.add(case=f"not measured: {reason}")


def compare(engine: Recording, server: Server, report: Report) -> None:
    """Measures each case on the node (all the searches that the API sends for it, over a persistent connection) and on the API, in
    turn. A case with few results sends several searches: the others are for the panel beyond the results."""
    lexicon, today, snapshot = load_lexicon(), date.today(), Snapshot(engine)

    def answer(query: SupplierQuery) -> SupplierFound:
        found = find(query, snapshot, lexicon, today)
        beyond(found, snapshot, lexicon, today)
        groups(found, snapshot, lexicon, results=False)
        return found

    for name, parameters in CASES.items():
        query = parse_query(parameters.items(), lexicon)
        bare = engine.recorded(lambda: answer(query))  # noqa: B023  called at once
        api = lambda: server.get("/v1/suppliers", parameters)  # noqa: B023, E731  in this turn only
        row(report, name, in_turn(bare, api, server.busy_s), answer(query).total)


def _planned(parameters: dict[str, str], snapshot: Snapshot, lexicon: Lexicon) -> SupplierPlan:
    return plan_of(parse_query(parameters.items(), lexicon), snapshot, lexicon, date.today())


@dataclass(frozen=True)
class Times:
    """Seconds of the calls made in turn, and of the server's processor for one call of the API."""

    bare: list[float]
    api: list[float]
    busy: float


def in_turn(
    bare: Callable[[], object], api: Callable[[], object], busy: Callable[[], float], turns: int = TURNS
) -> Times:
    """Two calls in turn, after a warm-up of ten turns. ``busy``: processor seconds of the server so far; a bare call leaves
    it as it is."""
    for _ in range(WARM_UP):
        bare()
        api()
    times: tuple[list[float], list[float]] = ([], [])
    before = busy()
    for _ in range(turns):
        for call, seconds in zip((bare, api), times, strict=True):
            started = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - started)
    return Times(*times, (busy() - before) / turns)


def row(report: Report, name: str, times: Times, total: int) -> None:
    """Adds a row: waiting time of a user, time of the engine alone, processor time of the service."""
    (bare50, bare95), (api50, api95) = milliseconds(times.bare), milliseconds(times.api)
    report.add(
        case=name,
        hits=str(total),
        **{"API p50 ms": api50, "API p95 ms": api95, "bare p50 ms": bare50, "bare p95 ms": bare95},
        **{"added p50 ms": f"{(quantile(times.api, 0.5) - quantile(times.bare, 0.5)) * 1e3:.2f}"},
        ratio=f"{quantile(times.api, 0.5) / quantile(times.bare, 0.5):.2f}",
        **{"API CPU ms": f"{times.busy * 1e3:.2f}"},
    )

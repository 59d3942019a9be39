"""Measures interactive search: the API over HTTP against the bare search of the engine, in turn, in one run.

``python -m benchmarks search`` on the embedded engine, ``opensearch`` on a node of this machine, ``contracts-opensearch`` for lists of contracts
and rankings of buyers (ten times ``--suppliers`` contracts). On a node, « bare » is all the searches that the service sends for an answer, sent
again over a persistent connection. A case with few results sends several: the others are for the panel beyond the results.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from benchmarks import reverse
from benchmarks.contract_files import TIMES, write_json
from benchmarks.corpus import indexed, published, records, settings_for
from benchmarks.homes import index_contracts, opened
from benchmarks.report import Report, milliseconds, quantile, spent
from benchmarks.server import serving
from crawlers.run import import_files
from tests.opensearch_node.node import opensearch_node
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.search.suggest import TYPES, suggest
from vivier.settings import Settings
from vivier.suppliers.beyond import beyond
from vivier.suppliers.find import find, groups
from vivier.suppliers.query import SupplierQuery, parse_query
from vivier.suppliers.readings import plan_of
from vivier.suppliers.reasons import forget_coverage

Compare = Callable[[str, Callable[[Snapshot], int], str, dict[str, str], int], None]
TURNS = 150
CONTRACT_TURNS = 60
FEW = 600
"""Suppliers indexed for the service of contracts to be ready; none is searched."""
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
BEGINNINGS = ("at", "atelier", "nettoyage des vi", "roub")
"""Beginnings of texts, as typed, for ``/v1/suggest``."""


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures the API over HTTP and the embedded engine alone."""
    settings, lexicon = indexed(folder, count), load_lexicon()
    with opened(settings) as snapshot, serving(settings) as server:
        for name, parameters in CASES.items():
            search = plan_of(parse_query(parameters.items(), lexicon), snapshot, lexicon, date.today()).search
            bare = partial(snapshot.suppliers.search, search)
            times = in_turn(bare, partial(server.get, "/v1/suppliers", parameters), server.busy_s)
            row(report, name, times, bare().total)
        for text in BEGINNINGS:
            ours = partial(suggest, text, TYPES, 5, snapshot, lexicon)
            times = in_turn(ours, partial(server.get, "/v1/suggest", {"q": text}), server.busy_s)
            row(report, f"suggest « {text} »", times, len(ours()))
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
        found = spent(find, query, snapshot, lexicon, date.today())
        times.append(found.clock)
        assert len(found.result.results) == 100, len(found.result.results)
    return times


def opensearch(folder: Path, count: int, report: Report) -> None:
    """Measures the API and the searches it sends for suppliers, on a real node."""
    with opensearch_node(heap="1g", flags=()) as node:
        settings = settings_for(folder, engine="opensearch", opensearch_url=node.url)
        records(settings, count)
        done, seconds = published(settings)
        report.add(case=f"build: {done.generation.documents / seconds:.0f} suppliers/s")
        lexicon, today = load_lexicon(), date.today()

        def answer(query: SupplierQuery, snapshot: Snapshot) -> int:
            found = find(query, snapshot, lexicon, today)
            beyond(found, snapshot, lexicon, today)
            groups(found, snapshot, lexicon, results=False)
            return found.total

        with _compared(settings, report) as compared:
            for name, given in CASES.items():
                compared(name, partial(answer, parse_query(given.items(), lexicon)), "/v1/suppliers", given, TURNS)


def contracts(folder: Path, count: int, report: Report) -> None:
    """Measures the API and the searches it sends for lists of contracts and rankings of buyers, on a real node."""
    with opensearch_node(heap="1g") as node:
        settings = indexed(folder, FEW, engine="opensearch", opensearch_url=node.url)
        import_files("decp", [write_json(settings.home / "made.json", count * TIMES)], settings)
        index_contracts(settings)
        lexicon = load_lexicon()
        with _compared(settings, report) as compared:
            for path, make, cases in (
                ("/v1/contracts", reverse.contracts, reverse.LISTS),
                ("/v1/buyers", reverse.buyers, reverse.BUYERS),
            ):
                for name, given in cases.items():
                    on, ask = given | {"as_of": str(reverse.TODAY)}, make(**given)
                    compared(name, lambda snapshot, ask=ask: ask(snapshot, lexicon), path, on, CONTRACT_TURNS)  # type: ignore[misc]


@contextmanager
def _compared(settings: Settings, report: Report) -> Iterator[Compare]:
    """A function that measures a question on the node and on the API, in turn."""
    engine = Recording(settings.opensearch_hosts, settings.opensearch_prefix)
    with closing(engine), serving(settings, makes_all=True) as server:
        snapshot = Snapshot(engine)

        def compare(name: str, ask: Callable[[Snapshot], int], path: str, given: dict[str, str], turns: int) -> None:
            bare = engine.recorded(lambda: ask(snapshot))
            row(report, name, in_turn(bare, partial(server.get, path, given), server.busy_s, turns), ask(snapshot))

        yield compare


class Recording(OpenSearchStore):
    """A store that records every search sent to a node, path and bytes, in order, so that they can be sent again without the service."""

    def __init__(self, hosts: list[str], prefix: str) -> None:
        super().__init__(hosts, prefix)
        self.sent: list[tuple[str, bytes]] = []
        transport: Any = self._client.transport
        self._perform = transport.perform_request
        transport.perform_request = self._noted
        address = urlsplit(hosts[0])
        self._bare = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)

    def recorded(self, ask: Callable[[], object]) -> Callable[[], list[bytes]]:
        """A function that sends again the searches of ``ask`` over a persistent connection. It returns the bodies of the answers,
        read whole and not parsed."""
        self.sent.clear()
        ask()
        sent = tuple(self.sent)
        return lambda: [self._posted(path, body) for path, body in sent]

    def close(self) -> None:
        super().close()
        self._bare.close()

    def _noted(self, method: str, url: str, **given: Any) -> Any:
        if url.endswith(("/_search", "/_msearch")):
            body = given["body"]
            sent = body.encode() if isinstance(body, str) else orjson.dumps(body)
            self.sent.append((f"{url}?{urlencode(given['params'])}", sent))
        return self._perform(method, url, **given)

    def _posted(self, path: str, body: bytes) -> bytes:
        self._bare.request("POST", path, body, {"Content-Type": "application/json"})
        answer = self._bare.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        return content


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
            seconds.append(spent(call).clock)
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

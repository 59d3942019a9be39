"""Contracts on OpenSearch: the API over HTTP against the node asked the very same bodies, in turn, in one run."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from benchmarks.contract_files import write_json
from benchmarks.contracts import TIMES
from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report
from benchmarks.reverse import FACETS, ME, TODAY
from benchmarks.search import in_turn, row
from benchmarks.server import serving
from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from tests.opensearch_node.jars import NodeUnavailableError
from tests.opensearch_node.node import opensearch_node
from vivier.engine.dsl import compile_search
from vivier.engine.opensearch import OpenSearchEngine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.query import parse_parameters
from vivier.reverse.asked import profile_of
from vivier.reverse.find import list_plan
from vivier.reverse.leads_query import BuyersQuery
from vivier.reverse.query import ContractQuery
from vivier.reverse.ranking import rank_buyers
from vivier.settings import Settings

SUPPLIERS: Final = 600
"""Enough for the service to be ready; none is searched."""
TURNS: Final = 60
LISTS: Final[dict[str, dict[str, str]]] = {
    "text and facets": {"q": "entretien espaces verts", "facets": FACETS},
    "text, common words": {"q": "fourniture mobilier scolaire"},
    "département, reserved, facets": {"departement": "departement:35", "provision": "reserved", "facets": FACETS},
    "ending within 12 months, facets": {"ending_months": "12", "facets": FACETS},
    "everything, facets": {"facets": FACETS},
}
BUYERS: Final[dict[str, dict[str, str]]] = {"buyers, national": {}, "buyers for a profile": ME}
Json = dict[str, Any]


class Recording(OpenSearchEngine):
    """Keeps the last bodies sent together."""

    sent: tuple[Json, ...] = ()

    def _ask_all(self, collection: Any, bodies: list[Json], generation: str | None) -> list[Json]:
        self.sent = tuple(bodies)
        return super()._ask_all(collection, bodies, generation)


def opensearch(folder: Path, count: int, report: Report) -> None:
    """Ten contracts for one of ``count``; facets, lists and the ranking of buyers."""
    try:
        with opensearch_node(heap="1g") as node:
            settings = settings_for(folder, engine="opensearch", opensearch_url=node.url)
            lexicon = load_lexicon()
            _served(settings, lexicon, count * TIMES)
            engine = Recording(settings.opensearch_hosts, settings.opensearch_prefix)
            with closing(engine), serving(settings) as server:
                address = urlsplit(node.url)
                connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
                _lists(engine, lexicon, connection, server.get, report)
                _buyers(engine, lexicon, connection, server.get, report)
    except NodeUnavailableError as reason:
        report.add(case=f"not measured: {reason}")


def _served(settings: Settings, lexicon: Lexicon, size: int) -> None:
    records(settings, SUPPLIERS)
    published(settings)
    import_files("decp", [write_json(settings.home / "made.json", size)], settings)
    with closing(OpenSearchEngine(settings.opensearch_hosts, settings.opensearch_prefix)) as engine:
        publish_contracts(engine, settings, lexicon)


Ask = Callable[[str, dict[str, str]], bytes]


def _lists(
    engine: Recording, lexicon: Lexicon, connection: http.client.HTTPConnection, ask: Ask, report: Report
) -> None:
    live = engine.live("contracts")
    for name, given in LISTS.items():
        query = parse_parameters(given.items(), lexicon, ContractQuery)
        body = orjson.dumps(compile_search(list_plan(query, engine, lexicon, TODAY, live).search))
        path = f"/vivier-bench-{live.name}/_search"
        bare, api = in_turn(
            lambda: _posted(connection, path, body),  # noqa: B023  called in this turn only
            lambda: ask("/v1/contracts", given | {"as_of": str(TODAY)}),  # noqa: B023
            TURNS,
        )
        total = orjson.loads(_posted(connection, path, body))["hits"]["total"]["value"]
        row(report, name, bare, api, total)


def _buyers(
    engine: Recording, lexicon: Lexicon, connection: http.client.HTTPConnection, ask: Ask, report: Report
) -> None:
    index = f"vivier-bench-{engine.live('contracts').name}"
    for name, given in BUYERS.items():
        query = parse_parameters(given.items(), lexicon, BuyersQuery)
        found = rank_buyers(query, profile_of(query, engine, lexicon, TODAY), engine, lexicon, TODAY)
        lines = b"".join(orjson.dumps(line) + b"\n" for body in engine.sent for line in ({"index": index}, body))
        bare, api = in_turn(
            lambda: _posted(connection, "/_msearch", lines),  # noqa: B023
            lambda: ask("/v1/buyers", given | {"as_of": str(TODAY)}),  # noqa: B023
            TURNS,
        )
        row(report, name, bare, api, found.total)


def _posted(connection: http.client.HTTPConnection, path: str, body: bytes) -> bytes:
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    return connection.getresponse().read()

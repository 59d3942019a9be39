"""Measures searches of contracts on OpenSearch: the API over HTTP against the same searches sent to the node, in turn, in one run."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.contract_files import TIMES, write_json
from benchmarks.corpus import published, records, settings_for
from benchmarks.recording import Recording
from benchmarks.report import Report
from benchmarks.reverse import FACETS, ME, TODAY
from benchmarks.search import in_turn, row
from benchmarks.server import Server, serving
from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from tests.opensearch_node.jars import NodeUnavailableError
from tests.opensearch_node.node import opensearch_node
from vivier.contracts.find import find_list
from vivier.contracts.leads_query import BuyersQuery
from vivier.contracts.query import ContractQuery
from vivier.contracts.query_profile import profile_of
from vivier.contracts.ranking import rank_buyers
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

SUPPLIERS: Final = 600
"""Suppliers indexed for the service to be ready; none is searched."""
TURNS: Final = 60
LISTS: Final[dict[str, dict[str, str]]] = {
    "text and facets": {"q": "entretien espaces verts", "facets": FACETS},
    "text, common words": {"q": "fourniture mobilier scolaire"},
    "département, reserved, facets": {"departement": "departement:35", "provision": "reserved", "facets": FACETS},
    "ending within 12 months, facets": {"ending_months": "12", "facets": FACETS},
    "everything, facets": {"facets": FACETS},
}
BUYERS: Final[dict[str, dict[str, str]]] = {"buyers, national": {}, "buyers for a profile": ME}


def opensearch(folder: Path, count: int, report: Report) -> None:
    """Measures facets, lists and the ranking of buyers on ten times ``count`` contracts."""
    try:
        with opensearch_node(heap="1g") as node:
            settings = settings_for(folder, engine="opensearch", opensearch_url=node.url)
            lexicon = load_lexicon()
            _served(settings, lexicon, count * TIMES)
            engine = Recording(settings.opensearch_hosts, settings.opensearch_prefix)
            with closing(engine), serving(settings, makes_all=True) as server:
                lists(engine, lexicon, server, report)
                buyers(engine, lexicon, server, report)
    except NodeUnavailableError as reason:
        report.add(case=f"not measured: {reason}")


def _served(settings: Settings, lexicon: Lexicon, size: int) -> None:
    records(settings, SUPPLIERS)
    published(settings)
    import_files("decp", [write_json(settings.home / "made.json", size)], settings)
    with closing(OpenSearchStore(settings.opensearch_hosts, settings.opensearch_prefix)) as engine:
        publish_contracts(engine, settings, lexicon)


def lists(engine: Recording, lexicon: Lexicon, server: Server, report: Report) -> None:
    """Measures pages of contracts."""
    snapshot = Snapshot(engine)
    for name, given in LISTS.items():
        query = parse_parameters(given.items(), lexicon, ContractQuery)
        bare = engine.recorded(lambda: find_list(query, snapshot, lexicon, TODAY))  # noqa: B023  called at once
        api = lambda: server.get("/v1/contracts", given | {"as_of": str(TODAY)})  # noqa: B023, E731  in this turn only
        row(report, name, in_turn(bare, api, server.busy_s, TURNS), find_list(query, snapshot, lexicon, TODAY).total)


def buyers(engine: Recording, lexicon: Lexicon, server: Server, report: Report) -> None:
    """Measures rankings of buyers: their figures, and the records of the page."""
    snapshot = Snapshot(engine)
    for name, given in BUYERS.items():
        query = parse_parameters(given.items(), lexicon, BuyersQuery)
        profile = profile_of(query, snapshot, lexicon, TODAY)
        bare = engine.recorded(lambda: rank_buyers(query, profile, snapshot, lexicon, TODAY))  # noqa: B023  called at once
        api = lambda: server.get("/v1/buyers", given | {"as_of": str(TODAY)})  # noqa: B023, E731  in this turn only
        total = rank_buyers(query, profile, snapshot, lexicon, TODAY).total
        row(report, name, in_turn(bare, api, server.busy_s, TURNS), total)

"""Publishes the suppliers of the demonstration on each engine, as a service does."""

from __future__ import annotations

import contextlib
import urllib.request
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from indexer.build import build_generation
from indexer.demo import demo_records
from indexer.gather import placed
from indexer.merge import merge
from indexer.stock import Ready
from tests.built import copy_of
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.lexicon import Lexicon
from vivier.model import Record, Supplier
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import SupplierFound, find
from vivier.suppliers.judged import judged_records
from vivier.suppliers.query import SupplierQuery, parse_query

DEMO_SIZE = 400
TODAY = date(2026, 11, 24)
SUPPLIERS = TypeAdapter(list[Supplier])


@dataclass(frozen=True)
class House:
    """An engine with the suppliers that it serves."""

    engine: Store
    lexicon: Lexicon
    suppliers: list[Supplier]

    def ask(self, **parameters: str) -> SupplierFound:
        """The answer to a query whose parameters are written as in a URL."""
        return self.find(parse_query(parameters.items(), self.lexicon))

    def find(self, query: SupplierQuery) -> SupplierFound:
        return find(query, Snapshot(self.engine), self.lexicon, TODAY)

    def ids(self, **parameters: str) -> list[str]:
        """The ids of the first hundred results, in order."""
        return [result.id for result in self.ask(**{"per_page": "100", **parameters}).results]

    def all(self, **parameters: str) -> set[str]:
        """The ids of all the matches, on all pages."""
        found = self.ask(**parameters)
        return {hit.id for hit in self.engine.open("suppliers").scan(found.plan.search.where, records=False)}

    def named(self, name: str) -> Supplier:
        return next(supplier for supplier in self.suppliers if supplier.name.value == name)


def serve(engine: Store, records: Iterable[Record], lexicon: Lexicon) -> House:
    """Runs records through the whole indexer and promotes the generation built."""
    suppliers = merge(placed(record, lexicon.gazetteer)[0] for record in records).suppliers
    generation, _ = build_generation(engine, Ready(suppliers), lexicon)
    engine.promote("suppliers", generation.name)
    return House(engine, lexicon, suppliers)


@contextlib.contextmanager
def served_demo(folder: Path, lexicon: Lexicon) -> Iterator[House]:
    """The demonstration on the embedded engine, a copy in ``folder`` of what is built once a run."""

    def build(made: Path) -> None:
        with contextlib.closing(EmbeddedStore(made / "generations")) as engine:
            (made / "suppliers").write_bytes(
                SUPPLIERS.dump_json(serve(engine, demo_records(DEMO_SIZE), lexicon).suppliers)
            )

    copy_of("suppliers", build, folder)
    with contextlib.closing(EmbeddedStore(folder / "generations")) as engine:
        yield House(engine, lexicon, SUPPLIERS.validate_json((folder / "suppliers").read_bytes()))


@pytest.fixture(scope="session")
def demo(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demonstration on the embedded engine. Shared by the session: tests must not change it."""
    with served_demo(tmp_path_factory.mktemp("demo"), lexicon) as house:
        yield house


@pytest.fixture(scope="session")
def demo_on_node(lexicon: Lexicon, opensearch_url: str) -> Iterator[House]:
    """The demonstration on OpenSearch. Shared by the session: tests must not change it."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    with contextlib.closing(OpenSearchStore([opensearch_url], prefix)) as engine:
        yield serve(engine, demo_records(DEMO_SIZE), lexicon)
    remove = urllib.request.Request(f"{opensearch_url}/{prefix}-*,*-{prefix}-*", method="DELETE")
    urllib.request.urlopen(remove, timeout=30).close()


@pytest.fixture(scope="session")
def judged(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The judged suppliers, each written to test one thing, on the embedded engine. Shared by the session: tests must not change it."""
    with contextlib.closing(EmbeddedStore(tmp_path_factory.mktemp("judged"))) as engine:
        yield serve(engine, judged_records(), lexicon)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """An empty embedded engine."""
    with contextlib.closing(EmbeddedStore(tmp_path)) as engine:
        yield engine

"""Contracts written for the pages, the feeds and the files of the supplier side, on a real embedded engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.contracts.workers import ContractDocuments, buyer_document, buyers_of
from search_api.app import create_app
from tests.search_api.conftest import copied_engine, publish
from tests.search_api.contracts.corpus import TODAY, contracts
from tests.search_api.pages.corpus import pages_suppliers
from tests.search_api.pages.html import Page
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Contract

Open = Callable[..., Page]


def today() -> date:
    return TODAY


def serve_contracts(engine: EmbeddedStore, made: Sequence[Contract], lexicon: Lexicon) -> None:
    """Put contracts and their buyers in service."""
    documents = ContractDocuments(lexicon)
    building = engine.build("contracts")
    building.add(documents.make(contract) for contract in made)
    engine.promote("contracts", building.finish({}).name)
    building = engine.build("buyers")
    building.add(buyer_document(buyer, lexicon) for buyer in buyers_of(made))
    engine.promote("buyers", building.finish({}).name)


@contextmanager
def asked_of(folder: Path, made: Sequence[Contract], lexicon: Lexicon) -> Iterator[TestClient]:
    """The service on these contracts alone, without any supplier."""
    engine = EmbeddedStore(folder)
    serve_contracts(engine, made, lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        yield client
    engine.close()


def serve_both(generations: Path, lexicon: Lexicon) -> EmbeddedStore:
    """An engine that serves the suppliers of the pages and the contracts."""

    def fill(engine: EmbeddedStore) -> None:
        publish(engine, pages_suppliers(lexicon), lexicon)
        serve_contracts(engine, contracts(), lexicon)

    return copied_engine("contracts", fill, generations)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[EmbeddedStore]:
    with closing(serve_both(tmp_path_factory.mktemp("contracts"), lexicon)) as engine:
        yield engine


@pytest.fixture(scope="session")
def client(engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[TestClient]:
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        yield client


@pytest.fixture(scope="session")
def open_page(client: TestClient) -> Open:
    """Ask a page as a browser does, redirections followed."""

    def ask(url: str, status: int = 200) -> Page:
        response = client.get(url, headers={"Accept": "text/html"})
        assert response.status_code == status, response.text[:2000]
        return Page(str(response.url), response.text)

    return ask


def left_out(body: dict[str, Any]) -> dict[str, int]:
    """How many records each rule leaves out of the leads of an answer."""
    return {rule["code"]: rule["count"] for rule in body["meta"]["left_out"]}

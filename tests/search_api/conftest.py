"""The service on a real embedded engine, with the invented corpus in a real generation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.build import Outline, QualityCount
from indexer.document import DocumentMaker
from indexer.gates import tally
from search_api.app import create_app
from tests.built import copy_of
from tests.search_api.corpus import TODAY, statistics, suppliers
from tests.search_api.pages.demo import demonstration
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.territory.reach import load_reach_index

Search = Callable[..., dict[str, Any]]


def today() -> date:
    return TODAY


def publish(engine: EmbeddedStore, corpus: list[Supplier], lexicon: Lexicon, **meta: Any) -> str:
    """Build and promote a generation, with the figures the indexer writes and those given; its name."""
    building = engine.build("suppliers")
    maker = DocumentMaker(lexicon, load_reach_index())
    documents = [maker.make(supplier) for supplier in corpus]
    building.add(documents)
    quality = QualityCount()
    quality.add(corpus, map(Outline.of, documents))
    figures = {"quality": quality.figures().model_dump(mode="json"), "merge": {"records": len(corpus), "doubtful": 2}}
    built = building.finish({"sources": statistics(), "tally": tally(corpus), **figures, **meta})
    return engine.promote("suppliers", built.name).name


def copied_engine(name: str, fill: Callable[[EmbeddedStore], object], generations: Path) -> EmbeddedStore:
    """An engine on a copy of the generations that ``fill`` builds once a run."""

    def build(folder: Path) -> None:
        with closing(EmbeddedStore(folder)) as engine:
            fill(engine)

    return EmbeddedStore(copy_of(name, build, generations))


def serve_corpus(generations: Path, lexicon: Lexicon) -> EmbeddedStore:
    """An engine that serves the corpus."""
    return copied_engine("corpus", lambda engine: publish(engine, suppliers(lexicon), lexicon), generations)


@pytest.fixture(scope="session")
def corpus(lexicon: Lexicon) -> list[Supplier]:
    return suppliers(lexicon)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[EmbeddedStore]:
    with closing(serve_corpus(tmp_path_factory.mktemp("generations"), lexicon)) as engine:
        yield engine


@pytest.fixture(scope="session")
def client(engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[TestClient]:
    with TestClient(create_app(engine, lexicon, today=today), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def search(client: TestClient) -> Search:
    """Ask ``/v1/suppliers`` and expect an answer."""

    def ask(params: Any = None, **more: Any) -> dict[str, Any]:
        response = client.get("/v1/suppliers", params=params or more)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    return ask


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    """The whole service on a demonstration: suppliers, contracts, notices, and all that it keeps."""
    with (
        demonstration(tmp_path_factory.mktemp("demonstration"), lexicon, keeps=True) as app,
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        yield client


@pytest.fixture
def empty_engine(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path)

"""Both engines, empty or holding the same documents."""

from __future__ import annotations

import contextlib
import pickle
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from indexer.contracts.notices.document import NoticeDocuments
from indexer.contracts.notices.gather import GatheredNotices, notice_runs
from indexer.contracts.shares import Shares
from indexer.contracts.workers import KnownParties, make_contracts
from indexer.demo import demo_records, write_demo, write_demo_contracts, write_demo_notices
from indexer.document import DocumentMaker
from indexer.merge import merge
from tests.built import built
from tests.engine.compare import COLLECTION, serve
from tests.engine.crash import Target, documents, start_server
from tests.engine.reference import Reference
from tests.engine.village import VILLAGE
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.lexicon import load_lexicon
from vivier.runs.records import current_run
from vivier.search.operators import Collection
from vivier.search.port import Document, Reader, Store
from vivier.settings import Settings
from vivier.territory.reach import load_reach_index

ENGINES = ("embedded", "opensearch")
CORPUS_SIZE = 1_600
Corpora = dict[Collection, list[Document]]


@dataclass(frozen=True)
class Trio:
    """The same documents three times: in each engine, and in a pile read one by one."""

    embedded: Store
    opensearch: Store
    reference: Reference


@contextlib.contextmanager
def opened(name: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """An empty engine; what it makes is removed."""
    if name == "embedded":
        embedded = EmbeddedStore(folder / "generations")
        yield embedded
        embedded.close()
        return
    url, prefix = request.getfixturevalue("opensearch_url"), f"test-{uuid.uuid4().hex[:12]}"
    engine = OpenSearchStore([url], prefix)
    try:
        yield engine
    finally:
        engine.close()
        remove_all(url, prefix)


def remove_all(url: str, prefix: str) -> None:
    """The indices of a prefix and those that keep their words."""
    remove = urllib.request.Request(f"{url}/{prefix}-*,*-{prefix}-*", method="DELETE")
    urllib.request.urlopen(remove, timeout=30).close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each engine in turn, with no generation."""
    with opened(request.param, request, tmp_path) as fresh:
        yield fresh


@pytest.fixture(scope="session", params=ENGINES)
def village(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Each engine in turn, serving the hand-made documents. Not to be changed."""
    with opened(request.param, request, tmp_path_factory.mktemp("village")) as holding:
        serve(holding, VILLAGE)
        yield holding.open(COLLECTION)


@pytest.fixture(params=ENGINES)
def target(request: pytest.FixtureRequest, tmp_path: Path, fork_server: None) -> Iterator[Target]:
    """For several processes: where each engine in turn keeps its generations, of which there are none."""
    if request.param == "embedded":
        yield str(tmp_path / "generations"), ""
        return
    url, prefix = request.getfixturevalue("opensearch_url"), f"test-{uuid.uuid4().hex[:12]}"
    yield url, prefix
    remove_all(url, prefix)


@pytest.fixture(scope="session")
def fork_server(request: pytest.FixtureRequest) -> None:
    """The server from which builders to be killed are forked."""
    start_server(request.config.rootpath)


@pytest.fixture(scope="session", params=ENGINES)
def strict(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Each engine in turn, serving mark 1 of :mod:`tests.engine.crash`; builds tried on it must leave nothing."""
    with opened(request.param, request, tmp_path_factory.mktemp("strict")) as serving:
        serve(serving, documents(1), {"mark": 1})
        yield serving


@pytest.fixture(scope="session")
def corpus() -> list[Document]:
    """Documents of the demonstration's suppliers, through the whole indexer, once a run."""

    def make(folder: Path) -> None:
        maker = DocumentMaker(load_lexicon(), load_reach_index())
        made = [maker.make(supplier) for supplier in merge(demo_records(CORPUS_SIZE)).suppliers]
        plain = [{**document, "record": orjson.dumps(document["record"])} for document in made]
        (folder / "documents").write_bytes(pickle.dumps(plain))

    found = pickle.loads((built("engine-corpus", make) / "documents").read_bytes())
    return [{**document, "record": orjson.Fragment(document["record"])} for document in found]


@pytest.fixture(scope="session")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Corpora:
    """Documents of the demonstration, through the whole indexer."""
    told, lexicon = Settings(home=tmp_path_factory.mktemp("lists")), load_lexicon()
    write_demo(told, 400)
    write_demo_contracts(told, 700)
    write_demo_notices(told)
    shares = Shares({"demo_marches": current_run(told.records, "demo_marches")}, 700)
    made = [batch for share in make_contracts(lexicon, shares, KnownParties(), list) for batch in share]
    notices = NoticeDocuments(lexicon)
    gathered = GatheredNotices(notice_runs(told.records), lexicon.gazetteer)
    return {
        "contracts": [document for one in made for document in one.contracts],
        "buyers": [document for one in made for document in one.buyers],
        "notices": [notices.make(gathered.published(notice)) for notice in gathered],
    }


@pytest.fixture(scope="session")
def trio(
    corpus: list[Document],
    opensearch_url: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Trio]:
    """Both engines and the reference on the demonstration's suppliers. Not to be changed."""
    with (
        opened("embedded", request, tmp_path_factory.mktemp("trio")) as embedded,
        opened("opensearch", request, tmp_path_factory.mktemp("trio")) as opensearch,
    ):
        serve(embedded, corpus)
        serve(opensearch, corpus)
        yield Trio(embedded, opensearch, Reference(corpus))

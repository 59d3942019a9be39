"""Small homes, served by real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.contracts.notices.document import NoticeDocuments
from indexer.contracts.notices.gather import GatheredNotices, notice_runs
from indexer.contracts.shares import Shares
from indexer.contracts.workers import KnownParties, make_contracts
from indexer.demo import demo_records, write_demo, write_demo_contracts, write_demo_notices
from indexer.document import DocumentMaker
from indexer.merge import merge
from tests.search_api.conftest import serve_corpus
from vivier.lexicon import Lexicon, load_lexicon
from vivier.runs.records import current_run
from vivier.search.operators import Collection
from vivier.search.port import Document
from vivier.settings import Settings
from vivier.territory.reach import load_reach_index

Corpora = dict[Collection, list[Document]]
SIZE = 60


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Path:
    """Three hundred suppliers in service."""
    folder = tmp_path_factory.mktemp("served")
    serve_corpus(Settings(home=folder).generations, lexicon).close()
    return folder


@pytest.fixture(scope="session")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Corpora:
    """A few documents of every collection, from the demonstration."""
    lexicon, settings = load_lexicon(), Settings(home=tmp_path_factory.mktemp("records"))
    write_demo(settings, SIZE)
    write_demo_contracts(settings, SIZE)
    write_demo_notices(settings)
    shares = Shares({"demo_marches": current_run(settings.records, "demo_marches")}, SIZE)
    made = [batch for share in make_contracts(lexicon, shares, KnownParties(), list) for batch in share]
    maker, notices = DocumentMaker(lexicon, load_reach_index()), NoticeDocuments(lexicon)
    gathered = GatheredNotices(notice_runs(settings.records), lexicon.gazetteer)
    return {
        "suppliers": [maker.make(supplier) for supplier in merge(demo_records(SIZE)).suppliers],
        "contracts": [document for batch in made for document in batch.contracts],
        "buyers": [document for batch in made for document in batch.buyers],
        "notices": [notices.make(gathered.published(notice)) for notice in gathered],
    }

"""A worker asked thousands of different questions remembers no more than it announces."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import date
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search_api.answer_cache import MOST_BYTES
from search_api.app import create_app
from tests.search_api.conftest import publish
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.memory import MEMORY
from vivier.model import Supplier
from vivier.settings import Settings

ANSWERS = 1_600
MEMORY_MB = 28
BESIDE_MB = 24
"""What the process takes beside what it remembers: arenas of the allocator, tables read on first use, caches bounded in number."""


def questions() -> Iterator[str]:
    """Distinct searches and pages: trades in départements, by kind."""
    trades = ("entretien-espaces-verts", "nettoyage-locaux", "traiteur", "blanchisserie")
    codes = [f"{number:02d}" for number in range(1, 96) if number != 20]
    kinds = ("", "&kind=ESAT", "&kind=EA", "&kind=EI", "&kind=ACI", "&kind=AI", "&kind=ETTI")
    for at, (kind, trade, code) in enumerate(product(kinds, trades, codes)):
        path = "/fournisseurs" if at % 5 == 0 else "/v1/suppliers"
        yield f"{path}?trade={trade}&territory=departement:{code}{kind}"


def _anonymous_mb() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1024


def _asked(folder: str, results: Connection) -> None:
    """Asks in a process of its own. What it sends: megabytes grown, bytes remembered, and their bound."""
    settings = Settings(memory_mb=MEMORY_MB)
    engine = EmbeddedStore(Path(folder))
    app = create_app(engine, load_lexicon(), today=lambda: date(2026, 11, 24), settings=settings)
    client = TestClient(app, client=("127.0.0.1", 1))
    urls = list(questions())[: ANSWERS + 100]
    for url in urls[ANSWERS:]:
        assert client.get(url, headers={"Accept": "*/*"}).status_code == 200
    before = _anonymous_mb()
    for url in urls[:ANSWERS]:
        # a neighbour on the machine may make an answer late: what it remembers counts all the same
        assert client.get(url, headers={"Accept": "*/*"}).status_code in (200, 429, 503)
    results.send((_anonymous_mb() - before, MEMORY.size, MEMORY.most))


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs the memory map of Linux")
def test_memory_stays_within_what_is_announced(corpus: list[Supplier], lexicon: Lexicon, tmp_path: Path) -> None:
    publish(EmbeddedStore(tmp_path), corpus, lexicon)
    context = multiprocessing.get_context("spawn")
    received, sent = context.Pipe(duplex=False)
    process = context.Process(target=_asked, args=(str(tmp_path), sent))
    process.start()
    sent.close()
    grown, size, most = received.recv()  # EOFError when the process failed
    process.join()
    assert 0 < size <= most == (MEMORY_MB << 20) - MOST_BYTES
    assert grown <= MEMORY_MB + BESIDE_MB

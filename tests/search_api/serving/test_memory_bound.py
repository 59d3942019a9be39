"""A worker asked thousands of different questions remembers no more than it announces."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search_api.answer_cache import MOST_BYTES
from search_api.app import create_app
from tests.house.walk import ROOT
from tests.search_api.conftest import publish
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.memory import MEMORY
from vivier.model import Supplier
from vivier.settings import Settings

ANSWERS = 1_600
MEMORY_MB = 28
"""Less than any size has: what a size bears takes minutes to fill."""
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


def asked(folder: str) -> tuple[float, int, int]:
    """Asks in the process of its own that it needs. Megabytes grown, bytes remembered, and their bound."""
    settings = Settings()
    engine = EmbeddedStore(Path(folder))
    app = create_app(engine, load_lexicon(), today=lambda: date(2026, 11, 24), settings=settings)
    MEMORY.bound((MEMORY_MB << 20) - MOST_BYTES)
    client = TestClient(app, client=("127.0.0.1", 1))
    urls = list(questions())[: ANSWERS + 100]
    for url in urls[ANSWERS:]:
        assert client.get(url, headers={"Accept": "*/*"}).status_code == 200
    before = _anonymous_mb()
    for url in urls[:ANSWERS]:
        # a neighbour on the machine may make an answer late: what it remembers counts all the same
        assert client.get(url, headers={"Accept": "*/*"}).status_code in (200, 429, 503)
    return _anonymous_mb() - before, MEMORY.size, MEMORY.most


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs the memory map of Linux")
def test_memory_stays_within_what_is_announced(corpus: list[Supplier], lexicon: Lexicon, tmp_path: Path) -> None:
    publish(EmbeddedStore(tmp_path), corpus, lexicon)
    script = f"import json; from tests.search_api.serving.test_memory_bound import asked; print(json.dumps(asked({str(tmp_path)!r})))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == 0, ran.stderr
    grown, size, most = json.loads(ran.stdout.splitlines()[-1])
    assert 0 < size <= most == (MEMORY_MB << 20) - MOST_BYTES
    assert grown <= MEMORY_MB + BESIDE_MB

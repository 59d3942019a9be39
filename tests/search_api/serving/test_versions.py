"""An upgrade and a return, under load, on one home: what each version finds of the other is served, or left alone; no request fails."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.engine.versions import numbered, without
from tests.search_api.conftest import serve_corpus
from tests.search_api.serving.server import Serving, serving
from tests.search_api.serving.test_shared_rates import ask
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.search.formats import FORMAT
from vivier.settings import Settings

pytestmark = pytest.mark.long

READERS = 3
PATHS = ("/v1/suppliers?per_page=5", "/fournisseurs?q=nettoyage", "/v1/suppliers?label=RGE&per_page=1", "/ready")


class Home:
    """A home whose generations are those of any version."""

    def __init__(self, folder: Path, lexicon: Lexicon) -> None:
        self.folder = folder
        self._root = Settings(home=folder).generations
        serve_corpus(self._root, lexicon).close()
        self._engine, self._turn = EmbeddedStore(self._root), 0
        self._first = self._root / "suppliers" / self._engine.live("suppliers").name

    def promote(self, number: int | None, *left_out: str) -> str:
        """Puts in service a generation of the format of a version, without some columns: its name."""
        self._turn += 1
        made = shutil.copytree(self._first, self._first.with_name(f"suppliers-3000{self._turn:016}"))
        if left_out:
            without(made, *left_out)
        numbered(made, number)
        return self._engine.promote("suppliers", made.name).name


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Home:
    return Home(tmp_path_factory.mktemp("versions"), lexicon)


def ready(server: Serving) -> tuple[str, list[str]]:
    """The generation that is served, and the warnings."""
    status, body = ask(server, "/ready")
    assert status == 200, body
    answer = json.loads(body)
    return answer["index_generation"], answer["warnings"]


def statuses(server: Serving, over: threading.Event) -> list[int]:
    found: list[int] = []
    while not over.is_set():
        found += [ask(server, path)[0] for path in PATHS]
    return found


def test_no_request_fails_while_versions_succeed_one_another(house: Home) -> None:
    former = house.promote(None, "nested/offers/evidence", "documents/networks")
    over = threading.Event()
    with serving(house.folder, VIVIER_TRUSTED_PROXIES="127.0.0.1") as server, ThreadPoolExecutor(READERS) as threads:
        reading = [threads.submit(statuses, server, over) for _ in range(READERS)]
        try:
            name, warnings = ready(server)
            assert name == former and "networks" in " ".join(warnings)
            house.promote(FORMAT + 1)  # a later version builds beside: it is left alone
            name, warnings = ready(server)
            assert name == former and f"format {FORMAT + 1}" in " ".join(warnings)
            own = house.promote(FORMAT)
            assert ready(server) == (own, [])
            house.promote(FORMAT + 1)
            assert ready(server)[0] == own
        finally:
            over.set()
        found = [status for reader in reading for status in reader.result()]
    assert len(found) >= READERS * len(PATHS) and set(found) == {200}

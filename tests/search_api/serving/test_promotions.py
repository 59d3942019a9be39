"""Fifty promotions of every collection while a server under the usual limit of open files answers: all right, nothing piles up."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from indexer.promotion import KEPT_GENERATIONS as KEPT
from tests.search_api.serving.conftest import Corpora
from tests.search_api.serving.server import Serving, serving
from vivier.engine.embedded.store import EmbeddedStore
from vivier.search.operators import Collection
from vivier.search.port import Document
from vivier.settings import Settings

pytestmark = pytest.mark.long

PROMOTIONS = 50
LIMIT = 1_024
READERS = 3
PASSING = 16
"""Descriptors of what comes and goes: connections, a retired generation that a request still reads, the files looked at."""
QUESTIONS: dict[str, str] = {
    "suppliers": "/v1/suppliers?per_page=5",
    "contracts": "/v1/contracts?per_page=5",
    "notices": "/v1/notices?per_page=5",
    "buyers": "/v1/buyers?trade=nettoyage-locaux",
    "leads": "/v1/leads?trade=nettoyage-locaux",
}
Answers = dict[str, tuple[int, list[str]]]
"""By question: the total and the ids, of generations of one kind."""


class House:
    """A home with two generations of each collection, which are put in service under ever new names."""

    def __init__(self, home: Path, corpora: Corpora) -> None:
        self.home, self.engine = home, EmbeddedStore(Settings(home=home).generations)
        self._built = {
            name: [self._build(name, documents[kind:]) for kind in (0, 1)] for name, documents in corpora.items()
        }
        self._turn = 0

    def _build(self, collection: Collection, documents: list[Document]) -> Path:
        building = self.engine.build(collection)
        building.add(documents)
        return Settings(home=self.home).generations / collection / building.finish({"sources": [], "tally": {}}).name

    def promote(self) -> int:
        """Put new generations of every collection in service; their kind, 0 or 1."""
        self._turn += 1
        kind = self._turn % 2
        for collection, built in self._built.items():
            name = f"{collection}-3000{self._turn:016}-{kind}"
            shutil.copytree(built[kind], built[kind].with_name(name))
            self.engine.promote(collection, name)
            if self._turn > KEPT:
                self.engine.remove(collection, f"{collection}-3000{self._turn - KEPT:016}-{(self._turn - KEPT) % 2}")
        return kind


@pytest.fixture(scope="module")
def house(corpora: Corpora, tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("promotions"), corpora)


def test_fifty_promotions_under_load_answer_right_and_open_no_more_files(house: House) -> None:
    house.promote()
    with serving(house.home, descriptors=LIMIT) as server, ThreadPoolExecutor(READERS) as threads:
        expected: dict[int, Answers] = {}
        for _ in range(2):
            kind = house.promote()
            expected[kind] = {question: answer_to(server, question)[1] for question in QUESTIONS}
        assert all(expected[0][name] != expected[1][name] for name in ("suppliers", "contracts", "notices"))
        before, over = server.descriptors(), threading.Event()
        reading = [threads.submit(read, server, expected, over) for _ in range(READERS)]
        try:
            used = [after_promotion(server, house, expected) for _ in range(PROMOTIONS)]
        finally:
            over.set()
        assert all(reader.result() > PROMOTIONS for reader in reading)
        assert max(used) <= before + PASSING, used
        assert server.lines() == []


def after_promotion(server: Serving, house: House, expected: dict[int, Answers]) -> int:
    """Promote every collection, and ask each: how many descriptors are then open."""
    kind = house.promote()
    for question in QUESTIONS:
        kinds, found = answer_to(server, question)
        assert kinds == {kind} and found == expected[kind][question]
    return server.descriptors()


def read(server: Serving, expected: dict[int, Answers], over: threading.Event) -> int:
    """Ask everything until it is over: how many answers came, each of the generations it names."""
    count = 0
    while not over.is_set():
        for question in QUESTIONS:
            kinds, found = answer_to(server, question)
            assert len(kinds) > 1 or found == expected[kinds.pop()][question]
            count += 1
    return count


def answer_to(server: Serving, question: str) -> tuple[set[int], tuple[int, list[str]]]:
    """The kinds of the generations that answered, and what they did. The service says that it is ready all along."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    body = {}
    for path in ("/ready", QUESTIONS[question]):
        connection.request("GET", path)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200, body
    connection.close()
    meta: dict[str, Any] = body["meta"]
    names = meta.get("index_generations") or [meta["index_generation"]]
    ids = [str(result.get("id") or result.get("siren")) for result in body["results"]]
    return {int(name[-1]) for name in names}, (body["total"], ids)

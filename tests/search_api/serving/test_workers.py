"""Several processes serve one address: one is killed, all are renewed or stopped under load, and nobody notices."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from indexer.document import DocumentMaker
from tests.search_api.corpus import suppliers
from tests.search_api.serving.server import PATIENCE, Serving, serving, until
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import load_lexicon
from vivier.settings import Settings
from vivier.territory.reach import load_reach_index

pytestmark = pytest.mark.long


@pytest.fixture
def two(home: Path) -> Iterator[Serving]:
    with serving(home, VIVIER_WORKERS="2") as server:
        until(lambda: len(workers(server)) == 2)
        yield server


def workers(server: Serving) -> set[int]:
    return {child.pid for child in psutil.Process(server.process.pid).children()}


def get(server: Serving, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Reader(threading.Thread):
    """Asks again and again, a connection a request, until it is told to stop; keeps what went wrong."""

    def __init__(self, server: Serving) -> None:
        super().__init__()
        self._server, self.asked = server, 0
        self.failures: list[object] = []
        self._enough = threading.Event()

    def run(self) -> None:
        while not self._enough.is_set():
            try:
                status, _ = get(self._server, "/v1/suppliers?per_page=1")
                if status != 200:
                    self.failures.append(status)
            except OSError as error:
                self.failures.append(error)
            self.asked += 1

    def stop(self) -> None:
        self._enough.set()
        self.join()


def test_a_worker_that_is_killed_is_replaced_while_the_others_answer(two: Serving) -> None:
    killed = min(workers(two))
    psutil.Process(killed).kill()
    assert [get(two, "/v1/suppliers?per_page=1")[0] for _ in range(20)] == [200] * 20
    until(lambda: len(workers(two)) == 2 and killed not in workers(two))
    assert any("un autre le remplace" in line for line in two.lines())


def test_workers_do_not_outlive_the_process_that_watches_them(home: Path) -> None:
    with serving(home, VIVIER_WORKERS="2") as server:
        until(lambda: len(workers(server)) == 2)
        watched = [psutil.Process(process) for process in workers(server)]
        server.process.kill()
        until(lambda: not any(one.is_running() for one in watched))


def test_workers_are_renewed_without_a_dropped_request(two: Serving) -> None:
    former, reader = workers(two), Reader(two)
    reader.start()
    two.process.send_signal(signal.SIGHUP)
    until(lambda: len(workers(two)) == 2 and former.isdisjoint(workers(two)))
    reader.stop()
    assert reader.asked > 0 and reader.failures == []


def test_a_service_that_stops_ends_the_answers_under_way(home: Path) -> None:
    with serving(home, VIVIER_WORKERS="2") as server:
        whole = get(server, "/v1/suppliers.xlsx")[1]
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("GET", "/v1/suppliers.xlsx")
        answer = connection.getresponse()
        server.process.send_signal(signal.SIGTERM)
        assert abs(len(answer.read()) - len(whole)) < len(whole) / 10
        assert server.process.wait(PATIENCE) == 0


def test_every_worker_follows_a_promotion(tmp_path: Path) -> None:
    lexicon, engine = load_lexicon(), EmbeddedStore(Settings(home=tmp_path).generations)
    maker = DocumentMaker(lexicon, load_reach_index())
    documents = [maker.make(supplier) for supplier in suppliers(lexicon)]

    def promote(count: int) -> None:
        building = engine.build("suppliers")
        building.add(documents[:count])
        engine.promote("suppliers", building.finish({"sources": [], "tally": {}}).name)

    def total(server: Serving) -> int:
        found: int = json.loads(get(server, "/v1/suppliers?per_page=1")[1])["total"]
        return found

    promote(100)
    with serving(tmp_path, VIVIER_WORKERS="2") as server:
        few = {total(server) for _ in range(8)}
        promote(200)
        many = {total(server) for _ in range(8)}
    engine.close()
    assert len(few) == len(many) == 1 and min(many) > max(few)

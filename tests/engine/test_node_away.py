"""OpenSearch goes away, hangs and comes back: a clear error, then the same answers."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import os
import signal
import socketserver
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from mappings import load_json
from tests.engine.compare import COLLECTION, build
from tests.engine.crash import answer_from, answer_of, documents, publish, whole
from tests.opensearch_node.node import Door, Node, opensearch_node
from tests.ports import free_port
from vivier.engine.opensearch import client as opensearch_client
from vivier.engine.opensearch import reader as reader_module
from vivier.engine.opensearch import sending
from vivier.engine.opensearch.access import Access
from vivier.engine.opensearch.client import Breaker, connect
from vivier.engine.opensearch.reader import OpenSearchReader
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import EngineUnavailable
from vivier.search.operators import All
from vivier.search.port import Generation

pytestmark = pytest.mark.long
SECOND = 1.0
BRIEF = Access(patience=0.8)


@pytest.fixture(scope="module")
def node(opensearch_url: str) -> Iterator[Node]:
    """A node of one's own, to be killed; the session's node says whether this machine can have one."""
    port = free_port()
    with opensearch_node(heap="256m", port=port) as own:
        yield own


def is_unavailable(ask: Callable[[], object]) -> None:
    with pytest.raises(EngineUnavailable, match="OpenSearch"):
        ask()


def every_verb(engine: OpenSearchStore, name: str) -> list[Callable[[], object]]:
    return [
        lambda: answer_of(engine),
        lambda: engine.open(COLLECTION).get(["1-1"]),
        lambda: list(engine.open(COLLECTION).scan(All())),
        lambda: engine.open(COLLECTION).group(All(), "networks", ()),
        lambda: engine.generations(COLLECTION),
        lambda: engine.build(COLLECTION),
        lambda: engine.promote(COLLECTION, name),
        lambda: engine.remove(COLLECTION, name),
    ]


@contextlib.contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def seconds(ask: Callable[[], object]) -> float:
    began = time.monotonic()
    ask()
    return time.monotonic() - began


class Silent(socketserver.BaseRequestHandler):
    """Takes a request and never answers, as a node that hangs; the client leaves when it has waited enough."""

    def handle(self) -> None:
        self.server.connections += 1  # type: ignore[attr-defined]
        while self.request.recv(65_536):
            pass


def test_a_node_that_hangs_is_asked_twice_and_then_left_alone() -> None:
    """A search, then whether the node is there, and again for the next one: whoever comes after is told at once."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        server.connections = 0  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        engine = OpenSearchStore([f"http://127.0.0.1:{server.server_address[1]}"], "silent", BRIEF)
        for _ in range(40):
            is_unavailable(lambda: engine.open(COLLECTION))
        engine.close()
        server.shutdown()
    assert server.connections == 3  # type: ignore[attr-defined]


def test_with_a_node_that_hangs_a_search_and_readiness_take_a_second_at_most(node: Node) -> None:
    engine = OpenSearchStore([node.url], "hangs", BRIEF)
    publish(engine, 1)
    with stopped(node.pid):
        for _ in range(2):
            assert seconds(lambda: is_unavailable(lambda: answer_of(engine))) < SECOND
        assert seconds(lambda: is_unavailable(lambda: answer_of(engine))) < 0.05
        assert seconds(engine.ready) < SECOND
        assert engine.ready() != []
    _wait_until_ready(engine)
    assert answer_of(engine) == whole(1)
    engine.close()


def test_a_node_that_hangs_is_set_aside_when_another_answers(node: Node) -> None:
    """The same node under two addresses: one of them hangs."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        server.connections = 0  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        engine = OpenSearchStore([f"http://127.0.0.1:{server.server_address[1]}", node.url], "aside", BRIEF)
        publish(engine, 1)
        assert all(seconds(lambda: answer_of(engine)) < 2 * SECOND for _ in range(20))
        assert answer_of(engine) == whole(1)
        engine.close()
        server.shutdown()
    assert server.connections <= 3  # type: ignore[attr-defined]


class Waits(http.server.BaseHTTPRequestHandler):
    """A node that answers, and whose searches wait for another one unless they say which nodes they prefer."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "_search" in self.path and "preference" not in self.path:
            self.server.waited.wait(5)  # type: ignore[attr-defined]
        asked = urllib.request.Request(f"{self.server.node}{self.path}", body or None, method=self.command)  # type: ignore[attr-defined]
        asked.add_header("Content-Type", self.headers.get("Content-Type") or "application/json")
        with urllib.request.urlopen(asked, timeout=30) as answer:
            content = answer.read()
        with contextlib.suppress(OSError):  # who asked left
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the names of http.server

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_node_that_waits_for_a_stopped_one_is_asked_to_do_without_it(node: Node) -> None:
    """Of two nodes one is stopped, and the other, which does not know it yet, waits for it: one search tells, the others are quick."""
    publish(OpenSearchStore([node.url], "waits", BRIEF), 1)
    silent = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent)
    waits = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Waits)
    silent.connections, waits.node, waits.waited = 0, node.url, threading.Event()  # type: ignore[attr-defined]
    for server in (silent, waits):
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    engine = OpenSearchStore(
        [f"http://127.0.0.1:{server.server_address[1]}" for server in (waits, silent)], "waits", BRIEF
    )
    try:
        # Which generation, then the search, which would wait for five seconds.
        assert seconds(lambda: answer_of(engine)) < 3 * SECOND
        assert all(seconds(lambda: answer_of(engine)) < SECOND for _ in range(10))
        assert answer_of(engine) == whole(1)
    finally:
        waits.waited.set()  # type: ignore[attr-defined]
        engine.close()
        for server in (silent, waits):
            server.shutdown()
            server.server_close()


def test_an_answer_that_lacks_a_shard_is_refused(node: Node) -> None:
    """OpenSearch would answer with the documents of the other one, and call it a success."""
    roomless = {"number_of_shards": 2, "number_of_replicas": 0, "routing.allocation.total_shards_per_node": 1}
    body = {"settings": {**roomless, "analysis": load_json("analysis")}, "mappings": load_json(COLLECTION)}
    Door().ask(f"{node.url}/halves?wait_for_active_shards=0", "PUT", body)
    Door().ask(f"{node.url}/_cluster/health/halves?wait_for_active_shards=1")
    assert Door().ask(f"{node.url}/halves/_search")["_shards"]["successful"] == 1
    described = Generation("halves", COLLECTION, True, 0, datetime(2026, 1, 1, tzinfo=UTC), {})
    with contextlib.closing(connect([node.url])) as client:
        reader = OpenSearchReader(client, "halves", described, {})
        is_unavailable(lambda: answer_from(reader))
        is_unavailable(lambda: reader.get(["1-1"]))
        is_unavailable(lambda: list(reader.scan(All())))
        is_unavailable(lambda: reader.group(All(), "networks", ()))
    Door().ask(f"{node.url}/halves", "DELETE")


def test_documents_read_page_by_page_go_on_when_the_node_that_held_them_comes_back(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "_SCAN_PAGE", 50)
    engine = OpenSearchStore([node.url], "pages")
    publish(engine, 1)
    hits = engine.open(COLLECTION).scan(All())
    read = [next(hits).id]
    node.kill()
    node.revive()
    _wait_until_ready(engine)
    read += [hit.id for hit in hits]
    assert sorted(read) == sorted(document["id"] for document in documents(1))
    engine.close()


def test_a_slow_search_on_a_node_that_is_there_is_answered(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensearch_client, "_SOON", 0.000_01)
    engine = OpenSearchStore([node.url], "slow")
    publish(engine, 1)
    assert answer_of(engine) == whole(1)
    engine.close()


def test_a_full_disk_stops_a_build_in_one_sentence_and_searches_go_on(node: Node) -> None:
    """Beyond the flood stage, OpenSearch puts this block on the indices of the node; they may be removed."""
    with contextlib.closing(OpenSearchStore([node.url], "full")) as engine:
        live = publish(engine, 1)
        building = engine.build(COLLECTION)
        block = {"index.blocks.read_only_allow_delete": True}
        Door().ask(f"{node.url}/full-*/_settings", "PUT", block)
        building.add(documents(2))
        for work in (building.search_ready, lambda: engine.promote(COLLECTION, live)):
            with pytest.raises(EngineUnavailable, match="disque d'OpenSearch est plein"):
                work()
        assert answer_of(engine) == whole(1)
        building.abandon()
        Door().ask(f"{node.url}/full-*/_settings", "PUT", {"index.blocks.read_only_allow_delete": None})
        publish(engine, 3)
        assert answer_of(engine) == whole(3)


def test_a_build_goes_on_when_its_node_leaves_and_comes_back(node: Node) -> None:
    engine = OpenSearchStore([node.url], "back")
    publish(engine, 1)
    building = engine.build(COLLECTION)
    building.add(itertools.islice(documents(2), 60))
    building.search_ready()
    node.kill()
    building.add(itertools.islice(documents(2), 60, None))
    back = threading.Timer(1.5, node.revive)
    back.start()
    built = building.finish({"mark": 2})
    back.join()
    engine.promote(COLLECTION, built.name)
    assert answer_of(engine) == whole(2)
    engine.close()


def test_what_is_let_through_by_an_open_breaker_is_one_request_at_a_time() -> None:
    breaker = Breaker(failures=2, seconds=0.1)
    breaker.failed()
    assert not breaker.refuses()
    breaker.failed()
    assert breaker.refuses()
    time.sleep(0.11)
    assert [breaker.refuses() for _ in range(5)] == [False, True, True, True, True]
    breaker.answered()
    assert not breaker.refuses()


def test_a_killed_node_is_said_to_be_away_and_answers_as_before_once_back(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "RETRY_WAITS", ())
    engine = OpenSearchStore([node.url], "killed")
    publish(engine, 1)
    waiting = build(engine, documents(2), {"mark": 2})
    cut_short = engine.build(COLLECTION)
    cut_short.add(documents(3))
    cut_short.search_ready()
    node.kill()
    for ask in every_verb(engine, waiting):
        is_unavailable(ask)
    cut_short.add(documents(4))
    is_unavailable(lambda: cut_short.finish({}))
    assert engine.ready() != []
    node.revive()
    _wait_until_ready(engine)
    assert answer_of(engine) == whole(1)
    assert {one.name for one in engine.generations(COLLECTION)} == {engine.live(COLLECTION).name, waiting}
    cut_short.abandon()
    engine.promote(COLLECTION, waiting)
    assert answer_of(engine) == whole(2)
    engine.close()


def _wait_until_ready(engine: OpenSearchStore) -> None:
    """The node answers before it has opened its indices."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(EngineUnavailable):
            answer_of(engine)
            return
        time.sleep(0.2)
    raise AssertionError("the node came back without its indices")


def test_an_address_where_nobody_answers_is_told() -> None:
    port = free_port()
    engine = OpenSearchStore([f"http://127.0.0.1:{port}"], "nobody")
    for ask in every_verb(engine, "suppliers-1"):
        is_unavailable(ask)
    assert "VIVIER_OPENSEARCH_URL" in engine.ready()[0]
    engine.close()

"""OpenSearch goes away, hangs and comes back: a clear error, then the same answers."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.engine.compare import COLLECTION, build
from tests.engine.crash import answer_of, documents, publish, whole
from tests.opensearch_node.node import Node, opensearch_node
from vivier.engine.opensearch import client as opensearch_client
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import EngineUnavailable
from vivier.search.operators import All

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def node(opensearch_url: str) -> Iterator[Node]:
    """A node of one's own, to be killed; the session's node says whether this machine can have one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
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


class Silent(socketserver.BaseRequestHandler):
    """Takes a request and never answers, as a node that hangs; the client leaves when it has waited enough."""

    def handle(self) -> None:
        self.server.connections += 1  # type: ignore[attr-defined]
        while self.request.recv(65_536):
            pass


def test_a_node_that_hangs_is_asked_once_and_not_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, it would keep the user waiting as many times as long."""
    monkeypatch.setattr(opensearch_client, "_ANSWER_SECONDS", 0.2)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        server.connections = 0  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        engine = OpenSearchStore([f"http://127.0.0.1:{server.server_address[1]}"], "silent")
        verbs = every_verb(engine, "suppliers-1")
        for ask in verbs:
            is_unavailable(ask)
        engine.close()
        server.shutdown()
    assert server.connections == len(verbs)  # type: ignore[attr-defined]


def test_a_node_that_hangs_is_told_and_answers_as_before_afterwards(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opensearch_client, "_ANSWER_SECONDS", 1)
    engine = OpenSearchStore([node.url], "hangs")
    publish(engine, 1)
    with stopped(node.pid):
        is_unavailable(lambda: answer_of(engine))
    assert answer_of(engine) == whole(1)
    engine.close()


def test_a_killed_node_is_said_to_be_away_and_answers_as_before_once_back(node: Node) -> None:
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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    engine = OpenSearchStore([f"http://127.0.0.1:{port}"], "nobody")
    for ask in every_verb(engine, "suppliers-1"):
        is_unavailable(ask)
    assert "VIVIER_OPENSEARCH_URL" in engine.ready()[0]
    engine.close()

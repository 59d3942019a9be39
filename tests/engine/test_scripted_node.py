"""What a node refuses, forgets or says for a moment becomes an error that says whether to ask again. The node is a server that answers by rote."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from threading import Event

import orjson
import pytest

from tests.engine.recorded import Recorded, served
from vivier.engine.opensearch.access import Access
from vivier.engine.opensearch.asking import sent
from vivier.engine.opensearch.client import PREFERRED, Breaker, Client, Company, connect, full_disk, refusal
from vivier.engine.opensearch.dsl import Json
from vivier.engine.opensearch.sending import Sending, bulk_lines, patiently
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import BuildRefused, EngineAway, EngineUnavailable, NotFound

FULL = "cluster_block_exception: flood-stage watermark exceeded, index has read-only-allow-delete block"


class Rote(Recorded):
    """Answers in turn: a status and a document."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        super().__init__([])
        self.asked: list[str] = []
        self._answers = list(answers)

    def answer(self, method: str, path: str, body: str) -> tuple[int, str]:
        self.asked.append(f"{method} {path.partition('?')[0]}")
        status, document = self._answers.pop(0) if self._answers else (200, {})
        return status, orjson.dumps(document).decode()


@pytest.fixture
def node() -> Rote:
    return Rote()


@pytest.fixture
def store(node: Rote) -> Iterator[OpenSearchStore]:
    with served(node) as store:
        yield store


def client_of(store: OpenSearchStore) -> Client:
    return store._client


def says(node: Rote, *answers: tuple[int, object]) -> None:
    node._answers[:] = answers


def bulk(*items: dict[str, object]) -> tuple[int, object]:
    return 200, {"errors": True, "items": [{"index": item} for item in items]}


@pytest.mark.parametrize(
    ("items", "error", "text"),
    [
        (
            [{"status": 201}, {"status": 400, "error": {"reason": "mapper"}}],
            BuildRefused,
            "refuse un document : mapper",
        ),
        ([{"status": 400, "error": {"type": "brut"}}], BuildRefused, "refuse un document : .*brut"),
        ([{"status": 429, "error": {"reason": "queue"}}], EngineAway, "ne prend plus de document : queue"),
        ([{"status": 503, "error": {"reason": "a"}}, {"status": 428, "error": {"reason": "b"}}], BuildRefused, ": b"),
        ([{"status": 429, "error": {"reason": FULL}}], EngineUnavailable, "disque"),
    ],
)
def test_a_document_that_is_refused_ends_a_build_and_a_node_that_is_full_says_so(
    node: Rote, store: OpenSearchStore, items: Sequence[dict[str, object]], error: type[Exception], text: str
) -> None:
    sending = Sending(client_of(store), "suppliers-1")
    says(node, *[bulk(*items)] * 9)
    sending._stopped.set()
    sending.add(bulk_lines([{"id": "a"}]))
    with pytest.raises(error, match=text) as raised:
        sending.drain()
    sending.close()
    assert type(raised.value) is error and node.asked == ["POST /suppliers-1/_bulk"]


def test_documents_are_sent_with_their_id_and_nothing_is_sent_of_nothing(node: Rote, store: OpenSearchStore) -> None:
    assert bulk_lines([{"id": "a", "x": 1}]) == [b'{"index":{"_id":"a"}}\n{"id":"a","x":1}\n']
    sending = Sending(client_of(store), "i")
    sending.drain()
    assert node.asked == []
    sending.add(bulk_lines([{"id": "a"}]))
    assert node.asked == []
    sending.drain()
    sending.close()
    assert node.asked == ["POST /i/_bulk"]


def test_what_is_not_known_yet_is_asked_four_times_and_what_is_stopped_once() -> None:
    stopped, asked = Event(), list[int]()
    stopped.set()

    def absent() -> int:
        asked.append(1)
        if len(asked) in (1, 2, 3, 4):
            raise NotFound("absent")
        return 5

    with pytest.raises(NotFound):
        patiently(absent, stopped)
    assert len(asked) == 4 and patiently(absent, stopped) == 5
    away = list[int]()

    def nobody() -> int:
        away.append(1)
        raise EngineAway("absent")

    with pytest.raises(EngineAway):
        patiently(nobody, stopped)
    assert len(away) == 1


ONE: tuple[str, Json] = ("i", {"query": {"match_all": {}}})
HITS: Json = {"hits": {"hits": []}}


def test_one_search_is_asked_alone_and_several_in_one_request(node: Rote, store: OpenSearchStore) -> None:
    says(node, (200, HITS), (200, {"responses": [HITS, HITS]}))
    assert sent(client_of(store), [ONE]) == [HITS]
    assert sent(client_of(store), [ONE, ONE]) == [HITS, HITS]
    assert node.asked == ["POST /i/_search", "POST /_msearch"]


def test_an_index_that_is_gone_is_the_answer_of_its_search_alone(node: Rote, store: OpenSearchStore) -> None:
    gone = {"error": {"type": "index_not_found_exception"}, "status": 404}
    refused = {"error": {"type": "parsing_exception"}, "status": 400}
    says(node, (200, {"responses": [HITS, gone, refused]}), (404, gone))
    kept, missing, wrong = sent(client_of(store), [ONE, ONE, ONE])
    assert kept == HITS and isinstance(missing, NotFound)
    assert type(wrong) is EngineUnavailable and "code 400" in str(wrong)
    (alone,) = sent(client_of(store), [ONE])
    assert isinstance(alone, NotFound) and str(alone) == str(missing)


def test_a_search_that_failed_for_a_moment_is_asked_again_alone(node: Rote, store: OpenSearchStore) -> None:
    lost = {"error": {"type": "node_not_connected_exception"}, "status": 503}
    says(node, (200, {"responses": [lost, HITS]}), (200, HITS | {"took": 1}))
    assert sent(client_of(store), [ONE, ONE]) == [HITS | {"took": 1}, HITS]
    says(node, (200, {"responses": [lost, HITS]}), (400, {"error": {}, "status": 400}))
    again, _ = sent(client_of(store), [ONE, ONE])
    assert isinstance(again, EngineUnavailable) and "code 400" in str(again)


@pytest.mark.parametrize(
    ("status", "kind", "word"),
    [
        (400, EngineUnavailable, "code 400"),
        (401, EngineUnavailable, "VIVIER_OPENSEARCH"),
        (429, EngineAway, "code 429"),
        (502, EngineAway, "code 502"),
        (503, EngineAway, "code 503"),
        (504, EngineAway, "code 504"),
    ],
)
def test_a_refusal_says_whether_it_may_pass(status: int, kind: type[Exception], word: str) -> None:
    made = refusal(status)
    assert type(made) is kind and word in str(made)
    assert full_disk("queue is full") is None and type(full_disk(FULL)) is EngineUnavailable


def test_a_store_says_why_it_serves_nothing(node: Rote, store: OpenSearchStore) -> None:
    (nothing,) = store.ready()
    assert "vivier index" in nothing or "index" in nothing
    assert store.warnings() == [] and store.damaged("suppliers", "suppliers-1") == []
    assert [*store.generations("suppliers")] == []


def test_who_asks_is_said_with_accents_in_utf_8() -> None:
    connected = connect(["http://127.0.0.1:1"], Access(user="élise", password="clé"))
    (connection,) = connected.transport.connection_pool.connections
    header = str(connection.headers["authorization"])
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "élise:clé"
    connected.close()


def test_a_breaker_opens_after_some_failures_in_a_row_and_lets_one_request_through() -> None:
    breaker = Breaker(2, 1e9)
    assert not breaker.refuses()
    breaker.failed()
    assert not breaker.refuses()
    breaker.failed()
    assert breaker.refuses() and breaker.refuses()
    breaker.answered()
    assert not breaker.refuses()
    soon = Breaker(1, 1.0)
    soon.failed()
    assert soon.refuses(), "held back for a second"
    at_once = Breaker(1, 0.0)
    at_once.failed()
    assert not at_once.refuses() and not at_once.refuses()


class Node:
    """A node that says its id, nothing but that it is there (``""``), or does not answer (``None``)."""

    def __init__(self, said: str | None) -> None:
        self.said, self.asked = said, 0

    def present(self) -> str | None:
        self.asked += 1
        return self.said


@pytest.mark.parametrize(
    ("said", "anybody", "preferred"),
    [
        (("a", "b"), True, None),
        (("a", None), True, "a"),
        ((None, "b"), True, "b"),
        (("", None), True, None),
        (("", "b"), True, None),
        ((None, None), False, None),
    ],
)
def test_the_nodes_that_answer_are_preferred_while_another_does_not(
    said: tuple[str | None, ...], anybody: bool, preferred: str | None
) -> None:
    nodes, missing = [Node(one) for one in said], list[object]()
    company = Company(nodes, missing.append)
    assert company.look() is anybody
    assert company.preference == (None if preferred is None else PREFERRED + preferred)
    assert missing == [node for node in nodes if node.said is None]
    assert company.look() is anybody and all(node.asked for node in nodes)
    company.close()

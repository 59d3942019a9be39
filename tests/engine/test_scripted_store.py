"""Which generation of a node is read, what of a crash is removed, how a long answer is paged: on a node that answers by rote."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from opensearchpy import Urllib3HttpConnection
from opensearchpy.exceptions import ConnectionTimeout, SSLError, TransportError

from tests.engine.recorded import served
from tests.engine.test_scripted_node import Rote, says
from vivier.engine.opensearch import reader as reading
from vivier.engine.opensearch.client import ANSWER_SECONDS, SlowSearch, _NodeConnection, wall
from vivier.engine.opensearch.group import grouped
from vivier.engine.opensearch.store import OpenSearchStore, _is_abandoned
from vivier.errors import BuildRefused, EngineAway, EngineUnavailable, IndexUnreadable, NotFound, NothingIndexed
from vivier.search.formats import FORMAT
from vivier.search.operators import EVERY, Exists, Measure, Search

CREATED = "2026-11-27T12:00:00+00:00"
FUTURE = "2999-01-01T00:00:00+00:00"


@pytest.fixture
def node() -> Rote:
    return Rote()


@pytest.fixture
def store(node: Rote) -> Iterator[OpenSearchStore]:
    with served(node) as store:
        yield store


def indices(**formats: int | None) -> tuple[int, object]:
    """What a node says of indices: the format of each, ``None`` for one that is not finished; the live one is the third."""
    found = {}
    for name, number in formats.items():
        meta = {
            "finished": number is not None,
            "documents": 1,
            "created_at": CREATED,
            "meta": {"name": name},
            "format": number,
        }
        aliases = {"recorded-suppliers": {}} if name == "n3" else {}
        found[f"recorded-suppliers-{name}"] = {"aliases": aliases, "mappings": {"_meta": meta}}
    return 200, found


def test_the_newest_generation_that_this_version_reads_answers_in_place_of_one_it_does_not(
    node: Rote, store: OpenSearchStore
) -> None:
    says(node, indices(n3=99), indices(n1=FORMAT, n2=FORMAT, n3=99, n4=FORMAT, n0=FORMAT))
    assert store.open("suppliers").generation.name == "suppliers-n2"
    assert len(node.asked) == 2 and store.warnings()[0].startswith("La génération « suppliers-n3 » a le format 99")
    says(node, indices(n2=98, n3=99, n4=FORMAT))
    with pytest.raises(IndexUnreadable, match="suppliers-n3"):
        store.open("suppliers")
    with pytest.raises(IndexUnreadable, match="format 99"):
        store.open("suppliers", "suppliers-n3")
    assert len(node.asked) == 3, "the live one is known: it is asked once a second"


def test_a_generation_is_read_by_its_name_live_or_not(node: Rote, store: OpenSearchStore) -> None:
    says(node, indices(n3=FORMAT), indices(n2=FORMAT, n3=FORMAT, n4=None), indices(n3=FORMAT))
    third, second = (store.open("suppliers", f"suppliers-{name}").generation for name in ("n3", "n2"))
    assert (third.live, second.live, second.meta, second.documents) == (True, False, {"name": "n2"}, 1)
    with pytest.raises(NotFound, match="« suppliers-n4 »"):
        store.open("suppliers", "suppliers-n4")
    says(node, indices(n3=FORMAT, n2=FORMAT, n4=None), indices(n3=FORMAT))
    assert [generation.name for generation in store.generations("suppliers")] == ["suppliers-n3", "suppliers-n2"]
    with pytest.raises(BuildRefused, match="est en service"):
        store.remove("suppliers", "suppliers-n3")


def test_an_index_that_was_served_and_is_not_there_is_away_and_one_that_never_was_is_to_be_made(
    node: Rote, store: OpenSearchStore
) -> None:
    missing = (404, {"error": {}, "status": 404})
    says(node, missing, indices(n3=FORMAT), missing)
    with pytest.raises(NothingIndexed):
        store.live("suppliers")
    assert store.live("suppliers") == store.live("suppliers") and len(node.asked) == 2
    store._live.clear()
    with pytest.raises(EngineAway):
        store.live("suppliers")
    says(node, (200, {}))
    assert store.ready() == [
        str(EngineAway("Le moteur OpenSearch n'a plus l'index qui était en service, ou ne le retrouve pas encore."))
    ]


@pytest.mark.parametrize(
    ("builder", "created", "abandoned"),
    [
        (f"{socket.gethostname()}:{os.getpid()}", FUTURE, False),
        (f"{socket.gethostname()}:{2**22 + 1}", FUTURE, True),
        (f"{socket.gethostname()}:{os.getpid()}", "2020-01-01T00:00:00+00:00", True),
        (f"{socket.gethostname()}:{os.getpid()}", None, True),
        ("elsewhere:1", FUTURE, False),
    ],
)
def test_an_index_is_abandoned_with_its_builder_or_after_a_day(
    builder: str, created: str | None, abandoned: bool
) -> None:
    meta: dict[str, Any] = {"builder": builder} | ({} if created is None else {"created_at": created})
    assert _is_abandoned(meta) is abandoned


def test_what_a_crash_left_is_removed_with_its_words_and_what_is_under_way_is_not(
    node: Rote, store: OpenSearchStore
) -> None:
    gone, here = (
        {"mappings": {"_meta": {"builder": builder, "created_at": FUTURE}}}
        for builder in (f"{socket.gethostname()}:{2**22 + 1}", "elsewhere:1")
    )
    finished = {"mappings": {"_meta": {"finished": True}}}
    words = {f"words-recorded-suppliers-{name}": {} for name in ("n1", "lost", "gone")}
    found = {"recorded-suppliers-n1": finished, "recorded-suppliers-gone": gone, "recorded-suppliers-here": here}
    says(node, (200, words), (200, found))
    store._remove_leftovers("suppliers")
    assert node.asked == [
        "GET /words-recorded-suppliers-*",
        "GET /recorded-suppliers-*",
        "DELETE /recorded-suppliers-gone,words-recorded-suppliers-gone",
        "DELETE /words-recorded-suppliers-lost",
    ]


def hits(*ids: str) -> dict[str, object]:
    return {"hits": {"hits": [{"_id": id_, "_source": {"record": {"id": id_}}, "sort": [1, id_]} for id_ in ids]}}


def test_a_long_answer_is_paged_and_goes_on_when_what_held_it_is_lost(
    node: Rote, store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_SCAN_PAGE", 2)
    says(node, indices(n3=FORMAT))
    opened = store.open("suppliers")
    lost = (404, {"error": {}, "status": 404})
    pit = ((200, {"pit_id": name}) for name in "pq")
    says(node, (200, hits("a", "b")), next(pit), (200, hits("c", "d")), lost, next(pit), (200, hits("e")), (200, {}))
    node.asked.clear()
    assert [(hit.id, hit.record, hit.score, hit.distance_km) for hit in opened.scan(EVERY)] == [
        (id_, {"id": id_}, 0, None) for id_ in "abcde"
    ]
    assert [line.split()[1] for line in node.asked] == [
        "/recorded-suppliers-n3/_search",
        "/recorded-suppliers-n3/_search/point_in_time",
        "/_search",
        "/_search",
        "/recorded-suppliers-n3/_search/point_in_time",
        "/_search",
        "/_search/point_in_time",
    ]
    says(node, (200, hits("a")))
    node.asked.clear()
    assert [hit.record for hit in opened.scan(EVERY, records=False)] == [{}] and len(node.asked) == 1
    [scored] = [{**hit, "_score": 5.0, "sort": [5, 1, "a"]} for hit in hits("a")["hits"]["hits"]]  # type: ignore[index]
    says(node, (200, {"hits": {"hits": [scored]}}))
    assert [(hit.id, hit.record) for hit in opened.stream(Search())] == [("a", {"id": "a"})]
    says(node, (200, hits("b", "a")), (200, hits("c")))
    assert list(opened.get(["a", "b", "c", "d"])) == ["a", "b", "c"]


def test_the_words_of_a_generation_are_asked_once(node: Rote, store: OpenSearchStore) -> None:
    says(node, indices(n3=FORMAT), (200, {"_source": {"entries": {"tont": [3, "tonte"]}}}))
    assert store.open("suppliers").vocabulary() == store.open("suppliers").vocabulary()
    assert store.open("suppliers").vocabulary().entries == {"tont": (3, "tonte")}
    assert node.asked[1:] == ["GET /words-recorded-suppliers-n3/_doc/words"]


def test_groups_are_counted_by_condition_in_parts_when_they_are_many() -> None:
    asked: list[Any] = []
    located = Exists("location")

    def bucket(key: str, count: int, **figures: float | None) -> dict[str, object]:
        return {"key": key, "doc_count": count, **{name: {"value": value} for name, value in figures.items()}}

    def ask(bodies: list[Any]) -> list[Any]:
        asked.append(bodies)
        if bodies[0]["aggs"]["by"].get("composite") is not None:
            after = {} if "after" in bodies[0]["aggs"]["by"]["composite"] else {"after_key": {"value": "a"}}
            rows = [("b", 4.0, 1), ("b", 8.0, 1)] if not after else [("a", 2.0, 3)]
            found = [{"key": {"value": value, "number": number}, "doc_count": n} for value, number, n in rows]
            return [{"aggregations": {"by": {"buckets": found, **after}}}]
        whole = [
            [bucket("a", 3, least=1.0, day=86_400_000.0)],
            [bucket("b", 2, least=None, day=None), bucket("c", 1, least=2.0, day=0.0)],
        ]
        near = [[bucket("c", 1)], []]
        if len(bodies) == 2:
            return [{"aggregations": {"by": {"buckets": [], "sum_other_doc_count": number}}} for number in (0, 1)]
        parts = [*zip(whole, near, strict=True)]
        return [
            {"aggregations": {"by": {"buckets": rows, "sum_other_doc_count": 0}}} for part in parts for rows in part
        ]

    measures = (
        Measure("all"),
        Measure("least", "min", "staff"),
        Measure("day", "max", "updated"),
        Measure("near", where=located),
        Measure("middle", "median", "staff"),
    )
    found = grouped(
        ask, lambda works: [work() for work in works], "suppliers", EVERY, "networks", measures, ("a", "b"), 2
    )
    assert found.values == ("a", "b")
    figures = {name: column.tolist() for name, column in found.measures.items()}
    assert figures["all"] == [3, 2] and figures["near"] == [0, 0] and figures["middle"] == [2.0, 6.0]
    assert figures["least"][0] == 1 and np.isnan(figures["least"][1])
    assert figures["day"][0] == 1 and np.isnan(figures["day"][1])
    partitions = [body["aggs"]["by"]["terms"].get("include") for body in asked[1]]
    assert partitions == [{"partition": part, "num_partitions": 2} for part in (0, 0, 1, 1)]
    first, second = (body["aggs"]["by"] for body in asked[0])
    assert first["terms"] == {"field": "networks", "size": 2, "order": {"_key": "asc"}} == second["terms"]
    assert first["aggs"].keys() == {"least", "day"} and "aggs" not in second


class Wire(NamedTuple):
    """Addresses sent with their time, and the answers to come."""

    sent: list[tuple[str, Any]]
    answers: list[Any]


NODES = b'{"nodes": {"id1": {"name": "n"}}}'
SOON, ASIDE = ConnectionTimeout("TIMEOUT", "slow", None), ConnectionTimeout("TIMEOUT", "away", None)
REFUSED = TransportError(401, "no", None)
ANSWER = (200, {}, "{}")


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """What the library would send, and what it is answered in turn."""
    made = Wire([], [])

    def send(connection: object, method: str, url: str, *args: object, **options: object) -> object:
        made.sent.append((url, options.get("timeout")))
        answer = made.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(Urllib3HttpConnection, "perform_request", send)
    return made


@pytest.mark.parametrize(("several", "soon"), [(True, 0.9), (False, 1.1)])
def test_a_request_that_is_slow_is_told_from_a_node_that_is_not_there(wire: Wire, several: bool, soon: float) -> None:
    node = _NodeConnection(patience=2.0, several=several)

    def asked(url: str, *answers: object, **options: object) -> list[tuple[str, object]]:
        wire.answers[:], wire.sent[:] = answers, []
        node.perform_request("GET", url, **options)
        return [(sent, time if time is None else pytest.approx(time)) for sent, time in wire.sent]

    assert asked("/_cat", ANSWER) == [("/_cat", soon)] and asked("/_cat", ANSWER, timeout=7) == [("/_cat", 7)]
    assert asked("/_cat", SOON, ANSWER, ANSWER) == [("/_cat", soon), ("/", 0.6), ("/_cat", ANSWER_SECONDS)]
    assert asked("/_cat", SOON, REFUSED, ANSWER) == [("/_cat", soon), ("/", 0.6), ("/_cat", ANSWER_SECONDS)]
    if several:
        with pytest.raises(SlowSearch):
            asked("/i/_search", SOON)
    else:
        assert len(asked("/i/_search", SOON, ANSWER, ANSWER)) == 3
    with pytest.raises(ConnectionTimeout):
        asked("/_cat", SOON, ASIDE)
    assert asked("/_cat", ANSWER, ANSWER) == [("/", 0.6), ("/_cat", soon)], "it is set aside: it is looked at first"
    assert asked("/_cat", ANSWER) == [("/_cat", soon)]


def test_a_node_says_its_id_nothing_or_is_not_there(wire: Wire) -> None:
    node = _NodeConnection(patience=2.0, several=True)
    wire.answers[:] = [(200, {}, NODES), REFUSED, ASIDE, (200, {}, NODES), ANSWER]
    assert [node.present() for _ in range(4)] == ["id1", "", None, "id1"]
    assert [time for _, time in wire.sent] == [pytest.approx(0.6)] * 4
    node.perform_request("GET", "/_cat")
    assert wire.sent[-1][0] == "/_cat" and len(wire.sent) == 5, "what answers is no longer set aside"


def test_a_page_that_is_slow_is_asked_again_with_time_when_every_node_answers(
    node: Rote, store: OpenSearchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(node, indices(n3=FORMAT))
    opened = store.open("suppliers")
    asked: list[dict[str, Any]] = []

    def search(**options: Any) -> dict[str, object]:
        asked.append(options)
        if len(asked) == 1:
            raise SlowSearch
        return hits("a")

    client: Any = store._client
    monkeypatch.setattr(client, "search", search)
    monkeypatch.setattr(client.transport, "look_around", lambda: None)
    assert [hit["_id"] for hit in opened._page({}, "p")] == ["a"]
    assert [options.get("request_timeout") for options in asked] == [None, ANSWER_SECONDS]
    asked.clear()
    monkeypatch.setattr(client.transport.company, "preference", "_prefer_nodes:a")
    with pytest.raises(EngineAway):
        opened._page({}, "p")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("x CERTIFICATE_VERIFY_FAILED", "VIVIER_OPENSEARCH_CA"),
        ("certificate has expired", "expiré"),
        ("other", "refuse notre certificat"),
    ],
)
def test_what_openssl_says_is_told_with_what_there_is_to_do(reason: str, word: str) -> None:
    with pytest.raises(EngineUnavailable, match=word), wall():
        raise SSLError("N/A", "ssl", Exception(reason))

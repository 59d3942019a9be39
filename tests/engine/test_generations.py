"""Generations: built beside, refused when wrong, promoted in one step, seen at once, removed when they no longer serve."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Any

import pytest

from mappings import load_json
from tests.engine.compare import COLLECTION, build, serve
from tests.engine.conftest import Trio
from tests.engine.crash import (
    Target,
    answer_of,
    documents,
    open_target,
    processes,
    publish,
    publish_all,
    vocabulary,
    whole,
)
from tests.engine.village import doc
from tests.indexer.register_fields import register_fields
from vivier.engine.opensearch.building import Lines
from vivier.engine.opensearch.sending import bulk_lines
from vivier.errors import BuildRefused, NotFound, VivierError
from vivier.search.filters import Filter
from vivier.search.operators import All, Exists, Operator, Phrase, Range, Same, Search, Terms, Text
from vivier.search.port import Document, Store
from vivier.search.query import filters
from vivier.search.scoring import FIELD_VALUES
from vivier.suppliers.query import SupplierQuery
from vivier.text import load_analysis

SECONDS_BEFORE_A_PROMOTION_MADE_ELSEWHERE_IS_SEEN = 1.0
NOT_IN_THE_DEMONSTRATION = {
    "supposed_trade": "a trade supposed from the activity code: each invented supplier tells its own"
}

# --- life of a generation


def test_nothing_is_served_before_a_promotion(engine: Store) -> None:
    assert engine.generations(COLLECTION) == []
    for ask in (lambda: answer_of(engine), lambda: engine.live(COLLECTION), lambda: engine.open(COLLECTION)):
        with pytest.raises(NotFound):
            ask()
    assert engine.ready() != []
    built = build(engine, documents(1), {"mark": 1})
    with pytest.raises(NotFound):
        answer_of(engine)
    assert answer_of(engine, built) == whole(1)


def test_a_generation_keeps_its_meta_its_count_and_its_date(engine: Store) -> None:
    meta = {"mark": 1, "sources": [{"id": "é", "rows": 2}], "tally": {}}
    promoted = serve(engine, documents(1), meta)
    live = engine.live(COLLECTION)
    assert (live.name, live.live, live.documents, live.meta) == (promoted, True, whole(1)[0], meta)
    assert live.created_at.tzinfo is not None
    assert engine.generations(COLLECTION) == [live]
    assert engine.ready() == []


def test_promotion_and_rollback_change_every_answer_at_once(engine: Store) -> None:
    first, second = (build(engine, documents(mark), {"mark": mark}) for mark in (1, 2))
    for name, mark in ((first, 1), (second, 2), (first, 1), (first, 1)):
        assert engine.promote(COLLECTION, name).live
        assert engine.live(COLLECTION).name == name
        assert answer_of(engine) == whole(mark)
        assert set(engine.open(COLLECTION).get(["1-0", "2-0"])) == {f"{mark}-0"}
        assert {hit.record["mark"] for hit in engine.open(COLLECTION).scan(All())} == {mark}
    assert [(one.name, one.live) for one in engine.generations(COLLECTION)] == [(second, False), (first, True)]


def test_each_generation_keeps_its_own_words(engine: Store) -> None:
    first, second = (publish(engine, mark) for mark in (1, 2))
    assert engine.open(COLLECTION).vocabulary() == vocabulary(2)
    assert engine.open(COLLECTION, first).vocabulary() == vocabulary(1)
    assert engine.open(COLLECTION, second).vocabulary() == vocabulary(2)
    wordless = serve(engine, [doc("alone")])
    assert engine.open(COLLECTION, wordless).vocabulary().entries == {}
    with pytest.raises(NotFound):
        engine.open(COLLECTION, "suppliers-20200101000000000000").vocabulary()


def test_the_live_generation_cannot_be_removed_and_another_can(engine: Store) -> None:
    first, second = (serve(engine, documents(mark)) for mark in (1, 2))
    with pytest.raises(BuildRefused, match="en service"):
        engine.remove(COLLECTION, second)
    engine.remove(COLLECTION, first)
    assert [one.name for one in engine.generations(COLLECTION)] == [second]
    with pytest.raises(NotFound):
        answer_of(engine, first)
    assert answer_of(engine) == whole(2)


@pytest.mark.parametrize("name", ["suppliers-20200101000000000000", "", ".", "..", "*", "nobody/../nothing"])
def test_an_unknown_generation_is_not_found(engine: Store, name: str) -> None:
    serve(engine, documents(1))
    for verb in (engine.promote, engine.remove):
        with pytest.raises(NotFound):
            verb(COLLECTION, name)
    assert answer_of(engine) == whole(1)


def test_an_empty_generation_answers_nothing(engine: Store) -> None:
    serve(engine, [])
    assert engine.open(COLLECTION).search(Search(limit=5)).total == 0
    assert list(engine.open(COLLECTION).scan(All())) == []
    assert engine.open(COLLECTION).group(All(), "networks", ()).values == ()


def test_collections_do_not_see_one_another(engine: Store) -> None:
    serve(engine, documents(1))
    with pytest.raises(NotFound):
        engine.live("contracts")
    assert engine.generations("contracts") == []


# --- strictness

WRONG: list[tuple[str, dict[str, Any]]] = [
    ("nom", {"nom": "a field nobody declared"}),
    ("offers.metier", {"offers": [{"metier": "traiteur"}]}),
    ("offers", {"offers": "traiteur"}),
    ("offers", {"offers": {"trade": "traiteur"}}),
    ("offers", {"offers": ""}),
    ("offers", {"offers": {}}),
    ("offers", {"offers": 0}),
    ("networks", {"networks": StrEnum("Network", {"N1": "n1"}).N1}),  # type: ignore[attr-defined]
    ("staff", {"staff": "12"}),
    ("staff", {"staff": True}),
    ("staff", {"staff": [1, 2]}),
    ("staff", {"staff": float("nan")}),
    ("staff", {"staff": float("inf")}),
    ("tie", {"tie": 1.5}),
    ("updated", {"updated": "31/12/2024"}),
    ("updated", {"updated": "2024-02-30"}),
    ("updated", {"updated": "2024-W05-1"}),
    ("updated", {"updated": 2024}),
    ("agreements.valid_until", {"agreements": [{"kind": "ESAT", "valid_until": "bientôt"}]}),
    ("networks", {"networks": 12}),
    ("networks", {"networks": ["n1", None]}),
    ("networks", {"networks": {"n1": True}}),
    ("networks", {"networks": "n" * 40_000}),
    ("text_name", {"text_name": 12}),
    ("text_name", {"text_name": ["é" * 20_000]}),
    ("location", {"location": "48.5,2.3"}),
    ("location", {"location": {"lon": 2.3}}),
    ("location", {"location": {"lon": 2.3, "lat": 148.5}}),
    ("location", {"location": {"lon": 2.3, "lat": float("nan")}}),
    ("id", {"id": "good"}),
    ("id", {"id": ""}),
    ("id", {"id": None}),
    ("record", {"record": None}),
]


@pytest.mark.parametrize("strict", ["embedded"], indirect=True)
@pytest.mark.parametrize(("field", "fault"), WRONG, ids=[f"{field}-{n}" for n, (field, _) in enumerate(WRONG)])
def test_a_wrong_document_is_refused_by_name_and_nothing_of_it_stays(
    strict: Store, field: str, fault: dict[str, Any]
) -> None:
    _is_refused(strict, field, fault)


@pytest.mark.parametrize("strict", ["opensearch"], indirect=True)
def test_a_node_is_sent_none_of_the_wrong_documents(strict: Store) -> None:
    for field, fault in WRONG:
        _is_refused(strict, field, fault)


def _is_refused(strict: Store, field: str, fault: dict[str, Any]) -> None:
    before = [one.name for one in strict.generations(COLLECTION)]
    building = strict.build(COLLECTION)
    with pytest.raises(BuildRefused, match=f"« {field} »"):
        building.add([doc("good"), {**doc("bad"), **fault}])
    building.abandon()
    assert [one.name for one in strict.generations(COLLECTION)] == before
    assert answer_of(strict) == whole(1)


def test_long_texts_and_odd_values_are_welcome(engine: Store) -> None:
    odd = doc("odd", text_name=["mot " * 20_000], networks=["", "é" * 16_000], staff=None, location=None, offers=None)
    serve(engine, [odd, doc("west", location={"lon": -180, "lat": -90}), doc("east", location={"lon": 180, "lat": 90})])
    assert engine.open(COLLECTION).search(Search(where=Terms("networks", ("",)))).total == 1
    assert engine.open(COLLECTION).search(Search(where=Exists("location"))).total == 2


def unchecked(documents: list[Document]) -> Lines:
    """Documents as the node reads them, which nobody of ours has looked at."""
    return Lines([document["id"] for document in documents], bulk_lines(documents))


@pytest.mark.parametrize("strict", ["opensearch"], indirect=True)
def test_opensearch_itself_refuses_a_field_the_mapping_does_not_know(strict: Store) -> None:
    building = strict.build(COLLECTION)
    building.add_part(unchecked([doc("bad", nom="Atelier")]))
    with pytest.raises(BuildRefused, match="strict"):
        building.finish({})
    building.abandon()
    assert answer_of(strict) == whole(1)


@pytest.mark.parametrize("strict", ["opensearch"], indirect=True)
def test_a_refusal_of_opensearch_stops_a_build_before_its_end(strict: Store) -> None:
    building = strict.build(COLLECTION)
    with pytest.raises(BuildRefused, match="strict"):
        for turn in range(20):
            heavy = [doc(f"bad-{turn}-{number}", nom="Atelier" * 100_000) for number in range(10)]
            building.add_part(unchecked(heavy))
    building.abandon()


@pytest.mark.parametrize("target", ["opensearch"], indirect=True)
def test_an_index_removed_while_it_is_built_is_not_finished(target: Target) -> None:
    engine = open_target(target)
    building = engine.build(COLLECTION)
    remove = urllib.request.Request(f"{target[0]}/{target[1]}-{building.name}", method="DELETE")
    urllib.request.urlopen(remove, timeout=30).close()
    building.add([doc("late")])
    with pytest.raises(VivierError):
        building.finish({})
    building.abandon()
    assert engine.generations(COLLECTION) == []
    engine.close()


@pytest.mark.parametrize("target", ["opensearch"], indirect=True)
def test_nothing_sent_late_brings_an_abandoned_index_back(target: Target) -> None:
    engine = open_target(target)
    building = engine.build(COLLECTION)
    building.add(doc(f"heavy-{number}", record={"text": "x" * 500_000}) for number in range(30))
    building.abandon()
    with urllib.request.urlopen(f"{target[0]}/_cat/indices/{target[1]}-*", timeout=30) as listed:
        assert listed.read() == b""
    engine.close()


# --- a misspelt field would find nothing, silently


def _declared_fields() -> list[tuple[str | None, str]]:
    properties = load_json(COLLECTION)["properties"]
    known = properties.keys() - register_fields()
    flat = [
        (None, name) for name in properties if name in known and properties[name]["type"] not in ("nested", "object")
    ]
    return flat + [
        (p, name)
        for p, spec in properties.items()
        if spec["type"] == "nested"
        for name in spec["properties"]
        if name not in NOT_IN_THE_DEMONSTRATION
    ]


def test_every_field_of_the_mapping_is_filled_by_the_demonstration(trio: Trio, corpus: list[Document]) -> None:
    readers = [engine.open(COLLECTION) for engine in (trio.embedded, trio.opensearch)]
    for path, field in _declared_fields():
        where = _filled(corpus, path, field)
        found = {reader.search(Search(where=where)).total for reader in readers}
        assert len(found) == 1 and found.pop() > 0, (path, field)


def _filled(corpus: list[Document], path: str | None, field: str) -> Operator:
    """A question that only a filled field answers: its presence, or one of its words."""
    if field.startswith("text_"):
        analyzer = load_json(COLLECTION)["properties"][field]["analyzer"]
        text = next(text for document in corpus for text in document[field])
        return Text(((Phrase(field, (load_analysis().tokens(analyzer, text)[0],)),),))
    if field == "tie":
        return Range("tie", gte=0)
    return Exists(field) if path is None else Same(path, (Exists(field),))


def test_every_filter_and_every_text_field_is_in_the_mapping() -> None:
    properties = load_json(COLLECTION)["properties"]
    for name, filter_ in filters(SupplierQuery).items():
        where = properties if filter_.path is None else properties[filter_.path]["properties"]
        assert filter_.field in where, name
        assert isinstance(filter_, Filter)
    assert set(FIELD_VALUES) <= properties.keys()


# --- several at once


@pytest.mark.long
def test_threads_that_search_during_promotions_each_get_one_generation(target: Target) -> None:
    engine = open_target(target)
    publish(engine, 0)
    builder = processes.Process(target=publish_all, args=(target, range(1, 11)), daemon=True)
    over = threading.Event()
    builder.start()
    with ThreadPoolExecutor(4) as threads:
        searching = [threads.submit(lambda: set(_marks_seen(engine, over))) for _ in range(4)]
        builder.join()
        over.set()
        seen = [search.result() for search in searching]
    assert builder.exitcode == 0
    assert len(set().union(*seen)) > 2, "promotions must be seen while they happen"
    threading.Event().wait(SECONDS_BEFORE_A_PROMOTION_MADE_ELSEWHERE_IS_SEEN)
    assert answer_of(engine) == whole(10)
    engine.close()


def _marks_seen(engine: Store, over: threading.Event) -> Iterator[int]:
    """Search until it is over: the mark of each answer, all of whose parts must be of it."""
    while not over.is_set():
        answer = answer_of(engine)
        mark = next(iter(answer[-1]))
        assert answer == whole(mark)
        assert len({hit.record["mark"] for hit in engine.open(COLLECTION).scan(All())}) == 1
        yield mark

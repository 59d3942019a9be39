"""Works done together give what they give one after the other, and ask the node in one request at each step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.engine.compare import COLLECTION, serve
from tests.engine.village import VILLAGE
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.engine.opensearch.together import Json, Question, Replied, ask, together
from vivier.errors import EngineAway, NotFound
from vivier.search.operators import All, Measure, Operator, Search, Terms
from vivier.search.port import Reader, Store


def _works(reader: Reader[Any]) -> list[Callable[[], object]]:
    some = Terms("id", tuple(hit.id for hit in reader.search(Search(limit=3)).hits))
    return [
        lambda: reader.search(Search(limit=5)).total,
        lambda: [hit.id for hit in reader.search(Search(where=some)).hits],
        lambda: reader.group(All(), "networks", (Measure("n"),)).counts("n"),
        lambda: reader.members(All(), "networks", reader.group(All(), "networks", ()).values),
        lambda: sorted(hit.id for hit in reader.scan(All())),
        lambda: len(reader.get(["absent"])),
    ]


def test_works_done_together_give_what_they_give_in_turn(engine: Store) -> None:
    serve(engine, VILLAGE)
    works = _works(engine.open(COLLECTION))
    assert engine.together(works) == [work() for work in works]


def test_a_step_is_one_request(engine: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if not isinstance(engine, OpenSearchStore):
        pytest.skip("the embedded engine sends no request")
    serve(engine, VILLAGE)
    works, sent, transport = _works(engine.open(COLLECTION)), list[str](), engine._client.transport
    perform = transport.perform_request

    def noted(method: str, url: str, *given: Any, **named: Any) -> Any:
        sent.append(url)
        return perform(method, url, *given, **named)

    monkeypatch.setattr(transport, "perform_request", noted)
    nested = [lambda: engine.together(works[:3]), lambda: engine.together(works[3:])]
    assert engine.together(nested) == [[work() for work in works[:3]], [work() for work in works[3:]]]
    assert [url.rpartition("/")[2] for url in sent[:2]] == [
        "_msearch",
        "_search",
    ]  # then one after the other, for the comparison


def test_an_index_that_is_gone_is_told_to_its_work_alone(engine: Store) -> None:
    serve(engine, VILLAGE)
    reader = engine.open(COLLECTION)

    def gone() -> int:
        raise NotFound("gone")

    def careful() -> str:
        try:
            return str(engine.together([gone, lambda: reader.search(Search()).total]))
        except NotFound:
            return "told"

    assert engine.together([careful, lambda: reader.search(Search()).total]) == ["told", len(VILLAGE)]


def _echo(questions: list[Question]) -> list[Replied]:
    return [EngineAway("away") if index == "away" else {"index": index, **body} for index, body in questions]


def _asking(*names: str) -> list[Json]:
    return [ask([(name, {"size": 0})], _echo)[0] for name in names]  # type: ignore[arg-type]


def test_works_of_any_length_go_on_in_step() -> None:
    batches: list[list[str]] = []

    def send(questions: list[Question]) -> list[Replied]:
        batches.append([index for index, _ in questions])
        return _echo(questions)

    def steps(*names: str) -> str:
        return "".join(ask([(name, {})], send)[0]["index"] for name in names)  # type: ignore[arg-type]

    works = [partial(steps, "a", "b", "c"), partial(steps, "d"), partial(steps), partial(steps, "e", "f")]
    assert together(works, send) == ["abc", "d", "", "ef"]  # type: ignore[arg-type]
    assert batches == [["a", "d", "e"], ["b", "f"], ["c"]]


def test_the_first_error_is_raised_once_every_work_is_ended() -> None:
    ended: list[str] = []

    def fails(name: str) -> None:
        try:
            _asking("ok", name)
        finally:
            ended.append(name)

    with pytest.raises(EngineAway, match="away"):
        together([partial(fails, "away"), partial(fails, "ok")], _echo)  # type: ignore[arg-type]
    assert sorted(ended) == ["away", "ok"]


def test_an_error_of_all_questions_reaches_each_work() -> None:
    def silent(questions: list[Question]) -> list[Replied]:
        raise EngineAway("nobody")

    def told(where: Operator) -> str:
        try:
            ask([("a", {})], silent)  # type: ignore[arg-type]
        except EngineAway as error:
            return str(error)
        return "answered"

    assert together([partial(told, All()), partial(told, All())], silent) == ["nobody", "nobody"]  # type: ignore[arg-type]

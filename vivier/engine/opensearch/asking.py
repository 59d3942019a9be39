"""Sends searches to the cluster: one by itself, several in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from vivier.engine.opensearch.client import ANSWER_SECONDS, Client, SlowSearch, refusal, wall
from vivier.engine.opensearch.dsl import Json
from vivier.engine.opensearch.together import Question, Replied
from vivier.errors import EngineAway, NotFound, VivierError

WHOLE: Final = {"allow_partial_search_results": "false"}
"""A search fails when a shard is missing; OpenSearch would else answer without its documents, and call it a success."""
GONE: Final = "Cette génération n'existe pas ou plus dans OpenSearch."
_COUNTED: Final = ("hits.total.value", "aggregations", "error.type", "status")
"""What is read of an answer without hits. An answer with hits is not filtered: its node would parse every record to do so."""


def sent(client: Client, questions: Sequence[Question]) -> Sequence[Replied]:
    """The answers of the cluster, in order. What is not answered soon is asked again, with time; but once more without, when a node is found
    missing: on a busy machine another one may have been slow to say that it is there. Raises ``EngineUnavailable`` when nobody answers."""
    for _ in range(2):
        try:
            return _answers(client, questions, {})
        except SlowSearch:
            look_around(client)
        if not preferred(client):
            break
    return _answers(client, questions, {"request_timeout": ANSWER_SECONDS})


def look_around(client: Client) -> None:
    """Looks which nodes answer. Raises ``EngineAway`` when none does."""
    transport: Any = client.transport
    with wall():
        transport.look_around()


def preferred(client: Client) -> dict[str, str]:
    """The parameter of a search by which the nodes that answer are preferred; none while all do."""
    transport: Any = client.transport
    preference = transport.company.preference
    return {} if preference is None else {"preference": preference}


def _answers(client: Client, questions: Sequence[Question], time: Mapping[str, Any]) -> Sequence[Replied]:
    return [_alone(client, questions[0], time)] if len(questions) == 1 else _in_one_request(client, questions, time)


def _alone(client: Client, question: Question, time: Mapping[str, Any]) -> Replied:
    index, body = question
    params = {**WHOLE, **preferred(client), **_read([body]), **time}
    try:
        with wall():
            answer: Json = client.search(body=body, index=index, params=params)
    except NotFound:
        return NotFound(GONE)
    return answer


def _in_one_request(client: Client, questions: Sequence[Question], time: Mapping[str, Any]) -> list[Replied]:
    every = {**WHOLE, **preferred(client)}
    lines = [line for index, body in questions for line in ({"index": index, **every}, body)]
    params = {**_read([body for _, body in questions], "responses."), **time}
    with wall():
        answers: list[Json] = client.msearch(body=lines, params=params)["responses"]
    return [_replied(client, *both) for both in zip(questions, answers, strict=True)]


def _replied(client: Client, question: Question, answer: Json) -> Replied:
    """One answer of several. A search that failed for a moment, as when a node is lost, is asked again: of another node."""
    if "error" not in answer:
        return answer
    error = NotFound(GONE) if answer["status"] == 404 else refusal(answer["status"])
    if not isinstance(error, EngineAway):
        return error
    try:
        return _alone(client, question, {"request_timeout": ANSWER_SECONDS})
    except VivierError as again:
        return again


def _read(bodies: Sequence[Json], inside: str = "") -> Json:
    if any(body.get("size") != 0 for body in bodies):
        return {}
    return {"filter_path": ",".join(inside + path for path in _COUNTED)}

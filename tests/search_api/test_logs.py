"""A line of the log says what failed and where, and nothing of what was asked."""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from search_api.app import Observed
from search_api.costs import LANE, REFUSED
from search_api.headers import REQUEST_ID
from search_api.logs import MEMBERS, JsonLines
from search_api.metrics import BYTES, REFUSALS, REQUESTS, SECONDS


def test_an_exception_gives_its_type_and_places_without_its_message() -> None:
    asked = "ce que quelqu'un a écrit"
    try:
        raise ValueError(asked)
    except ValueError:
        record = logging.LogRecord("vivier", logging.ERROR, __file__, 1, "réponse %s", (500,), sys.exc_info())
    written = JsonLines().format(record)
    line = orjson.loads(written)
    assert (line["error"], line["message"]) == ("ValueError", "réponse 500")
    assert "test_logs.py" in "".join(line["trace"]) and asked not in written


def test_a_line_without_an_exception_has_no_place() -> None:
    line = orjson.loads(JsonLines().format(logging.LogRecord("vivier", logging.INFO, __file__, 1, "prêt", (), None)))
    assert "error" not in line and line["level"] == "info"


@dataclass
class Route:
    """What the router puts in a scope."""

    path: str


def observed(caplog: pytest.LogCaptureFixture, method: str, route: str | None, statuses: list[int], **more: Any) -> Any:
    """The members of the line of a request, ``None`` when none is written; ``statuses``: empty for a client that left before the answer."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope |= {} if route is None else {"route": Route(route)}
        for status in statuses:
            await send({"type": "http.response.start", "status": status})
            for body in (b"abc", b"de"):
                await send({"type": "http.response.body", "body": body})

    async def ask() -> None:
        scope = {"type": "http", "method": method, REQUEST_ID: "r1", LANE: "search", **more}
        await Observed(app)(scope, asyncio.Queue().get, asyncio.Queue().put)

    caplog.clear()
    with caplog.at_level(logging.INFO, "vivier.requests"):
        asyncio.run(ask())
    return [getattr(record, MEMBERS) for record in caplog.records]


def counted(counter: Any, *labels: str) -> float:
    return float(counter.labels(*labels)._value.get())


def test_a_request_is_one_line_and_its_figures_by_its_route(caplog: pytest.LogCaptureFixture) -> None:
    known = ("/v1/suppliers/{id}", "GET", "200")
    before, sent = counted(REQUESTS, *known), counted(BYTES, known[0])
    (line,) = observed(caplog, "GET", known[0], [200])
    assert 0 <= line.pop("ms") < 10_000
    assert line == {
        "request_id": "r1",
        "method": "GET",
        "route": known[0],
        "status": 200,
        "bytes": 5,
        "lane": "search",
    }
    assert (counted(REQUESTS, *known), counted(BYTES, known[0])) == (before + 1, sent + 5)
    seconds = SECONDS.labels(known[0])._sum.get()
    assert 0 < seconds < 1_000


def test_a_client_that_left_a_method_of_nobody_and_an_unknown_address_have_their_own_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (line,) = observed(caplog, "BREW", None, [])
    assert (line["method"], line["route"], line["status"], line["bytes"]) == ("other", "unknown", 499, 0)
    before = counted(REFUSALS, "essai")
    (line,) = observed(caplog, "POST", "/v1/suppliers", [429], **{REFUSED: "essai"})
    assert (line["refused"], line["status"], counted(REFUSALS, "essai")) == ("essai", 429, before + 1)


@pytest.mark.parametrize(("status", "lines"), [(200, 0), (399, 0), (400, 1), (503, 1)])
def test_a_probe_is_a_line_when_it_fails_alone(caplog: pytest.LogCaptureFixture, status: int, lines: int) -> None:
    assert len(observed(caplog, "GET", "/health", [status])) == lines
    assert len(observed(caplog, "GET", "/ready", [status])) == lines
    assert len(observed(caplog, "GET", "/", [status])) == 1

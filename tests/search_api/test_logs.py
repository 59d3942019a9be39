"""A line of the log says what failed and where, and nothing of what was asked."""

from __future__ import annotations

import logging
import sys

import orjson

from search_api.logs import JsonLines


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

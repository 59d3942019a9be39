"""The log as JSON lines on the error stream: one a request when the operator asks for them, and every warning. Nothing in it says who
asked, nor what."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from traceback import format_tb
from typing import Final

import orjson

REQUESTS: Final = "vivier.requests"
"""The logger that gets one record a request."""
MEMBERS: Final = "members"
"""Attribute of a record that has members of its own."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON: when, how grave, which logger, what, and the members of the record. Of an exception it gives the type
    and the places, not the message, which may hold what was asked."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **getattr(record, MEMBERS, {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "trace": format_tb(record.exc_info[2])}
        return orjson.dumps(line, default=str).decode()


def write_json_lines() -> None:
    """Writes every warning, and each request, as JSON lines."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[stream], force=True)
    logging.getLogger(REQUESTS).setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):  # which has handlers of its own
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True

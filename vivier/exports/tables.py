"""Writes CSV and JSON lines piece by piece, so that memory does not grow with the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import orjson

from vivier.exports.delimited import csv_line
from vivier.exports.document import Table

T = TypeVar("T")
_ROWS = 50
"""Rows in a piece of about 100 kB."""


def csv_chunks(document: Table) -> Iterator[bytes]:
    """The export as CSV: UTF-8 with BOM, « ; », CRLF."""
    opening = "\ufeff" + csv_line([column.header for column in document.columns])
    for lines in _pieces(map(csv_line, document.rows())):  # a row is written while the cache of the processor has it
        yield (opening + "".join(lines)).encode()
        opening = ""


def jsonl_chunks(document: Table) -> Iterator[bytes]:
    """The export as one JSON object a line, by technical names: lists stay lists, ``null`` is unknown. No rows give no line."""
    names = [column.name for column in document.columns]
    for rows in _pieces(document.rows()):
        yield b"".join(
            orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE) for row in rows
        )


def _pieces(rows: Iterable[T]) -> Iterator[list[T]]:
    """Rows in pieces; a single empty piece when there are no rows."""
    remaining = iter(rows)
    yield list(islice(remaining, _ROWS))
    while piece := list(islice(remaining, _ROWS)):
        yield piece

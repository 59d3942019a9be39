"""CSV and JSON lines, written piece by piece: memory does not grow with the rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import orjson

from vivier.exports.document import Document
from vivier.exports.guard import safe, safe_cell

T = TypeVar("T")
_ROWS = 50
"""Rows a piece: about 100 kB."""


def csv_chunks(document: Document) -> Iterator[bytes]:
    """UTF-8 with BOM, « ; », CRLF. Texts are quoted, numbers are not (RFC 4180, decimal point), unknown is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    text.write("\ufeff")
    writer.writerow([safe(column.header) for column in document.columns])
    for rows in _pieces(document.rows()):
        writer.writerows([cell if cell is None else safe_cell(cell) for cell in row] for row in rows)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def jsonl_chunks(document: Document) -> Iterator[bytes]:
    """One JSON object a line, by technical names: lists stay lists, ``null`` is unknown. No rows, no line."""
    names = [column.name for column in document.columns]
    for rows in _pieces(document.rows()):
        yield b"".join(
            orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE) for row in rows
        )


def _pieces(rows: Iterable[T]) -> Iterator[list[T]]:
    """Rows by pieces, one empty piece when there are none."""
    remaining = iter(rows)
    yield list(islice(remaining, _ROWS))
    while piece := list(islice(remaining, _ROWS)):
        yield piece

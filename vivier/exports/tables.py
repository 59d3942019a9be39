"""Writes CSV and JSON lines piece by piece, so that memory does not grow with the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import orjson

from vivier.exports.document import Table
from vivier.exports.guard import SEPARATOR, safe, safe_cell
from vivier.search.columns import Cell

T = TypeVar("T")
_ROWS = 50
"""Rows in a piece of about 100 kB."""


def csv_chunks(document: Table) -> Iterator[bytes]:
    """The export as CSV: UTF-8 with BOM, « ; », CRLF. Texts are quoted, numbers are not (RFC 4180, decimal point), an unknown value
    is an empty cell."""
    opening = "\ufeff" + csv_line([column.header for column in document.columns])
    for lines in _pieces(map(csv_line, document.rows())):  # a row is written while the cache of the processor has it
        yield (opening + "".join(lines)).encode()
        opening = ""


def csv_line(row: list[Cell]) -> str:
    """One line of a CSV, of some 60 cells of which half are empty. ``csv.writer`` takes four times as long."""
    fields = [
        ""
        if cell is None or cell == ()
        else _quoted(cell)
        if cell.__class__ is str
        else _quoted(SEPARATOR.join(cell))
        if cell.__class__ is tuple
        else repr(safe_cell(cell))
        for cell in row
    ]
    return ";".join(fields) + "\r\n"


def _quoted(text: str) -> str:
    """Nearly every text is printable and begins with a letter or a digit: it is safe as it is."""
    if not (text.isprintable() and text[:1].isalnum()):
        text = safe(text)
    return f'"{text}"' if '"' not in text else '"' + text.replace('"', '""') + '"'


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

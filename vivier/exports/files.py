"""Gives an export as pieces of a file, and writes the file, which is whole or absent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

from vivier.errors import FieldError, InvalidRequest
from vivier.exports.document import Table, prepare
from vivier.exports.tables import csv_chunks, jsonl_chunks
from vivier.exports.workbook import read_back, write_xlsx
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.whole import MAX_ROWS

FORMATS = ("csv", "xlsx", "jsonl", "geojson")


class GeoJson(Protocol):
    """Type of the function that gives the GeoJSON of a search: the number of matches, and the file piece by piece. The room of
    suppliers' pages defines it."""

    def __call__(
        self, query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date, *, limit: int | None
    ) -> tuple[int, Iterator[bytes]]: ...


def save(
    path: Path,
    extension: str,
    query: SupplierQuery,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    geojson: GeoJson,
) -> int:
    """Writes a whole search to a file; returns the number of suppliers. Raises the errors of
    :func:`vivier.suppliers.whole.whole`."""
    if extension not in FORMATS:
        message = f"Format inconnu « {extension[:80]} ». Formats admis : {', '.join(FORMATS)}."
        raise InvalidRequest((FieldError("format", "unknown_value", message, FORMATS),))
    if extension == "geojson":
        total, pieces = geojson(query, snapshot, lexicon, today, limit=MAX_ROWS)
    else:
        document = prepare(query, snapshot, lexicon, today)
        total, pieces = document.found.total, pieces_of(document, extension)
    write_file(path, pieces)
    return total


def pieces_of(document: Table, extension: str) -> Iterator[bytes]:
    """The file of a table format, piece by piece. A workbook is written whole to the disk before its first piece."""
    if extension == "csv":
        return csv_chunks(document)
    if extension == "jsonl":
        return jsonl_chunks(document)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it has no name, so it disappears with its last reader, even if it was not sent whole
    write_xlsx(document, file)
    return read_back(file)


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Writes beside ``path``, then replaces it once complete: an interrupted export leaves the former file as it was."""
    if path.exists() and not path.is_file():  # a pipe, a terminal
        with path.open("wb") as stream:
            stream.writelines(pieces)
        return
    beside = path.with_name(f".{path.name}.partial")
    try:
        with beside.open("wb") as file:
            file.writelines(pieces)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)

"""An export as pieces of a file, and the file itself: whole or absent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

from vivier.engine.snapshot import Snapshot
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.document import Table, prepare
from vivier.exports.tables import csv_chunks, jsonl_chunks
from vivier.exports.workbook import read_back, write_xlsx
from vivier.lexicon import Lexicon
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.whole import MAX_ROWS

FORMATS = ("csv", "xlsx", "jsonl", "geojson")


class GeoJson(Protocol):
    """The GeoJSON of a search, which the room of the pages writes: how many match, and the file piece by piece."""

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
    """Write a whole search to a file; how many suppliers. Raises what :func:`vivier.suppliers.whole.whole` does."""
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
    """The file of a table format, piece by piece. A workbook is made whole on the disk before its first piece."""
    if extension == "csv":
        return csv_chunks(document)
    if extension == "jsonl":
        return jsonl_chunks(document)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - without a name: it goes with the last reader, sent whole or not
    write_xlsx(document, file)
    return read_back(file)


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write beside ``path`` and put in its place when complete: an interrupted export leaves the former file as it was."""
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

"""Reads the tables that a user gives, CSV or Excel, limited in size and checked: sheets of rows of texts."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import orjson
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import Field, TypeAdapter, ValidationError

from vivier.deadline import check
from vivier.errors import FieldError, InvalidRequest
from vivier.text.cells import BROKEN, typed_text

MAX_BYTES: Final = 5_000_000
_UNPACKED: Final = 60_000_000
"""Most bytes of an unpacked workbook: 1,000 lines take less than a million; a zip bomb takes gigabytes."""
_LONGEST_CELL: Final = 10_000
MOST_ROWS: Final = 3_000
"""Rows read in a sheet, unless the caller says otherwise: more than any programme may have, so that what is beyond is refused as too long."""
MOST_COLUMNS: Final = 200
"""Columns of a sheet: a programme has twenty, and each heading is searched in the vocabulary."""
WORKBOOK: Final = b"PK\x03\x04"
"""The first bytes of a workbook (XLSX)."""
_SEPARATORS: Final = ";\t,|"


def refused(code: str, message: str) -> InvalidRequest:
    """The error for a file that cannot be read."""
    return InvalidRequest((FieldError("file", code, message),))


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows that are not blank, each with its number in the file. The sheet of a CSV has no name."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    hidden: bool = False


def sheets_of(content: bytes, most_rows: int = MOST_ROWS) -> tuple[Sheet, ...]:
    """The sheets of a file, those without a row left out, ``most_rows`` rows of each. Raises ``InvalidRequest`` naming « file »."""
    if len(content) > MAX_BYTES:
        raise refused("too_large", f"Le fichier dépasse {MAX_BYTES // 1_000_000} Mo.")
    if content.startswith(WORKBOOK):
        return tuple(_workbook_sheets(content, most_rows))
    return tuple(sheet for sheet in (Sheet("", _rows(_csv_rows(content), most_rows)),) if sheet.rows)


def packed(sheets: Iterable[Sheet]) -> str:
    """The sheets as one text, which a page sends back at the next step: the service keeps no file."""
    return orjson.dumps([[sheet.name, sheet.hidden, sheet.rows] for sheet in sheets]).decode()


_PACKED: Final = TypeAdapter(list[tuple[str, bool, list[tuple[Annotated[int, Field(ge=1, le=10_000_000)], list[str]]]]])
"""What :func:`packed` writes: the name of each sheet, whether it is hidden, its rows with their number in the file."""


def unpacked(text: str) -> tuple[Sheet, ...]:
    """The sheets of :func:`packed`. Raises ``InvalidRequest`` for another text."""
    try:
        return tuple(
            Sheet(name, tuple((at, tuple(map(_clean, _bounded(cells)))) for at, cells in rows), hidden)
            for name, hidden, rows in _PACKED.validate_json(text, strict=True)
        )
    except ValidationError:
        raise refused(
            "unreadable", "Le tableau envoyé n'est plus lisible : choisissez de nouveau le fichier."
        ) from None


def _rows(read: Iterable[list[str]], most: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in enumerate(read, 1):
        check()
        clean = tuple(_clean(cell) for cell in _bounded(cells))
        if any(clean):
            rows.append((number, clean))
        if len(rows) == most:
            break
    return tuple(rows)


def _bounded(cells: list[str]) -> list[str]:
    """The cells of a row. Raises ``InvalidRequest`` when there are too many; empty ones at the end are left out."""
    if any(cell.strip() for cell in cells[MOST_COLUMNS:]):
        raise refused("too_wide", f"Le fichier a plus de {MOST_COLUMNS} colonnes. Gardez celles qui servent.")
    return cells[:MOST_COLUMNS]


def _clean(cell: str) -> str:
    return " ".join(cell[:_LONGEST_CELL].replace("\x00", " ").split())


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = decoded(content)
    first = "\n".join(text.split("\n", 20)[:20])  # a title may stand above the headings
    separator = max(_SEPARATORS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        raise refused("unreadable", "Le fichier n'est pas un CSV lisible (guillemets mal fermés ?).") from None


def decoded(content: bytes) -> str:
    """The text of a file, in UTF-8, UTF-16 or Windows-1252. Raises ``InvalidRequest`` naming « file » for a workbook, a PDF, an image…"""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if content.startswith((WORKBOOK, b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise refused("unreadable", "Ce fichier n'est pas un CSV : dans votre tableur, enregistrez-le en CSV.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _workbook_sheets(content: bytes, most_rows: int) -> Iterator[Sheet]:
    try:
        _check(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write a wrong size, which would hide rows
            rows = _rows(([_typed(cell) for cell in cells] for cells in sheet.iter_rows(values_only=True)), most_rows)
            if rows:
                yield Sheet(_clean(sheet.title), rows, sheet.sheet_state != "visible")
    except (InvalidFileException, *BROKEN):
        raise refused(
            "unreadable", "Classeur Excel coupé ou abîmé : enregistrez-le de nouveau, ou donnez un CSV."
        ) from None


def _typed(cell: object) -> str:
    """A cell as a person would type it. A number of three decimals gets a fourth: « 123.456 » would be read as thousands."""
    text = typed_text(cell)
    return f"{text}0" if isinstance(cell, float) and text[-4:-3] == "." else text


def _check(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > _UNPACKED:
            raise refused("too_large", f"Ce classeur déplié dépasse {_UNPACKED // 1_000_000} Mo.")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                raise refused("unreadable", "Ce classeur contient des entités XML, refusées.")

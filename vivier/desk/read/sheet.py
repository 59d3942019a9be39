"""Reads a table that a user gives, CSV or Excel, limited in size and checked: its rows as texts, one at a time."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped]
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from vivier.errors import FieldError, InvalidRequest

MAX_BYTES: Final = 5_000_000
_UNPACKED: Final = 60_000_000
"""Most bytes of an unpacked workbook: 1,000 lines take less than a million; a zip bomb takes gigabytes."""
_LONGEST_CELL: Final = 10_000
_SEPARATORS: Final = ";\t,|"
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    XMLSyntaxError,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
)
"""The errors that openpyxl raises on a damaged workbook."""


def refused(code: str, message: str) -> InvalidRequest:
    """The error for a file that cannot be read."""
    return InvalidRequest((FieldError("file", code, message),))


def rows_of(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows with their number in the file, without the blank ones. Raises ``InvalidRequest`` naming « file »."""
    if len(content) > MAX_BYTES:
        raise refused("too_large", f"Le fichier dépasse {MAX_BYTES // 1_000_000} Mo.")
    read = _workbook_rows if content[:4] == b"PK\x03\x04" else _csv_rows
    for number, cells in enumerate(read(content), 1):
        clean = [_clean(cell) for cell in cells]
        if any(clean):
            yield number, clean


def _clean(cell: str) -> str:
    return " ".join(cell[:_LONGEST_CELL].replace("\x00", " ").split())


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        raise refused("unreadable", "Le fichier n'est pas un CSV lisible (guillemets mal fermés ?).") from None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _workbook_rows(content: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet that has rows."""
    try:
        _check(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write a wrong size, which would hide rows
            some = False
            for cells in sheet.iter_rows(values_only=True):
                some = True
                yield [_text(cell) for cell in cells]
            if some:
                return
    except _BROKEN:
        raise refused(
            "unreadable", "Classeur Excel coupé ou abîmé : enregistrez-le de nouveau, ou donnez un CSV."
        ) from None


def _check(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > _UNPACKED:
            raise refused("too_large", f"Ce classeur déplié dépasse {_UNPACKED // 1_000_000} Mo.")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                raise refused("unreadable", "Ce classeur contient des entités XML, refusées.")


def _text(cell: Any) -> str:
    """A cell as a user would type it: no « .0 » after a number, an ISO date for a day."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)

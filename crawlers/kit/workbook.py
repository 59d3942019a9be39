"""Reads Excel workbooks (.xlsx) row by row: they are checked before they are opened, and never held whole in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vivier.errors import ImportRefused
from vivier.text.cells import BROKEN, typed_text

OPENED_LIMIT = 400_000_000
"""Bytes of a workbook once unpacked. The largest list met holds under 60 MB; a zip bomb holds gigabytes."""
_CHUNK = 1 << 20


def is_workbook(path: Path) -> bool:
    """Whether the file is a zip that holds an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def sheets(path: Path) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each sheet of a workbook: its name and its rows, as texts. A sheet is read before the next one is asked for.

    Raises :class:`ImportRefused` for a damaged workbook, one that unpacks to more than :data:`OPENED_LIMIT` bytes, or one
    that holds a document type (entities have no place in a workbook).
    """
    from openpyxl import load_workbook

    with _refusing(path):
        _check(path)
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # some programs write a wrong size, which would hide rows
                yield sheet.title, _rows(sheet, path)
        finally:
            book.close()


def _rows(sheet: Any, path: Path) -> Iterator[list[str]]:
    with _refusing(path):
        for cells in sheet.iter_rows(values_only=True):
            yield [typed_text(cell) for cell in cells]


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        yield
    except (InvalidFileException, *BROKEN) as error:
        raise ImportRefused(
            f"« {path.name} » : classeur Excel coupé ou abîmé ; ouvrez-le et enregistrez-le de nouveau, ou donnez un CSV."
        ) from error


def _check(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        opened = sum(part.file_size for part in archive.infolist())
        if opened > OPENED_LIMIT:
            raise ImportRefused(f"« {path.name} » : ce classeur déplié dépasse {OPENED_LIMIT // 1_000_000} Mo.")
        for part in archive.infolist():
            if part.filename.endswith((".xml", ".rels")) and _has_doctype(archive, part):
                raise ImportRefused(f"« {path.name} » : ce classeur contient des entités XML, refusées.")


def _has_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            if b"<!DOCTYPE" in tail + chunk or (not tail and chunk[:2] in (b"\xff\xfe", b"\xfe\xff")):
                return True
            tail = chunk[-9:]
    return False

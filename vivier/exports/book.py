"""The workbooks of every export: what they write is set as French is read, and never becomes a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import IO, Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from vivier.french import typographic
from vivier.text.guard import safe_cell

_TEXTS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_AT_ONCE: Final = {**_TEXTS, "in_memory": True}
_ROW_BY_ROW: Final = {**_TEXTS, "constant_memory": True}

_WIDEST: Final = 360
"""Pixels of the widest column of a table, about fifty letters."""


class _Sheet(xlsxwriter.worksheet.Worksheet):  # type: ignore[misc]
    """A sheet whose texts are set by :func:`vivier.french.typographic`. The addresses of links have no letter
    that its rules change."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        return super()._write_string(row, col, typographic(string), cell_format)


class Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook. ``constant_memory``: rows are written as they come, in order; otherwise the file is made in memory."""

    worksheet_class = _Sheet

    def __init__(self, file: IO[bytes], *, constant_memory: bool = False) -> None:
        super().__init__(file, _ROW_BY_ROW if constant_memory else _AT_ONCE)


def tables_book(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]], frozen: int = 0) -> bytes:
    """The bytes of a workbook of tables: the name of each sheet, its rows under a bold line of titles, in columns as wide as what they hold. Texts
    are never formulas; an unknown value is an empty cell. ``frozen``: columns that stay in sight."""
    file = io.BytesIO()
    book = Book(file)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, frozen)
        for number, row in enumerate(rows):
            cells = (", ".join(cell) if isinstance(cell, tuple) else cell for cell in row)
            sheet.write_row(number, 0, [safe_cell(cell) for cell in cells], None if number else bold)
        sheet.autofit(_WIDEST)
    book.close()
    return file.getvalue()

"""The workbooks of every export: what they write is set as French is read, and never becomes a formula or a link."""

from __future__ import annotations

from typing import IO, Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from vivier.french import typographic

_TEXTS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class _Sheet(xlsxwriter.worksheet.Worksheet):  # type: ignore[misc]
    """A sheet whose texts are set by :func:`vivier.french.typographic`. The addresses of links have no letter
    that its rules change."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        return super()._write_string(row, col, typographic(string), cell_format)


class Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook. ``constant_memory``: rows are written as they come, in order; otherwise the file is made in memory."""

    worksheet_class = _Sheet

    def __init__(self, file: IO[bytes], *, constant_memory: bool = False) -> None:
        super().__init__(file, {**_TEXTS, "constant_memory" if constant_memory else "in_memory": True})

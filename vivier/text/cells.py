"""Reads the cells of a workbook."""

from __future__ import annotations

import zipfile
import zlib
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import ParseError

from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped]

BROKEN: Final = (
    zipfile.BadZipFile,
    ParseError,
    XMLSyntaxError,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
)
"""What openpyxl raises on a damaged workbook, beside its own error. It is imported where it is used: most sources have no workbook."""


def typed_text(cell: object) -> str:
    """A cell as a person would type it: no « .0 » after a number, a day as ISO."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)

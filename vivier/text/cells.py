"""Reads the cells of a workbook."""

from __future__ import annotations

from datetime import datetime


def typed_text(cell: object) -> str:
    """A cell as a person would type it: no « .0 » after a number, a day as ISO."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)

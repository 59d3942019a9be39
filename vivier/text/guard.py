"""Makes texts from outside safe for a spreadsheet: no cell begins a formula, no control character is left."""

from __future__ import annotations

import re
import unicodedata

SEPARATOR = " | "
"""Separates the texts of one cell."""

_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
# Control characters, marks that reverse the reading order, lone surrogates, what XML forbids.
_REMOVED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_STARTS = frozenset("=+-@\N{MINUS SIGN}")


def safe(text: str) -> str:
    """``text`` made safe for a cell: line breaks and tabs become spaces, control characters are removed, and a text that a
    spreadsheet could read as a formula (after blanks, full-width signs included) gets an apostrophe in front."""
    begins = text[:1] in ("\t", "\r", "\n")
    clean = _REMOVED.sub("", _BREAKS.sub(" ", text))
    return f"'{clean}" if begins or _begins_formula(clean) else clean


def bare(text: str) -> str:
    """``text`` without the apostrophe that :func:`safe` put before it."""
    return text[1:] if text[:1] == "'" and _begins_formula(text[1:]) else text


def plain(text: str) -> str:
    """``text`` on one line, without the characters that XML forbids and those that are invisible."""
    return _REMOVED.sub("", _BREAKS.sub(" ", text))


def _begins_formula(text: str) -> bool:
    for character in text:
        if character.isspace() or unicodedata.category(character)[0] in "CMZ":
            continue  # blanks, marks, and invisible codes
        return unicodedata.normalize("NFKC", character)[:1] in _STARTS
    return False


def safe_cell(cell: str | int | float | tuple[str, ...] | None) -> str | int | float | None:
    """A cell for a table: several texts become one, a number stays a number (a whole one loses its « .0 »).

    Nearly every text is printable and begins with a letter or a digit: it is returned at once.
    """
    if isinstance(cell, tuple):
        if not cell:
            return None
        cell = SEPARATOR.join(cell)
    if isinstance(cell, str):
        return cell if cell.isprintable() and cell[:1].isalnum() else safe(cell)
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell

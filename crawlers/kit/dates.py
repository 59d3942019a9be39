"""Days as French files write them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from crawlers.kit.values import text

_FRENCH = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T].*)?")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_EXCEL_EPOCH = date(1899, 12, 30)


def day(value: object, issues: list[str]) -> date | None:
    """The day of ``2026-11-24``, ``24/11/2026``, ``20261124`` or of an Excel serial number, with or without an hour.

    Anything else that is not empty is unknown and said so (``date_invalid``). Days come before months, as in France.
    """
    written = text(value)
    if written is None:
        return None
    found = _read(written)
    if found is None:
        issues.append("date_invalid")
    return found


def _read(written: str) -> date | None:
    if _SERIAL.fullmatch(written):
        return _EXCEL_EPOCH + timedelta(days=int(float(written)))
    french = _FRENCH.fullmatch(written)
    parts = french.groups()[::-1] if french else None
    if parts is None:
        found = _ISO.fullmatch(written) or _COMPACT.fullmatch(written)
        parts = found.groups() if found else None
    try:
        return date(*map(int, parts)) if parts is not None else None
    except ValueError:
        return None


def years_later(start: date, years: int) -> date:
    """The last day of a term of whole years: from 2023-05-12, five years end on 2028-05-11."""
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(start.year + years, 2, 28)

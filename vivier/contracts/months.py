"""Arithmetic of calendar months: the latest end of a contract, the time when its successor is prepared."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Final

TENDER_MONTHS: Final = (9, 3)
"""A successor is prepared between nine and three months before the latest end (docs/contracts.md, « Re-tender window »)."""
LEAST_LEFT_MONTHS: Final = 3
"""Months that a running clause must have left: its hours are placed well before the end [ours]."""


@lru_cache(maxsize=65_536)
def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier), clamped to the last day of the month: 31 August + 6 is 28 February.

    Raises ``ValueError`` outside the years 1–9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=65_536)
def latest_end(start: date | None, months: int | None) -> date | None:
    """The latest possible end, renewals included (docs/contracts.md, « Latest end »); ``None`` when start or duration
    is unknown."""
    if start is None or months is None or not 0 < months <= 1200:
        return None
    return add_months(start, months)


def call_day(end: date, as_of: date) -> date:
    """The day to call the buyer of a contract that ends on ``end``: the first of the months when its successor is prepared, ``as_of``
    when that day is past. A contract that has ended gives its end: there is nobody to call."""
    return end if end < as_of else max(add_months(end, -TENDER_MONTHS[0]), as_of)

"""Computes the state of an agreement or a label at a date, for the API, the pages and the exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

from vivier.model import Label

State = Literal["valid", "expired", "future", "suspended", "unknown", "to_check"]
"""``unknown``: no end is published. It is neither « valid » nor « expired », and filters do not exclude it. ``to_check``: nor is
any, and the last proof is older than the legal term. It is shown and filters keep it, but it counts for no reservation."""


def state_on(stored: Mapping[str, Any], day: date) -> State:
    """The state on ``day`` of an agreement or a label as stored (ISO dates, both bounds inclusive).

    The first of these that applies: suspended, ended before the day, starting after the day.
    """
    start, end, today = stored.get("valid_from"), stored.get("valid_until"), _written(day)
    if stored.get("suspended"):
        return "suspended"
    if end is not None and end < today:
        return "expired"
    if start is not None and start > today:
        return "future"
    if end is not None:
        return "valid"
    proved = stored.get("proved_until")
    return "to_check" if proved is not None and proved < today else "unknown"


def holds_on(stored: Mapping[str, Any], day: date) -> bool:
    """Whether an agreement or a label counts on ``day``. An unknown date does not exclude it, as in the filters
    (``vivier.search.filters.valid_on``)."""
    today = _written(day)
    start, end = stored.get("valid_from"), stored.get("valid_until")
    return (end is None or end >= today) and (start is None or start <= today) and not stored.get("suspended")


_written = lru_cache(maxsize=64)(date.isoformat)


@dataclass(frozen=True)
class Period:
    """Labels that follow one another without a gap, with their first and last days in force (inclusive); ``None``: not
    published."""

    start: date | None
    end: date | None
    labels: tuple[Label, ...]

    def holds_on(self, day: date) -> bool:
        """Whether the period includes a day. An unknown date does not exclude it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def periods(labels: Iterable[Label]) -> tuple[Period, ...]:
    """The periods in which at least one of these labels is in force, in order. Suspended labels are ignored.

    Labels that overlap or follow one another to the day make one period; a gap makes two. A label without a published end does
    not end.
    """
    found: list[Period] = []
    for label in sorted((label for label in labels if not label.suspended), key=_start):
        last = found[-1] if found else None
        # days are subtracted, not added: there is none after 9999-12-31
        if last is None or (last.end is not None and _start(label) - last.end > timedelta(days=1)):
            found.append(Period(label.valid_from, label.valid_until, (label,)))
            continue
        ends = (last.end, label.valid_until)
        end = None if None in ends else max(day for day in ends if day is not None)
        found[-1] = Period(last.start, end, (*last.labels, label))
    return tuple(found)


def _start(label: Label) -> date:
    return label.valid_from or date.min

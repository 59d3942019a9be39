"""The state of an agreement or a label at a date: said once, for the API's words, the pages and the exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from vivier.model import Label

State = Literal["valid", "expired", "future", "suspended", "unknown", "to_check"]
"""``unknown``: no end is published. It is neither « valid » nor « expired », and filters do not exclude it. ``to_check``: nor is
any, and the last proof is older than the legal term. It is shown and filters keep it, but it counts for no reservation."""


def state_on(held: Mapping[str, Any], day: date) -> State:
    """The state on ``day`` of an agreement or a label as stored (ISO dates, both bounds inclusive).

    A suspension wins over dates, an end that is past over a start, a start to come over an end to come.
    """
    start, end, today = held.get("valid_from"), held.get("valid_until"), day.isoformat()
    if held.get("suspended"):
        return "suspended"
    if end is not None and end < today:
        return "expired"
    if start is not None and start > today:
        return "future"
    if end is not None:
        return "valid"
    proved = held.get("proved_until")
    return "to_check" if proved is not None and proved < today else "unknown"


def holds_on(held: Mapping[str, Any], day: date) -> bool:
    """Does it count on ``day``? As the filters read it (``vivier.search.filters.valid_on``): an unknown date does not exclude."""
    return state_on(held, day) in ("valid", "unknown", "to_check")


@dataclass(frozen=True)
class Period:
    """Labels that follow one another without a gap, and the days they hold (inclusive); ``None``: not published."""

    start: date | None
    end: date | None
    labels: tuple[Label, ...]

    def holds_on(self, day: date) -> bool:
        """An unknown date does not exclude."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def periods(labels: Iterable[Label]) -> tuple[Period, ...]:
    """The periods in which at least one of some labels holds, in order. A suspended label proves nothing.

    Labels that overlap or follow one another to the day make one period; a gap makes two. An unknown end has no end.
    """
    found: list[Period] = []
    for label in sorted((one for one in labels if not one.suspended), key=_start):
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

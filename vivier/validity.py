"""The state of an agreement or a label at a date: said once, for the API's words, the pages and the exports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

State = Literal["valid", "expired", "future", "suspended", "unknown"]
"""``unknown``: no end is published. It is neither « valid » nor « expired », and filters do not exclude it."""


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
    return "valid" if end is not None else "unknown"


def holds_on(held: Mapping[str, Any], day: date) -> bool:
    """Does it count on ``day``? As the filters read it (``vivier.filters.valid_on``): an unknown date does not exclude."""
    return state_on(held, day) in ("valid", "unknown")

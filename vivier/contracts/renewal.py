"""What follows a contract: its end, the call that its buyer announces, and when to call the buyer (docs/methods.md (i))."""

from __future__ import annotations

from datetime import date
from typing import Final

from vivier.bodies import Body
from vivier.contracts.months import TENDER_MONTHS, add_months, call_day
from vivier.french import month_name
from vivier.model.views import ContractView
from vivier.procurement import is_framework

METHOD_VERSION: Final = "renewal-2"


class AnnouncedBody(Body):
    """The call that the buyer itself announces: the first and the last day of its period, and the notice that says so."""

    first: str
    last: str
    text: str
    notice: str


class RenewalBody(Body):
    """What follows a contract. ``announced``: what the buyer says of it; ``text``: the French sentence."""

    ends: str
    method: str
    announced: AnnouncedBody | None
    text: str


def following(ends: str | None, as_of: date, announced: AnnouncedBody | None = None) -> RenewalBody | None:
    """What follows a contract, seen from a day; ``None`` without an end, or once it has passed: what the buyer ``announced``, else the month to
    call the buyer."""
    if ends is None or date.fromisoformat(ends) < as_of:
        return None
    end = date.fromisoformat(ends)
    text = f"suite annoncée par l'acheteur : {announced['text']}" if announced else call_text(end, as_of)
    return {
        "ends": ends,
        "method": METHOD_VERSION,
        "announced": announced,
        "text": f"fin prévue en {month_name(end)} ; {text}",
    }


def following_of(record: ContractView, as_of: date, announced: AnnouncedBody | None = None) -> RenewalBody | None:
    """The same of a contract as indexed; ``None`` when a similar one was notified by that day, and for works without a framework: a building
    once built is not built again."""
    followed = "renewed_on" in record and date.fromisoformat(record["renewed_on"]) <= as_of
    framework = is_framework(record.get("techniques", ()), record.get("nature"))
    once = record.get("category") == "travaux" and not framework
    return None if followed or once else following(record.get("ends"), as_of, announced)


def call_text(end: date, as_of: date) -> str:
    """« acheteur à appeler en mars 2027 »: when to call the buyer of a contract that has not ended. The only place of this sentence:
    cards, calendars, feeds and letters say it alike."""
    day = call_day(end, as_of)
    if day > as_of:
        return f"acheteur à appeler en {month_name(day)}"
    late = as_of > add_months(end, -TENDER_MONTHS[1])
    return "acheteur à appeler dès maintenant" + (" (renouvellement sans doute préparé)" if late else "")

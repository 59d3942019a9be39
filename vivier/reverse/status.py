"""The state of a notice at a date: an open one closes by itself, at its deadline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from vivier.operators import All, AnyOf, Exists, Not, Operator, Range, Terms

PARIS: Final = ZoneInfo("Europe/Paris")
CALLS: Final = ("call", "prior_information")
"""Natures that ask for offers or announce that they will be asked."""
_REPLACING: Final = ("correction",)
"""A correction that gives a deadline takes the place of the notice it corrects."""


def status_condition(status: str, as_of: date) -> Operator:
    """Notices whose state at the end of ``as_of`` is ``status``. ``status`` of the index is what other notices made of
    this one (``corrected``, ``cancelled``, ``awarded``), from the day ``settled`` on."""
    day = as_of.isoformat()
    settled = Range("settled", lte=day, missing=True)
    if status == "planned":
        return Terms("nature", ("project",))
    if status not in ("open", "closed"):
        made = All((Terms("status", (status,)), settled))
        return AnyOf((made, Terms("nature", ("award",)))) if status == "awarded" else made
    call = All(
        (
            AnyOf((Terms("nature", CALLS), All((Terms("nature", _REPLACING), Exists("deadline"))))),
            Not(All((Terms("status", ("corrected", "cancelled", "awarded")), settled))),
            Range("published", lte=day, missing=True),
        )
    )
    if status == "open":
        return All((call, AnyOf((Range("deadline", gte=day), Not(Exists("deadline"))))))
    return All((call, Range("deadline", lte=day), Not(Range("deadline", gte=day))))


def status_on(nature: str, told: str | None, deadline: date | None, as_of: date, settled: date | None = None) -> str:
    """The state of one notice at a date, by the same rule."""
    if nature == "project":
        return "planned"
    if told in ("corrected", "cancelled", "awarded") and (settled is None or settled <= as_of):
        return told
    if nature == "award":
        return "awarded"
    if nature not in CALLS and not (nature in _REPLACING and deadline is not None):
        return "closed"
    return "closed" if deadline is not None and deadline < as_of else "open"


def day_of(moment: object) -> date | None:
    """The day of a moment as records hold it (ISO, UTC), as Paris counts it."""
    if not moment:
        return None
    text = str(moment)
    return datetime.fromisoformat(text).astimezone(PARIS).date() if len(text) > 10 else date.fromisoformat(text)

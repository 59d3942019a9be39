"""The state of a notice at a date: an open one closes by itself, at its deadline."""

from __future__ import annotations

from datetime import date
from typing import Final

from vivier.operators import All, AnyOf, Exists, Not, Operator, Range, Terms

CALLS: Final = ("call", "prior_information")
"""Natures that ask for offers or announce that they will be asked."""


def status_condition(status: str, as_of: date) -> Operator:
    """Notices whose state at the end of ``as_of`` is ``status``. ``status`` of the index is what other notices made of
    this one (``corrected``, ``cancelled``, ``awarded``), or its own nature."""
    day = as_of.isoformat()
    call = All((Terms("nature", CALLS), Not(Terms("status", ("corrected", "cancelled", "awarded")))))
    if status == "open":
        return All((call, AnyOf((Range("deadline", gte=day), Not(Exists("deadline"))))))
    if status == "closed":
        return All((call, Range("deadline", lte=day), Not(Range("deadline", gte=day))))
    if status == "planned":
        return Terms("nature", ("project",))
    return Terms("status", (status,))


def status_on(nature: str, told: str | None, deadline: date | None, as_of: date) -> str:
    """The state of one notice at a date, by the same rule."""
    if nature == "project":
        return "planned"
    if told in ("corrected", "cancelled", "awarded"):
        return told
    if nature == "award":
        return "awarded"
    if nature not in CALLS:
        return told or "closed"
    return "closed" if deadline is not None and deadline < as_of else "open"

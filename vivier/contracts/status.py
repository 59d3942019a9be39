"""The state of a notice at a date: an open notice closes at its deadline, without any new record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from vivier.contracts.months import add_months
from vivier.french import PARIS
from vivier.search.operators import All, AnyOf, Exists, Not, Operator, Range, Terms

CALLS: Final = ("call", "prior_information")
"""Natures of the notices that call for offers, or announce a call."""
_REPLACING: Final = ("correction",)
"""A correction that gives a deadline takes the place of the notice it corrects."""
_ALIVE_MONTHS: Final = {"call": 4, "prior_information": 12}
"""Months after its publication during which a notice without a known deadline counts as open: our choice for a call; for prior
information, the longest validity of such a notice (directive 2014/24, article 48)."""


def status_condition(status: str, as_of: date) -> Operator:
    """The condition that a notice has the state ``status`` at the end of ``as_of``. The field ``status`` of the index is the
    state that other notices gave it (``corrected``, ``cancelled``, ``awarded``), from the day ``settled`` on."""
    day = as_of.isoformat()
    settled = Range("settled", lte=day, missing=True)
    if status == "planned":
        return Terms("nature", ("project",))
    if status not in ("open", "closed"):
        made = All((Terms("status", (status,)), settled))
        awarded = All((Terms("nature", ("award",)), Range("published", lte=day, missing=True)))
        return AnyOf((made, awarded)) if status == "awarded" else made
    call = All(
        (
            AnyOf((Terms("nature", CALLS), All((Terms("nature", _REPLACING), Exists("deadline"))))),
            Not(All((Terms("status", ("corrected", "cancelled", "awarded")), settled))),
            Range("published", lte=day, missing=True),
        )
    )
    if status == "open":
        return All((call, AnyOf((Range("deadline", gte=day), *_alive(as_of)))))
    return All((call, Not(AnyOf((Range("deadline", gte=day), *_alive(as_of))))))


def _alive(as_of: date) -> tuple[Operator, ...]:
    """Conditions of the notices without deadline that are recent enough to count as open."""
    return tuple(
        All(
            (
                Not(Exists("deadline")),
                Terms("nature", (nature,)),
                Range("published", gte=add_months(as_of, -months).isoformat(), missing=True),
            )
        )
        for nature, months in _ALIVE_MONTHS.items()
    )


def before(record: Mapping[str, object]) -> str:
    """« avant », or « sans doute avant » when the last day to answer is that until which the notice is shown."""
    issues = record.get("issues")
    return "sans doute avant" if isinstance(issues, list | tuple) and "deadline_supposed" in issues else "avant"


def status_on(
    nature: str,
    settled_as: str | None,
    deadline: date | None,
    as_of: date,
    settled: date | None = None,
    published: date | None = None,
) -> str:
    """The state of one notice at a date, by the rule of :func:`status_condition`. ``settled_as``: the state that other notices
    gave it, from the day ``settled`` on."""
    if nature == "project":
        return "planned"
    if settled_as in ("corrected", "cancelled", "awarded") and (settled is None or settled <= as_of):
        return settled_as
    if nature == "award":
        return "awarded"
    if nature not in CALLS and not (nature in _REPLACING and deadline is not None):
        return "closed"
    if deadline is None:
        stale = published is not None and published < add_months(as_of, -_ALIVE_MONTHS[nature])
        return "closed" if stale else "open"
    return "closed" if deadline < as_of else "open"


def day_of(moment: object) -> date | None:
    """The day in Paris of a moment written as in records (ISO, UTC)."""
    if not moment:
        return None
    text = str(moment)
    return datetime.fromisoformat(text).astimezone(PARIS).date() if len(text) > 10 else date.fromisoformat(text)


def not_renewed(as_of: date) -> Operator:
    """The condition that a contract was not renewed on a day: no similar contract of the same buyer was notified by then."""
    return Not(Range("renewed_on", lte=as_of.isoformat()))

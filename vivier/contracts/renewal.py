"""When the call that follows a contract is published: chances month by month around its latest end (docs/methods.md (i)).

A discrete hazard: of the contracts watched ``k`` months after their end (``k`` is negative before), the share whose buyer published a like
call in that month, drawn towards the share of all months. ``renewal_months.csv`` holds what ``benchmarks.renewals`` counted on chains of
files. A date is claimed only when these shares foretold later months better than one share for all months (``renewal_gain``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from mappings import read_table
from vivier.bodies import Body
from vivier.contracts.months import TENDER_MONTHS, add_months, call_day
from vivier.contracts.shares import wilson
from vivier.french import month_name
from vivier.law.parameters import parameters
from vivier.model.views import ContractView
from vivier.procurement import is_framework

METHOD_VERSION: Final = "renewal-1"
FIRST: Final = -24
LAST: Final = 12
"""Months after the latest end between which a following call is looked for."""
PRIOR: Final = 60.0
"""Months watched that the share of all months counts for in each step [ours]."""
LONGEST: Final = 3
"""Consecutive months that a sentence names at most."""
LEAST: Final = 0.5
"""Chance under which no month is named."""


@dataclass(frozen=True)
class Step:
    """Months ``first`` to ``last`` after the latest end: ``watched`` months of contracts, ``published`` those in which a like call was."""

    first: int
    last: int
    watched: int
    published: int


@dataclass(frozen=True)
class Learnt:
    """The steps counted, and whether they foretell later months better than one share for all (``proven``)."""

    steps: tuple[Step, ...]
    proven: bool = False

    @property
    def base(self) -> float:
        """The share of all months."""
        watched = sum(step.watched for step in self.steps)
        return sum(step.published for step in self.steps) / watched if watched else 0.0

    def hazard(self, months: int) -> tuple[float, float, float]:
        """The share of one month after the end, and its bounds at 95 %; that of all months where nothing was watched."""
        step = next((step for step in self.steps if step.first <= months <= step.last), Step(months, months, 0, 0))
        n, published = step.watched + PRIOR, step.published + PRIOR * self.base
        return published / n, *wilson(published, n)


class RenewalMonthBody(Body):
    """The chance that the call is published in one month, with its bounds at 95 %."""

    month: str
    chance: float
    low: float
    high: float


class AnnouncedBody(Body):
    """The call that the buyer itself announces: the first and the last day of its period, and the notice that says so."""

    first: str
    last: str
    text: str
    notice: str


class RenewalBody(Body):
    """When the next call may be published. ``months``: empty when the files do not let us say; ``announced``: what the buyer says of it;
    ``text``: the French sentence."""

    ends: str
    method: str
    months: list[RenewalMonthBody]
    announced: AnnouncedBody | None
    text: str


@lru_cache(maxsize=1)
def learnt() -> Learnt:
    """What the table holds; proven when the lower bound of the measured gain is above zero."""
    names = ("first", "last", "watched", "published")
    steps = (Step(*(int(row[name]) for name in names)) for row in read_table("renewal_months"))
    return Learnt(tuple(steps), (parameters()["renewal_gain"].low or 0.0) > 0)


def forecast(
    ends: str | None, as_of: date, known: Learnt | None = None, announced: AnnouncedBody | None = None
) -> RenewalBody | None:
    """When the call that follows a contract may be published, seen from a day; ``None`` without an end, or once it has passed. What the buyer
    ``announced`` is given instead of the chances learnt; without both, the month to call the buyer."""
    if ends is None or date.fromisoformat(ends) < as_of:
        return None
    known, end = known or learnt(), date.fromisoformat(ends)
    months = list(_months(end, as_of, known)) if known.proven else []
    text = (
        f"suite annoncée par l'acheteur : {announced['text']}" if announced else _text(months) or call_text(end, as_of)
    )
    return {
        "ends": ends,
        "method": METHOD_VERSION,
        "months": months,
        "announced": announced,
        "text": f"fin prévue en {month_name(end)} ; {text}",
    }


def forecast_of(record: ContractView, as_of: date, announced: AnnouncedBody | None = None) -> RenewalBody | None:
    """The same of a contract as indexed; ``None`` when a similar one was notified by that day, and for works without a framework: a building
    once built is not built again."""
    followed = "renewed_on" in record and date.fromisoformat(record["renewed_on"]) <= as_of
    framework = is_framework(record.get("techniques", ()), record.get("nature"))
    once = record.get("category") == "travaux" and not framework
    return None if followed or once else forecast(record.get("ends"), as_of, announced=announced)


def call_text(end: date, as_of: date) -> str:
    """« acheteur à appeler en mars 2027 »: when to call the buyer of a contract that has not ended. The only place of this sentence:
    cards, calendars, feeds and letters say it alike."""
    day = call_day(end, as_of)
    if day > as_of:
        return f"acheteur à appeler en {month_name(day)}"
    late = as_of > add_months(end, -TENDER_MONTHS[1])
    return "acheteur à appeler dès maintenant" + (" (renouvellement sans doute préparé)" if late else "")


def _months(end: date, as_of: date, known: Learnt) -> Iterator[RenewalMonthBody]:
    """The months to come: nothing was published in those before, by the hazard of each."""
    ended, now = end.year * 12 + end.month, as_of.year * 12 + as_of.month
    left, most_left, least_left = 1.0, 1.0, 1.0
    for months in range(max(FIRST, now - ended), LAST + 1):
        share, low, high = known.hazard(months)
        day = add_months(end.replace(day=1), months)
        yield {
            "month": f"{day:%Y-%m}",
            "chance": round(left * share, 4),
            "low": round(least_left * low, 4),
            "high": round(min(most_left * high, 1.0), 4),
        }
        left, most_left, least_left = left * (1 - share), most_left * (1 - low), least_left * (1 - high)


def _text(months: list[RenewalMonthBody]) -> str:
    """« suite publiée sans doute en mars ou avril 2027 (6 chances sur 10) »: the fewest consecutive months that are likely enough; empty
    when three are not."""
    for length in range(1, LONGEST + 1):
        runs = (months[at : at + length] for at in range(len(months) - length + 1))
        best = max(runs, key=_chance, default=[])
        if _chance(best) >= LEAST:
            named = " ou ".join(_named(best))
            return f"suite publiée sans doute en {named} ({min(int(10 * _chance(best) + 0.5), 9)} chances sur 10)"
    return ""


def _chance(months: Iterable[RenewalMonthBody]) -> float:
    return sum(month["chance"] for month in months)


def _named(months: list[RenewalMonthBody]) -> Iterator[str]:
    """« mars », « avril 2027 »: a year is written once, at its last month."""
    for month, after in zip(months, [*months[1:], None], strict=True):
        name = month_name(date.fromisoformat(f"{month['month']}-01"))
        yield name.rpartition(" ")[0] if after is not None and after["month"][:4] == month["month"][:4] else name

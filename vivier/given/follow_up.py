"""What a follow-up of insertion hours is: lots, the companies that tell their hours by link, what they reported. A month that nobody reported is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from vivier.contracts.months import add_months
from vivier.errors import VivierError

Teller = Literal["structure", "facilitator"]
TELLERS: Final[Mapping[Teller, str]] = {"structure": "dit par l'entreprise", "facilitator": "noté par le facilitateur"}
NO_BASIN: Final = "bassin non précisé"
"""What is written where nobody gave the basin of a lot."""
MOST_HOURS: Final = 20_000
"""Most hours of a company in a month for a lot: some hundred and thirty people at work full time."""
MOST_SHARED: Final = 100_000
"""Most hours of a public or of a way, for a lot in a quarter."""


class FollowUpGone(VivierError):
    """The follow-up is past its last day, or was deleted."""


class FollowUpFull(VivierError):
    """Nothing more can be kept: too many follow-ups, or too many lots in this one."""


@dataclass(frozen=True)
class Reported:
    """Hours of a month, when they were given and by which role."""

    hours: float
    given_on: date
    by: Teller


@dataclass(frozen=True)
class Company:
    """A company of a lot. ``reported``: by the first day of a month."""

    rank: int
    name: str
    reported: Mapping[date, Reported] = field(default_factory=dict)


@dataclass(frozen=True)
class NewLot:
    """A lot to follow. ``basin``: id of a territory, empty when nobody gave it; ``hours``: due; ``start``: first day of the first month; ``reported``: hours by rank
    of company and month; ``shares``: hours by quarter, from 1, and code of public or way."""

    object: str
    reference: str
    buyer: str
    basin: str
    hours: float | None
    start: date
    months: int
    companies: tuple[str, ...]
    reported: Mapping[tuple[int, date], float] = field(default_factory=dict)
    shares: Mapping[tuple[int, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class FollowedLot:
    """A lot that is followed. ``number``: from 1, never used again."""

    number: int
    object: str
    reference: str
    buyer: str
    basin: str
    hours: float | None
    start: date
    months: int
    companies: tuple[Company, ...]
    shares: Mapping[tuple[int, str], float]

    @property
    def calendar(self) -> tuple[date, ...]:
        """The first day of each of its months."""
        return tuple(add_months(self.start, rank) for rank in range(self.months))

    def elapsed(self, today: date) -> tuple[date, ...]:
        """Its months that have begun."""
        return tuple(month for month in self.calendar if month <= today)

    def unknown(self, today: date) -> int:
        """Months that are over and that a company did not tell, each company counted."""
        over = [month for month in self.calendar if add_months(month, 1) <= today]
        return sum(month not in company.reported for company in self.companies for month in over)

    @property
    def done(self) -> float | None:
        """Hours told; ``None`` when no month was."""
        return total(reported.hours for company in self.companies for reported in company.reported.values())


def total(hours: Iterable[float]) -> float | None:
    """The sum of hours; ``None`` when there is none: an unknown is not zero."""
    every = list(hours)
    return sum(every) if every else None


@dataclass(frozen=True)
class FollowUp:
    """A follow-up. ``key``: hash of its id; ``added``: lots added since it was opened, withdrawn ones included."""

    key: str
    opened_on: date
    kept_until: date
    added: int
    lots: tuple[FollowedLot, ...]

    def lot(self, number: int) -> FollowedLot | None:
        return next((lot for lot in self.lots if lot.number == number), None)

"""What a clause still owes on a day, and when to call who owes it (docs/methods.md (e)). Pure functions.

Hours are *declared* when a source states them, else *estimated* from amount, labour and cost. No source says which are already worked: they are
spread evenly over the months of the contract. An unknown end leaves both unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.contracts.months import LEAST_LEFT_MONTHS, add_months
from vivier.french import enumerated, month_name

METHOD_VERSION: Final = "hours-left-1"
Basis = Literal["declared", "estimated"]


@dataclass(frozen=True)
class Owed:
    """Hours owed by one contract from its ``first`` day to its ``last``: least and most."""

    first: date
    last: date
    low: float
    high: float
    basis: Basis


@dataclass(frozen=True)
class Calls:
    """When a holder is called: as it ``starts`` and hires, at the ``middle``, when what is late can still be made up, and at the ``last``, three
    months before its end."""

    starts: date
    middle: date
    last: date

    def text(self, as_of: date) -> str:
        """« À appeler dès maintenant, puis à mi-parcours en mars 2027, au plus tard en septembre 2027 »."""
        if as_of > self.last:
            return f"À appeler sans tarder : il reste moins de {LEAST_LEFT_MONTHS} mois"
        return f"À appeler {enumerated(self._times(as_of), last='puis')}"

    def _times(self, as_of: date) -> Iterator[str]:
        yield "dès maintenant" if self.starts <= as_of else f"au démarrage en {month_name(self.starts)}"
        if as_of < self.middle < self.last:
            yield f"à mi-parcours en {month_name(self.middle)}"
        yield f"au plus tard en {month_name(self.last)}"


def calls_of(first: date | None, last: date | None) -> Calls | None:
    """The days to call the holder of a contract that runs from ``first`` to ``last``; ``None`` when either is unknown."""
    if first is None or last is None or last < first:
        return None
    middle = first + (last - first) / 2
    return Calls(first, middle, max(middle, add_months(last, -LEAST_LEFT_MONTHS)))


def hours_left(owed: Owed, as_of: date) -> tuple[float, float]:
    """The least and the most hours that are left on a day, its month included."""
    now = max(as_of, owed.first).replace(day=1)
    left = max(0, months_of(now, owed.last)) / months_of(owed.first, owed.last)
    return owed.low * left, owed.high * left


def months_of(first: date, last: date) -> int:
    """The months that a contract touches: its hours are spread evenly over them, for want of a calendar."""
    return (last.year - first.year) * 12 + last.month - first.month + 1

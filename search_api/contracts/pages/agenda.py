"""What is due over the coming months, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.contracts.months import add_months
from vivier.french import month_name

MONTHS: Final = 24
_UNFOLDED: Final = 8
"""Items of the first months that are unfolded."""


@dataclass(frozen=True)
class Item:
    """What is due on a day. ``kind``: what the day is (« Fin de marché »)."""

    day: date
    kind: str
    title: str
    page: str
    buyer: str
    ics: str | None = None
    note: str = ""
    """What is worth knowing of it."""
    when: str = ""
    """Its day in words, when it is a longer time."""


@dataclass(frozen=True)
class Month:
    """One month that has items, the first day first. ``unfolded``: whether the page shows them at once."""

    id: str
    name: str
    items: tuple[Item, ...]
    unfolded: bool


def agenda(items: Iterable[Item], as_of: date) -> tuple[Month, ...]:
    """The items of the 24 months from that of ``as_of``; earlier and later ones are left out."""
    by_month: defaultdict[int, list[Item]] = defaultdict(list)
    for item in items:
        by_month[_months_between(as_of, item.day)].append(item)
    shown = {at: sorted(some, key=lambda item: item.day) for at, some in sorted(by_month.items()) if 0 <= at < MONTHS}
    return tuple(_months(shown, as_of))


def _months_between(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month


def _months(shown: Mapping[int, Sequence[Item]], as_of: date) -> Iterator[Month]:
    before = 0
    for at, items in shown.items():
        first = add_months(as_of.replace(day=1), at)
        yield Month(f"mois-{first:%Y-%m}", month_name(first), tuple(items), before < _UNFOLDED)
        before += len(items)

"""Draws what is due over the coming months: one dot a day that matters, stacked by month. The list under it says the same in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.contracts.months import add_months
from vivier.french import month_name, plural, short_month

MONTHS: Final = 24
WIDTH: Final = 960.0
_COLUMN: Final = WIDTH / MONTHS
_RADIUS: Final = 5.5
_ABREAST: Final = 3
_STEP: Final = 12.5
_LEAST_ROWS: Final = 3
_MOST_ROWS: Final = 9
"""Rows of dots of a month; what does not fit is a number."""
_UNFOLDED: Final = 8
"""Items of the first months that are unfolded."""


@dataclass(frozen=True)
class Item:
    """What is due on a day. ``kind``: what the day is (« Fin de marché »), its place among ``kinds`` gives its colour."""

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
class Dot:
    """One item on the drawing. ``kind``: the place of its kind in the legend."""

    x: float
    y: float
    kind: int


@dataclass(frozen=True)
class Month:
    """One month that has items. ``more``: how many are beyond the drawing."""

    id: str
    name: str
    x: float
    text: str
    items: tuple[Item, ...]
    dots: tuple[Dot, ...]
    more: int
    unfolded: bool


@dataclass(frozen=True)
class Tick:
    """The name of a month under the axis; ``year`` where one begins."""

    x: float
    name: str
    year: str


@dataclass(frozen=True)
class Timeline:
    """Months with items, the axis, each kind with its number of items, and the place of its colour. ``later``: items after the last month."""

    months: tuple[Month, ...]
    ticks: tuple[Tick, ...]
    kinds: tuple[tuple[str, int], ...]
    places: dict[str, int]
    height: float
    base: float
    later: int

    width = WIDTH
    column = _COLUMN
    radius = _RADIUS

    @property
    def total(self) -> int:
        return sum(len(month.items) for month in self.months)


def timeline(items: Iterable[Item], kinds: Sequence[str], as_of: date) -> Timeline:
    """The items of the 24 months from that of ``as_of``. ``kinds``: every kind, in the order of the legend."""
    by_month: defaultdict[int, list[Item]] = defaultdict(list)
    for item in items:
        by_month[_months_between(as_of, item.day)].append(item)
    shown = {at: sorted(some, key=lambda item: item.day) for at, some in sorted(by_month.items()) if 0 <= at < MONTHS}
    counts = {kind: sum(item.kind == kind for some in shown.values() for item in some) for kind in kinds}
    used = tuple((kind, count) for kind, count in counts.items() if count)
    places = {kind: place for place, kind in enumerate(kinds)}
    highest = max((-(-len(some) // _ABREAST) for some in shown.values()), default=0)
    rows = min(max(highest, _LEAST_ROWS), _MOST_ROWS)
    base = 16 + rows * _STEP
    return Timeline(
        months=tuple(_months(shown, places, as_of, base)),
        ticks=tuple(_ticks(as_of)),
        kinds=used,
        places=places,
        height=base + 34,
        base=base,
        later=sum(len(some) for at, some in by_month.items() if at >= MONTHS),
    )


def _months_between(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month


def _months(shown: dict[int, list[Item]], places: dict[str, int], as_of: date, base: float) -> Iterator[Month]:
    before = 0
    for at, items in shown.items():
        first = add_months(as_of.replace(day=1), at)
        drawn = items[: _ABREAST * _MOST_ROWS]
        x = round(at * _COLUMN, 1)
        dots = tuple(
            Dot(
                round(x + _COLUMN / 2 + (place % _ABREAST - (_ABREAST - 1) / 2) * _STEP, 1),
                round(base - 8 - place // _ABREAST * _STEP, 1),
                places[item.kind],
            )
            for place, item in enumerate(drawn)
        )
        name = month_name(first)
        text = f"{name} : {plural(len(items), 'échéance')}"
        yield Month(
            f"mois-{first:%Y-%m}", name, x, text, tuple(items), dots, len(items) - len(drawn), before < _UNFOLDED
        )
        before += len(items)


def _ticks(as_of: date) -> Iterator[Tick]:
    for at in range(MONTHS):
        first = add_months(as_of.replace(day=1), at)
        year = str(first.year) if at == 0 or first.month == 1 else ""
        yield Tick(round((at + 0.5) * _COLUMN, 1), short_month(first), year)

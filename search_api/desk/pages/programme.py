"""Draws the hours of a programme, month by month, as bars that need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.desk.tell.decision_shapes import MonthBody
from vivier.french import integer, month_name, plural

WIDTH: Final = 640
HEIGHT: Final = 200
_TOP: Final = 16
_FOOT: Final = 24
MOST_BARS: Final = 72
"""Months drawn; the table beside has them all."""


@dataclass(frozen=True)
class Bar:
    """One month: left, width, and the top and height of each part, in units of the drawing."""

    x: float
    width: float
    clause: tuple[float, float]
    reserved: tuple[float, float]
    title: str


@dataclass(frozen=True)
class Chart:
    """The bars, the months written below, the most hours of a month, and the same in words."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    most: int
    text: str
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(months: Sequence[MonthBody]) -> Chart | None:
    """The drawing of hours by month; ``None`` when no line gives any."""
    if not months:
        return None
    drawn = months[:MOST_BARS]
    totals = [month["clause"] + month["reserved"] for month in drawn]
    most, step = max(*totals, 1), WIDTH / len(drawn)
    scale, floor = (HEIGHT - _TOP - _FOOT) / most, HEIGHT - _FOOT
    bars = []
    for rank, month in enumerate(drawn):
        high, low = month["reserved"] * scale, month["clause"] * scale
        title = f"{_name(month)} : {integer(month['clause'])} h de clauses, {integer(month['reserved'])} h confiées"
        bars.append(
            Bar(
                round(rank * step + step * 0.1, 2),
                round(step * 0.8, 2),
                (round(floor - low, 2), round(low, 2)),
                (round(floor - low - high, 2), round(high, 2)),
                title,
            )
        )
    years = [(round(rank * step, 2), month["month"][:4]) for rank, month in enumerate(drawn) if _begins(rank, month)]
    top = drawn[totals.index(most)] if most in totals else drawn[0]
    later = f" Les {len(months) - MOST_BARS} mois suivants sont dans le tableau." if len(months) > MOST_BARS else ""
    text = f"Le mois le plus chargé est {_name(top)}, avec {plural(most, 'heure')}.{later}"
    return Chart(tuple(bars), tuple(years), most, text)


def _begins(rank: int, month: MonthBody) -> bool:
    return rank == 0 or month["month"].endswith("-01")


def _name(month: MonthBody) -> str:
    return month_name(date.fromisoformat(f"{month['month']}-01"))

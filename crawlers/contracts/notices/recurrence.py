"""Reads whether a buyer will buy the same again, and when it expects to publish the next notice: forms F02, F05, F24 of TED (R2.0.9) and the
like of R2.0.8, « Renouvellement : calendrier prévisionnel de publication des prochains avis »."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

from crawlers.contracts.notices.tree import Node
from vivier.identity import fold

Announced = tuple[bool, str | None]
"""Whether the purchase is recurrent, and the words that say when."""
_YES: Final = ("RECURRENT_PROCUREMENT", "RECURRENT_CONTRACT")
_NO: Final = tuple(f"NO_{name}" for name in _YES)
_MONTHS: Final = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_RANKS: Final = {"premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "dernier": 0}
_YEAR: Final = r"(20\d\d)"
_PERIOD: Final = re.compile(
    rf"(\d|{'|'.join(_RANKS)})\s*(?:ER|E|EME|ND|D)?\s*(TRIMESTRE|SEMESTRE)\s*(?:DE L'ANNEE\s*)?{_YEAR}", re.IGNORECASE
)
_MONTH: Final = re.compile(rf"({'|'.join(_MONTHS)})\s*{_YEAR}", re.IGNORECASE)
_DAY: Final = re.compile(rf"\b\d{{1,2}}[./ ](\d{{1,2}})[./ ]{_YEAR}")
_ALONE: Final = re.compile(rf"\b{_YEAR}\b")
_DURATION: Final = re.compile(r"RECONDU|JUSQU|DUREE|FIN AU|A COMPTER", re.IGNORECASE)
"""Words of what the contract lasts: its days are not those of the next notice."""
Period = tuple[date, date]


def read_recurrence(form: Node) -> Announced | None:
    """What a form says of the notices to come; ``None`` when it says nothing."""
    if next(form.deep(*_YES), None) is not None:
        text = next((text for node in form.deep("ESTIMATED_TIMING") if (text := node.whole())), None)
        return True, text
    return (False, None) if next(form.deep(*_NO), None) is not None else None


def period_of(text: str, published: date | None) -> Period | None:
    """The first and the last day of the only period that a text names: a month, a quarter, a half-year or a year, after the notice. ``None`` when it
    names none, or several, or tells how long the contract lasts."""
    folded = fold(text)
    if _DURATION.search(folded):
        return None
    found = set(_periods(folded))
    if len(found) != 1:
        return None
    (period,) = found
    return period if published is None or period[1] > published else None


def _periods(text: str) -> list[Period]:
    """Every period that a folded text names; a year is one when nothing more precise has it."""
    found: list[Period] = []
    for pattern, read in ((_PERIOD, _part), (_MONTH, _month), (_DAY, _day)):
        for match in pattern.finditer(text):
            period = read(*match.groups())
            if period is not None:
                found.append(period)
        text = pattern.sub(" ", text)
    return [*found, *(_span(int(year), 1, 12) for year in _ALONE.findall(text))]


def _part(rank: str, unit: str, year: str) -> Period | None:
    length = 3 if unit.upper() == "TRIMESTRE" else 6
    place = int(rank) if rank.isdigit() else _RANKS[rank.lower()] or 12 // length
    return _span(int(year), (place - 1) * length + 1, length) if 1 <= place <= 12 // length else None


def _month(name: str, year: str) -> Period:
    return _span(int(year), _MONTHS.index(name.lower()) + 1, 1)


def _day(month: str, year: str) -> Period | None:
    return _span(int(year), int(month), 1) if 1 <= int(month) <= 12 else None


def _span(year: int, month: int, length: int) -> Period:
    last = month + length - 1
    return date(year, month, 1), date(year, last, monthrange(year, last)[1])

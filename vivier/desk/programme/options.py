"""What each line of a programme may do: its levers, the hours that each gives, and the structures that could bear it.

An hour counts when its line gives enough of them for a path (``useful_hours``). Hours are expected ones: those of the lever times the
probability that the structures which it needs are there. Pure functions of the glances of a board.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vivier.clausier.hours import Hours, held_hours
from vivier.desk.consultation import Glance
from vivier.desk.method.clause import of_trade
from vivier.desk.method.lever import LEVERS, Ground, Lever, labour_intensive, levers_of
from vivier.desk.method.offers import cap_of
from vivier.desk.method.prospects import Prospect
from vivier.desk.read.line import Line
from vivier.desk.study_settings import StudySettings
from vivier.french import whole
from vivier.law.parameters import value

RESERVED: Final[tuple[Lever, ...]] = ("direct", "reserve", "reserve_if")
"""The levers by which a structure holds the contract."""
LEAST_BEARERS: Final = 15
"""Structures looked at for a line, the most probable first; twice as many as lines share them, when that is more."""
Pool = tuple[str, ...]


@dataclass(frozen=True)
class Bearer:
    """A structure that could bear a line. ``weight``: the part of what it can do that a year of the line takes, in ]0, 1]; a structure of
    unknown size bears one line at a time (``known`` is false)."""

    unit: str
    name: str
    weight: float
    known: bool


@dataclass(frozen=True)
class Option:
    """One lever of a line. ``hours``: insertion hours over the whole duration, ``None`` when they are unknown; ``probability``: that what it
    needs is there; ``bearers``: who could bear it, empty when it needs nobody."""

    lever: Lever
    probability: float
    hours: float | None
    bearers: tuple[Bearer, ...] = ()

    @property
    def expected(self) -> float:
        """Hours expected, unknown ones not counted."""
        return (self.hours or 0.0) * self.probability

    @property
    def useful(self) -> float:
        """Hours expected that are enough for a path."""
        return self.expected if (self.hours or 0.0) >= value("useful_hours") else 0.0

    @property
    def needs_bearer(self) -> bool:
        """Whether a structure spends its capacity on it."""
        return self.lever in RESERVED or self.lever == "clause" or bool(self.bearers)


@dataclass(frozen=True)
class PlannedLine:
    """A line that was studied, with its levers, the strongest first. ``own``: rank of the one that it has alone; ``start`` and ``months``: when
    it runs, ``start`` being ``None`` when nobody said it: it then runs all the time. ``pool``: what its structures are looked for by;
    ``none_able``: probability that none of them can do it; ``able`` and ``reserved_hours``: who could bear it and the hours that it would give if it were
    reserved, whether it may be or not."""

    line: Line
    options: tuple[Option, ...]
    own: int
    start: date | None
    months: int
    amount: float
    pool: Pool
    pool_name: str
    none_able: float
    able: tuple[Bearer, ...] = ()
    reserved_hours: float | None = None

    @property
    def number(self) -> int:
        return self.line.row.line

    def runs(self, month: int | None) -> bool:
        """Whether it runs in a month counted from year 0, or at all times when its start is unknown."""
        first = month_of(self.start)
        return month is None or first is None or first <= month < first + self.months


def month_of(day: date | None) -> int | None:
    """The month of a day, counted from year 0."""
    return None if day is None else day.year * 12 + day.month - 1


def planned(glances: Iterable[Glance], settings: StudySettings) -> tuple[PlannedLine, ...]:
    """The lines that were studied. A structure is named by its legal unit, so that it is the same one for every line."""
    studied = [glance for glance in glances if glance.feasibility is not None]
    shared = Counter(map(_pool, studied))
    return tuple(_line(glance, settings, max(LEAST_BEARERS, 2 * shared[_pool(glance)])) for glance in studied)


def _pool(glance: Glance) -> Pool:
    line = glance.line
    return tuple(sorted(choice.code for choice in (*line.trades, *line.territories)))


def _line(glance: Glance, settings: StudySettings, most: int) -> PlannedLine:
    line, made = glance.line, glance.feasibility
    assert made is not None
    ground = made.ground
    found = levers_of(ground)
    levers = sorted(found, key=list(LEVERS).index)
    options = tuple(_option(lever, found[lever], ground, glance.hours, made.share, most) for lever in levers)
    if options[-1].lever == "condition":
        unborne = replace(options[-1], probability=0.0, bearers=())
        options = (*options[: -1 if "clause" in found else None], unborne)
    own = next((rank for rank, option in enumerate(options) if option.lever == made.lever), len(options) - 1)
    names = " et ".join(choice.label for choice in line.trades), ", ".join(choice.label for choice in line.territories)
    return PlannedLine(
        line,
        options,
        own,
        settings.of(line).launched,
        line.months or 12,
        line.amount or 0.0,
        _pool(glance),
        " – ".join(names),
        made.best.prospects.able.none,
        tuple(_bearers(made.best.prospects.every, ground.lot.annual, made.share, most)),
        _reserved_hours(glance.hours),
    )


def _reserved_hours(hours: Hours | None) -> float | None:
    """The hours of the people concerned when a structure holds the lot, as the page of the lot tells them."""
    return None if hours is None or hours.central is None else held_hours(whole(hours.central.total))


def _option(lever: Lever, probability: float, ground: Ground, hours: Hours | None, share: float, most: int) -> Option:
    if lever in ("clause", "condition"):
        given = None if hours is None or hours.central is None else hours.central.insertion
        return Option(lever, probability, given, tuple(_carriers(ground, given, most)))
    if lever not in RESERVED:
        return Option(lever, probability, 0.0)
    found = (ground.recommended or ground.to_confirm or ground.widest).prospects
    return Option(
        lever, probability, _reserved_hours(hours), tuple(_bearers(found.every, ground.lot.annual, share, most))
    )


def _bearers(every: Sequence[Prospect], annual: float | None, share: float, most: int) -> Iterable[Bearer]:
    able = [prospect for prospect in every if prospect.able > 0]
    for prospect in able[:most]:
        site = prospect.site
        cap = cap_of(site.turnover, share, site.volume)
        if cap is None or annual is None or site.can == "yes":
            yield Bearer(site.unit, site.name, 1.0, False)
        elif annual <= cap:
            yield Bearer(site.unit, site.name, max(annual, 1.0) / cap, True)


def _carriers(ground: Ground, hours: float | None, most: int) -> Iterable[Bearer]:
    """Who carries the hours of a clause: a part of what its insertion staff works in a year, where that is published."""
    carriers, years = ground.hours, (ground.lot.months or 12) / 12
    light = labour_intensive(ground.lot) is False
    sites = [site for site in (*carriers.lending, *carriers.doing, *carriers.to_ask) if not light or of_trade(site)]
    for site in sites[:most]:
        placed = None if not site.fte else site.fte * value("legal_hours") * value("placeable")
        if placed is None or hours is None:
            yield Bearer(site.unit, site.name, 1.0, False)
        else:
            yield Bearer(site.unit, site.name, hours / max(years, 1.0) / placed, True)

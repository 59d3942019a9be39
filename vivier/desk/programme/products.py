"""The shares of re-used and recycled goods that a programme owes by family of products (AGEC, article 58), and which lines to ask them of.

A share is of the yearly spending on a family, whatever the lever of its lines: it is solved beside the levers, by the same solver. Only what is known
counts: a share that nobody read is unknown, and a line without an amount is left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from vivier.desk.programme.milp import Model
from vivier.desk.read.line import Line
from vivier.desk.study_settings import StudySettings
from vivier.law.products import ProductDuty, product_duties

AGEC: Final = "agec"
SECONDS: Final = 0.2
"""Most seconds of the solver for a family: it has two variables a line."""
_REUSED: Final = re.compile(r"r[ée]emploi|r[ée]utilis|r[ée]employ|reconditionn|seconde main|d.occasion", re.IGNORECASE)
_RECYCLED: Final = re.compile(r"recycl[ée]e?s?\b", re.IGNORECASE)
_ASKING: Final = 1.0
"""Euros that asking one more line counts for: few lines are asked, and no euro of a share is lost to it."""


@dataclass(frozen=True)
class OwedLine:
    """A line that buys goods of a family. ``annual``: euros a year, ``None`` when its amount is unknown; ``reused`` and ``recycled``: its object
    asks for them already."""

    number: int
    annual: float | None
    reused: bool
    recycled: bool


@dataclass(frozen=True)
class Ask:
    """What to ask of a line, in euros a year."""

    line: int
    reused: float
    recycled: float


@dataclass(frozen=True)
class Family:
    """A family of products in a programme. ``shares``: of re-use, then of recycled matter, ``None`` when nobody read them; ``owed``, ``already`` and
    ``missing``: euros a year of both: due, in lines whose object asks for them, and that no line may be asked."""

    duty: ProductDuty
    lines: tuple[OwedLine, ...]
    shares: tuple[float, float] | None
    owed: tuple[float, float] = (0.0, 0.0)
    already: tuple[float, float] = (0.0, 0.0)
    missing: tuple[float, float] = (0.0, 0.0)
    to_ask: tuple[Ask, ...] = field(default=())

    @property
    def annual(self) -> float:
        """Euros a year of its lines of known amount."""
        return sum(line.annual or 0.0 for line in self.lines)

    @property
    def unknown(self) -> tuple[int, ...]:
        """The lines without an amount."""
        return tuple(line.number for line in self.lines if line.annual is None)


def families_of(lines: Iterable[Line], settings: StudySettings) -> tuple[Family, ...]:
    """The families of a programme, in the order of the table, the shares due on the first launch of each."""
    found: dict[str, tuple[ProductDuty, list[tuple[date, OwedLine]]]] = {}
    for line in lines:
        own = settings.of(line)
        launched = own.launched or own.as_of
        trades = [choice.code for choice in line.trades]
        for duty in product_duties(line.cpv, trades, launched, line.text):
            if duty.law == AGEC:
                found.setdefault(duty.code, (duty, []))[1].append((launched, _line(line)))
    return tuple(
        shared_out(duty, [line for _, line in some], duty.shares_on(min(day for day, _ in some)))
        for _, (duty, some) in sorted(found.items())
    )


def _line(line: Line) -> OwedLine:
    annual = None if line.amount is None else line.amount * 12 / max(line.months or 12, 12)
    return OwedLine(line.row.line, annual, bool(_REUSED.search(line.text)), bool(_RECYCLED.search(line.text)))


def shared_out(duty: ProductDuty, lines: Sequence[OwedLine], shares: tuple[float, float] | None) -> Family:
    """The shares of a family, asked of as few lines as can be. Re-use is asked only where such goods are on the market (``reuse_first``); a euro counts
    for one share."""
    family = Family(duty, tuple(lines), shares)
    if shares is None or not family.annual:
        return family
    owed = shares[0] * family.annual, shares[1] * family.annual
    model = Model()
    short = tuple(model.variable(-1_000.0, upper=amount, whole=False) for amount in owed)
    rows: tuple[dict[int, float], ...] = ({short[0]: 1.0}, {short[1]: 1.0})
    parts: dict[int, tuple[int, int]] = {}
    for line in lines:
        if line.annual is None:
            continue
        asking = model.variable(0.0 if line.reused or line.recycled else -_ASKING)
        reused = model.variable(upper=line.annual if line.reused or duty.reuse_first else 0.0, whole=False)
        recycled = model.variable(upper=line.annual, whole=False)
        model.row({reused: 1.0, recycled: 1.0, asking: -line.annual}, most=0.0)
        rows[0][reused] = rows[1][recycled] = 1.0
        parts[line.number] = reused, recycled
    for row, amount in zip(rows, owed, strict=True):
        model.row(row, least=amount)
    solved = model.solve(SECONDS)
    if solved is None:
        return Family(duty, tuple(lines), shares, owed, missing=owed)
    given = {number: (solved.values[a], solved.values[b]) for number, (a, b) in parts.items()}
    known = {line.number: line for line in lines}
    return Family(
        duty,
        tuple(lines),
        shares,
        owed,
        (
            sum(euros for number, (euros, _) in given.items() if known[number].reused),
            sum(euros for number, (_, euros) in given.items() if known[number].recycled),
        ),
        (_cents(solved.values[short[0]]), _cents(solved.values[short[1]])),
        tuple(Ask(number, _cents(a), _cents(b)) for number, (a, b) in given.items() if _cents(a) or _cents(b)),
    )


def _cents(euros: float) -> float:
    """An amount of the solver, without what is under a euro."""
    return round(euros, 2) if euros >= 1 else 0.0

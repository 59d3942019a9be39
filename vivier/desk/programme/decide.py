"""The decision on a programme: the plan, what each line gains or gives up in it, and what one more structure would free."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from vivier.desk.consultation import Desk
from vivier.desk.method.lever import Lever
from vivier.desk.programme.in_turn import in_turn
from vivier.desk.programme.model import solved
from vivier.desk.programme.options import RESERVED, Bearer, Option, PlannedLine, planned
from vivier.desk.programme.plan import Plan, Targets
from vivier.desk.programme.products import Family, families_of
from vivier.desk.read.line import Line
from vivier.law.parameters import value

METHOD_VERSION: Final = "programme-decision-1"
SECONDS: Final = 4.0
"""Most seconds of the solver for the plan."""
FREED_SECONDS: Final = 2.0
"""Most seconds for all that one more structure would free."""
MOST_FREED: Final = 5
"""Trades and places for which one more structure is tried."""
Why = Literal["more_hours", "spent", "share", "hours", "rounds"]


@dataclass(frozen=True)
class Choice:
    """What a line does in the plan. ``why``: the reason for which it leaves the lever that it has alone, ``None`` when it keeps it;
    ``taken_by``: the lines that hold the structures which it would have needed."""

    line: PlannedLine
    option: Option
    bearers: tuple[Bearer, ...]
    why: Why | None = None
    taken_by: tuple[int, ...] = ()

    @property
    def own(self) -> Option:
        """The lever that the line has alone."""
        return self.line.options[self.line.own]


@dataclass(frozen=True)
class Freed:
    """What one more structure of a trade in a place would free. ``annual``: euros a year that it bears, those of the largest line there;
    ``hours``: expected hours more; ``lines``: how many lines change their lever; ``sure``: the best was found, else it frees at least that."""

    pool_name: str
    annual: float
    hours: float
    lines: int
    sure: bool


@dataclass(frozen=True)
class Decision:
    """The decision. ``waiting``: lines that are not studied; ``turn``: the same programme decided line by line; ``families``:
    what it owes of re-used and recycled goods."""

    targets: Targets
    plan: Plan
    turn: Plan
    choices: tuple[Choice, ...]
    waiting: tuple[Line, ...]
    freed: tuple[Freed, ...]
    families: tuple[Family, ...] = ()

    @property
    def amount(self) -> float:
        """Euros of the lines that were studied, unknown ones not counted."""
        return sum(choice.line.amount for choice in self.choices)

    @property
    def reserved(self) -> float:
        """Euros of the lines that structures hold."""
        return sum(choice.line.amount for choice in self.choices if choice.option.lever in RESERVED)

    @property
    def expected(self) -> float:
        """Hours expected, those too few for a path counted."""
        return sum(choice.option.expected for choice in self.choices)


def decide(desk: Desk, lines: Iterable[Line], targets: Targets) -> Decision:
    """The decision on lines as they were read. Raises ``InvalidRequest`` when a setting is refused."""
    every = tuple(lines)
    glances = tuple(desk.board(every))
    made = decided(planned(glances, desk.settings), targets, [g.line for g in glances if g.feasibility is None])
    return replace(made, families=families_of(every, desk.settings))


def decided(lines: Sequence[PlannedLine], targets: Targets, waiting: Sequence[Line] = ()) -> Decision:
    """The decision on lines whose levers are known."""
    plan = solved(lines, targets, SECONDS)
    chosen = [
        Choice(line, line.options[j], bearers)
        for line, j, bearers in zip(lines, plan.levers, plan.bearers, strict=True)
    ]
    choices = tuple(_explained(chosen, targets))
    freed = tuple(_freed(lines, plan, targets)) if plan.optimal else ()
    return Decision(targets, plan, in_turn(lines, targets), choices, tuple(waiting), freed)


def _explained(chosen: Sequence[Choice], targets: Targets) -> Iterator[Choice]:
    """Each choice with the reason for which it is not the line's own."""
    holds: dict[str, list[int]] = defaultdict(list)
    for choice in chosen:
        for bearer in choice.bearers:
            holds[bearer.unit].append(choice.line.number)
    for choice in chosen:
        if choice.option is choice.own:
            yield choice
            continue
        others = {number for bearer in choice.own.bearers for number in holds[bearer.unit]} - {choice.line.number}
        yield replace(choice, why=_why(choice, targets, bool(others)), taken_by=tuple(sorted(others)))


def _why(choice: Choice, targets: Targets, others: bool) -> Why:
    new, own = choice.option, choice.own
    if new.useful > own.useful:
        return "more_hours"
    if targets.share is not None and new.lever in RESERVED and own.lever not in RESERVED:
        return "share"
    if targets.hours is not None and new.expected > own.expected:
        return "hours"
    if targets.rounds is not None and own.lever == "reserve_if":
        return "rounds"
    return "spent"


def _freed(lines: Sequence[PlannedLine], plan: Plan, targets: Targets) -> Iterator[Freed]:
    """One more structure, certain, in each of the trades and places where the most hours are left, the most freed first."""
    left: dict[tuple[str, ...], float] = defaultdict(float)
    for line, j in zip(lines, plan.levers, strict=True):
        most = max(option.useful for option in _joined(line, "").options)
        left[line.pool] += most - line.options[j].useful
    pools = [pool for pool in sorted(left, key=lambda pool: (-left[pool], pool)) if left[pool] > 1][:MOST_FREED]
    ends, found = time.monotonic() + FREED_SECONDS, []
    for pool in pools:
        seconds = ends - time.monotonic()
        if seconds <= 0.1:
            break
        more = [_joined(line, "+") if line.pool == pool else line for line in lines]
        again = solved(more, targets, seconds)
        hours = again.best - plan.best
        changed = sum(
            line.options[j].lever != other.options[k].lever
            for line, j, other, k in zip(lines, plan.levers, more, again.levers, strict=True)
        )
        same = [line for line in lines if line.pool == pool]
        if hours > 1:
            annual = max(_annual(line) for line in same)
            found.append(Freed(same[0].pool_name, annual, hours, changed, again.optimal))
    yield from sorted(found, key=lambda freed: -freed.hours)


def _annual(line: PlannedLine) -> float:
    return line.amount * 12 / max(line.months, 12)


def _joined(line: PlannedLine, unit: str) -> PlannedLine:
    """A line with one more structure, which can do it for certain and is known to bear one line of its size at a time. Two are then able when
    one other is: the line may be reserved where that is likely enough."""
    bearer = Bearer(unit, "", 1.0, False)
    other = 1 - line.none_able
    options = [
        replace(option, bearers=(*option.bearers, bearer), probability=max(option.probability, _with(option, other)))
        if option.lever in RESERVED
        else option
        for option in line.options
    ]
    levers: set[Lever] = {option.lever for option in options}
    if levers.isdisjoint(RESERVED) and other >= value("verdict_confirmed"):
        options.append(Option("reserve_if", other, line.reserved_hours, (*line.able, bearer)))
    return replace(line, options=tuple(options))


def _with(option: Option, other: float) -> float:
    return 1.0 if option.lever == "direct" else other

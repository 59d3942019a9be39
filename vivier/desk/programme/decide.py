"""The decision on a programme: the plan, what each line gains or gives up in it, and what one more structure would free.

The programme as a linear one: one lever a line, each structure spent once at any moment, targets met as far as they can be
(docs/methods.md (p)).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from vivier.desk.consultation import Desk
from vivier.desk.method.lever import Lever
from vivier.desk.programme.in_turn import in_turn
from vivier.desk.programme.milp import Model, Solved
from vivier.desk.programme.options import RESERVED, Bearer, Option, PlannedLine, month_of, planned
from vivier.desk.programme.plan import Plan, Targets
from vivier.desk.programme.products import Family, families_of
from vivier.desk.read.line import Line
from vivier.law.parameters import value

KEEPS: Final = 0.5
"""Hours under which a line does not leave its own lever: a change is worth a reason."""


@dataclass
class _Built:
    model: Model
    levers: dict[tuple[int, int], int]
    bearers: dict[tuple[int, int, int], int]
    short: tuple[int, int] | None


def solved(lines: Sequence[PlannedLine], targets: Targets, seconds: float) -> Plan:
    """The plan with the most useful hours among those that miss the targets by the least. ``seconds``: the most that the solver takes."""
    built = _built(lines, targets)
    model, missing = built.model, (0.0, 0.0)
    if built.short is not None:
        missing = _least_missing(built, lines, targets, seconds / 2)
        for rank, amount in zip(built.short, missing, strict=True):
            model.uppers[rank] = amount * (1 + 1e-9) + (1e-6 if amount else 0.0)
    found = model.solve(seconds / 2 if built.short is not None else seconds)
    return _unproven(lines, targets) if found is None else _plan(lines, built, found, missing)


def _unproven(lines: Sequence[PlannedLine], targets: Targets) -> Plan:
    """Nothing was found in time: the lines are decided in turn, and the bound is that of the best lever of each."""
    turn, most = in_turn(lines, targets), sum(max(option.useful for option in line.options) for line in lines)
    return replace(turn, bound=most, gap=(most - turn.best) / max(most, 1.0), optimal=not lines)


def _built(lines: Sequence[PlannedLine], targets: Targets) -> _Built:
    model = Model()
    levers: dict[tuple[int, int], int] = {}
    bearers: dict[tuple[int, int, int], int] = {}
    spent: dict[str, list[tuple[int, float, PlannedLine]]] = defaultdict(list)
    for i, line in enumerate(lines):
        for j, option in enumerate(line.options):
            bonus = KEEPS if j == line.own else 0.0
            levers[i, j] = model.variable(option.useful + bonus)
            if not option.needs_bearer:
                continue
            shares = {}
            for k, bearer in enumerate(option.bearers):
                rank = bearers[i, j, k] = model.variable(whole=False)
                shares[rank] = 1.0
                spent[bearer.unit].append((rank, bearer.weight, line))
            model.row({**shares, levers[i, j]: -1.0}, least=0.0, most=0.0)
        model.row({levers[i, j]: 1.0 for j in range(len(line.options))}, least=1.0, most=1.0)
    _spend_once(model, spent)
    return _Built(model, levers, bearers, _aim(model, lines, levers, targets))


def _spend_once(model: Model, spent: Mapping[str, list[tuple[int, float, PlannedLine]]]) -> None:
    """No structure is over its capacity in any month in which one of its lines begins."""
    for uses in spent.values():
        begins: set[int | None] = {month_of(line.start) for _, _, line in uses}
        begins = begins - {None} or {None}
        rows = {tuple((rank, weight) for rank, weight, line in uses if line.runs(month)) for month in begins}
        for row in rows:
            if len(row) > 1 or any(weight > 1 for _, weight in row):
                model.row(dict(row), most=1.0)


def _aim(
    model: Model, lines: Sequence[PlannedLine], levers: Mapping[tuple[int, int], int], targets: Targets
) -> tuple[int, int] | None:
    """Adds the targets; the variables of what is missing, in euros and in hours. ``None`` when no amount is aimed at."""
    to_confirm = {levers[i, j]: 1.0 for (i, j) in levers if lines[i].options[j].lever == "reserve_if"}
    if targets.rounds is not None:
        model.row(to_confirm, most=float(targets.rounds))
    if targets.share is None and targets.hours is None:
        return None
    total = sum(line.amount for line in lines)
    wanted = (targets.share or 0.0) * total, targets.hours or 0.0
    short = model.variable(upper=wanted[0], whole=False), model.variable(upper=wanted[1], whole=False)
    holding = {rank: lines[i].amount for (i, j), rank in levers.items() if lines[i].options[j].lever in RESERVED}
    hours = {rank: lines[i].options[j].expected for (i, j), rank in levers.items()}
    model.row({**holding, short[0]: 1.0}, least=wanted[0])
    model.row({**hours, short[1]: 1.0}, least=wanted[1])
    return short


def _least_missing(
    built: _Built, lines: Sequence[PlannedLine], targets: Targets, seconds: float
) -> tuple[float, float]:
    """The least that the targets miss, each counted as a part of itself."""
    assert built.short is not None
    model = built.model
    total = sum(line.amount for line in lines)
    weights = [0.0] * len(model.weights)
    for rank, wanted in zip(built.short, ((targets.share or 0.0) * total, targets.hours or 0.0), strict=True):
        weights[rank] = -1_000.0 / wanted if wanted else 0.0
    found = Model(weights, model.uppers, model.whole, model.rows).solve(seconds)
    if found is None:
        return (targets.share or 0.0) * total, targets.hours or 0.0
    euros, hours = (max(found.values[rank], 0.0) for rank in built.short)
    return (euros if euros >= 1 else 0.0), (hours if hours >= 0.5 else 0.0)


def _plan(lines: Sequence[PlannedLine], built: _Built, found: Solved, missing: tuple[float, float]) -> Plan:
    chosen = [
        max(range(len(line.options)), key=lambda j, i=i: found.values[built.levers[i, j]])  # type: ignore[misc]
        for i, line in enumerate(lines)
    ]
    bearers = tuple(
        tuple(
            bearer
            for k, bearer in enumerate(line.options[j].bearers)
            if (i, j, k) in built.bearers and found.values[built.bearers[i, j, k]] > 1e-6
        )
        for i, (line, j) in enumerate(zip(lines, chosen, strict=True))
    )
    bonus = KEEPS * sum(j == line.own for line, j in zip(lines, chosen, strict=True))
    hours = sum(line.options[j].useful for line, j in zip(lines, chosen, strict=True))
    bound = max(found.bound - bonus, hours)
    return Plan(tuple(chosen), bearers, missing, hours, bound, found.gap, found.optimal)


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
        """Euros of the lines to entrust to structures."""
        return sum(choice.line.amount for choice in self._reserved)

    @property
    def reserved_expected(self) -> float:
        """The same euros, those of each line times the probability that who is needed is there."""
        return sum(choice.line.amount * choice.option.probability for choice in self._reserved)

    @property
    def _reserved(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.option.lever in RESERVED]

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
        if choice.option.lever == choice.own.lever:
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

"""The programme as a linear one: one lever a line, each structure spent once at any moment, targets met as far as they can be
(docs/methods.md (p))."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vivier.desk.programme.in_turn import in_turn
from vivier.desk.programme.milp import Model, Solved
from vivier.desk.programme.options import RESERVED, PlannedLine, month_of
from vivier.desk.programme.plan import Plan, Targets

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

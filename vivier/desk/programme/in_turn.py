"""The same programme decided line by line, in the order of the file: what the whole decision is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from vivier.desk.programme.options import Bearer, Option, PlannedLine, month_of
from vivier.desk.programme.plan import Plan, Targets


def in_turn(lines: Sequence[PlannedLine], targets: Targets) -> Plan:
    """Each line takes its own lever if who could bear it is still free, else the next of its levers, down to one that needs nobody. The
    capacity of each structure is spent once too: only the order of the choices differs."""
    spent: dict[str, list[tuple[PlannedLine, float]]] = defaultdict(list)
    begins = {month_of(line.start) for line in lines}
    levers: list[int] = []
    bearers: list[tuple[Bearer, ...]] = []
    rounds = 0
    for line in lines:
        for j in (*range(line.own, len(line.options)), *reversed(range(line.own))):
            option = line.options[j]
            if option.lever == "reserve_if" and targets.rounds is not None and rounds >= targets.rounds:
                continue
            found = _who(option, line, spent, begins)
            if found is not None:
                break
        assert found is not None, "the last lever of a line needs nobody"
        rounds += option.lever == "reserve_if"
        for bearer, part in found:
            spent[bearer.unit].append((line, bearer.weight * part))
        levers.append(j)
        bearers.append(tuple(bearer for bearer, _ in found))
    hours = sum(line.options[j].useful for line, j in zip(lines, levers, strict=True))
    return Plan(tuple(levers), tuple(bearers), (0.0, 0.0), hours, hours, 0.0, False)


def _who(
    option: Option,
    line: PlannedLine,
    spent: dict[str, list[tuple[PlannedLine, float]]],
    begins: set[int | None],
) -> list[tuple[Bearer, float]] | None:
    """Who bears a line, with the part of it: one structure, else several together; ``None`` when they have not the room."""
    if not option.needs_bearer:
        return []
    left, found = 1.0, []
    for bearer in option.bearers:
        free = 1 - max(_used(bearer.unit, month, line, spent) for month in begins)
        part = min(left, free / bearer.weight)
        if part > 1e-9:
            found.append((bearer, part))
            left -= part
        if left <= 1e-9:
            return found
    return None


def _used(unit: str, month: int | None, line: PlannedLine, spent: dict[str, list[tuple[PlannedLine, float]]]) -> float:
    """What is spent of a structure in a month in which a line runs too."""
    return sum(weight for other, weight in spent[unit] if other.runs(month)) if line.runs(month) else 0.0

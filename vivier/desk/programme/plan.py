"""What a programme must reach, and the plan that a method gives."""

from __future__ import annotations

from dataclasses import dataclass

from vivier.desk.programme.options import Bearer


@dataclass(frozen=True)
class Targets:
    """What the programme must reach. ``share``: part of the amount that structures hold, in [0, 1]; ``hours``: insertion hours expected;
    ``rounds``: the most lines that need structures to confirm first. ``None``: no target."""

    share: float | None = None
    hours: float | None = None
    rounds: int | None = None


@dataclass(frozen=True)
class Plan:
    """One lever a line (rank of its options) and who bears it. ``missing``: euros, then hours, by which the targets cannot be met;
    ``gap``: how far the hours may be from the best."""

    levers: tuple[int, ...]
    bearers: tuple[tuple[Bearer, ...], ...]
    missing: tuple[float, float]
    best: float
    bound: float
    gap: float
    optimal: bool

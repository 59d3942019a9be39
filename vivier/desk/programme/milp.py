"""A linear programme with whole numbers, solved by HiGHS: the best value found, and the bound that no other can pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import highspy
import numpy as np

GAP: Final = 1e-4
"""Difference between the value found and the bound, over the bound, under which a solution is called optimal."""


@dataclass(frozen=True)
class Solved:
    """``values``: of each variable; ``best``: the value of the objective; ``bound``: what no solution can pass."""

    values: tuple[float, ...]
    best: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the value may be from the best one, as a share of the bound."""
        return max(self.bound - self.best, 0.0) / max(abs(self.bound), 1.0)

    @property
    def optimal(self) -> bool:
        """Whether no solution is better, but for :data:`GAP`."""
        return self.gap <= GAP


@dataclass
class Model:
    """Maximises a weighted sum of variables within [0, ``upper``], under rows ``lower ≤ Σ weight × variable ≤ upper``."""

    weights: list[float] = field(default_factory=list)
    uppers: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[float, dict[int, float], float]] = field(default_factory=list)

    def variable(self, weight: float = 0.0, *, upper: float = 1.0, whole: bool = True) -> int:
        """Adds a variable; its rank."""
        self.weights.append(weight)
        self.uppers.append(upper)
        self.whole.append(whole)
        return len(self.weights) - 1

    def row(self, terms: Mapping[int, float], *, least: float = -math.inf, most: float = math.inf) -> None:
        """Adds a row: the sum of the terms is within [``least``, ``most``]."""
        if terms:
            self.rows.append((least, dict(terms), most))

    def solve(self, seconds: float) -> Solved | None:
        """The best solution found in ``seconds`` of one thread; ``None`` when there is none."""
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, given in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("time_limit", seconds)):
            highs.setOptionValue(name, given)
        highs.setOptionValue("mip_rel_gap", GAP / 2)
        highs.passModel(self._problem())
        highs.run()
        info = highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        best = float(info.objective_function_value)
        bound = float(info.mip_dual_bound) if any(self.whole) else best
        return Solved(tuple(highs.getSolution().col_value), best, max(bound, best))

    def _problem(self) -> highspy.HighsLp:
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = len(self.weights), len(self.rows)
        problem.sense_ = highspy.ObjSense.kMaximize
        problem.col_cost_ = np.array(self.weights, dtype=np.double)
        problem.col_lower_, problem.col_upper_ = np.zeros(len(self.weights)), np.array(self.uppers, dtype=np.double)
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        problem.integrality_ = [kinds[whole] for whole in self.whole]
        problem.row_lower_ = np.array([_infinite(least) for least, _, _ in self.rows], dtype=np.double)
        problem.row_upper_ = np.array([_infinite(most) for _, _, most in self.rows], dtype=np.double)
        matrix = problem.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.num_col_, matrix.num_row_ = problem.num_col_, problem.num_row_
        matrix.start_ = np.cumsum([0, *(len(terms) for _, terms, _ in self.rows)])
        matrix.index_ = np.array([rank for _, terms, _ in self.rows for rank in terms], dtype=np.int32)
        matrix.value_ = np.array([weight for _, terms, _ in self.rows for weight in terms.values()], dtype=np.double)
        return problem


def _infinite(bound: float) -> float:
    return bound if math.isfinite(bound) else math.copysign(highspy.kHighsInf, bound)

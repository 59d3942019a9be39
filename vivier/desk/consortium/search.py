"""Searches for the best groups: compares every group of few members at once, on columns.

Groups are ranked by: fewest members; fewest unknown capacities; largest slack at the tightest amount; most past work together
(contracts held as a group, then lots of one consultation, then networks); shortest distances; ids. A unit that enough others
beat on every criterion is left out first: in any group, replacing it with one of them gives a better group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, combinations
from math import comb
from typing import Final

import numpy as np
import numpy.typing as npt

from vivier.deadline import check

MOST_GROUPS: Final = 5
_COMPARED: Final = 100_000
"""Most groups of one size that are compared: all the groups of 4 among 40 units are fewer."""
_MOST_UNITS: Final = 1_200
_FAR: Final = 40_075.0
"""Kilometres that stand for an unknown distance: the circumference of the Earth."""

Rows = npt.NDArray[np.int16]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Cell = tuple[str, str]


@dataclass(frozen=True)
class Demand:
    """Euros a year that a group must bear over some trades together."""

    trades: frozenset[str]
    amount: float


@dataclass(frozen=True)
class Pool:
    """Units in the order of ids, one entry a unit. ``pairs``: numbers of contracts and lots that two units (by place) share."""

    cells: Sequence[frozenset[Cell]]
    wanted: Sequence[Cell]
    capacities: Sequence[float | None]
    demands: Sequence[Demand]
    distances: Sequence[float | None]
    networks: Sequence[frozenset[str]]
    staffing: Sequence[bool]
    complement: bool = False
    pairs: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


Keyed = tuple[tuple[float, ...], tuple[int, ...]]
"""The key that a group is ranked by (smaller is better), and the places of its units."""


@dataclass(frozen=True)
class Ranked:
    """Groups, best first. ``optimal``: no group is better than the first. When it is false, there were too many to compare."""

    groups: tuple[Keyed, ...]
    optimal: bool


def best_groups(pool: Pool, most: int) -> Ranked:
    """At most five groups in which every member is needed, of the fewest members possible or one more."""
    columns = _Columns(pool)
    order = columns.useful(MOST_GROUPS + most - 1)
    found: list[Keyed] = []
    optimal, largest = columns.whole, most
    for size in range(1, most + 1):
        check()
        if size > min(largest, len(order)) or len(found) >= MOST_GROUPS:
            break
        units = _affordable(len(order), size)
        optimal &= units == len(order) or bool(found)
        rows = np.sort(order[:units])[_groups(units, size)]
        new = columns.ranked(rows, [group for _, group in found])
        if new and not found:
            largest = min(most, size + 1)
        found += new  # while there are fewer than five, all are kept, so that the next size leaves out groups that contain them
    return Ranked(tuple(found[:MOST_GROUPS]), optimal)


def _affordable(units: int, size: int) -> int:
    """Most units that can be compared in groups of ``size``."""
    while comb(units, size) > _COMPARED:
        units -= 1
    return units


@lru_cache(maxsize=64)
def _groups(units: int, size: int) -> Rows:
    """Every group of ``size`` places, in order."""
    flat = np.fromiter(chain.from_iterable(combinations(range(units), size)), np.int16, comb(units, size) * size)
    return flat.reshape(-1, size)


class _Columns:
    """The pool as arrays: one row a unit."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        place = {cell: number for number, cell in enumerate(pool.wanted)}
        self.covers: Bools = np.zeros((len(pool.cells), len(place)), np.bool_)
        for row, cells in enumerate(pool.cells):
            self.covers[row, [place[cell] for cell in cells]] = True
        self.unknown: Bools = np.array([capacity is None for capacity in pool.capacities], np.bool_)
        self.capacity: Floats = np.array([capacity or 0.0 for capacity in pool.capacities], np.float64)
        self.distance: Floats = np.array(
            [_FAR if distance is None else distance for distance in pool.distances], np.float64
        )
        self.staffing: Bools = np.array(pool.staffing, np.bool_)
        self.serves, self.required = self._demands()
        self.contracts, self.lots, self.networks = self._past()
        self.alike: Floats = (self.networks @ self.networks.T > 0).astype(np.float64)
        self.whole = len(pool.cells) <= _MOST_UNITS

    def _demands(self) -> tuple[Bools, Floats]:
        """For every set of demands: which units serve one of its trades, and the sum of its amounts."""
        trades = [frozenset(trade for trade, _ in cells) for cells in self.pool.cells]
        sets = [some for size in range(1, len(self.pool.demands) + 1) for some in combinations(self.pool.demands, size)]
        wanted = [frozenset[str]().union(*(demand.trades for demand in some)) for some in sets]
        serves = np.array([[not served.isdisjoint(done) for served in wanted] for done in trades], np.bool_)
        required = np.array([sum(demand.amount for demand in some) for some in sets], np.float64)
        return serves.reshape(len(trades), len(sets)), required

    def _past(self) -> tuple[Floats, Floats, Floats]:
        """Shared contracts and shared lots by pair of units, and the networks of each unit."""
        size = len(self.pool.cells)
        contracts, lots = np.zeros((2, size, size)) if self.pool.pairs else np.zeros((2, 0, 0))
        for (first, second), (grouped, won) in self.pool.pairs.items():
            contracts[[first, second], [second, first]], lots[[first, second], [second, first]] = grouped, won
        names = sorted(frozenset[str]().union(*self.pool.networks))
        shared = np.array([[name in joined for name in names] for joined in self.pool.networks], np.float64)
        return contracts, lots, shared.reshape(size, len(names))

    # -- units to compare --------------------------------------------------------------------------------------------

    def useful(self, enough: int) -> Rows:
        """Units that fewer than ``enough`` others beat on every criterion. Those that cover most come first; cells take turns, so
        that each has units among the first."""
        rows = np.arange(len(self.pool.cells), dtype=np.int16)
        best = np.lexsort((rows, self.distance, -self.capacity, self.unknown, -self.covers.sum(1)))
        if not self.whole:
            best = best[:_MOST_UNITS]
        units = best[self._beaten(best) < enough]
        columns = [units[self.covers[units, cell]] for cell in range(self.covers.shape[1])]
        turns = (
            column[turn]
            for turn in range(max(map(len, columns), default=0))
            for column in columns
            if turn < len(column)
        )
        return np.array(list(dict.fromkeys(map(int, turns))), np.int16)

    def _beaten(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """For each unit, how many others beat or equal it on every criterion. In a group, one of them could replace it."""
        covers, shared = self.covers[rows].astype(np.float64), self.networks[rows]
        wins = covers @ covers.T >= covers.sum(1)  # row: the better one
        wins &= shared @ shared.T >= shared.sum(1)
        away, cap, unknown = self.distance[rows], self.capacity[rows], self.unknown[rows]
        wins &= away[:, None] <= away
        if len(self.required):
            wins &= unknown[:, None] == unknown
        else:
            wins &= unknown[:, None] <= unknown
        wins &= cap[:, None] >= cap
        if self.pool.complement:
            staffing = self.staffing[rows]
            wins &= staffing[:, None] == staffing
        wins &= ~(wins.T & (rows[:, None] >= rows))  # of two equals, the first id
        beaten: npt.NDArray[np.intp] = wins.sum(0)
        beaten[np.isin(rows, list(chain.from_iterable(self.pool.pairs)))] = 0
        return beaten

    # -- groups ------------------------------------------------------------------------------------------------------

    def ranked(self, rows: Rows, smaller: Sequence[tuple[int, ...]]) -> list[Keyed]:
        """The groups that meet the need, best first. Groups that contain a ``smaller`` one are left out."""
        rows = rows[self._covering(rows)]
        bears = self.capacity[:, None] * self.serves
        borne = sum((bears[rows[:, k]] for k in range(rows.shape[1])), np.zeros((len(rows), len(self.required))))
        maybe = (self.unknown[:, None] & self.serves)[rows].any(1)
        holds = ((borne >= self.required) | maybe).all(1)
        if self.pool.complement:
            lend = self.staffing[rows]
            holds &= lend.any(1) & ~lend.all(1)
        for group in smaller:
            check()
            holds &= np.isin(rows, group).sum(1) < len(group)
        rows, borne = rows[holds], borne[holds]
        keys = self._keys(rows, borne)
        best = np.lexsort(keys[::-1])[:MOST_GROUPS]
        return [(tuple(float(key[row]) for key in keys), tuple(map(int, rows[row]))) for row in best]

    def _covering(self, rows: Rows) -> Bools:
        """Which groups cover every cell. Each cell is checked on the groups that cover the ones before."""
        holds = np.ones(len(rows), np.bool_)
        for cell in range(self.covers.shape[1]):
            left = np.flatnonzero(holds)
            holds[left] = self.covers[:, cell][rows[left]].any(1)
        return holds

    def _keys(self, rows: Rows, borne: Floats) -> list[Floats]:
        """The criteria that rank groups, in order; smaller is better."""
        unknown = self.unknown[rows].sum(1)
        slack = (
            np.where(unknown == 0, (borne - self.required).min(1, initial=np.inf), 0.0)
            if len(self.required)
            else unknown * 0.0
        )
        grouped, won, alike = (self._shared(rows, known) for known in (self.contracts, self.lots, self.alike))
        members = np.full(len(rows), float(rows.shape[1]))
        return [members, unknown.astype(float), -slack, -grouped, -won, -alike, self.distance[rows].sum(1)]

    @staticmethod
    def _shared(rows: Rows, known: Floats) -> Floats:
        """For each group, the sum of a matrix over its pairs of members."""
        total = np.zeros(len(rows))
        if known.size:
            for left, right in combinations(range(rows.shape[1]), 2):
                total += known[rows[:, left], rows[:, right]]
        return total

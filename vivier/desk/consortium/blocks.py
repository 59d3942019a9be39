"""Finds why no group answers a need: a trade or a part that no structure covers, the places, the article, the amount, the number
of members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from vivier.desk.consortium.need import CLAUSE, Block, Cell, Need, Supplies, Unit
from vivier.desk.consortium.units import slack, structures, units_of
from vivier.desk.method.excluded import Excluded

_ZONES: Final = ("zone_partial", "zone_none")
_MENDABLE: Final = (*_ZONES, "agreement_expired", "agreement_to_check", "kind_not_eligible")
"""Exclusion reasons that a larger zone, another agreement or another article would remove."""


def blocks(need: Need, supplies: Supplies) -> tuple[Block, ...]:
    """The first reason that applies, in this order: cells that no structure covers; capacities, the other role or the number of
    members; no known capacity; no structure that covers all places; trades that no single article covers."""
    bare = tuple(_uncovered(cell, supplies) for cell in need.cells if not _somebody(need, cell, supplies))
    if bare:
        return bare
    covering = [units for cells in supplies.values() if _covers(need, units := units_of(need, cells))]
    if covering:
        return (_short(need, covering[0]),)
    if need.known and any(_covers(need, units_of(replace(need, known=False), cells)) for cells in supplies.values()):
        return (Block("capacity", amount=0.0),)
    wider = replace(need, split=True, known=False)
    if any(_covers(need, units_of(wider, cells)) for cells in supplies.values()):
        return (Block("split"),)
    return (Block("article"),)


def _somebody(need: Need, cell: Cell, supplies: Supplies) -> bool:
    return any(any(True for _ in structures(cells[cell], need.article == CLAUSE)) for cells in supplies.values())


def _covers(need: Need, units: Sequence[Unit]) -> bool:
    return frozenset[Cell]().union(*(unit.cells for unit in units)).issuperset(need.cells)


def _uncovered(cell: Cell, supplies: Supplies) -> Block:
    left = (excluded for cells in supplies.values() for excluded in cells[cell].excluded)
    nearest = min((excluded for excluded in left if excluded.reason in _MENDABLE), key=_nearness, default=None)
    if nearest is None:
        return Block("uncovered", cell)
    return Block("uncovered", cell, nearest.candidate, nearest.note or nearest.reason)


def _nearness(excluded: Excluded) -> tuple[bool, float, int, str]:
    """Sort key of an exclusion: zones before agreements and kinds, then the nearest structure."""
    away = float("inf") if excluded.candidate.distance_km is None else excluded.candidate.distance_km
    return excluded.reason not in _ZONES, away, _MENDABLE.index(excluded.reason), excluded.candidate.id


def _short(need: Need, units: Sequence[Unit]) -> Block:
    """The reason when structures cover every cell: capacity, the other role, or the number of members allowed."""
    demands = need.demands()
    at_best = [unit if unit.capacity is not None else replace(unit, capacity=float("inf")) for unit in units]
    if demands and not slack(at_best, demands)[0]:
        return Block("capacity", amount=_most(need, units))
    if need.complement and len({unit.role for unit in units}) < 2:
        return Block("complement")
    return Block("size", amount=_most(need, units) if demands else None)


def _most(need: Need, units: Sequence[Unit]) -> float:
    """Most euros a year that the allowed number of members can bear, counting known capacities."""
    return sum(sorted((unit.capacity or 0.0 for unit in units), reverse=True)[: need.most])


__all__ = ["blocks"]

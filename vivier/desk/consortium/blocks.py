"""Why no group answers a need: the trade or the part nobody covers, the places, the article, the amount, the number of members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from vivier.desk.consortium.need import CLAUSE, Block, Cell, Need, Supplies, Unit
from vivier.desk.consortium.units import slack, structures, units_of
from vivier.desk.method.supply import Excluded

_ZONES: Final = ("zone_partial", "zone_none")
_MENDABLE: Final = (*_ZONES, "agreement_expired", "agreement_to_check", "kind_not_eligible")
"""Reasons to be left out that another zone, agreement or article would mend."""


def blocks(need: Need, supplies: Supplies) -> tuple[Block, ...]:
    """The first of these that holds: cells that nobody covers; places that nobody covers all of; trades that no single article covers;
    capacities; no structure of the other role; too few members allowed."""
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
    return frozenset[Cell]().union(*(one.cells for one in units)).issuperset(need.cells)


def _uncovered(cell: Cell, supplies: Supplies) -> Block:
    left = (one for cells in supplies.values() for one in cells[cell].excluded)
    nearest = min((one for one in left if one.reason in _MENDABLE), key=_nearness, default=None)
    if nearest is None:
        return Block("uncovered", cell)
    return Block("uncovered", cell, nearest.candidate, nearest.note or nearest.reason)


def _nearness(one: Excluded) -> tuple[bool, float, int, str]:
    """Zones before agreements and kinds, then the nearest."""
    away = float("inf") if one.candidate.distance_km is None else one.candidate.distance_km
    return one.reason not in _ZONES, away, _MENDABLE.index(one.reason), one.candidate.id


def _short(need: Need, units: Sequence[Unit]) -> Block:
    """Everything is covered by somebody: what lacks is capacity, the other role, or room for one more member."""
    demands = need.demands()
    at_best = [one if one.capacity is not None else replace(one, capacity=float("inf")) for one in units]
    if demands and not slack(at_best, demands)[0]:
        return Block("capacity", amount=_most(need, units))
    if need.complement and len({one.role for one in units}) < 2:
        return Block("complement")
    return Block("size", amount=_most(need, units) if demands else None)


def _most(need: Need, units: Sequence[Unit]) -> float:
    """Euros a year that the members allowed bear at most, by known capacities."""
    return sum(sorted((one.capacity or 0.0 for one in units), reverse=True)[: need.most])


__all__ = ["blocks"]

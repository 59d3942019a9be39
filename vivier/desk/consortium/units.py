"""The legal units that may be members of a group, and what they bear together. Pure functions of supplies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from vivier.desk.consortium.need import CLAUSE, Cell, Need, Unit
from vivier.desk.consortium.search import Demand
from vivier.desk.method.supply import Candidate, Structure, Supply, legal_kinds

_NOT_COUNTED: Final = ("equivalent", "to_confirm")


def units_of(need: Need, cells: Mapping[Cell, Supply]) -> tuple[Unit, ...]:
    """Legal units with the cells they cover, in the order of ids. Without ``split`` a trade counts where it covers every part."""
    covered: dict[str, set[Cell]] = {}
    sites: dict[str, list[Candidate]] = {}
    certain: set[str] = set()
    for cell in need.cells:
        for one in structures(cells[cell], need.article == CLAUSE):
            unit = one.site.unit
            covered.setdefault(unit, set()).add(cell)
            sites.setdefault(unit, []).extend(one.sites)
            if _counts(one, cells[cell]):
                certain.add(unit)
    made = (
        _unit(need, sites[unit], held if need.split else _everywhere(need, held), unit in certain)
        for unit, held in covered.items()
    )
    return tuple(sorted((one for one in made if one.cells and _admitted(need, one)), key=lambda one: one.id))


def _unit(need: Need, sites: list[Candidate], cells: Collection[Cell], counted: bool) -> Unit:
    distinct = {one.id: one for one in sites}
    stands = min(distinct.values(), key=lambda one: (one.distance_km is None, one.distance_km or 0.0, one.id))
    structure = Structure(replace(stands, kinds=_kinds(distinct.values())), tuple(distinct.values()))
    turnover = structure.turnover
    return Unit(structure, frozenset(cells), None if turnover is None else need.share * turnover, counted)


def _kinds(sites: Collection[Candidate]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for one in sites for kind in one.kinds))


def _admitted(need: Need, one: Unit) -> bool:
    return one.capacity is not None or not need.known


def _everywhere(need: Need, held: Collection[Cell]) -> set[Cell]:
    """Cells of the trades that are held in every part."""
    whole = [trade for trade in need.trades if all((trade, part) in held for part in need.parts)]
    return {(trade, part) for trade in whole for part in need.parts}


def structures(supply: Supply, clause: bool) -> Iterator[Structure]:
    """Those that count; for a clause also those that may only be equivalent, or whose kind is to be confirmed."""
    yield from supply.eligible
    if clause:
        for left in supply.excluded:
            if left.note in _NOT_COUNTED and left.candidate.zone in ("full", "wide"):
                yield Structure(left.candidate, (left.candidate,))


def _counts(one: Structure, supply: Supply) -> bool:
    return not set(legal_kinds(supply.article)).isdisjoint(one.site.kinds)


def slack(members: Sequence[Unit], demands: Sequence[Demand]) -> tuple[bool, float | None]:
    """Whether known capacities suffice, and by how much at the tightest: over every set of amounts, what those who serve them can
    bear against what is asked (Hall)."""
    least: float | None = None
    for size in range(1, len(demands) + 1):
        for some in combinations(demands, size):
            trades = frozenset[str]().union(*(one.trades for one in some))
            able = sum(one.capacity or 0.0 for one in members if not trades.isdisjoint(one.trades))
            left = able - sum(one.amount for one in some)
            least = left if least is None else min(least, left)
    sure = least is not None and least >= 0
    return sure, least if all(one.capacity is not None for one in members) else None

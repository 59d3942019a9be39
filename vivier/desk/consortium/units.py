"""The legal units that may be members of a group, and the amount that they can bear together. Pure functions of supplies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from vivier.desk.consortium.need import CLAUSE, Cell, Need, Unit
from vivier.desk.consortium.search import Demand
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import Supply, legal_kinds

_NOT_COUNTED: Final = ("equivalent", "to_confirm")


def units_of(need: Need, cells: Mapping[Cell, Supply]) -> tuple[Unit, ...]:
    """Legal units with the cells that they cover, in the order of ids. Without ``split``, a trade counts only for a unit that
    does it in every part."""
    covered: dict[str, set[Cell]] = {}
    sites: dict[str, list[Candidate]] = {}
    certain: set[str] = set()
    for cell in need.cells:
        for structure in structures(cells[cell], need.article == CLAUSE):
            unit = structure.site.unit
            covered.setdefault(unit, set()).add(cell)
            sites.setdefault(unit, []).extend(structure.sites)
            if _counts(structure, cells[cell]):
                certain.add(unit)
    made = (
        _unit(need, sites[unit], unit_cells if need.split else _everywhere(need, unit_cells), unit in certain)
        for unit, unit_cells in covered.items()
    )
    return tuple(sorted((unit for unit in made if unit.cells and _admitted(need, unit)), key=lambda unit: unit.id))


def _unit(need: Need, sites: list[Candidate], cells: Collection[Cell], counted: bool) -> Unit:
    distinct = {site.id: site for site in sites}
    nearest = min(distinct.values(), key=lambda site: (site.distance_km is None, site.distance_km or 0.0, site.id))
    structure = Structure(replace(nearest, kinds=_kinds(distinct.values())), tuple(distinct.values()))
    return Unit(structure, frozenset(cells), structure.cap(need.annual, need.share), counted)


def _kinds(sites: Collection[Candidate]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for site in sites for kind in site.kinds))


def _admitted(need: Need, unit: Unit) -> bool:
    return unit.capacity is not None or not need.known


def _everywhere(need: Need, covered: Collection[Cell]) -> set[Cell]:
    """The cells of the trades that are covered in every part."""
    whole = [trade for trade in need.trades if all((trade, part) in covered for part in need.parts)]
    return {(trade, part) for trade in whole for part in need.parts}


def structures(supply: Supply, clause: bool) -> Iterator[Structure]:
    """The structures that count. For a clause, also those that are only « equivalent » or whose kind is to be confirmed."""
    yield from supply.eligible
    if clause:
        for left in supply.excluded:
            if left.note in _NOT_COUNTED and left.candidate.zone in ("full", "wide"):
                yield Structure(left.candidate, (left.candidate,))


def _counts(structure: Structure, supply: Supply) -> bool:
    return not set(legal_kinds(supply.article)).isdisjoint(structure.site.kinds)


def slack(members: Sequence[Unit], demands: Sequence[Demand]) -> tuple[bool, float | None]:
    """Whether known capacities suffice, and the slack in euros a year at the tightest demand, ``None`` when a capacity is unknown.
    For every set of demands, the capacities of the members that serve it must reach its amount (Hall's theorem)."""
    least: float | None = None
    for size in range(1, len(demands) + 1):
        for some in combinations(demands, size):
            trades = frozenset[str]().union(*(demand.trades for demand in some))
            able = sum(member.capacity or 0.0 for member in members if not trades.isdisjoint(member.trades))
            left = able - sum(demand.amount for demand in some)
            least = left if least is None else min(least, left)
    sure = least is not None and least >= 0
    return sure, least if all(member.capacity is not None for member in members) else None

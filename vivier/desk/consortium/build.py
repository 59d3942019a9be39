"""Finds which structures could answer a lot together: the smallest groups that cover every trade, the place and the amount under
one article (docs/methods.md (f)). Pure functions: the same input gives the same groups.

A capacity is spent once: what a member spends on one trade is not available for another. So a group that is « enough » always
meets Σ min(Σ capacities of the members that do the trade, amount of the trade) ≥ amount, and one member suffices only if it can
bear the lot.

Finds why no group answers a need: a trade or a part that no structure covers, the places, the article, the amount, the number
of members.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from vivier.desk.consortium import need as needs
from vivier.desk.consortium.search import MOST_GROUPS, Demand, Pool, best_groups
from vivier.desk.method.assessing import Pool as Candidates
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.excluded import Excluded
from vivier.desk.method.reservable import applicability
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import Supply, legal_kinds
from vivier.law.articles import article_on

_NOT_COUNTED: Final = ("equivalent", "to_confirm")


def units_of(need: needs.Need, cells: Mapping[needs.Cell, Supply]) -> tuple[needs.Unit, ...]:
    """Legal units with the cells that they cover, in the order of ids. Without ``split``, a trade counts only for a unit that
    does it in every part."""
    covered: dict[str, set[needs.Cell]] = {}
    sites: dict[str, list[Candidate]] = {}
    certain: set[str] = set()
    for cell in need.cells:
        for structure in structures(cells[cell], need.article == needs.CLAUSE):
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


def _unit(need: needs.Need, sites: list[Candidate], cells: Collection[needs.Cell], counted: bool) -> needs.Unit:
    distinct = {site.id: site for site in sites}
    nearest = min(distinct.values(), key=lambda site: (site.distance_km is None, site.distance_km or 0.0, site.id))
    structure = Structure(replace(nearest, kinds=_kinds(distinct.values())), tuple(distinct.values()))
    return needs.Unit(structure, frozenset(cells), structure.cap(need.annual, need.share), counted)


def _kinds(sites: Collection[Candidate]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for site in sites for kind in site.kinds))


def _admitted(need: needs.Need, unit: needs.Unit) -> bool:
    return unit.capacity is not None or not need.known


def _everywhere(need: needs.Need, covered: Collection[needs.Cell]) -> set[needs.Cell]:
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


def slack(members: Sequence[needs.Unit], demands: Sequence[Demand]) -> tuple[bool, float | None]:
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


_ZONES: Final = ("zone_partial", "zone_none")
_MENDABLE: Final = (*_ZONES, "agreement_expired", "agreement_to_check", "kind_not_eligible")
"""Exclusion reasons that a larger zone, another agreement or another article would remove."""


def blocks(need: needs.Need, supplies: needs.Supplies) -> tuple[needs.Block, ...]:
    """The first reason that applies, in this order: cells that no structure covers; capacities, the other role or the number of
    members; no known capacity; no structure that covers all places; trades that no single article covers."""
    bare = tuple(_uncovered(cell, supplies) for cell in need.cells if not _somebody(need, cell, supplies))
    if bare:
        return bare
    covering = [units for cells in supplies.values() if _covers(need, units := units_of(need, cells))]
    if covering:
        return (_short(need, covering[0]),)
    if need.known and any(_covers(need, units_of(replace(need, known=False), cells)) for cells in supplies.values()):
        return (needs.Block("capacity", amount=0.0),)
    wider = replace(need, split=True, known=False)
    if any(_covers(need, units_of(wider, cells)) for cells in supplies.values()):
        return (needs.Block("split"),)
    return (needs.Block("article"),)


def _somebody(need: needs.Need, cell: needs.Cell, supplies: needs.Supplies) -> bool:
    return any(any(True for _ in structures(cells[cell], need.article == needs.CLAUSE)) for cells in supplies.values())


def _covers(need: needs.Need, units: Sequence[needs.Unit]) -> bool:
    return frozenset[needs.Cell]().union(*(unit.cells for unit in units)).issuperset(need.cells)


def _uncovered(cell: needs.Cell, supplies: needs.Supplies) -> needs.Block:
    left = (excluded for cells in supplies.values() for excluded in cells[cell].excluded)
    nearest = min((excluded for excluded in left if excluded.reason in _MENDABLE), key=_nearness, default=None)
    if nearest is None:
        return needs.Block("uncovered", cell)
    return needs.Block("uncovered", cell, nearest.candidate, nearest.note or nearest.reason)


def _nearness(excluded: Excluded) -> tuple[bool, float, int, str]:
    """Sort key of an exclusion: zones before agreements and kinds, then the nearest structure."""
    away = float("inf") if excluded.candidate.distance_km is None else excluded.candidate.distance_km
    return excluded.reason not in _ZONES, away, _MENDABLE.index(excluded.reason), excluded.candidate.id


def _short(need: needs.Need, units: Sequence[needs.Unit]) -> needs.Block:
    """The reason when structures cover every cell: capacity, the other role, or the number of members allowed."""
    demands = need.demands()
    at_best = [unit if unit.capacity is not None else replace(unit, capacity=float("inf")) for unit in units]
    if demands and not slack(at_best, demands)[0]:
        return needs.Block("capacity", amount=_most(need, units))
    if need.complement and len({unit.role for unit in units}) < 2:
        return needs.Block("complement")
    return needs.Block("size", amount=_most(need, units) if demands else None)


def _most(need: needs.Need, units: Sequence[needs.Unit]) -> float:
    """Most euros a year that the allowed number of members can bear, counting known capacities."""
    return sum(sorted((unit.capacity or 0.0 for unit in units), reverse=True)[: need.most])


__all__ = ["blocks"]


def gated(
    need: needs.Need, pools: Mapping[needs.Cell, Sequence[Candidate]], opposed: Collection[str] = ()
) -> needs.Supplies:
    """The supply of each cell under each article considered."""
    return supplied(need, {cell: Candidates(pool) for cell, pool in pools.items()}, opposed)


def supplied(need: needs.Need, pools: Mapping[needs.Cell, Candidates], opposed: Collection[str] = ()) -> needs.Supplies:
    """The same for pools that other lots may share: each is gated once."""
    return {
        article: {cell: pool.supply(article, need.as_of, opposed) for cell, pool in pools.items()}
        for article in needs.articles_of(need)
    }


def sirens_of(supplies: needs.Supplies) -> frozenset[str]:
    """SIREN of every structure that might be a member, to read its past contracts."""
    every = (
        structure.site.siren
        for cells in supplies.values()
        for supply in cells.values()
        for structure in structures(supply, True)
    )
    return frozenset(siren for siren in every if siren is not None)


def consortia(need: needs.Need, supplies: needs.Supplies, joint: needs.Joint | None = None) -> needs.Consortium:
    """The best groups of a need. ``joint``: the past work that two structures share, by ordered pair of SIREN.

    Raises ``InvalidRequest`` with every value to correct, by field.
    """
    needs.check(need)
    known = joint or {}
    found: dict[tuple[str, ...], tuple[tuple[float, ...], needs.Group]] = {}
    optimal, eligible = True, set[str]()
    for cells in supplies.values():
        units = units_of(need, cells)
        eligible |= {unit.structure.site.unit for unit in units}
        pool = _pool(need, units, known)
        ranked = best_groups(pool, need.most)
        optimal &= ranked.optimal
        for key, rows in ranked.groups:
            group = _group(need, tuple(units[row] for row in rows), known)
            ids = tuple(member.id for member in group.members)
            found.setdefault(ids, (key, group))
    listed = sorted(found.items(), key=lambda item: (item[1][0], item[0]))[:MOST_GROUPS]
    groups = tuple(group for _, (_, group) in listed)
    return needs.Consortium(need, groups, () if groups else tuple(blocks(need, supplies)), len(eligible), optimal)


def surest(need: needs.Need, supplies: needs.Supplies, joint: needs.Joint | None = None) -> needs.Consortium:
    """Groups whose capacities are all known, when the need has an amount and such groups exist; else the best ones."""
    if need.demands() and not need.known:
        sure = consortia(replace(need, known=True), supplies, joint)
        if sure.groups:
            return sure
    return consortia(need, supplies, joint)


def _pool(need: needs.Need, units: Sequence[needs.Unit], joint: needs.Joint) -> Pool:
    """The units in the form that the search takes."""
    by_siren = {unit.site.siren: row for row, unit in enumerate(units) if unit.site.siren is not None}
    pairs = {
        (by_siren[first], by_siren[second]): (len(shared.contracts), len(shared.lots))
        for (first, second), shared in joint.items()
        if first in by_siren and second in by_siren
    }
    return Pool(
        cells=[unit.cells for unit in units],
        wanted=need.cells,
        capacities=[unit.capacity for unit in units],
        demands=need.demands(),
        distances=[unit.site.distance_km for unit in units],
        networks=[frozenset(unit.site.networks) for unit in units],
        staffing=[unit.role == "staffing" for unit in units],
        complement=need.complement,
        pairs=pairs,
    )


def _group(need: needs.Need, members: tuple[needs.Unit, ...], joint: needs.Joint) -> needs.Group:
    demands = need.demands()
    sure, left = slack(members, demands)
    article, legal = _legal(need, members)
    distances = [member.site.distance_km for member in members]
    known = [distance for distance in distances if distance is not None]
    return needs.Group(
        members,
        article,
        legal,
        "not_asked" if not demands else "enough" if sure else "unknown",
        sum(member.capacity or 0.0 for member in members),
        left,
        tuple(_together(members, joint)),
        sum(known) if len(known) == len(distances) else None,
    )


def _together(members: Sequence[needs.Unit], joint: needs.Joint) -> Iterator[needs.Together]:
    for left, right in combinations(members, 2):
        if left.site.siren is None or right.site.siren is None:
            continue
        first, second = sorted((left.site.siren, right.site.siren))
        shared = tuple(sorted(set(left.site.networks) & set(right.site.networks)))
        known = joint.get((first, second), needs.Together((first, second)))
        if known.contracts or known.lots or shared:
            yield replace(known, networks=shared)


def _legal(need: needs.Need, members: Sequence[needs.Unit]) -> tuple[str | None, tuple[str, ...]]:
    """The article that a group could be reserved under, and the French sentences that qualify it."""
    several = len(members) > 1
    each = ("Que chaque membre doive remplir lui-même la condition de l'article n'est pas vérifié.",) if several else ()
    if need.article not in (needs.AUTO, needs.CLAUSE):
        applies = applicability(need.article, (), need.months, "other", need.as_of)
        return (need.article if applies.state != "no" else None), (*applies.reasons, *each)
    for article in needs.NARROWER[need.kind]:
        legal = frozenset(legal_kinds(article))
        if article_on(article, need.as_of).holds_on(need.as_of) and all(
            not legal.isdisjoint(member.site.kinds) for member in members
        ):
            return article, each
    unsure = ", ".join(member.site.name for member in members if not member.counted)
    text = f"Pas pour un lot réservé : {unsure or 'les membres'} ne relève{'' if unsure else 'nt'} pas de l'article avec certitude."
    return None, (text, "Possible pour une clause d'insertion, en cotraitance ou en sous-traitance.")

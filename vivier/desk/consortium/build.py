"""Finds which structures could answer a lot together: the smallest groups that cover every trade, the place and the amount under
one article (docs/methods.md (f)). Pure functions: the same input gives the same groups.

A capacity is spent once: what a member spends on one trade is not available for another. So a group that is « enough » always
meets Σ min(Σ capacities of the members that do the trade, amount of the trade) ≥ amount, and one member suffices only if it can
bear the lot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from vivier.desk.consortium.blocks import blocks
from vivier.desk.consortium.need import (
    AUTO,
    CLAUSE,
    NARROWER,
    Cell,
    Consortium,
    Group,
    Joint,
    Need,
    Supplies,
    Together,
    Unit,
    articles_of,
    check,
)
from vivier.desk.consortium.search import MOST_GROUPS, Pool, best_groups
from vivier.desk.consortium.units import slack, structures, units_of
from vivier.desk.method.assessing import Pool as Candidates
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.reservable import applicability
from vivier.desk.method.supply import legal_kinds
from vivier.law.articles import article_on


def gated(need: Need, pools: Mapping[Cell, Sequence[Candidate]], opposed: Collection[str] = ()) -> Supplies:
    """The supply of each cell under each article considered."""
    return supplied(need, {cell: Candidates(pool) for cell, pool in pools.items()}, opposed)


def supplied(need: Need, pools: Mapping[Cell, Candidates], opposed: Collection[str] = ()) -> Supplies:
    """The same for pools that other lots may share: each is gated once."""
    return {
        article: {cell: pool.supply(article, need.as_of, opposed) for cell, pool in pools.items()}
        for article in articles_of(need)
    }


def sirens_of(supplies: Supplies) -> frozenset[str]:
    """SIREN of every structure that might be a member, to read its past contracts."""
    every = (
        structure.site.siren
        for cells in supplies.values()
        for supply in cells.values()
        for structure in structures(supply, True)
    )
    return frozenset(siren for siren in every if siren is not None)


def consortia(need: Need, supplies: Supplies, joint: Joint | None = None) -> Consortium:
    """The best groups of a need. ``joint``: the past work that two structures share, by ordered pair of SIREN.

    Raises ``InvalidRequest`` with every value to correct, by field.
    """
    check(need)
    known = joint or {}
    found: dict[tuple[str, ...], tuple[tuple[float, ...], Group]] = {}
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
    return Consortium(need, groups, () if groups else tuple(blocks(need, supplies)), len(eligible), optimal)


def surest(need: Need, supplies: Supplies, joint: Joint | None = None) -> Consortium:
    """Groups whose capacities are all known, when the need has an amount and such groups exist; else the best ones."""
    if need.demands() and not need.known:
        sure = consortia(replace(need, known=True), supplies, joint)
        if sure.groups:
            return sure
    return consortia(need, supplies, joint)


def _pool(need: Need, units: Sequence[Unit], joint: Joint) -> Pool:
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


def _group(need: Need, members: tuple[Unit, ...], joint: Joint) -> Group:
    demands = need.demands()
    sure, left = slack(members, demands)
    article, legal = _legal(need, members)
    distances = [member.site.distance_km for member in members]
    known = [distance for distance in distances if distance is not None]
    return Group(
        members,
        article,
        legal,
        "not_asked" if not demands else "enough" if sure else "unknown",
        sum(member.capacity or 0.0 for member in members),
        left,
        tuple(_together(members, joint)),
        sum(known) if len(known) == len(distances) else None,
    )


def _together(members: Sequence[Unit], joint: Joint) -> Iterator[Together]:
    for left, right in combinations(members, 2):
        if left.site.siren is None or right.site.siren is None:
            continue
        first, second = sorted((left.site.siren, right.site.siren))
        shared = tuple(sorted(set(left.site.networks) & set(right.site.networks)))
        known = joint.get((first, second), Together((first, second)))
        if known.contracts or known.lots or shared:
            yield replace(known, networks=shared)


def _legal(need: Need, members: Sequence[Unit]) -> tuple[str | None, tuple[str, ...]]:
    """The article that a group could be reserved under, and the French sentences that qualify it."""
    several = len(members) > 1
    each = ("Que chaque membre doive remplir lui-même la condition de l'article n'est pas vérifié.",) if several else ()
    if need.article not in (AUTO, CLAUSE):
        applies = applicability(need.article, (), need.months, "other", need.as_of)
        return (need.article if applies.state != "no" else None), (*applies.reasons, *each)
    for article in NARROWER[need.kind]:
        legal = frozenset(legal_kinds(article))
        if article_on(article, need.as_of).holds_on(need.as_of) and all(
            not legal.isdisjoint(member.site.kinds) for member in members
        ):
            return article, each
    unsure = ", ".join(member.site.name for member in members if not member.counted)
    text = f"Pas pour un lot réservé : {unsure or 'les membres'} ne relève{'' if unsure else 'nt'} pas de l'article avec certitude."
    return None, (text, "Possible pour une clause d'insertion, en cotraitance ou en sous-traitance.")

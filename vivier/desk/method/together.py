"""Pairs and trios of structures that could bear a lot together (docs/methods.md (f)).

Every pair, then every trio, of the structures that the study counts is compared: the smallest groups that cover each trade in each place,
under one article, and whose capacities, spent once, reach the yearly amount. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Final, Literal

from vivier.deadline import check
from vivier.desk.method.assessing import Pool
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import legal_kinds
from vivier.law.articles import article_on

METHOD_VERSION: Final = "together-1"
MOST_MEMBERS: Final = 3
MOST_GROUPS: Final = 5
MOST_COMPARED: Final = 24
"""Structures compared: those that cover most and bear most, each trade and place in turn."""
MOST_CELLS: Final = 60

Cell = tuple[str, str]
"""A trade in a part of the territory."""
Pair = tuple[str, str]
"""Two SIREN, in order."""
CapacityState = Literal["enough", "unknown", "not_asked"]
_ARTICLES: Final = {"marche": ("L2113-12", "L2113-13", "L2113-14"), "concession": ("L3113-1", "L3113-2")}
"""The narrowest first: the last one joins the two families of structures."""
_FAR: Final = 40_075.0
"""Kilometres that stand for an unknown distance: the circumference of the Earth."""


@dataclass(frozen=True)
class Shared:
    """A lot that a group must bear: every trade in every part. ``annual``: euros HT a year, ``None`` when unknown; ``share``: of a
    turnover that one year of the lot may weigh."""

    trades: tuple[str, ...]
    parts: tuple[str, ...]
    as_of: date
    share: float
    annual: float | None = None
    kind: Literal["marche", "concession"] = "marche"

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple((trade, part) for trade in self.trades for part in self.parts)

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles in force whose structures are considered, the narrowest first."""
        every = _ARTICLES[self.kind]
        return tuple(code for code in every if article_on(code, self.as_of).holds_on(self.as_of))


@dataclass(frozen=True)
class Member:
    """A legal unit, the cells that it covers, and the euros a year that it can bear (``None``: unknown)."""

    structure: Structure
    cells: frozenset[Cell]
    capacity: float | None

    @property
    def site(self) -> Candidate:
        return self.structure.site


@dataclass(frozen=True)
class Together:
    """The groups of a lot, best first, or the cells that no structure covers. ``past``: contracts that two SIREN held as a group."""

    lot: Shared
    groups: tuple[Group, ...]
    bare: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Group:
    """One, two or three members in the order of ids, and the narrowest article that all of them meet."""

    members: tuple[Member, ...]
    article: str
    state: CapacityState
    past: tuple[tuple[Pair, tuple[str, ...]], ...]

    @property
    def bears(self) -> float:
        """Euros a year, over known capacities."""
        return sum(member.capacity or 0.0 for member in self.members)


def together(lot: Shared, pools: Mapping[Cell, Pool], past: Mapping[Pair, tuple[str, ...]]) -> Together:
    """The groups of a lot. Those whose capacities are all known come first; else some must be asked."""
    members = members_of(lot, pools)
    covered = frozenset[Cell]().union(*(member.cells for member in members))
    bare = tuple(cell for cell in lot.cells if cell not in covered)
    sure = [member for member in members if member.capacity is not None]
    for some in (sure, members) if lot.annual is not None else (members,):
        groups = tuple(_best(lot, some, past)) if not bare else ()
        if groups:
            return Together(lot, groups)
    return Together(lot, (), bare)


def members_of(lot: Shared, pools: Mapping[Cell, Pool]) -> list[Member]:
    """Each legal unit that the gate lets through, in the order of ids."""
    cells: dict[str, set[Cell]] = {}
    sites: dict[str, dict[str, Candidate]] = {}
    widest = _ARTICLES[lot.kind][-1]
    for article in (widest,) if widest in lot.articles else lot.articles:
        for cell in lot.cells:
            for structure in pools[cell].supply(article, lot.as_of).eligible:
                unit = structure.site.unit
                cells.setdefault(unit, set()).add(cell)
                sites.setdefault(unit, {}).update((site.id, site) for site in structure.sites)
    made = (_member(lot, tuple(sites[unit].values()), frozenset(some)) for unit, some in cells.items())
    return sorted(made, key=lambda member: member.site.id)


def _member(lot: Shared, sites: tuple[Candidate, ...], cells: frozenset[Cell]) -> Member:
    nearest = min(sites, key=lambda site: (_away(site), site.id))
    kinds = tuple(dict.fromkeys(kind for site in sites for kind in site.kinds))
    structure = Structure(replace(nearest, kinds=kinds), sites)
    return Member(structure, cells, structure.cap(lot.annual, lot.share))


def _best(lot: Shared, members: Sequence[Member], past: Mapping[Pair, tuple[str, ...]]) -> Iterator[Group]:
    """The groups of the least size that has one."""
    compared = _compared(lot, members)
    for size in range(1, MOST_MEMBERS + 1):
        check()
        some = [group for each in combinations(compared, size) if (group := _group(lot, each, past)) is not None]
        if some:
            yield from sorted(some, key=_rank)[:MOST_GROUPS]
            return


def _compared(lot: Shared, members: Sequence[Member]) -> list[Member]:
    """The members to compare, in the order of ids."""
    best = sorted(
        members,
        key=lambda member: (-len(member.cells), member.capacity is None, -(member.capacity or 0.0), _away(member.site)),
    )
    queues = [[member for member in best if cell in member.cells] for cell in lot.cells]
    turns = (queue[turn] for turn in range(max(map(len, queues), default=0)) for queue in queues if turn < len(queue))
    chosen = list({member.site.id: member for member in turns}.values())[:MOST_COMPARED]
    return sorted(chosen, key=lambda member: member.site.id)


def _group(lot: Shared, members: tuple[Member, ...], past: Mapping[Pair, tuple[str, ...]]) -> Group | None:
    """The group, when it covers and bears the lot under one article."""
    if len(frozenset[Cell]().union(*(member.cells for member in members))) < len(lot.cells):
        return None
    unknown = any(member.capacity is None for member in members)
    if lot.annual is not None and not unknown and sum(member.capacity or 0.0 for member in members) < lot.annual:
        return None
    legal = (code for code in lot.articles if all(_answers(member, code) for member in members))
    article = next(legal, None)
    if article is None:
        return None
    sirens = sorted(member.site.siren for member in members if member.site.siren is not None)
    known = tuple((pair, past[pair]) for pair in combinations(sirens, 2) if past.get(pair))
    state: CapacityState = "not_asked" if lot.annual is None else "unknown" if unknown else "enough"
    return Group(members, article, state, known)


def _answers(member: Member, article: str) -> bool:
    return not set(legal_kinds(article)).isdisjoint(member.site.kinds)


def _rank(group: Group) -> tuple[object, ...]:
    """Fewest unknown capacities, most contracts held together, shortest distances, ids: no ranking of structures."""
    unknown = sum(member.capacity is None for member in group.members)
    shared = sum(len(contracts) for _, contracts in group.past)
    return (
        unknown,
        -shared,
        sum(_away(member.site) for member in group.members),
        [member.site.id for member in group.members],
    )


def _away(site: Candidate) -> float:
    return _FAR if site.distance_km is None else site.distance_km

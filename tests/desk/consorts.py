"""Needs and candidates made up for the groups of structures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from vivier.desk.consortium.build import consortia, gated, slack
from vivier.desk.consortium.need import Consortium, Group, Joint, Need, Unit
from vivier.desk.consortium.text import Names
from vivier.desk.method.candidate import Candidate

AS_OF = date(2026, 11, 24)
HERE, THERE = "departement:35", "departement:22"
LAWNS, LAUNDRY, WORKS = "espaces-verts", "linge", "travaux"
NAMES = Names(str, str)
Pools = dict[tuple[str, str], list[Candidate]]


def need(*trades: str, **known: Any) -> Need:
    return Need(**{"trades": trades or (LAWNS,), "parts": (HERE,), "as_of": AS_OF, "share": 0.3, **known})


def pools(asked: Need, **by_trade: list[Candidate]) -> Pools:
    """The same candidates of a trade in every part."""
    return {(trade, part): by_trade.get(trade.replace("-", "_"), []) for trade, part in asked.cells}


def found(asked: Need, some: Pools, joint: Joint | None = None) -> Consortium:
    return consortia(asked, gated(asked, some), joint)


def sirens(group: Group) -> set[str | None]:
    return {one.site.siren for one in group.members}


def _covers(asked: Need, members: tuple[Unit, ...]) -> bool:
    held = frozenset[tuple[str, str]]().union(*(one.cells for one in members))
    return held.issuperset(asked.cells)


def _bears(asked: Need, members: tuple[Unit, ...]) -> bool:
    """Unknown capacities may be any."""
    at_best = [one if one.capacity is not None else replace(one, capacity=1e18) for one in members]
    return not asked.demands() or slack(at_best, asked.demands())[0]


def holds(asked: Need, members: tuple[Unit, ...]) -> bool:
    """All that is asked of a group, but being the smallest."""
    roles = {one.role for one in members}
    return _covers(asked, members) and _bears(asked, members) and (not asked.complement or len(roles) == 2)

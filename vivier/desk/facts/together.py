"""Reads what the groups of a lot rest on: who covers each part of its place, and the contracts that two structures held as a group.

Several holders of one contract without a group (« Pas de groupement ») share a framework: they are rivals, not partners.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from vivier.bodies import Body
from vivier.desk.facts.experience import indexed
from vivier.desk.method.assessing import Pool
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.together import MOST_CELLS, Cell, Pair, Shared, Together, members_of, together
from vivier.lexicon import Lexicon
from vivier.search import operators as ops
from vivier.search.filters import holding
from vivier.search.snapshot import Snapshot
from vivier.suppliers.reach import reach

TOO_MANY: Final = f"Groupements non cherchés : {MOST_CELLS} couples d'un métier et d'un lieu au plus par lot."
GROUPED: Final = ops.Terms("award", ("group",))
"""The contract is held by a group, *conjoint* or *solidaire*."""


class CitedBody(Body):
    """A contract that shows structures together."""

    id: str
    object: str | None
    buyer: str | None
    notified: str | None
    grouping: str | None


@dataclass(frozen=True)
class Studied:
    """The groups, the contracts that they cite, and whether contracts are indexed: without them, past work together is unknown."""

    groups: Together
    cited: Mapping[str, CitedBody]
    past_known: bool


def too_many(lot: Shared) -> bool:
    """Whether the lot has too many trades and places to look for groups."""
    return len(lot.cells) > MOST_CELLS


def of_lot(lot: Shared, by_trade: Mapping[str, Pool], snapshot: Snapshot, lexicon: Lexicon) -> Studied | None:
    """The groups of a lot. ``None`` for a lot of one trade and one place that one structure is known to bear, or that has no amount.
    ``by_trade``: the candidates of each trade."""
    pools = {
        cell: pool for trade in lot.trades for cell, pool in _cells(trade, by_trade[trade], lot, snapshot, lexicon)
    }
    members = members_of(lot, pools)
    if len(pools) == 1 and (lot.annual is None or any((member.capacity or 0.0) >= lot.annual for member in members)):
        return None
    known = indexed(snapshot)
    sirens = {member.site.siren for member in members if member.site.siren is not None}
    groups = together(lot, pools, held_together(sirens, snapshot) if known else {})
    return Studied(groups, _cited(groups, snapshot) if known else {}, known)


def held_together(sirens: Collection[str], snapshot: Snapshot) -> dict[Pair, tuple[str, ...]]:
    """The ids of the contracts that two structures held as a group, by pair. A pair without any is absent."""
    values = tuple(sorted(sirens))
    if len(values) < 2:
        return {}
    where = ops.conjunction(ops.Terms("holders", values), GROUPED)
    return pairs_of(snapshot.contracts.members(where, "holders", values))


def pairs_of(ids_by_holder: Mapping[str, Iterable[str]]) -> dict[Pair, tuple[str, ...]]:
    """The ids that two holders share, by pair."""
    holders: dict[str, set[str]] = {}
    for siren, ids in ids_by_holder.items():
        for id_ in ids:
            holders.setdefault(id_, set()).add(siren)
    shared: dict[Pair, list[str]] = {}
    for id_, some in sorted(holders.items()):
        for first, second in combinations(sorted(some), 2):
            shared.setdefault((first, second), []).append(id_)
    return {pair: tuple(ids) for pair, ids in shared.items()}


def _cells(trade: str, pool: Pool, lot: Shared, snapshot: Snapshot, lexicon: Lexicon) -> Iterable[tuple[Cell, Pool]]:
    """The candidates of a trade in each part. One that answered serves every part: it was asked for the whole place."""
    if len(lot.parts) == 1:
        yield (trade, lot.parts[0]), pool
        return
    reached = _reached(trade, lot.parts, lot.as_of, snapshot, lexicon)
    for part in lot.parts:
        yield (trade, part), Pool([_in(site, reached[part].get(site.id)) for site in pool.candidates])


def _in(site: Candidate, zone: str | None) -> Candidate:
    """A candidate with its coverage class in one part: ``partial`` when its zone reaches less than half of the people there."""
    if site.takes:
        return site
    there = zone or ("partial" if site.zone in ("full", "wide") else site.zone)
    return site if there == site.zone else site.but(zone=there)


def _reached(
    trade: str, parts: Sequence[str], as_of: date, snapshot: Snapshot, lexicon: Lexicon
) -> dict[str, dict[str, str]]:
    """For each part, the coverage class (``full`` or ``wide``) of the suppliers that cover at least half of it for the trade."""
    offer = holding(as_of.isoformat(), ops.Terms("trade", (trade,)))
    reached: dict[str, dict[str, str]] = {}
    for part in parts:
        place = lexicon.gazetteer.get(part)
        full, wide = (
            ops.Same("offers", (offer, reach(name, (place,), lexicon.gazetteer))) for name in ("full", "wide")
        )
        points = (ops.Part("zone", (ops.Tier(full, 2), ops.Tier(wide, 1))),)
        search = ops.Search(where=ops.AnyOf((full, wide)), parts=points, sort=(ops.Sort("name_sort"),))
        hits = snapshot.suppliers.stream(search)
        reached[part] = {hit.id: "full" if hit.parts.get("zone", 0) == 2 else "wide" for hit in hits}
    return reached


def _cited(groups: Together, snapshot: Snapshot) -> dict[str, CitedBody]:
    ids = {id_ for group in groups.groups for _, contracts in group.past for id_ in contracts}
    records = snapshot.contracts.get(sorted(ids)) if ids else {}
    return {
        id_: {
            "id": id_,
            "object": record.get("object"),
            "buyer": record["buyer"].get("name") or record["buyer"].get("siren"),
            "notified": record.get("notified"),
            "grouping": record.get("grouping"),
        }
        for id_, record in sorted(records.items())
    }

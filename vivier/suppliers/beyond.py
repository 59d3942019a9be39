"""Nothing or little found: what else there is. One change of the query, the nearest suppliers outside, related trades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from typing import Final

from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.search.codes import trades_of_cpv
from vivier.search.operators import Facet, Not, Search, Sort, conjunction
from vivier.search.query import changed
from vivier.search.relax import Relaxation
from vivier.suppliers.find import SupplierFound, SupplierResult, plan_of, result_of
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.relax import relaxed

LITTLE: Final = 5
"""With fewer results than that, one also says what lies beyond."""
NEAREST: Final = 5
FARTHEST_KM: Final = 500.0
"""Beyond, it is no neighbour: another side of the country, or of the world."""
RELATED: Final = 6
_LOOKED_AT: Final = 25
"""Seats nearest to the point of reference, put in the order of their distance to the territory itself."""
_LEAST_SURE: Final = 0.1
"""Confidence of the trades read in the words searched."""


@dataclass(frozen=True)
class RelatedTrade:
    """A trade near those asked, the ``total`` of the same search with it in their place, and that search."""

    code: str
    name: str
    total: int
    query: SupplierQuery


@dataclass(frozen=True)
class Beyond:
    """``nearest``: suppliers that meet everything but the place, nearest first, as they would be told in this search
    (without points); ``trades``: only those that give results."""

    relaxations: tuple[Relaxation, ...] = ()
    nearest: tuple[SupplierResult, ...] = ()
    trades: tuple[RelatedTrade, ...] = ()


def beyond(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Beyond | None:
    """What lies beyond an answer of fewer than :data:`LITTLE` results, ``None`` for another. Some fifteen small searches."""
    if found.total >= LITTLE:
        return None
    return Beyond(
        relaxed(found, snapshot, lexicon, today),
        tuple(_nearest(found, snapshot, lexicon, today)),
        tuple(_related(found, snapshot, lexicon, today)),
    )


def _nearest(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> list[SupplierResult]:
    plan, query = found.plan, found.plan.query
    if not plan.search.origins:
        return []
    elsewhere = plan_of(changed(query, territory=(), near=None), snapshot, lexicon, today).search
    search = Search(
        where=conjunction(elsewhere.where, Not(plan.search.where)),
        sort=(Sort("distance"),),
        origins=plan.search.origins,
        limit=_LOOKED_AT,
    )
    hits = snapshot.suppliers.search(search).hits
    told = [result_of(hit, plan, lexicon) for hit in hits]
    near = ((one.distance_km, replace(one, components=())) for one in told if one.distance_km is not None)
    return [one for _, one in sorted((pair for pair in near if pair[0] <= FARTHEST_KM), key=itemgetter(0))[:NEAREST]]


def _related(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Iterator[RelatedTrade]:
    """Counted at once, as a facet of the search without its trade (or without its words, when trades are read in them)."""
    query = found.plan.query
    asked = tuple(dict.fromkeys((*query.trade, *(code for cpv in query.cpv for code in trades_of_cpv(lexicon, cpv)))))
    near = _neighbours(asked, lexicon) if asked else _told(query.q, lexicon)
    if not near:
        return
    free = changed(query, trade=(), cpv=(), q=query.q if asked else None)
    where = plan_of(free.model_copy(update={"facets": ("trade",)}), snapshot, lexicon, today).search
    facet = replace(where.facets[0], size=len(lexicon.trade_names))
    counts = _counted(facet, snapshot)
    kept = [code for code in near if counts.get(code, 0) > 0][:RELATED]
    for code in kept:
        yield RelatedTrade(code, lexicon.trade_names[code], counts[code], changed(free, trade=(code,)))


def _counted(facet: Facet, snapshot: Snapshot) -> dict[str, int]:
    search = Search(where=facet.where, sort=(Sort("name_sort"),), facets=(facet,), limit=0)
    return snapshot.suppliers.search(search).facets[facet.name].values


def _neighbours(codes: tuple[str, ...], lexicon: Lexicon) -> list[str]:
    """Broader trades, then those of the same broader trade, then those of the same group."""
    trades = lexicon.trades
    within = {one.code for code in codes for one in trades.descendants(code)}
    broader = [above.code for code in codes for above in trades.ancestors(code)]
    parents = {trades.get(code).parent for code in codes} - {None}
    groups = {trades.get(code).group for code in codes}
    siblings = [one.code for one in trades if one.parent in parents]
    family = [one.code for one in trades if one.group in groups]
    return [code for code in dict.fromkeys((*broader, *siblings, *family)) if code not in within]


def _told(q: str | None, lexicon: Lexicon) -> list[str]:
    """Trades that the words searched may mean."""
    if q is None:
        return []
    need = resolve_need(q, lexicon)
    return [one.id for one in (*need.sectors, *need.alternatives) if one.confidence >= _LEAST_SURE]

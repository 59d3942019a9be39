"""Nothing or little found: what one change of the query would give, and the related trades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.search.operators import Facet, Search, Sort
from vivier.search.query import changed
from vivier.search.relax import Relaxation
from vivier.suppliers.find import SupplierFound, plan_of
from vivier.suppliers.groups import near_trades, wanted_trades
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.relax import relaxed

LITTLE: Final = 5
"""With fewer results than that, one also says what lies beyond."""
RELATED: Final = 6
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
    """What to change. ``trades``: only those that give results."""

    relaxations: tuple[Relaxation, ...] = ()
    trades: tuple[RelatedTrade, ...] = ()


def beyond(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Beyond | None:
    """What lies beyond an answer of fewer than :data:`LITTLE` results, ``None`` for another. Some fifteen small searches."""
    if found.total >= LITTLE:
        return None
    return Beyond(
        relaxed(found, snapshot, lexicon, today),
        tuple(_related(found, snapshot, lexicon, today)),
    )


def _related(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Iterator[RelatedTrade]:
    """Counted at once, as a facet of the search without its trade (or without its words, when trades are read in them)."""
    query = found.plan.query
    wanted = wanted_trades(query, lexicon)
    close = near_trades(wanted, lexicon)
    near = [*close.close, *close.family] if wanted else _trades_meant(query.q, lexicon)
    if not near:
        return
    free = changed(query, trade=(), cpv=(), q=query.q if wanted else None)
    where = plan_of(free.model_copy(update={"facets": ("trade",)}), snapshot, lexicon, today).search
    facet = replace(where.facets[0], size=len(lexicon.trade_names))
    counts = _counted(facet, snapshot)
    available = [code for code in near if counts.get(code, 0) > 0][:RELATED]
    for code in available:
        yield RelatedTrade(code, lexicon.trade_names[code], counts[code], changed(free, trade=(code,)))


def _counted(facet: Facet, snapshot: Snapshot) -> dict[str, int]:
    search = Search(where=facet.where, sort=(Sort("name_sort"),), facets=(facet,), limit=0)
    return snapshot.suppliers.search(search).facets[facet.name].values


def _trades_meant(q: str | None, lexicon: Lexicon) -> list[str]:
    """Trades that the words searched may mean."""
    if q is None:
        return []
    need = resolve_need(q, lexicon)
    return [sector.id for sector in (*need.sectors, *need.alternatives) if sector.confidence >= _LEAST_SURE]

"""Proposes, when a search finds few suppliers, changes of the query and related trades that give more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vivier.french import kilometres
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.search.operators import Facet, Operator, Search, Sort
from vivier.search.query import MAX_RADIUS_KM, changed, filters, unknowns
from vivier.search.relax import Change, Relaxation, Wording, relaxations
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import SupplierFound
from vivier.suppliers.groups import wanted_trades
from vivier.suppliers.plan import SupplierPlan, condition_of
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.readings import plan_of
from vivier.trades.near import near_trades

MORE_KM: Final = 20.0
_WORDING: Final = Wording("Sans le filtre {}", "Sans les filtres {} et {}")


def relaxed(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> tuple[Relaxation, ...]:
    """The changes that give more results than the search did: those that widen a filter, then those that drop one."""
    query = found.plan.query

    def where(change: Change) -> Operator:
        words = found.plan.words if change.query.q == query.q else None
        return condition_of(change.query, lexicon, today, words)

    return relaxations(found, snapshot, _in_force(found.plan), _WORDING, where, _widened(query, lexicon))


def _in_force(plan: SupplierPlan) -> list[str]:
    """The parameters that a query may drop, in the order of its model."""
    names = {*plan.conditions.names, *(("coverage",) if plan.query.coverage is not None else ())}
    return [name for name in type(plan.query).model_fields if name in names]


def _widened(query: SupplierQuery, lexicon: Lexicon) -> Iterator[Change]:
    if query.radius_km is not None and query.radius_km < MAX_RADIUS_KM:
        wider = min(query.radius_km + MORE_KM, MAX_RADIUS_KM)
        text = f"À {kilometres(wider)} au lieu de {kilometres(query.radius_km)}"
        yield Change(("radius_km",), text, changed(query, radius_km=wider))
    broader = tuple(dict.fromkeys(above.code for code in query.trade for above in lexicon.trades.ancestors(code)))
    if broader:
        names = ", ".join(lexicon.trade_names[code] for code in broader)
        text = f"Avec le métier plus large « {names} »"
        yield Change(("trade",), text, changed(query, trade=query.trade + broader))
    if query.territory and query.coverage is None:
        text = "Avec ceux dont le siège est là et la zone déclarée ailleurs (coverage=seat)"
        yield Change(("coverage",), text, changed(query, coverage="seat"))
    if query.territory and query.coverage != "any":
        text = "Avec toutes les couvertures (coverage=any)"
        yield Change(("coverage",), text, changed(query, coverage="any"))
    bounded = {filters(type(query))[name].figure for name in filters(type(query)) if getattr(query, name) is not None}
    for figure, name in unknowns(type(query)).items():
        if figure in bounded and figure not in query.include_unknown:
            text = f"En gardant ceux dont on ignore {name}"
            figures = (*query.include_unknown, figure)
            yield Change(("include_unknown",), text, changed(query, include_unknown=figures))


LITTLE: Final = 5
"""An answer with fewer results than this also proposes changes."""
RELATED: Final = 6
"""The most related trades proposed."""
_LEAST_SURE: Final = 0.1
"""The least confidence (0–1) of a trade read in the words of the query."""


@dataclass(frozen=True)
class RelatedTrade:
    """A trade near those of the query, with the ``query`` that has it in their place and the ``total`` of its results."""

    code: str
    name: str
    total: int
    query: SupplierQuery


@dataclass(frozen=True)
class Beyond:
    """The changes proposed. ``trades``: the related trades that give results."""

    relaxations: tuple[Relaxation, ...] = ()
    trades: tuple[RelatedTrade, ...] = ()


def beyond(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Beyond | None:
    """The changes proposed for an answer of fewer than :data:`LITTLE` results; ``None`` for a longer answer. Makes two searches one after
    the other, or three when words are to be read."""
    if found.total >= LITTLE:
        return None
    return Beyond(
        *snapshot.together(
            lambda: relaxed(found, snapshot, lexicon, today),
            lambda: tuple(_related(found, snapshot, lexicon, today)),
        )
    )


def _related(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Iterator[RelatedTrade]:
    """The related trades that give results, all counted by one facet of the search without its trade, or without its words when the
    trades are read in them."""
    query = found.plan.query
    wanted = wanted_trades(query, lexicon)
    close = near_trades(wanted, lexicon.trades)
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
    """Codes of the trades that the words of a query may mean."""
    if q is None:
        return []
    need = resolve_need(q, lexicon)
    return [sector.id for sector in (*need.sectors, *need.alternatives) if sector.confidence >= _LEAST_SURE]

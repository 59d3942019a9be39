"""Proposes, when a search finds few suppliers, to drop or to widen a filter, with the total of each change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from vivier.french import kilometres
from vivier.lexicon import Lexicon
from vivier.search.operators import Operator
from vivier.search.query import MAX_RADIUS_KM, changed, filters, unknowns
from vivier.search.relax import Change, Relaxation, Wording, relaxations
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import SupplierFound
from vivier.suppliers.plan import SupplierPlan, plan_search
from vivier.suppliers.query import SupplierQuery

MORE_KM: Final = 20.0
_WORDING: Final = Wording("Sans le filtre {}", "Sans les filtres {} et {}")


def relaxed(found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, today: date) -> tuple[Relaxation, ...]:
    """The changes that give more results than the search did: those that widen a filter, then those that drop one."""
    query = found.plan.query

    def where(change: Change) -> Operator:
        words = found.plan.words if change.query.q == query.q else None
        return plan_search(change.query, lexicon, today, words=words).search.where

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

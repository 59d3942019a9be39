"""Nothing or little found: which single change of the query gives more, and how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from vivier.engine.snapshot import Snapshot
from vivier.french import kilometres, plural
from vivier.lexicon import Lexicon
from vivier.search.operators import AnyOf, Search, Sort
from vivier.search.query import filters
from vivier.suppliers.find import Found, plan_of
from vivier.suppliers.query import SupplierQuery

Change = tuple[str, str, SupplierQuery]
"""Parameters touched (separated by commas), French text, the query it makes."""
MORE_KM = 20.0
MOST_PAIRS = 4
MOST_FILTERS = 6
"""Filters tried two by two: fifteen pairs at most."""
MAX_RADIUS_KM = 200.0
_NOT_FILTERS = frozenset(
    (
        "radius_km",
        "lot_amount",
        "lot_months",
        "include_unknown",
        "as_of",
        "sort",
        "seed",
        "page",
        "per_page",
        "fields",
        "facets",
    )
)
_TITLES = {
    "q": "Mots cherchés",
    "territory": "Territoire",
    "coverage": "Couverture",
    "near": "Autour d'un point",
    "polygon": "Polygone",
}


@dataclass(frozen=True)
class Relaxation:
    """One change: the ``parameter`` it touches (two, separated by a comma, when one is not enough), its French ``text``, the ``query`` it makes and its exact ``total``."""

    parameter: str
    text: str
    total: int
    query: SupplierQuery


def relaxations(found: Found, snapshot: Snapshot, lexicon: Lexicon, today: date) -> tuple[Relaxation, ...]:
    """The changes that give more than what was found, those that widen a filter before those that drop it.

    When no single one gives anything, filters are dropped two by two, and the pairs that keep closest to what was asked
    are told. All changes are counted by one search, which shares what they have in common.
    """
    query = found.plan.query

    def counted(changes: Iterable[Change]) -> list[Relaxation]:
        listed = list(changes)
        totals = _totals([other for _, _, other in listed], found, snapshot, lexicon, today)
        return [
            Relaxation(parameter, f"{text} : {plural(total, 'résultat')}", total, other)
            for (parameter, text, other), total in zip(listed, totals, strict=True)
            if total > found.total
        ]

    single = counted((*_widened(query, lexicon), *_dropped(query)))
    if single or found.total:
        return tuple(single)
    return tuple(sorted(counted(_dropped_two(query)), key=lambda one: one.total)[:MOST_PAIRS])


def _totals(
    queries: list[SupplierQuery], found: Found, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> Iterator[int]:
    """How many each query gives."""
    plans = (plan_of(query, snapshot, lexicon, today) for query in queries)
    counts = tuple((str(place), plan.search.where) for place, plan in enumerate(plans))
    search = Search(where=AnyOf(()), sort=(Sort("name_sort"),), counts=counts, limit=0)
    answer = snapshot.suppliers.search(search)
    return (answer.counts[name] for name, _ in counts)


def _dropped(query: SupplierQuery) -> Iterator[Change]:
    for name, title in _in_force(query).items():
        yield name, f"Sans le filtre « {title} »", changed(query, {name: _default(query, name)})


def _dropped_two(query: SupplierQuery) -> Iterator[Change]:
    for (name, title), (other, second) in combinations(list(_in_force(query).items())[:MOST_FILTERS], 2):
        left = changed(query, {name: _default(query, name), other: _default(query, other)})
        yield f"{name},{other}", f"Sans les filtres « {title} » et « {second} »", left


def _in_force(query: SupplierQuery) -> dict[str, str]:
    """The filters of a query, with their French titles."""
    declared = filters(type(query))
    return {
        name: declared[name].title if name in declared else _TITLES[name]
        for name in type(query).model_fields
        if name not in _NOT_FILTERS and getattr(query, name) != _default(query, name)
    }


def _default(query: SupplierQuery, name: str) -> Any:
    return type(query).model_fields[name].default


def _widened(query: SupplierQuery, lexicon: Lexicon) -> Iterator[Change]:
    if query.radius_km is not None and query.radius_km < MAX_RADIUS_KM:
        wider = min(query.radius_km + MORE_KM, MAX_RADIUS_KM)
        text = f"À {kilometres(wider)} au lieu de {kilometres(query.radius_km)}"
        yield "radius_km", text, changed(query, {"radius_km": wider})
    broader = tuple(dict.fromkeys(above.code for code in query.trade for above in lexicon.trades.ancestors(code)))
    if broader:
        names = ", ".join(lexicon.trade_names[code] for code in broader)
        yield "trade", f"Avec le métier plus large « {names} »", changed(query, {"trade": query.trade + broader})
    if query.territory and query.coverage != "any":
        yield "coverage", "Avec toutes les couvertures (coverage=any)", changed(query, {"coverage": "any"})
    for figure, name in (("turnover", "chiffre d'affaires"), ("staff", "effectif")):
        bounded = getattr(query, f"{figure}_min") is not None or getattr(query, f"{figure}_max") is not None
        if bounded and figure not in query.include_unknown:
            kept = (*query.include_unknown, figure)
            yield (
                "include_unknown",
                f"En gardant ceux dont le {name} est inconnu",
                changed(query, {"include_unknown": kept}),
            )


def changed(query: SupplierQuery, changes: dict[str, Any]) -> SupplierQuery:
    """A copy on its first page that remains a valid query: what only made sense with a dropped filter goes with it."""
    if "near" in changes:
        changes["radius_km"] = None
    if "territory" in changes:
        changes["coverage"] = None
    changed = query.model_copy(update={"page": 1, **changes})
    if changed.sort == "distance" and changed.near is None and not changed.territory:
        changed = changed.model_copy(update={"sort": "relevance"})
    return changed

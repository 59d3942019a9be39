"""An empty list explained: which conditions stand in the way, and how many results each change would give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Final

from vivier.contracts.asked import profile_of
from vivier.contracts.find import ListFound
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.ranking import rank_buyers
from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.operators import AnyOf, Search, conjunction
from vivier.search.query import filters
from vivier.suppliers.relax import MOST_FILTERS, MOST_PAIRS

TITLES: Final[Mapping[str, str]] = {
    "q": "Mots cherchés",
    "near": "Autour d'un point",
    "status": "État",
    "ending_months": "Finit dans les mois qui viennent",
    "lead": "Sorte de piste",
    "since": "Seulement ce qui est nouveau",
    "territory": "Territoire",
    "as_of": "À la date du",
}
LONGEST_MONTHS: Final = 120
WIDEST_WINDOW: Final = 36


@dataclass(frozen=True)
class ListRelaxation:
    """A change of the query: the ``parameters`` it touches, what it does in French, the ``query`` it makes, its ``total``."""

    parameters: tuple[str, ...]
    text: str
    total: int
    query: Model


def relaxed_list(found: ListFound, snapshot: Snapshot, fixed: Collection[str] = ()) -> tuple[ListRelaxation, ...]:
    """What dropping a condition of an empty list would give, two when one is not enough; nothing for a list with results.

    ``fixed``: parameters that the list itself sets (the nature of a project), which nobody can drop.
    """
    names = [name for name in found.plan.conditions if name not in fixed]
    if found.total or not names:
        return ()
    return tuple(_counted(found, snapshot, ((name,) for name in names))) or tuple(
        sorted(_counted(found, snapshot, combinations(names[:MOST_FILTERS], 2)), key=lambda one: one.total)[:MOST_PAIRS]
    )


def _counted(found: ListFound, snapshot: Snapshot, dropped: Iterable[tuple[str, ...]]) -> Iterator[ListRelaxation]:
    """All counted by one search, which shares what the changes have in common."""
    plan, several = found.plan, list(dropped)
    counts = tuple(
        (str(place), conjunction(*(one for name, one in plan.conditions.items() if name not in names)))
        for place, names in enumerate(several)
    )
    answer = snapshot.of(plan.collection).search(Search(where=AnyOf(()), counts=counts, limit=0))
    for place, names in enumerate(several):
        total = answer.counts[str(place)]
        if total:
            titles = " ni ".join(f"« {title_of(name, type(plan.query))} »" for name in names)
            yield ListRelaxation(names, f"sans {titles}", total, without(plan.query, *names))


def title_of(name: str, model: type[Model]) -> str:
    """The French name of a parameter of a list."""
    declared = filters(model).get(name)
    return declared.title if declared is not None else TITLES.get(name, name)


def without(query: Any, *names: str) -> Any:
    """The query on its first page, without some parameters and what only makes sense with them."""
    gone = {*names, *(("radius_km",) if "near" in names else ())}
    left = {name: type(query).model_fields[name].default for name in gone}
    changed = query.model_copy(update={"page": 1, **left})
    if getattr(changed, "sort", None) == "distance" and changed.near is None and not changed.territory:
        changed = changed.model_copy(update={"sort": "relevance"})
    return changed


def relaxed_leads(query: LeadsQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> tuple[ListRelaxation, ...]:
    """What one change would give to a profile without any lead, those that give something."""

    def total(changed: LeadsQuery) -> int:
        first = changed.model_copy(update={"per_page": 1})
        return find_leads(first, profile_of(first, snapshot, lexicon, today), snapshot, lexicon, today).total

    return _that_give(_changes_of_leads(query), total)


def _changes_of_leads(query: LeadsQuery) -> Iterator[tuple[tuple[str, ...], str, LeadsQuery]]:
    for name in ("lead", "provision", "reserved_for", "since"):
        if getattr(query, name):
            yield (name,), f"sans « {title_of(name, LeadsQuery)} »", without(query, name)
    if query.ends_after_months > 0 or query.ends_before_months < WIDEST_WINDOW:
        window = {"ends_after_months": 0, "ends_before_months": max(WIDEST_WINDOW, query.ends_before_months), "page": 1}
        text = f"avec les marchés qui finissent d'ici {window['ends_before_months']} mois"
        yield ("ends_after_months", "ends_before_months"), text, query.model_copy(update=window)
    yield from _wider(query)


def relaxed_buyers(query: BuyersQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> tuple[ListRelaxation, ...]:
    """What one change would give to a ranking without any buyer, those that give something."""

    def total(changed: BuyersQuery) -> int:
        first = changed.model_copy(update={"per_page": 1})
        return rank_buyers(first, profile_of(first, snapshot, lexicon, today), snapshot, lexicon, today).total

    return _that_give(_changes_of_buyers(query), total)


def _changes_of_buyers(query: BuyersQuery) -> Iterator[tuple[tuple[str, ...], str, BuyersQuery]]:
    for name in ("q", "buyer_category"):
        if getattr(query, name):
            yield (name,), f"sans « {title_of(name, BuyersQuery)} »", without(query, name)
    if query.months < LONGEST_MONTHS:
        longer = query.model_copy(update={"months": LONGEST_MONTHS, "page": 1})
        yield ("months",), f"avec les marchés notifiés depuis {LONGEST_MONTHS} mois", longer
    if query.sort != "volume":
        yield ("sort",), "tous, par volume acheté", query.model_copy(update={"sort": "volume", "page": 1})
    yield from _wider(query)


def _wider(query: Any) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """The whole country; every trade, when the profile is told by hand and something of it remains."""
    anywhere = {"territory": ("FR",), "near": None, "radius_km": None, "page": 1}
    if query.territory != ("FR",) and (query.supplier is not None or query.territory or query.near is not None):
        yield ("territory", "near"), "dans toute la France", query.model_copy(update=anywhere)
    left = query.kind or query.territory or query.near is not None or isinstance(query, BuyersQuery)
    if query.trade and query.supplier is None and left:
        yield ("trade",), "sans « Métier »", without(query, "trade")


def _that_give(
    changes: Iterable[tuple[tuple[str, ...], str, Any]], total: Callable[[Any], int]
) -> tuple[ListRelaxation, ...]:
    told = ((names, text, total(changed), changed) for names, text, changed in changes)
    return tuple(ListRelaxation(names, text, count, changed) for names, text, count, changed in told if count)

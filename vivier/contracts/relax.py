"""Explains an empty list: counts what it would give without a condition, or with a wider one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Final

from vivier.contracts.find import ListFound, list_plan
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import Also, BuyersQuery, LeadsQuery, ProfileQuery
from vivier.contracts.profile import Profile, Zone
from vivier.contracts.query import ListQuery
from vivier.contracts.query_profile import own_profile, profile_with
from vivier.contracts.ranking import rank_buyers
from vivier.french import kilometres
from vivier.lexicon import Lexicon
from vivier.search.operators import Operator
from vivier.search.query import MAX_RADIUS_KM, changed, without
from vivier.search.relax import Change, Relaxation, Wording, relaxations, title_of
from vivier.search.snapshot import Snapshot
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.phrases import in_place

LONGEST_MONTHS: Final = 120
WIDEST_WINDOW: Final = 36
FARTHEST_KM: Final = 80.0
"""Radius proposed around a supplier that has nothing in its own, in km [ours]."""
_BACK: Final[Mapping[Also, str]] = {
    "national": "avec les achats pour toute la France",
    "supposed": "avec les métiers que nous supposons",
    "too_large": "avec les lots trop grands pour une seule structure",
    "expired": "avec les appels dont la date limite est passée",
}
_WORDING: Final = Wording("sans {}", "sans {} ni {}")


def relaxed_list(
    found: ListFound, snapshot: Snapshot, lexicon: Lexicon, fixed: Collection[str] = ()
) -> tuple[Relaxation, ...]:
    """How many results an empty list would have in a larger place, without one condition, or without two when one is not enough; nothing
    for a list that has results.

    ``fixed``: parameters that the list itself sets (the nature of a project), which nobody can drop.
    """
    names = [name for name in found.plan.conditions.whole if name not in fixed]
    if found.total or not names:
        return ()

    def where(change: Change) -> Operator:
        return list_plan(change.query, snapshot, lexicon, found.plan.as_of).search.where

    return relaxations(found, snapshot, names, _WORDING, where, _in_larger_places(found.plan.query, lexicon.gazetteer))


def _in_larger_places(query: ListQuery, gazetteer: Gazetteer) -> Iterator[Change]:
    """The territories that hold the one searched, the nearest first, or a circle twice as wide."""
    places = [place for text in query.territory for place in gazetteer.expand(text)[0]]
    if len(places) == 1:  # a former région is several départements
        for id_ in gazetteer.ancestors(places[0].id)[1:]:
            larger = gazetteer.get(id_)
            if larger.kind != "country":  # which is dropping the place
                yield Change(("territory",), in_place(larger), changed(query, territory=(id_,)))
    if query.radius_km is not None and query.radius_km < MAX_RADIUS_KM:
        wider = min(2 * query.radius_km, MAX_RADIUS_KM)
        yield Change(("radius_km",), f"à moins de {kilometres(wider)}", changed(query, radius_km=wider))


def relaxed_profile(
    query: LeadsQuery | BuyersQuery, total: int, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> tuple[Relaxation, ...]:
    """Changes of a query without any lead or buyer that would give some, with how many; nothing when ``total`` is not 0."""
    if total:
        return ()
    own, _ = own_profile(query, snapshot, lexicon, today)
    changes = (
        *_farther(query, profile_with(query, own, lexicon).zone),
        *(_changes_of_leads(query) if isinstance(query, LeadsQuery) else _changes_of_buyers(query)),
    )
    totals = snapshot.together(*(partial(_total, change.query, own, snapshot, lexicon, today) for change in changes))
    return tuple(Relaxation(*change, total) for change, total in zip(changes, totals, strict=True) if total)


def _total(
    query: LeadsQuery | BuyersQuery, own: Profile | None, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> int:
    first = query.changed(per_page=1)
    profile = profile_with(first, own, lexicon)
    if isinstance(first, LeadsQuery):
        return find_leads(first, profile, snapshot, lexicon, today).total
    return rank_buyers(first, profile, snapshot, lexicon, today).total


def _changes_of_leads(query: LeadsQuery) -> Iterator[Change]:
    yield from _dropped(query, _own_names(query))
    if query.ends_after_months > 0 or query.ends_before_months < WIDEST_WINDOW:
        window = {"ends_after_months": 0, "ends_before_months": max(WIDEST_WINDOW, query.ends_before_months)}
        text = f"avec les marchés qui finissent d'ici {window['ends_before_months']} mois"
        yield Change(tuple(window), text, changed(query, **window))
    if query.without:
        yield Change(("without",), "avec les opportunités écartées", without(query, "without"))
    for code, text in _BACK.items():
        if code not in query.also:
            yield Change(("also",), text, changed(query, also=(*query.also, code)))
    yield from _wider(query)


def _changes_of_buyers(query: BuyersQuery) -> Iterator[Change]:
    yield from _dropped(query, _own_names(query))
    if query.months < LONGEST_MONTHS:
        text = f"avec les marchés notifiés depuis {LONGEST_MONTHS} mois"
        yield Change(("months",), text, changed(query, months=LONGEST_MONTHS))
    if query.sort != "volume":
        yield Change(("sort",), "tous, par volume acheté", changed(query, sort="volume"))
    yield from _wider(query)


def _farther(query: LeadsQuery | BuyersQuery, zone: Zone) -> Iterator[Change]:
    """A wider circle around the supplier, when its own is one."""
    if query.supplier is None or query.territory or zone.point is None or zone.km is None or zone.km >= FARTHEST_KM:
        return
    circle = {"near": zone.point, "radius_km": FARTHEST_KM}
    yield Change(("near", "radius_km"), f"à moins de {kilometres(FARTHEST_KM)}", changed(query, **circle))


def _wider(query: LeadsQuery | BuyersQuery) -> Iterator[Change]:
    """Wider queries: the whole country; all trades, when the profile is given by hand and has something else than trades."""
    if query.territory != ("FR",) and (query.supplier is not None or query.territory or query.near is not None):
        yield Change(("territory", "near"), "dans toute la France", changed(query, territory=("FR",), near=None))
    left = query.kind or query.territory or query.near is not None or isinstance(query, BuyersQuery)
    if query.supplier is None and left:
        yield from _dropped(query, ("trade",))


def _own_names(query: LeadsQuery | BuyersQuery) -> list[str]:
    """Optional parameters of a query that are not of its profile."""
    own = (item for item in type(query).model_fields.items() if item[0] not in ProfileQuery.model_fields)
    return [name for name, field in own if field.default in (None, ()) and name != "without"]


def _dropped(query: LeadsQuery | BuyersQuery, names: Iterable[str]) -> Iterator[Change]:
    for name in names:
        if getattr(query, name):
            text = _WORDING.single.format(f"« {title_of(name, type(query))} »")
            yield Change((name,), text, without(query, name))

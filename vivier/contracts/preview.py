"""Counts what an alert would have sent: items a week over the last weeks, and how many items each condition removes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vivier.contracts.feed import changed_since, count_leads, leads_feed
from vivier.contracts.find import list_plan
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.plan import ListPlan
from vivier.contracts.profile import Profile, Zone
from vivier.contracts.query import ListQuery
from vivier.lexicon import Lexicon
from vivier.search.operators import Collection, Operator, Search, conjunction
from vivier.search.snapshot import Snapshot

MOST_WEEKS: Final = 52
_OF_LEADS: Final = ("lead", "provision", "reserved_for")


@dataclass(frozen=True)
class Week:
    """Seven days, first and last included, and how many items were new in them."""

    first: date
    last: date
    count: int


@dataclass(frozen=True)
class Cost:
    """A condition, and how many more items the whole period would have had without it."""

    name: str
    removed: int


@dataclass(frozen=True)
class Preview:
    """The weeks, oldest first; their sum is ``total``. Leads are counted as of the end of each week."""

    weeks: tuple[Week, ...]
    costs: tuple[Cost, ...]
    missing: tuple[Collection, ...] = ()

    @property
    def total(self) -> int:
        return sum(week.count for week in self.weeks)


def weeks_before(as_of: date, count: int) -> list[tuple[date, date]]:
    """The last weeks, oldest first; the newest ends on ``as_of``."""
    ends = [as_of - timedelta(days=7 * back) for back in range(count - 1, -1, -1)]
    return [(end - timedelta(days=6), end) for end in ends]


def preview_list(query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, today: date, weeks: int) -> Preview:
    """The preview of a list of contracts or notices."""
    as_of = query.as_of or today
    spans = weeks_before(as_of, weeks)
    plan = list_plan(query.model_copy(update={"as_of": as_of}), snapshot, lexicon, today)

    def count(first: date, last: date) -> int:
        where = conjunction(plan.search.where, changed_since(plan.collection, first, last))
        return snapshot.of(plan.collection).search(Search(where=where, limit=0)).total

    counted = tuple(Week(first, last, count(first, last)) for first, last in spans)
    total, period = sum(week.count for week in counted), changed_since(plan.collection, spans[0][0], as_of)
    costs = (Cost(name, without - total) for name, without in _totals_without(plan, snapshot, period))
    return Preview(counted, tuple(costs))


def _totals_without(plan: ListPlan, snapshot: Snapshot, period: Operator) -> Iterator[tuple[str, int]]:
    """Each condition of the query and the total of the period without it. ``as_of`` is left out: it is not a criterion."""
    for name in (name for name in plan.conditions.whole if name != "as_of"):
        search = Search(where=conjunction(plan.conditions.where(name), period), limit=0)
        yield name, snapshot.of(plan.collection).search(search).total


def preview_leads(
    query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date, weeks: int
) -> Preview:
    """The preview of leads. Each week counts the feed as it was on the last day of the week."""
    spans = weeks_before(query.as_of or today, weeks)

    def counts(variant: LeadsQuery, own: Profile) -> Iterator[int]:
        for first, last in spans:
            then = variant.model_copy(update={"as_of": last, "since": first})
            yield count_leads(then, own, snapshot, lexicon, last)

    counted = tuple(Week(*span, count) for span, count in zip(spans, counts(query, profile), strict=True))
    total = sum(week.count for week in counted)
    costs = tuple(Cost(name, sum(counts(variant, own)) - total) for name, variant, own in _without(query, profile))
    now = query.model_copy(update={"page": 1})
    missing = leads_feed(now, profile, snapshot, lexicon, today).missing
    return Preview(counted, costs, missing)


def _without(query: LeadsQuery, profile: Profile) -> Iterator[tuple[str, LeadsQuery, Profile]]:
    if profile.trades:
        yield "trade", query, replace(profile, trades=(), supposed=(), supplier=None)
    if not profile.zone.everywhere:
        yield "territory", query, replace(profile, zone=Zone())
    for name in _OF_LEADS:
        if getattr(query, name):
            yield name, query.model_copy(update={name: ()}), profile

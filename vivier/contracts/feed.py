"""A search as a feed: its new items, newest first, each item once, with the reason why it is listed.

An item changes when its fact changes: a contract when it is published again, a notice when it is published, a lead for a
contract about to end when that contract enters the window of the query. ``since`` selects what changed on or after a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, cast

from vivier.contracts.acts import act_day, act_text, amount_text, where_text
from vivier.contracts.find import list_plan, listed
from vivier.contracts.lead_search import COLLECTIONS, lead_search
from vivier.contracts.leads import OWN_ENDS, lead_of
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.months import add_months, call_day
from vivier.contracts.opportunities import consultation_of, count, first_lots
from vivier.contracts.plan import DAYS, ListPlan
from vivier.contracts.profile import Profile
from vivier.contracts.query import ListQuery
from vivier.contracts.reasons import contract_reasons, notice_reasons
from vivier.contracts.renewal import following_of
from vivier.contracts.status import day_of
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView
from vivier.procurement import LEAD_NAMES, LeadKind
from vivier.search.find import Reason
from vivier.search.operators import All, AnyOf, Collection, Exists, Not, Operator, Range, Search, Sort, conjunction
from vivier.search.port import Hit, Reader
from vivier.search.snapshot import Snapshot

FEED_SIZE: Final = 50
CALENDAR_SIZE: Final = 200
DEEPEST: Final = 1_000
"""Items a feed can be paged through."""
CHANGED: Final[Mapping[Collection, str]] = {"contracts": "changed_on", "notices": "published"}
"""The day of the last change, by which feeds are put in order."""
_DUE: Final[Mapping[Collection, tuple[str, ...]]] = {"contracts": ("ends",), "notices": ("deadline", "planned")}
"""The days of a calendar; a record is shown on the first that it has."""
Order = Literal["newest", "soonest"]


@dataclass(frozen=True)
class Entry:
    """One item. ``kind``: the kind of a lead, else ``None``; ``updated``: the day its fact changed; ``due``: the day or
    moment that matters (deadline, planned publication, day to call the buyer of a contract). Of a lead: ``act``, the day to begin, before ``due``, and its
    words ``to_do``, ``where``, ``amount``."""

    collection: Collection
    id: str
    kind: LeadKind | None
    updated: date
    due: date | datetime | None
    record: Mapping[str, Any]
    reasons: tuple[Reason, ...]
    act: date | None = None
    to_do: str = ""
    where: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Feed:
    """A page of entries. ``total`` counts every entry since the day ``since``; ``undated`` those that have no day and that a
    calendar cannot show."""

    entries: tuple[Entry, ...]
    total: int
    as_of: date
    undated: int = 0
    missing: tuple[Collection, ...] = ()


def changed_since(collection: Collection, first: date | None, last: date) -> Operator:
    """The condition that a record changed from ``first`` to ``last``, both included. Its days of change are its publication (for a
    planned purchase, the day it was first read), else its notification, and for a contract the last publication of an amendment."""
    if first is None:
        return Range("published", lte=last.isoformat(), missing=True)
    fields = ("published", DAYS[collection], *(("changed_on",) if collection == "contracts" else ()))
    by_publication, otherwise, *amended = (
        Range(field, gte=first.isoformat(), lte=last.isoformat()) for field in fields
    )
    return AnyOf((by_publication, All((Not(Exists("published")), otherwise)), *amended))


def list_feed(
    query: ListQuery,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    since: date | None = None,
    order: Order = "newest",
) -> Feed:
    """The feed of a list of contracts or notices. Raises what :func:`vivier.contracts.find.find_list` does."""
    plan = list_plan(query, snapshot, lexicon, today)
    collection = plan.collection
    where = conjunction(plan.search.where, changed_since(collection, since, plan.as_of))
    counted = snapshot.of(collection).search(Search(where=where, limit=0)).total
    search = replace(plan.search, where=where, parts=(), text=None, facets=(), counts=())
    if order == "newest":
        sort = (Sort(CHANGED[collection], descending=True), Sort(DAYS[collection], descending=True))
        page = replace(search, sort=sort, offset=(query.page - 1) * FEED_SIZE, limit=FEED_SIZE)
        hits = snapshot.of(collection).search(page).hits
        return Feed(tuple(_list_entry(hit, plan, lexicon) for hit in hits), counted, plan.as_of)
    dated, entries = 0, []
    for coming in _coming(search, _DUE[collection], plan.as_of):
        answer = snapshot.of(collection).search(replace(coming, offset=0, limit=query.page * CALENDAR_SIZE))
        dated += answer.total
        entries += [_list_entry(hit, plan, lexicon) for hit in answer.hits]
    shown = sorted(entries, key=_soonest)[(query.page - 1) * CALENDAR_SIZE :][:CALENDAR_SIZE]
    return Feed(tuple(shown), counted, plan.as_of, counted - dated)


def _coming(search: Search, fields: tuple[str, ...], as_of: date) -> Iterator[Search]:
    """What is to come, soonest first, by each field of a day that no field before it gives."""
    for place, field in enumerate(fields):
        absent = (Not(Exists(earlier)) for earlier in fields[:place])
        where = conjunction(search.where, Range(field, gte=as_of.isoformat()), *absent)
        yield replace(search, where=where, sort=(Sort(field),))


def _list_entry(hit: Hit[Any], plan: ListPlan, lexicon: Lexicon) -> Entry:
    found = listed(hit, plan, lexicon)
    return Entry(
        plan.collection,
        hit.id,
        None,
        updated_of(hit.record, plan.as_of),
        due_of(hit.record, plan.as_of),
        hit.record,
        found.reasons,
    )


def one_entry(
    collection: Literal["contracts", "notices"], id_: str, snapshot: Snapshot, lexicon: Lexicon, as_of: date
) -> Entry:
    """One contract or notice as an item. Raises ``NotFound`` when it is not indexed."""
    record: Any = snapshot.of(collection).get([id_]).get(id_)
    if record is None:
        raise NotFound(f"« {id_[:80]} » n'est pas dans l'index en service.")
    reasons = (contract_reasons if collection == "contracts" else notice_reasons)(record, None, as_of, lexicon)
    deadline = day_of(record.get("deadline"))
    act = None if deadline is None else act_day("open_notice", deadline, None)
    return Entry(collection, id_, None, updated_of(record, as_of), due_of(record, as_of), record, reasons, act)


def updated_of(record: Mapping[str, Any], as_of: date) -> date:
    """The last day on or before ``as_of`` on which a contract or a notice changed; the oldest day when nothing dates it."""
    moments = (record.get(name) for name in ("changed_on", "published", "notified", "seen"))
    days = [date.fromisoformat(str(day)[:10]) for day in moments if day is not None]
    return next((day for day in days if day <= as_of), days[-1] if days else date(1970, 1, 1))


def due_of(record: Mapping[str, Any], as_of: date) -> date | datetime | None:
    """The deadline of a notice, the planned publication of a project; of a contract, the day to call its buyer, its latest end once it
    has ended or when nothing is to follow (:func:`following_of`)."""
    if record.get("deadline") is not None:
        return datetime.fromisoformat(str(record["deadline"]))
    notice = "nature" in record and "title" in record
    day = record.get("planned") if notice else record.get("ends")
    if day is None:
        return None
    due = date.fromisoformat(str(day)[:10])
    contract = cast(ContractView, record)
    return due if notice or following_of(contract, as_of) is None else call_day(due, as_of)


def entered(end: date, months: int) -> date:
    """The first day from which ``end`` is at most so many months away."""
    day = add_months(end, -months)
    while add_months(day, months) < end:
        day += timedelta(days=1)
    while add_months(day - timedelta(days=1), months) >= end:
        day -= timedelta(days=1)
    return day


def leads_feed(
    query: LeadsQuery,
    profile: Profile,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    order: Order = "newest",
) -> Feed:
    """The feed of leads, one item an opportunity; a collection that is not indexed is named in ``missing``. ``query.since`` selects
    what changed since."""
    as_of = query.as_of or today
    size = CALENDAR_SIZE if order == "soonest" else FEED_SIZE
    found: dict[tuple[str, str], Entry] = {}
    total = dated = 0
    missing: dict[Collection, None] = {}
    for kind in query.lead or tuple(LEAD_NAMES):
        collection = COLLECTIONS[kind]
        search = _lead_search(kind, query, profile, lexicon, as_of)
        try:
            reader = snapshot.of(collection)
        except NotFound:
            missing[collection] = None
            continue
        total += _opportunities(reader, search.where)
        for ordered in _lead_orders(kind, search, as_of, order):
            hits, answer = first_lots(reader, replace(ordered, counts=()), query.page * size)
            dated += count(reader, ordered.where, answer.total) if order == "soonest" else 0
            for hit in hits:
                entry = _lead_entry(kind, hit, query, profile, as_of, lexicon)
                key = (kind, consultation_of(hit.record) or hit.id)
                found[key] = min(found.get(key, entry), entry, key=_newest if order == "newest" else _soonest)
    page = sorted(found.values(), key=_newest if order == "newest" else _soonest)[(query.page - 1) * size :][:size]
    return Feed(tuple(page), total, as_of, max(total - dated, 0) if order == "soonest" else 0, tuple(missing))


def _opportunities(reader: Reader[Any], where: Operator) -> int:
    return count(reader, where, reader.search(Search(where=where, limit=0)).total)


def _lead_search(kind: LeadKind, query: LeadsQuery, profile: Profile, lexicon: Lexicon, as_of: date) -> Search:
    """The leads of a kind that are new since the day of the query."""
    search = lead_search(kind, query.model_copy(update={"since": None}), profile, lexicon, as_of)
    return replace(search, where=conjunction(search.where, _lead_since(kind, query, query.since, as_of)))


def _newest(entry: Entry) -> tuple[int, str, str]:
    return (-entry.updated.toordinal(), entry.id, entry.kind or "")


def _soonest(entry: Entry) -> tuple[str, ...]:
    return (str(entry.due or "9999")[:10], str(entry.record.get("ends") or ""), entry.id, entry.kind or "")


def _lead_since(kind: LeadKind, query: LeadsQuery, since: date | None, as_of: date) -> Operator | None:
    """The condition that a record became a lead, or changed, since a day: a contract that enters the window is new that day."""
    changed = changed_since(COLLECTIONS[kind], since, as_of)
    if since is None or kind != "expiring_contract":
        return changed
    beyond = add_months(since - timedelta(days=1), query.ends_before_months) + timedelta(days=1)
    published = Range("published", lte=as_of.isoformat(), missing=True)
    return AnyOf((changed, All((Range("ends", gte=beyond.isoformat()), published))))


def _lead_orders(kind: LeadKind, search: Search, as_of: date, order: Order) -> Iterator[Search]:
    """The orders in which the first leads of a kind are found: newest by publication, and by entry into the window."""
    collection = COLLECTIONS[kind]
    if order == "soonest":
        yield from _coming(search, ("planned",) if kind == "planned_project" else _DUE[collection][:1], as_of)
        return
    yield replace(search, sort=(Sort(CHANGED[collection], descending=True), Sort(DAYS[collection], descending=True)))
    if kind == "expiring_contract":
        yield replace(search, sort=(Sort("ends", descending=True),))


def _lead_entry(
    kind: LeadKind, hit: Hit[Any], query: LeadsQuery, profile: Profile, as_of: date, lexicon: Lexicon
) -> Entry:
    lead = lead_of(kind, hit, profile, as_of, lexicon)
    updated = updated_of(hit.record, as_of)
    if kind == "expiring_contract" and lead.due is not None:
        updated = max(updated, min(entered(lead.due, query.ends_before_months), as_of))
    due = due_of(hit.record, as_of) if kind == "open_notice" else lead.call or lead.due
    return Entry(
        COLLECTIONS[kind],
        hit.id,
        kind,
        updated,
        due,
        hit.record,
        lead.reasons,
        act_day(kind, lead.due, lead.call),
        (f"{OWN_ENDS}. " if lead.mine else "") + act_text(kind, lead.due, lead.call, hit.record, as_of),
        where_text(lead.reasons, lead.distance_km),
        amount_text(lead.reasons, hit.record),
    )

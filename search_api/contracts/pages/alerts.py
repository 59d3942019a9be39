"""Prepares an item of a feed for the page that a person reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from search_api.contracts.pages.contracts import Party, buyer_party
from search_api.contracts.pages.leads import ics_of, page_of
from vivier.contracts.entry_words import entry_kind
from vivier.contracts.feed import Entry
from vivier.contracts.objects import object_title
from vivier.contracts.status import day_of
from vivier.search.find import Reason


@dataclass(frozen=True)
class Alert:
    """One item: the day it is new from, what it is, its page, its due day and the address of that day as a calendar file."""

    new: date
    kind: str
    title: str
    page: str
    buyer: Party
    due: date | None
    ics: str | None
    reasons: tuple[Reason, ...]


def alert(entry: Entry) -> Alert:
    """An item of a feed."""
    contract = entry.collection == "contracts"
    due = day_of(entry.due.isoformat()) if isinstance(entry.due, datetime) else entry.due
    return Alert(
        new=entry.updated,
        kind=entry_kind(entry),
        title=object_title(entry.record),
        page=page_of(entry.id, contract),
        buyer=buyer_party(entry.record["buyer"]),
        due=due,
        ics=None if due is None else ics_of(entry.collection, entry.id),
        reasons=tuple(reason for reason in entry.reasons if reason.code not in ("ends", "open", "planned"))[:2],
    )

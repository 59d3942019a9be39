"""What a followed search has that is new: the items of its feed that a subscriber was not given, or the suppliers that were not there.

A feed is put in order by days of publication, and a record may be read weeks after it was published: a turn looks back, and the items
already given are left out by their keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

from vivier.contracts.acts import why_texts
from vivier.contracts.entry_words import buyer_name, credit_of, entry_kind, entry_path, object_of
from vivier.contracts.feed import DEEPEST, FEED_SIZE, Entry, Feed, leads_feed, list_feed
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.natures import of_notices
from vivier.contracts.query import ContractQuery, NoticeQuery
from vivier.contracts.query_profile import profile_of
from vivier.dossiers.listing import commune_name
from vivier.french import day
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.names import readable_name
from vivier.search.query import parse_parameters
from vivier.search.query_url import pairs
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.result import SupplierResult
from vivier.suppliers.whole import whole

Of = Literal["suppliers", "contracts", "notices", "leads"]
MODELS: Final[dict[Of, type[Model]]] = {
    "suppliers": SupplierQuery,
    "contracts": ContractQuery,
    "notices": NoticeQuery,
    "leads": LeadsQuery,
}
NAMES: Final[dict[Of, str]] = {
    "suppliers": "Fournisseurs",
    "contracts": "Marchés attribués",
    "notices": "Avis et projets d'achat",
    "leads": "Opportunités",
}
PAGES: Final[dict[Of, str]] = {
    "suppliers": "/fournisseurs",
    "contracts": "/marches",
    "notices": "/avis",
    "leads": "/pistes",
}
NOT_FOLLOWED: Final = ("page", "per_page", "facets", "sort", "seed", "fields", "since", "as_of")
"""Parameters that say how a list is read, not what is in it; a list of a past day has no news."""
LOOKED_BACK: Final = (60, 30, 14, 7, 2)
"""Days that a turn looks back, never less than to the turn before: the first for which the list has no more items than a feed is read deep."""
MOST_FOLLOWED: Final = DEEPEST
"""The most suppliers that a followed search may have, and the most items of a turn."""


_SAYS_WHEN: Final = ("ends", "open", "planned")
"""Reasons that say the day awaited themselves."""


@dataclass(frozen=True)
class Item:
    """Something new. ``key``: its stable name; ``since``: the day it is new from, ``None`` when no source dates it; ``due``: what is
    awaited and when; ``reasons``: why it is in the list. Of a lead, said apart: ``to_do``, ``where`` and ``amount``."""

    key: str
    kind: str
    title: str
    path: str
    who: str
    since: date | None
    due: str | None
    reasons: tuple[str, ...]
    source: str
    to_do: str = ""
    where: str = ""
    amount: str = ""


def query_of(of: Of, search: str, lexicon: Lexicon) -> Model:
    """The query of a followed search, without what says how it is read. Raises ``InvalidRequest`` with everything to correct."""
    items = parse_qsl(search, keep_blank_values=True)
    return parse_parameters([item for item in items if item[0] not in NOT_FOLLOWED], lexicon, MODELS[of])


def search_of(query: Model) -> list[tuple[str, str]]:
    """The parameters that say what a list has in it."""
    return [(name, value) for name, value in pairs(query) if name not in NOT_FOLLOWED]


@dataclass(frozen=True)
class Read:
    """What a followed search has that may be new, newest first. ``unread``: items more than a turn reads, which may be new too."""

    items: list[Item]
    unread: int = 0


def items_of(of: Of, query: Any, snapshot: Snapshot, lexicon: Lexicon, today: date, looked_on: date) -> Read:
    """What a followed search has today that may be new: :data:`MOST_FOLLOWED` items at most. ``looked_on``: the day of the turn before, since
    which everything is read. Raises ``InvalidRequest`` for a search that can no longer be read, or a list of suppliers that is too long to
    be followed."""
    if of == "suppliers":
        found = whole(query, snapshot, lexicon, today, limit=MOST_FOLLOWED).results
        return Read([_supplier(each, lexicon) for each in found])
    least = (today - looked_on).days + 1
    for days in (*(days for days in LOOKED_BACK if days > least), least):
        since = today - timedelta(days=days)
        first = _page(of, query, since, 1, snapshot, lexicon, today)
        if first.total <= MOST_FOLLOWED:
            break
    entries = [*first.entries]
    for number in range(2, -(-min(first.total, MOST_FOLLOWED) // FEED_SIZE) + 1):
        entries += _page(of, query, since, number, snapshot, lexicon, today).entries
    return Read([_entry(entry) for entry in entries], max(0, first.total - MOST_FOLLOWED))


def _page(of: Of, query: Any, since: date, number: int, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Feed:
    if of == "leads":
        paged = query.model_copy(update={"page": number, "since": since})
        return leads_feed(paged, profile_of(query, snapshot, lexicon, today), snapshot, lexicon, today)
    paged = query.model_copy(update={"page": number})
    return list_feed(of_notices(paged) if of == "notices" else paged, snapshot, lexicon, today, since)


def _entry(entry: Entry) -> Item:
    kind = entry.kind or entry.collection
    return Item(
        key=f"{kind}/{entry.id}",
        kind=entry_kind(entry),
        title=object_of(entry),
        path=entry_path(entry),
        who=buyer_name(entry.record["buyer"]),
        since=entry.updated,
        due=None
        if entry.kind is not None or any(reason.code in _SAYS_WHEN for reason in entry.reasons)
        else _due(entry),
        reasons=(tuple(reason.text for reason in entry.reasons) if entry.kind is None else why_texts(entry.reasons))[
            :4
        ],
        source=credit_of(entry.record),
        to_do=entry.to_do,
        where=entry.where or "Lieu non publié",
        amount=entry.amount,
    )


def _due(entry: Entry) -> str | None:
    if entry.due is None:
        return None
    when = day(entry.due.date() if isinstance(entry.due, datetime) else entry.due)
    if entry.collection == "contracts":
        return f"fin au plus tard le {day(entry.record['ends'])}" if "ends" in entry.record else None
    return (
        f"réponse attendue le {when}" if entry.record.get("deadline") is not None else f"publication prévue le {when}"
    )


def _supplier(result: SupplierResult, lexicon: Lexicon) -> Item:
    record = result.record
    address = record["address"]["value"] if "address" in record else {}
    source = record["name"]["provenance"]
    return Item(
        key=f"suppliers/{result.id}",
        kind="Fournisseur",
        title=readable_name(record["name"]["value"]),
        path=f"/fournisseurs/{result.id}",
        who=commune_name(address.get("commune"), lexicon) or "lieu non publié",
        since=None,
        due=None,
        reasons=tuple(reason.text for reason in result.reasons)[:4],
        source=f"{source['dataset']} ({source['producer']}, {source['licence']})",
    )

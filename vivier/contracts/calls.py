"""What one should know before calling a buyer: what it bought from inclusive structures, and where it is written to.

Only the organisation's own contact is given, as its notices publish it, with the notice: never a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.contracts.leads_query import BuyersQuery
from vivier.contracts.objects import object_title
from vivier.contracts.ranking import RankedBuyers
from vivier.contracts.reasons import published_names
from vivier.errors import NotFound
from vivier.model.views import BuyerContactView, ContractView, ProvenanceView
from vivier.search.operators import Range, Search, Sort, Terms, conjunction
from vivier.search.snapshot import Snapshot

MOST_BOUGHT: Final = 3
"""Purchases named for one buyer, the newest first."""


@dataclass(frozen=True)
class Bought:
    """A contract won by an inclusive structure. ``holder``: as the contract names it, else as the index does. ``sure``: this very site; otherwise another site of the same legal unit."""

    id: str
    title: str
    holder: str
    kinds: tuple[str, ...]
    notified: date | None
    sure: bool


@dataclass(frozen=True)
class Call:
    """``contact``: as the newest notice that has one publishes it, with the source of that notice; ``None`` when none does."""

    bought: tuple[Bought, ...] = ()
    contact: BuyerContactView | None = None
    source: ProvenanceView | None = None


def calls_of(query: BuyersQuery, found: RankedBuyers, snapshot: Snapshot, today: date) -> dict[str, Call]:
    """What is known of each buyer of a page in the order ``call``, by SIREN; nothing in another order."""
    if query.sort != "call":
        return {}
    return {buyer.siren: _call(buyer.siren, snapshot, query.as_of or today) for buyer in found.buyers}


def _call(siren: str, snapshot: Snapshot, as_of: date) -> Call:
    own, inclusive = Terms("buyer", (siren,)), Terms("inclusive", ("siret", "siren"))
    known = Range("notified", lte=as_of.isoformat())
    search = Search(conjunction(own, inclusive, known), sort=(Sort("notified", descending=True),), limit=MOST_BOUGHT)
    bought = tuple(_bought(hit.id, hit.record) for hit in snapshot.contracts.search(search).hits)
    return next(_contacts(siren, bought, snapshot, as_of), Call(bought))


def _bought(id_: str, record: ContractView) -> Bought:
    holders = [holder for holder in record["inclusive"] if not holder.get("subcontractor")]
    published = published_names(record)
    names: dict[str, str] = {}
    for holder in holders:
        names.setdefault(holder["siren"], published.get(holder["siren"], holder["name"]))
    day = record.get("notified")
    return Bought(
        id=id_,
        title=object_title(record),
        holder=" ; ".join(names.values()),
        kinds=tuple(dict.fromkeys(kind for holder in holders for kind in holder["kinds"])),
        notified=None if day is None else date.fromisoformat(day),
        sure=any(holder["match"] == "siret" for holder in holders),
    )


def _contacts(siren: str, bought: tuple[Bought, ...], snapshot: Snapshot, as_of: date) -> Iterator[Call]:
    where = conjunction(
        Terms("buyer", (siren,)),
        Terms("buyer_contact", ("yes",)),
        Range("published", lte=as_of.isoformat(), missing=True),
    )
    try:
        notices = snapshot.of("notices").search(Search(where, sort=(Sort("published", descending=True),), limit=1))
    except NotFound:  # no notice is loaded
        return
    for hit in notices.hits:
        yield Call(bought, hit.record["buyer_contact"], hit.record["provenance"])

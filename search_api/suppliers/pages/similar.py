"""A few structures like one, near it: those that do its main trades, else those of its kinds."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

from search_api.pages.facts import Record, value
from search_api.pages.state import PageState
from search_api.suppliers.pages.cards import Card, Cards, Known
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import find
from vivier.suppliers.query import SupplierQuery
from vivier.validity import holds_on

RADIUS_KM = 50.0
SHOWN = 4
_TRADES = 3


@dataclass(frozen=True)
class Similar:
    """The cards of the nearest in the order of the search, how many there are in all, and the page of them all. ``by_trade``: whether they share
    a trade; else they share a kind."""

    cards: tuple[Card, ...]
    total: int
    url: str | None
    by_trade: bool


def similar(
    record: Record, as_of: date | None, snapshot: Snapshot, lexicon: Lexicon, today: date, shown: Room[Hashable, Known]
) -> Similar | None:
    """The structures like one, whose parts may be among those ``shown`` lately; ``None`` when its seat, or both its trades and its kinds, are unknown."""
    point = (value(record, "address") or {}).get("point")
    day = as_of or today
    offers = (fact["value"] for fact in record.get("offers", ()))
    trades = tuple(dict.fromkeys(offer["trade"] for offer in offers if offer.get("trade") and holds_on(offer, day)))
    kinds = tuple(dict.fromkeys(fact["value"]["kind"] for fact in record.get("agreements", ())))
    if point is None or not (trades or kinds):
        return None
    query = SupplierQuery(
        near=(round(point["lon"], 5), round(point["lat"], 5)),
        radius_km=RADIUS_KM,
        trade=trades[:_TRADES],
        kind=() if trades else kinds,
        as_of=as_of,
    )
    found = find(query.changed(per_page=SHOWN + 1, facets=()), snapshot, lexicon, today)
    state = PageState(query)
    others = [card for card in Cards(found, state, lexicon, shown).listed() if card.id != record["id"]]
    return Similar(tuple(others[:SHOWN]), found.total - (len(others) < len(found.results)), state.url(), bool(trades))

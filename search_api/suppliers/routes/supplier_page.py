"""The page of one supplier, ``/fournisseurs/{id}``."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.context import Context
from search_api.doors import NO_AWARDS, Awards
from search_api.envelope import credited
from search_api.pages.facts import Record, value
from search_api.pages.places import place_label
from search_api.pages.render import answered, page, version
from search_api.pages.site import write_to
from search_api.pages.state import CHOICE, RESULTS, PageState, address, sheet_query
from search_api.parameters import SheetPageQuery
from search_api.responses import etag_of
from search_api.suppliers.pages.cards import Card, Cards, Known
from search_api.suppliers.pages.supplier import sheet
from search_api.suppliers.pages.tray import tray_of
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.search.snapshot import Snapshot
from vivier.suppliers.chosen import MOST_CHOSEN, chosen_ids
from vivier.suppliers.find import find, supplier_of
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.sources import cards as source_cards
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


_ASKED_AGAIN: Final = "public, no-cache"
"""What people add to a sheet, or withdraw, is seen at once: a cache asks each time whether the sheet changed."""


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(RESULTS + "/{id}")
    async def supplier(request: Request, id: str) -> Response:
        return await context.run(_supplier, request, id, context)


def _supplier(request: Request, id_: str, context: Context) -> Response:
    query = context.parse(request, SheetPageQuery)
    as_of = query.as_of or context.today()
    chosen = chosen_ids(query.choix)
    record = supplier_of(id_, context.snapshot)
    if record["id"] != id_:
        return RedirectResponse(request.url.path.removesuffix(id_) + record["id"], status_code=308)
    versions = "|".join(generation.version for generation in context.living("suppliers", "contracts"))
    added, takes = context.added_to(record), context.takes
    choices = (as_of.isoformat(), id_, ",".join(chosen), str(query.as_of))
    etag = etag_of("sheet", version(), versions, *choices, repr(context.operator), added.version, str(not takes))

    def made() -> Response:
        whole = added.on(record, context.shows_contacts)
        values = {**_values(whole, query.as_of, as_of, chosen, context), **added.values, "takes": takes}
        return page("supplier.html", values, etag=etag)

    shown = answered(request, etag, context.answers, made)
    if takes:
        shown.headers["Cache-Control"] = _ASKED_AGAIN
    return shown


def _values(
    record: Record, dated: date | None, as_of: date, chosen: tuple[str, ...], context: Context
) -> dict[str, object]:
    generation = context.generation()
    state = PageState(SupplierQuery(as_of=dated), chosen=chosen)
    snapshot, lexicon, today = context.snapshot, context.lexicon, context.today()
    awarded, alike = snapshot.together(
        lambda: _awards(record, as_of, context),
        lambda: similar(record, dated, snapshot, lexicon, today, context.known),
    )
    return {
        "sheet": sheet(record, as_of, context.lexicon, source_cards(generation), awarded.sources),
        "as_of": as_of,
        **awarded.values,
        "dated": f"as_of={dated.isoformat()}" if dated is not None else "",
        "similar": alike,
        "sheet_query": sheet_query(state),
        **_choosing(record["id"], state, context),
        "support": _support(record) if context.serves("/territoire") else None,
        "study": _study(record, context) if context.serves("/consultation") else None,
        "operator": context.operator,
        "write_to": _report(record["id"], context),
        "sources": credited([record, *awarded.records], context.living("suppliers", "contracts")),
    }


def _awards(record: Record, as_of: date, context: Context) -> Awards:
    """The contracts of its company; none where nobody tells them."""
    contracts = context.doors.contracts
    return NO_AWARDS if contracts is None else contracts.awards(value(record, "siren"), as_of, context)


def _study(record: Record, context: Context) -> str | None:
    """The form of a lot that this structure could answer: its first trade, its commune."""
    place = value(record, "address") or {}
    trades = (fact["value"].get("trade") for fact in record.get("offers", ()))
    trade = next((code for code in trades if code), None)
    fields = [("text", context.lexicon.trade_names.get(trade, trade))] if trade else []
    if place.get("commune"):
        fields.append(("place", place_label(f"commune:{place['commune']}", context.lexicon.gazetteer)))
    return address("/consultation", [*fields, (CHOICE, record["id"])])


def _support(record: Record) -> str | None:
    """Who knows the structures of its commune."""
    commune = (value(record, "address") or {}).get("commune")
    return None if commune is None else f"/territoire?territory=commune:{quote(commune)}"


def _report(id_: str, context: Context) -> str | None:
    """The address to which an error is reported: a message already begun when it is a mailbox."""
    url = write_to(context.operator)
    if url is None or not url.startswith("mailto:"):
        return url
    where = f"{context.public_url or ''}{RESULTS}/{id_}"
    subject, body = (
        quote(f"Erreur dans une fiche, Vivier : {id_}"),
        quote(f"Fiche : {where}\n\nCe qui est faux :\n\nCe qui est vrai, et où le vérifier :\n"),
    )
    return f"{url}?subject={subject}&body={body}"


def _choosing(id_: str, state: PageState, context: Context) -> dict[str, object]:
    """The tray of a sheet, and the link that adds its supplier to those chosen or takes it away."""

    def url(other: PageState) -> str | None:
        return f"{RESULTS}/{quote(id_, safe='')}{sheet_query(other)}"

    is_chosen = id_ in state.chosen
    others = [other for other in state.chosen if other != id_]
    is_full = len(state.chosen) == MOST_CHOSEN and not is_chosen
    changed = state.choosing(*others) if is_chosen else state.choosing(*others, id_)
    return {
        "tray": tray_of(state, context.snapshot, url),
        "is_chosen": is_chosen,
        "choice": None if is_full else url(changed),
    }

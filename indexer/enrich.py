"""What we add to a supplier: the trades its labels certify, those of the contracts it won, those its words tell.

The ladder of evidence, from strong to weak: *declared* and *job* come from the sources themselves; *certified* (a label whose
scope is a trade) and *contract* (CPV of contracts won) are added here to any supplier; *text* and *name* only to one that
has no trade at all. NAF is never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from vivier.model import Evidence, Fact, Label, Offer, Provenance, Supplier, UndeclaredZone
from vivier.trade_words import TradeWords
from vivier.trades import Trades
from vivier.validity import holds_on
from vivier.vocabulary import EVIDENCES

MOST_TRADES = 6
"""A text that tells more trades than this is a list of publics or a programme, and proves none."""

Proofs = Mapping[str, Provenance]
"""Trade → where its proof comes from."""

_CERTIFIES: Final[Mapping[str, str]] = {"IMPRIM_VERT": "impression"}
"""Labels that certify one trade, whatever their domain."""
_LADDER: Final = tuple(EVIDENCES)


def enriched(supplier: Supplier, trades: Trades, words: TradeWords, won: Proofs | None = None) -> Supplier:
    """The supplier with the trades we know of it. ``won``: those of the contracts it won."""
    supplier = with_trades(supplier, certified(supplier, trades), "certified")
    if won:
        supplier = with_trades(supplier, won, "contract")
    return with_told_trades(supplier, words)


def certified(supplier: Supplier, trades: Trades) -> Proofs:
    """Trades that labels certify by their scope: an RGE domain, an organic production, a label of one trade.

    A label counts when it held on the day it was read: a build tomorrow from the same records says the same.
    """
    found: dict[str, Provenance] = {}
    for fact in supplier.labels:
        if _held_when_read(fact.value, fact.provenance):
            for code in _proved(fact.value, trades):
                found.setdefault(code, fact.provenance)
    return found


def _held_when_read(label: Label, provenance: Provenance) -> bool:
    day = provenance.fetched_at.date() if provenance.fetched_at is not None else provenance.updated_at
    return holds_on(_dates(label), day or date.max)


def _dates(label: Label) -> dict[str, object]:
    given = {"valid_from": label.valid_from, "valid_until": label.valid_until}
    return {name: day.isoformat() for name, day in given.items() if day is not None} | {"suspended": label.suspended}


def _proved(label: Label, trades: Trades) -> tuple[str, ...]:
    if label.code in _CERTIFIES:
        return (_CERTIFIES[label.code],)
    if label.domain is None:
        return ()
    return _of_domain(label.code, label.domain, trades)


@lru_cache(maxsize=4096)
def _of_domain(code: str, domain: str, trades: Trades) -> tuple[str, ...]:
    match code:
        case "RGE":
            found = trades.by_rge(domain)
        case "BIO":
            found = trades.by_bio(domain)
        case _:
            found = ()
    return tuple(trade.code for trade in found)


def with_trades(supplier: Supplier, proofs: Proofs, evidence: Evidence) -> Supplier:
    """The supplier with these trades, but for those it has by an evidence as strong or stronger."""
    enough = set(_LADDER[: _LADDER.index(evidence) + 1])
    held = {fact.value.trade for fact in supplier.offers if fact.value.evidence in enough}
    new = {code: (evidence, provenance) for code, provenance in proofs.items() if code not in held}
    if not new:
        return supplier
    added = tuple(_made(supplier, new, "computed"))
    return supplier.model_copy(update={"offers": (*supplier.offers, *added)})


def with_told_trades(supplier: Supplier, words: TradeWords) -> Supplier:
    """The supplier with the trades its texts tell, when no source gives it any. Stated trades are never added to."""
    supplier = with_site_trades(supplier)
    if any(offer.value.trade is not None for offer in supplier.offers):
        return supplier
    told = dict(_told(supplier, words))
    if not told or len(told) > MOST_TRADES:
        return supplier
    worded = (offer for offer in supplier.offers if offer.value.title or offer.value.description)
    return supplier.model_copy(update={"offers": (*_made(supplier, told, "inferred"), *worded)})


def with_site_trades(supplier: Supplier) -> Supplier:
    """Trades read on the supplier's site, in the zones it states elsewhere, less those that it states itself.

    A site says what is done, not where: without this a default zone would reach further than the one declared.
    """
    read = [offer for offer in supplier.offers if _is_of_site(offer)]
    if not read:
        return supplier
    stated = [offer for offer in supplier.offers if not _is_of_site(offer)]
    known = {offer.value.trade for offer in stated}
    zones = list(dict.fromkeys(offer.value.zone for offer in stated)) or [UndeclaredZone()]
    added = [
        Fact[Offer](value=offer.value.model_copy(update={"zone": zone}), provenance=offer.provenance)
        for offer in read
        if offer.value.trade not in known
        for zone in zones
    ]
    kept = [offer for offer in stated if not added or offer.value != Offer(zone=offer.value.zone)]
    return supplier.model_copy(update={"offers": (*kept, *added)})


def _is_of_site(offer: Fact[Offer]) -> bool:
    return offer.value.evidence == "text" and offer.provenance.source_id == "website"


def _told(supplier: Supplier, words: TradeWords) -> Iterator[tuple[str, tuple[Evidence, Provenance]]]:
    """Trade → its evidence and where the text comes from; names first, so that a presentation, stronger, overrides."""
    for fact in (supplier.name, supplier.brand):
        if fact is not None:
            for code in words.names.found(fact.value):
                yield code, ("name", fact.provenance)
    if supplier.description is not None:
        for code in words.texts.found(supplier.description.value):
            yield code, ("text", supplier.description.provenance)


def _made(supplier: Supplier, trades: Mapping[str, tuple[Evidence, Provenance]], basis: str) -> Iterator[Fact[Offer]]:
    """One offer a trade, in each zone stated (none: undeclared)."""
    zones = list(dict.fromkeys(offer.value.zone for offer in supplier.offers)) or [UndeclaredZone()]
    for code, (evidence, provenance) in trades.items():
        origin = provenance.model_copy(update={"basis": basis})
        for zone in zones:
            yield Fact[Offer](value=Offer(trade=code, zone=zone, evidence=evidence), provenance=origin)

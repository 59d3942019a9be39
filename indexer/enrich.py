"""What we add to a supplier that publishes no trade: those its presentation or its name tell, as weak evidence of ours."""

from __future__ import annotations

from collections.abc import Iterator

from vivier.model import Evidence, Fact, Offer, Provenance, Supplier, UndeclaredZone
from vivier.trade_words import TradeWords

MOST_TRADES = 6
"""A text that tells more trades than this is a list of publics or a programme, and proves none."""


def with_told_trades(supplier: Supplier, words: TradeWords) -> Supplier:
    """The supplier with the trades its texts tell, when no source gives it any. Stated trades are never added to."""
    supplier = with_site_trades(supplier)
    if any(offer.value.trade is not None for offer in supplier.offers):
        return supplier
    told = dict(_told(supplier, words))
    if not told or len(told) > MOST_TRADES:
        return supplier
    return supplier.model_copy(update={"offers": tuple(_offers(supplier, told))})


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


def _offers(supplier: Supplier, told: dict[str, tuple[Evidence, Provenance]]) -> Iterator[Fact[Offer]]:
    """One offer a trade told, in each zone stated (none: undeclared)."""
    zones = list(dict.fromkeys(offer.value.zone for offer in supplier.offers)) or [UndeclaredZone()]
    for code, (evidence, provenance) in told.items():
        origin = provenance.model_copy(update={"basis": "inferred"})
        for zone in zones:
            yield Fact[Offer](value=Offer(trade=code, zone=zone, evidence=evidence), provenance=origin)
    yield from (offer for offer in supplier.offers if offer.value.title or offer.value.description)

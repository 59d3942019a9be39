"""Adds trades to a supplier: those that its labels certify, those of the contracts it won, those that its texts name.

The ladder of evidence, from strong to weak: *declared* and *job* come from the sources themselves; *certified* (a label
whose scope is a trade) and *contract* (CPV of contracts won) are added here to any supplier; *text* and *name* only to
one that has no trade at all on the day its sources were read. A certified trade is valid as long as its label.

Two rungs tell no trade. *statute*: the law of a kind (ETTI, EATT, AI, GEIQ) says that it lends people, whatever the trade or
within its branch. *activity*, last of all and only for a supplier that still has no trade: the one that its activity code (NAF)
lets suppose, kept apart from trades that are known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from vivier.law.kinds import lending
from vivier.model import Evidence, Fact, Label, Offer, OtherValue, Provenance, Supplier, UndeclaredZone
from vivier.suppliers.refused import refused_of
from vivier.trades.naf import supposed
from vivier.trades.table import Trades
from vivier.trades.words import TradeWords
from vivier.validity import periods
from vivier.vocabulary import EVIDENCES, SUPPOSED

Proofs = Mapping[str, Provenance]
"""Provenance of the proof of each trade."""

Known = tuple[Offer, Provenance]
"""A trade with its evidence and dates, without a zone, and the provenance of its proof."""

_CERTIFIES: Final[Mapping[str, str]] = {"IMPRIM_VERT": "impression"}
"""Labels that certify one trade, whatever their domain."""
_LADDER: Final = tuple(EVIDENCES)


def enriched(supplier: Supplier, trades: Trades, words: TradeWords, won: Proofs | None = None) -> Supplier:
    """The supplier with the trades we know of it. ``won`` gives those of the contracts it won."""
    supplier = with_trades(supplier, certified(supplier, trades))
    if won:
        contracts = [(Offer(trade=code, evidence="contract"), provenance) for code, provenance in won.items()]
        supplier = with_trades(supplier, contracts)
    return without_refused(with_supposed_trade(with_statute(with_inferred_trades(supplier, words))), trades)


def with_statute(supplier: Supplier) -> Supplier:
    """The supplier with the people it lends by law, as long as its agreement holds, when no offer of its own says so for as long."""
    stated = [fact.value for fact in supplier.offers if "staffing" in fact.value.service_types]
    lent = {
        Offer(
            service_types=("staffing",),
            evidence="statute",
            valid_from=fact.value.valid_from,
            valid_until=fact.value.valid_until,
        ): fact.provenance
        for fact in supplier.agreements
        if fact.value.kind in lending("any_trade", "branch")
    }
    new = [known for known in lent.items() if not any(_holds_as_long(offer, known[0]) for offer in stated)]
    return _with_offers(supplier, _made(supplier, new, "computed")) if new else supplier


def with_supposed_trade(supplier: Supplier) -> Supplier:
    """The supplier with the trade, or the family of trades, that its activity code lets suppose, when no trade is known."""
    found = supposed(supplier.naf.value) if supplier.naf is not None else None
    if supplier.naf is None or found is None or _has_trade(supplier):
        return supplier
    offer = Offer(supposed_trade=found.trade, family=found.family, evidence=SUPPOSED)
    return _with_offers(supplier, _made(supplier, [(offer, supplier.naf.provenance)], "inferred"))


def without_refused(supplier: Supplier, trades: Trades) -> Supplier:
    """The supplier without the trades that it declares not to do, whoever gives them: its zone stays, and what another source says is kept
    among the other values."""
    refused = refused_of(supplier.not_offered, trades)
    if not refused:
        return supplier
    offers = {fact: fact.value.trade or fact.value.supposed_trade for fact in supplier.offers}
    left = {fact: code for fact, code in offers.items() if code in refused and code is not None}
    remaining = (
        Fact(value=Offer(zone=fact.value.zone), provenance=fact.provenance) if fact in left else fact for fact in offers
    )
    declared = tuple(
        OtherValue(field="offers", value=trades.get(code).name, provenance=fact.provenance)
        for fact, code in left.items()
        if fact.provenance.basis != "inferred"
    )
    offers_left = tuple(fact for fact in remaining if fact.value != Offer())
    return supplier.model_copy(update={"offers": offers_left, "others": (*supplier.others, *declared)})


def _with_offers(supplier: Supplier, added: Iterable[Fact[Offer]]) -> Supplier:
    return supplier.model_copy(update={"offers": (*supplier.offers, *added)})


def _has_trade(supplier: Supplier) -> bool:
    """Whether a trade was known on the day the sources were read."""
    return any(fact.value.trade is not None and valid_when_read(fact) for fact in supplier.offers)


def certified(supplier: Supplier, trades: Trades) -> list[Known]:
    """Trades that labels certify by their scope (an RGE domain, an organic production, a label of one trade), with the
    dates of the labels: one for each period without a gap."""
    proofs: dict[str, dict[Label, Provenance]] = defaultdict(dict)
    for fact in supplier.labels:
        for code in _proved(fact.value, trades):
            proofs[code].setdefault(fact.value, fact.provenance)
    return [
        (
            Offer(trade=code, evidence="certified", valid_from=period.start, valid_until=period.end),
            labels[period.labels[0]],
        )
        for code, labels in proofs.items()
        for period in periods(labels)
    ]


def valid_when_read(fact: Fact[Offer]) -> bool:
    """Whether the offer was valid on the day it was read. A build made tomorrow from the same records gives the same answer."""
    offer, provenance = fact.value, fact.provenance
    if offer.valid_from is None and offer.valid_until is None:
        return True
    day = provenance.fetched_at.date() if provenance.fetched_at is not None else provenance.updated_at
    return _encloses((offer.valid_from, offer.valid_until), (day, day))


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


def with_trades(supplier: Supplier, known: Iterable[Known]) -> Supplier:
    """The supplier with these trades, except those it already has for as long by an evidence as strong or stronger."""
    stated = [fact.value for fact in supplier.offers if fact.value.trade is not None]
    new = [proof for proof in known if not any(_says_as_much(offer, proof[0]) for offer in stated)]
    if not new:
        return supplier
    return _with_offers(supplier, _made(supplier, new, "computed"))


def _says_as_much(stated: Offer, other: Offer) -> bool:
    if stated.trade != other.trade or stated.evidence is None or other.evidence is None:
        return False
    as_strong = _LADDER.index(stated.evidence) <= _LADDER.index(other.evidence)
    return as_strong and _holds_as_long(stated, other)


def _holds_as_long(stated: Offer, other: Offer) -> bool:
    return _encloses((stated.valid_from, stated.valid_until), (other.valid_from, other.valid_until))


def _encloses(outer: tuple[date | None, date | None], inner: tuple[date | None, date | None]) -> bool:
    """Whether the first period encloses the second; ``None`` is without bound."""
    starts = outer[0] is None or (inner[0] is not None and inner[0] >= outer[0])
    return starts and (outer[1] is None or (inner[1] is not None and inner[1] <= outer[1]))


def with_inferred_trades(supplier: Supplier, words: TradeWords) -> Supplier:
    """The supplier with the trades that its texts name, when no source gives it any. Nothing is added to stated trades."""
    supplier = with_site_trades(supplier)
    if _has_trade(supplier):
        return supplier
    inferred = dict(_inferred(supplier, words))
    if not inferred:
        return supplier
    known = [(Offer(trade=code, evidence=evidence), source) for code, (evidence, source) in inferred.items()]
    filled = (fact for fact in supplier.offers if not _is_only_a_zone(fact.value))
    return supplier.model_copy(update={"offers": (*_made(supplier, known, "inferred"), *filled)})


def with_site_trades(supplier: Supplier) -> Supplier:
    """Gives the trades read on the supplier's site the zones that it states elsewhere, without the trades that it
    states itself.

    A site says what is done, not where: with its default zone, an offer would reach further than the declared one.
    """
    read = [offer for offer in supplier.offers if _is_of_site(offer)]
    if not read:
        return supplier
    stated = [offer for offer in supplier.offers if not _is_of_site(offer)]
    known = {offer.value.trade for offer in stated if valid_when_read(offer)}
    zones = list(dict.fromkeys(offer.value.zone for offer in stated)) or [UndeclaredZone()]
    added = [
        Fact[Offer](value=offer.value.model_copy(update={"zone": zone}), provenance=offer.provenance)
        for offer in read
        if offer.value.trade not in known
        for zone in zones
    ]
    others = [offer for offer in stated if not added or not _is_only_a_zone(offer.value)]
    return supplier.model_copy(update={"offers": (*others, *added)})


def _is_only_a_zone(offer: Offer) -> bool:
    return offer == Offer(zone=offer.zone)


def _is_of_site(offer: Fact[Offer]) -> bool:
    return offer.value.evidence == "text" and offer.provenance.source_id == "website"


def _inferred(supplier: Supplier, words: TradeWords) -> Iterator[tuple[str, tuple[Evidence, Provenance]]]:
    """For each trade: its evidence and the provenance of the text. Names are read first, so that a presentation, which
    is stronger, replaces them."""
    for fact in (supplier.name, supplier.brand):
        if fact is not None:
            for code in words.names.found(fact.value):
                yield code, ("name", fact.provenance)
    if supplier.description is not None:
        for code in words.of_presentation(supplier.description.value):
            yield code, ("text", supplier.description.provenance)


def _made(supplier: Supplier, known: Iterable[Known], basis: str) -> Iterator[Fact[Offer]]:
    """One offer for each trade, in each zone stated (undeclared when none is)."""
    zones = list(dict.fromkeys(offer.value.zone for offer in supplier.offers)) or [UndeclaredZone()]
    for offer, provenance in known:
        origin = provenance.model_copy(update={"basis": basis})
        for zone in zones:
            yield Fact[Offer](value=offer.model_copy(update={"zone": zone}), provenance=origin)

"""Makes the document of a supplier: the only code that writes the field names of ``mappings/suppliers.json``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import orjson

from indexer.enrich import valid_when_read
from vivier.belief import Known, beliefs
from vivier.belief.learnt import Tally
from vivier.belief.steps import STORED, stored
from vivier.identity import fold
from vivier.law.kinds import KINDS, default_zone_km
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model import Address, Agreement, Offer, Supplier, Zone
from vivier.model.base import indexed_members
from vivier.model.sizes import newest_sizes
from vivier.search.port import Document
from vivier.suppliers.believed import known_of
from vivier.suppliers.networks import is_listed
from vivier.suppliers.refused import refused_of
from vivier.territory.address import departement_of
from vivier.territory.reach import ReachIndex, Request
from vivier.territory.units import Reach
from vivier.text import nfc


def tie(supplier_id: str) -> int:
    """A number that orders equal ranks, drawn from the id so that it favours nobody. 52 bits: exact in any JSON reader."""
    return int(hashlib.sha256(supplier_id.encode()).hexdigest()[:13], 16)


_FIRST_WORDS = re.compile(r"\s*(?:(?:les?|la)\s+)?\S+", re.IGNORECASE)
"""The beginning of a name, without its article: « Ateliers » in « Les Ateliers du Pont », as well as « Les »."""

_PLAIN = indexed_members(Supplier)
TEXT_FIELDS = ("text_name", "text_offers", "text_more")
"""Fields whose words make the vocabulary of a generation."""


class DocumentMaker:
    def __init__(self, lexicon: Lexicon, reach: ReachIndex) -> None:
        self._lexicon = lexicon
        self._reach = reach
        self._ancestors: dict[str, list[str]] = {}
        self._trade_texts: dict[str, tuple[tuple[str, ...], str]] = {}

    def make(self, supplier: Supplier) -> Document:
        """The document of one supplier. Absent values are left out: unknown is not zero."""
        return self.make_many([supplier])[0]

    def make_many(self, suppliers: Sequence[Supplier], records: Sequence[bytes] | None = None) -> list[Document]:
        """The documents of many suppliers, in order. The reach of their zones is computed together, which is faster. ``records``: what
        :func:`written` gives for each, when the caller has it."""
        requests: dict[tuple[int, Zone], Request] = {}
        for place, supplier in enumerate(suppliers):
            kilometres = default_zone_km(agreement.value.kind for agreement in supplier.agreements)
            for offer in _offers_of(supplier):
                requests[place, offer.zone] = (offer.zone, _address_of(supplier), kilometres)
        reached = dict(zip(requests, self._reach.reach_many(list(requests.values())), strict=True))
        return [
            self._document(supplier, record, {offer.zone: reached[place, offer.zone] for offer in _offers_of(supplier)})
            for place, (supplier, record) in enumerate(
                zip(suppliers, map(written, suppliers) if records is None else records, strict=True)
            )
        ]

    def _document(self, supplier: Supplier, record: bytes, reaches: Mapping[Zone, Reach]) -> Document:
        address = _address_of(supplier)
        names = _nfc(_names(supplier))
        seat = self._seat(address)
        document: Document = {
            "id": supplier.id,
            "tie": tie(supplier.id),
            "identifiers": [supplier.id, *(identifier.lower() for identifier in supplier.identifiers)],
            "name_sort": fold(supplier.name.value),
            "text_name_exact": names,
            "text_name": names,
            "text_offers": _nfc(self._offer_texts(supplier)),
            "text_more": _nfc(_more_texts(supplier, address)),
            "text_begin": names,
            "text_first": [found[0] for found in map(_FIRST_WORDS.match, names) if found is not None],
            "seat": seat,
            "agreements": [
                _dated(_agreement(a.value), a.value.valid_from, a.value.valid_until) for a in supplier.agreements
            ],
            "labels": [
                _dated(
                    {"code": label.value.code, "scope": label.value.scope},
                    label.value.valid_from,
                    label.value.valid_until,
                )
                for label in supplier.labels
                if not label.value.suspended
            ],
            "offers": self._offers(supplier, reaches, seat),
            "record": orjson.Fragment(record),
        }
        document.update(_plain(supplier))
        refused = refused_of(supplier.not_offered, self._lexicon.trades)
        if refused:
            document["not_offered"] = sorted(refused)
        belief = self._belief(supplier, refused)
        if belief:
            document["belief"] = belief
        document.update(_sizes(supplier))
        for level in ("departement", "region"):
            found = [id_ for id_ in document["seat"] if id_.startswith(level)]
            if found:
                document[level] = found[0]
        if address.point is not None:
            document["location"] = {"lon": address.point.lon, "lat": address.point.lat}
        updated = max((day for day in map(_day, supplier.sources) if day is not None), default=None)
        if updated is not None:
            document["updated"] = updated.isoformat()
        proved = max((day for day in _proof_days(supplier) if day is not None), default=None)
        if proved is not None:
            document["proved"] = proved.isoformat()
        return document

    def _seat(self, address: Address) -> list[str]:
        gazetteer = self._lexicon.gazetteer
        if address.arrondissement is not None:
            return self._within(f"arrondissement:{address.arrondissement}")
        if address.commune is not None:
            return self._within(f"commune:{address.commune}")
        departement = departement_of(address, gazetteer)
        return [] if departement is None else self._within(f"departement:{departement}")

    def _within(self, id_: str) -> list[str]:
        """The territory and all that contain it."""
        if id_ not in self._ancestors:
            self._ancestors[id_] = list(self._lexicon.gazetteer.ancestors(id_))
        return self._ancestors[id_]

    def _offers(self, supplier: Supplier, reaches: Mapping[Zone, Reach], seat: list[str]) -> list[dict[str, object]]:
        entries: dict[tuple[object, ...], dict[str, object]] = {}
        for offer in _offers_of(supplier):
            dates = (offer.valid_from, offer.valid_until)
            key = (
                offer.trade,
                offer.supposed_trade,
                offer.family,
                offer.service_types,
                offer.evidence,
                offer.zone,
                *dates,
            )
            if key not in entries:
                entries[key] = self._offer(offer, reaches[offer.zone], seat)
        return list(entries.values())

    def _offer(self, offer: Offer, reach: Reach, seat: list[str]) -> dict[str, object]:
        """An offer. The seat is repeated in each offer: a facet of offers counts those that serve a territory, by zone
        or by seat.

        Most lists are empty: an empty list is left out, so that it is neither packed, checked nor stored.
        """
        lists = {
            "service_type": list(offer.service_types),
            "seat": seat,
            "reach_all": reach.all,
            "reach_full": reach.full,
            "reach_wide": reach.wide,
            "reach_partial": reach.partial,
            "reach_touch": reach.touch,
        }
        entry: dict[str, object] = {"zone_basis": reach.basis} | {name: codes for name, codes in lists.items() if codes}
        if offer.trade is not None:
            entry["trade"] = self._trade(offer.trade)[0]
            entry["trade_own"] = offer.trade
        if offer.supposed_trade is not None:
            entry["supposed_trade"] = self._trade(offer.supposed_trade)[0]
        family = self._family(offer)
        if family is not None:
            entry["family"] = family
        if offer.evidence is not None:
            entry["evidence"] = offer.evidence
        return _dated(entry, offer.valid_from, offer.valid_until)

    def _belief(self, supplier: Supplier, refused: frozenset[str]) -> list[str]:
        """« trade:step » of each trade that a supplier probably does, those that a source gives left out."""
        known = known_of_supplier(supplier, refused)
        given = {above for code in known.rungs for above in self._trade(code)[0]}
        found = beliefs(known, self._lexicon.trades, STORED)
        return sorted(stored((code, probability) for code, probability in found.items() if code not in given))

    def _family(self, offer: Offer) -> str | None:
        """The group of the trade, known or supposed; the one stated when no trade is."""
        trade = offer.trade or offer.supposed_trade
        return offer.family if trade is None else self._lexicon.trades.get(trade).group

    def _offer_texts(self, supplier: Supplier) -> Iterator[str]:
        """The texts of offers. Words have no date: those of an offer that was not valid when it was read are left out."""
        seen: set[str] = set()
        for fact in filter(valid_when_read, supplier.offers):
            offer = fact.value
            words = self._trade(offer.trade)[1] if offer.trade is not None else None
            for text in (offer.title, offer.description, words):
                if text and text not in seen:
                    seen.add(text)
                    yield text

    def _trade(self, code: str) -> tuple[tuple[str, ...], str]:
        """The trade with the broader ones, and the words that name it."""
        if code not in self._trade_texts:
            trade = self._lexicon.trades.get(code)
            codes = (code, *(broader.code for broader in self._lexicon.trades.ancestors(code)))
            # one text object for each trade: thousands of documents share it, and it is analysed once
            self._trade_texts[code] = codes, " ; ".join((trade.name, *trade.words))
        return self._trade_texts[code]


def written(supplier: Supplier) -> bytes:
    """The record of a supplier, as it is stored: all that its document depends on, beside this code and tables."""
    return supplier.__pydantic_serializer__.to_json(supplier, exclude_none=True)


def known_of_supplier(supplier: Supplier, refused: frozenset[str]) -> Known:
    """What the belief reads of a supplier. ``refused``: the trades that it declares not to do."""
    offers = [fact.value for fact in supplier.offers if valid_when_read(fact)]
    return known_of(
        (agreement.value.kind for agreement in supplier.agreements),
        supplier.naf.value if supplier.naf is not None else None,
        (fact.value for fact in (supplier.name, supplier.brand) if fact is not None),
        ((offer.trade, offer.evidence) for offer in offers if offer.trade is not None),
        refused,
        {each.trade: Tally(each.yes, each.no) for each in supplier.learnt},
    )


def _address_of(supplier: Supplier) -> Address:
    return supplier.address.value if supplier.address is not None else Address()


def _offers_of(supplier: Supplier) -> list[Offer]:
    """The offers, or an empty one: a supplier without a published offer still serves around its seat."""
    return [fact.value for fact in supplier.offers] or [Offer()]


def _nfc(texts: Iterable[str]) -> list[str]:
    """Texts in the normal form given to both engines."""
    return [nfc(text) for text in texts]


def _names(supplier: Supplier) -> Iterator[str]:
    for fact in (supplier.name, supplier.brand, supplier.acronym):
        if fact is not None:
            yield fact.value
    yield from supplier.other_names


def _more_texts(supplier: Supplier, address: Address) -> Iterator[str]:
    if supplier.description is not None:
        yield supplier.description.value
    if address.town:
        yield address.town
    for agreement in supplier.agreements:
        kind = KINDS.get(agreement.value.kind)
        yield f"{agreement.value.kind} {kind.name}" if kind else agreement.value.kind
    for label in supplier.labels:
        known = LABELS.get(label.value.code)
        yield known.name if known else label.value.code
    for network in supplier.networks:
        yield network.value
    for reference in supplier.references:
        yield f"{reference.value.client} {reference.value.title or ''}"


def _plain(supplier: Supplier) -> Iterator[tuple[str, object]]:
    """The members whose values are fields of the index (``Indexed``); the unknown ones are left out."""
    for name in _PLAIN:
        facts = getattr(supplier, name)
        if (
            name == "networks"
        ):  # a closed list: another name is shown and searched as words, and is no value of the filter
            yield name, [fact.value for fact in facts if is_listed(fact.value)]
        elif isinstance(facts, tuple):
            yield name, [indexed(fact.value) for fact in facts]
        elif facts is not None:
            yield name, indexed(facts.value)


def indexed(value: object) -> object:
    """A plain value as the index has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else value


def _agreement(agreement: Agreement) -> dict[str, object]:
    """The kind of an agreement, with the last day that its last proof proves."""
    kind: dict[str, object] = {"kind": agreement.kind}
    return kind if agreement.proved_until is None else kind | {"proved_until": agreement.proved_until.isoformat()}


def _dated(entry: dict[str, object], start: date | None, end: date | None) -> dict[str, object]:
    if start is not None:
        entry["valid_from"] = start.isoformat()
    if end is not None:
        entry["valid_until"] = end.isoformat()
    return entry


def _sizes(supplier: Supplier) -> Iterator[tuple[str, float]]:
    """The size kept for each unit; units are never mixed. A band of persons gives both its ends, so that a filter
    compares what is sure."""
    units = {"eur_year": "turnover", "volume_eur_year": "volume", "persons": "staff", "places": "places"}
    for unit, found in newest_sizes([fact.value for fact in supplier.capacities]).items():
        if unit in units:
            yield units[unit], found.value
        if unit == "persons":
            yield "staff_to", found.value if found.up_to is None else found.up_to


def _proof_days(supplier: Supplier) -> Iterator[date | None]:
    """Dates that the sources give for kinds and labels, not the date we read them."""
    yield from (agreement.provenance.updated_at for agreement in supplier.agreements)
    yield from (label.provenance.updated_at for label in supplier.labels)


def _day(provenance: object) -> date | None:
    updated: date | None = getattr(provenance, "updated_at", None)
    fetched = getattr(provenance, "fetched_at", None)
    return updated or (fetched.date() if fetched is not None else None)

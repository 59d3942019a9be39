"""Makes the documents of contracts and of their buyers, one share of buyers at a time, on every core.

Makes buyers from their contracts, and the document of each: the only code that writes the names of
``mappings/buyers.json``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar

import orjson

from indexer.aside import ODD, Aside, SetAside, without_odd
from indexer.contracts.assemble import Assembler
from indexer.contracts.gather import contracts_of, read_records
from indexer.contracts.inclusive import InclusiveIndex
from indexer.contracts.keys import contract_id, contract_key
from indexer.contracts.marks import Marks
from indexer.contracts.names import Names, without_site
from indexer.contracts.shares import SMALLEST_SHARED, Shares
from indexer.document import tie
from vivier.forked import on_every_core
from vivier.identity import fold
from vivier.lexicon import Lexicon
from vivier.model import Contract, ContractRecord, InclusiveHolder
from vivier.model.base import indexed_members
from vivier.model.buyer import Buyer
from vivier.procurement import is_framework
from vivier.search.port import Document
from vivier.text import nfc
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers

_PLAIN: Final = indexed_members(Contract)
TEXT_FIELDS = ("text_object", "text_parties")
DOUBTED_AMOUNTS: Final = frozenset(("amount_suspect", "amount_symbolic"))
"""An amount with one of these issues is shown, never summed nor filtered."""


class ContractDocuments:
    def __init__(self, lexicon: Lexicon) -> None:
        self._marks = Marks(lexicon)

    def make(self, contract: Contract) -> Document:
        """The document of one contract; absent values are left out: unknown is not zero."""
        place = self._marks.where(contract.place)
        seat = self._marks.where(contract.buyer_seat)
        own = place.precise or not place.holds(seat)  # a seat elsewhere says nothing of the place
        where, of = (place, "place") if own else (seat, "buyer")
        names = [nfc(name) for name in _names(contract)]
        document: Document = {
            "id": contract.key,
            "tie": tie(contract.key),
            "identifiers": _identifiers(contract),
            "text_object": nfc(contract.object) or None,  # some extracts have no such column
            "text_parties_exact": names,
            "text_parties": names,
            "buyer": contract.buyer.number,
            "buyer_territory": seat.ids,
            "territory": place.ids or seat.ids,
            "departement": place.departement or seat.departement,
            "region": place.region or seat.region,
            "buyer_lon": None if seat.point is None else seat.point["lon"],
            "buyer_lat": None if seat.point is None else seat.point["lat"],
            "location": where.point,
            "location_of": of if where.point is not None else None,
            "holders": [holder.siren for holder in contract.holders if holder.siren is not None],
            "subcontractors": list(dict.fromkeys(_subcontractors(contract))),
            **_inclusive(contract.inclusive),
            "cpv": [],
            "trades": [],
            "meant_trades": [],
            "technique": contract.techniques,
            "framework": "yes" if is_framework(contract.techniques, contract.nature) else "no",
            "award": "several" if contract.multi_award else "group" if contract.consortium else "one",
            "social": contract.social_state,
            "environmental": contract.environmental_state,
            **_provisions(contract),
            "renewed": "yes" if contract.renewed_by is not None else "no",
            "record": orjson.Fragment(contract.json_line()),
        }
        if contract.cpv is not None:
            document |= self._marks.cpv(contract.cpv)
        for name in _PLAIN:
            value = getattr(contract, name)
            document[name] = value.isoformat() if isinstance(value, date) else value
        if contract.notified is not None:
            document["year"] = str(contract.notified.year)
        if contract.amount is not None and DOUBTED_AMOUNTS.isdisjoint(contract.quality):
            document["amount"] = contract.amount
            document["annual_amount"] = annual_amount(contract.amount, contract.months)
        return {name: value for name, value in document.items() if value is not None}

    def add_named_trades(self, document: Document, words: Sequence[str]) -> None:
        """Adds the trades that the object names to those of its CPV. ``words`` is the object as index words."""
        self._marks.add_named_trades(document, words)


def annual_amount(amount: float, months: int | None) -> float:
    """Euros a year. The amount of more than twelve months is spread; that of a shorter contract is not scaled up
    (docs/methods.md (d))."""
    return amount * 12 / max(months or 12, 12)


def _provisions(contract: Contract) -> Document:
    evidence = contract.evidence
    if not evidence:
        return {"provisions": [], "declared_provisions": [], "reserved_for": []}
    return {
        "provisions": list(dict.fromkeys(item.provision for item in evidence)),
        "declared_provisions": list(dict.fromkeys(item.provision for item in evidence if item.signal == "declared")),
        "reserved_for": list(_reserved_for(contract)),
    }


def _inclusive(holders: Sequence[InclusiveHolder]) -> Document:
    if not holders:
        return {"inclusive": [], "inclusive_kind": []}
    own = [holder for holder in holders if not holder.subcontractor]
    return {
        "inclusive": list(dict.fromkeys(holder.match for holder in own)),
        "inclusive_kind": sorted({kind for holder in own for kind in holder.kinds}),
    }


def _subcontractors(contract: Contract) -> Iterable[str]:
    """The organisations to which a holder declares to subcontract. A subcontractor without a valid number may be a person: it is left out."""
    return (act.subcontractor.siren for act in contract.subcontracts if act.subcontractor.siren is not None)


def _identifiers(contract: Contract) -> list[str]:
    found = [contract.key]
    if contract.number is not None:
        found.append(contract.number.lower())
    for organisation in (contract.buyer, *contract.holders):
        if organisation.siren is not None:
            found.append(organisation.siren)
        if organisation.siret is not None:
            found.append(organisation.siret)
    return found


def _names(contract: Contract) -> list[str]:
    names = [party.name for party in (contract.buyer, *contract.holders) if party.name is not None]
    return [*names, *dict.fromkeys(holder.name for holder in contract.inclusive)] if contract.inclusive else names


def _reserved_for(contract: Contract) -> Iterable[str]:
    """Families named; « unknown » for a reserved contract that names none."""
    if any(item.provision == "reserved" for item in contract.evidence):
        yield from contract.reserved_for or ("unknown",)


def buyers_of(
    contracts: Iterable[Contract], elsewhere: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Iterator[Buyer]:
    """The buyers that have a valid SIREN. ``contracts`` must hold every contract of a buyer.

    ``elsewhere``: names by SIREN found in other sources (notices); they come after those of the contracts.
    """
    own: dict[str, list[Contract]] = {}
    for contract in contracts:
        if contract.buyer.siren is not None:
            own.setdefault(contract.buyer.siren, []).append(contract)
    for siren, signed in own.items():
        yield _buyer(siren, signed, elsewhere.get(siren, ()))


def _buyer(siren: str, contracts: Sequence[Contract], elsewhere: Sequence[str]) -> Buyer:
    """The buyer. Its name is the most used one, without its site, then the longest; the others are kept."""
    names = Counter(without_site(contract.buyer.name) for contract in contracts if contract.buyer.name is not None)
    written = sorted({contract.buyer.name for contract in contracts if contract.buyer.name is not None})
    ordered = [*sorted(names, key=lambda name: (-names[name], -len(name), name)), *written, *elsewhere]
    ordered = list({fold(name): name for name in reversed(ordered)}.values())[::-1]
    named_by = {contract.buyer.name_source for contract in contracts if contract.buyer.name is not None}
    days = sorted(contract.notified for contract in contracts if contract.notified is not None)
    newest = max(contracts, key=lambda contract: (contract.notified is not None, contract.notified, contract.key))
    return Buyer(
        siren=siren,
        name=ordered[0] if ordered else None,
        name_source=None if None in named_by else min(filter(None, named_by), default=None),
        other_names=tuple(ordered[1:6]),
        sirets=tuple(sorted({contract.buyer.siret for contract in contracts if contract.buyer.siret is not None})),
        category=newest.buyer_category or "autre",
        seat=next((contract.buyer_seat for contract in contracts if contract.buyer_seat is not None), None),
        contracts=len(contracts),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        sources=tuple({source.source_id: source for contract in contracts for source in contract.sources}.values()),
    )


def buyer_document(buyer: Buyer, lexicon: Lexicon) -> Document:
    ids = () if buyer.seat is None else lexicon.gazetteer.ancestors(buyer.seat)
    point = None if buyer.seat is None else lexicon.gazetteer.reference_point(buyer.seat)
    names = [nfc(name) for name in (buyer.name, *buyer.other_names) if name is not None]
    document: Document = {
        "id": buyer.siren,
        "tie": tie(buyer.siren),
        "identifiers": [buyer.siren, *buyer.sirets],
        "name_sort": fold(buyer.name or buyer.siren),
        "text_name_exact": names,
        "text_name": names,
        "buyer_category": buyer.category,
        "territory": ids,
        "departement": next((id_ for id_ in ids if id_.startswith("departement")), None),
        "region": next((id_ for id_ in ids if id_.startswith("region")), None),
        "location": None if point is None else {"lon": point[0], "lat": point[1]},
        "contracts": buyer.contracts,
        "notified": None if buyer.last is None else buyer.last.isoformat(),
        "record": orjson.Fragment(buyer.model_dump_json(exclude_none=True)),
    }
    return {name: value for name, value in document.items() if value is not None}


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Made:
    """Some contracts, their documents and those of their buyers, with the words of their texts."""

    models: list[Contract]
    contracts: list[Document]
    words: list[AnalysedTexts]
    buyers: list[Document]
    buyer_words: list[AnalysedTexts]


@dataclass(frozen=True, slots=True)
class KnownParties:
    """What other sources know of buyers and holders: inclusive structures, names by SIREN, and all the names that notices give to each
    buyer."""

    inclusive: InclusiveIndex = field(default_factory=lambda: InclusiveIndex(()))
    names: Names = field(default_factory=Names)
    buyers: Mapping[str, Sequence[str]] = field(default_factory=dict)


class ShareMaker:
    def __init__(self, lexicon: Lexicon, shares: Shares, known: KnownParties) -> None:
        self._shares, self._known = shares, known
        self._lexicon = lexicon
        self._assembler = Assembler(lexicon.gazetteer, known.inclusive, shares.winners, known.names)
        self._documents = ContractDocuments(lexicon)
        self._reader = TextReader(lexicon.analysis)
        self._analyzers, self._of_buyers = text_analyzers("contracts"), text_analyzers("buyers")

    def make(self, share: int, unreadable: list[Aside]) -> Iterator[Made]:
        """Makes everything of one share, a few buyers at a time. Lines that are no record are added to ``unreadable``."""
        return (self.made(read_records(lines, unreadable)) for lines in self._shares.batches(share))

    def records(self, share: int, unreadable: list[Aside]) -> list[ContractRecord]:
        """The records of one share. Lines that are no record are added to ``unreadable``."""
        return [record for lines in self._shares.batches(share) for record in read_records(lines, unreadable)]

    def made(self, records: Iterable[ContractRecord]) -> Made:
        """The contracts and documents of some records. They must hold every record of a buyer."""
        contracts = contracts_of(records, self._assembler)
        documents = [self._documents.make(contract) for contract in contracts]
        words = [self._reader.analysed(document, self._analyzers) for document in documents]
        for document, analysed in zip(documents, words, strict=True):
            self._documents.add_named_trades(document, analysed["text_object"])
        buyers = [buyer_document(buyer, self._lexicon) for buyer in buyers_of(contracts, self._known.buyers)]
        buyer_words = [self._reader.analysed(document, self._of_buyers) for document in buyers]
        return Made(contracts, documents, words, buyers, buyer_words)


def make_contracts(
    lexicon: Lexicon,
    shares: Shares,
    known: KnownParties,
    then: Callable[[Iterator[Made]], T],
    left_out: SetAside | None = None,
) -> Iterator[T]:
    """What ``then`` returns for the documents of each share, in a fixed order, on every core when there are many.

    ``then`` runs in the process that makes the documents: only its result comes back. A contract that it cannot take,
    or of which no document can be made, is added to ``left_out``.
    """
    maker, left = ShareMaker(lexicon, shares, known), SetAside() if left_out is None else left_out

    def work(share: int) -> tuple[T, list[Aside]]:
        unreadable: list[Aside] = []
        try:
            return then(maker.make(share, unreadable)), unreadable
        except ODD:
            unreadable.clear()
            result, odd = without_odd(
                maker.records(share, unreadable), lambda some: then(iter([maker.made(some)])), _id
            )
            return result, [*unreadable, *odd]

    for result, odd in on_every_core(work, range(shares.count), worth=shares.lines >= SMALLEST_SHARED):
        left.add(odd, shares.lines)
        yield result


def _id(record: ContractRecord) -> str:
    return contract_id(contract_key(record))

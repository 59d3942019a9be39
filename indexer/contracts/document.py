"""Makes the document of a contract: the only code that writes the field names of ``mappings/contracts.json``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import orjson

from indexer.contracts.marks import Marks
from indexer.document import tie
from vivier.lexicon import Lexicon
from vivier.model import Contract, InclusiveHolder
from vivier.model.base import indexed_members
from vivier.procurement import is_framework
from vivier.search.port import Document
from vivier.text import nfc

_PLAIN: Final = indexed_members(Contract)
TEXT_FIELDS = ("text_object", "text_parties")
DOUBTED_AMOUNTS: Final = frozenset(("amount_suspect", "amount_symbolic"))
"""An amount with one of these issues is shown, never summed nor filtered."""


class ContractDocuments:
    """Makes the documents of a generation of contracts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._marks = Marks(lexicon)

    def make(self, contract: Contract) -> Document:
        """The document of one contract; absent values are left out: unknown is not zero."""
        place = self._marks.where(contract.place)
        seat = self._marks.where(contract.buyer_seat)
        where, of = (place, "place") if place.precise or not seat.ids else (seat, "buyer")
        names = [nfc(name) for name in _names(contract)]
        document: Document = {
            "id": contract.key,
            "tie": tie(contract.key),
            "identifiers": _identifiers(contract),
            "text_object": nfc(contract.object) or None,  # some extracts have no such column
            "text_parties_exact": names,
            "text_parties": names,
            "buyer": contract.buyer.siren or contract.buyer.raw_id,
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
            "social_value": contract.social.values,
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
    """The provisions of a contract. Most contracts have none."""
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

"""Makes one contract from its records: current version, states, place, winners, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Final

from indexer.contracts.current import Current, current_of, recorded
from indexer.contracts.inclusive import InclusiveIndex, families_of
from indexer.contracts.keys import contract_id
from indexer.contracts.names import Names, named_by_tables
from indexer.contracts.relations import looks_subsequent
from vivier.contracts.buyers import BuyerSeat, read_siren
from vivier.contracts.months import latest_end
from vivier.contracts.objects import lot_of
from vivier.contracts.places import PlaceReader
from vivier.contracts.provisions import reservations_of
from vivier.contracts.reservation import best_founded, named
from vivier.law.articles import ReservedFor
from vivier.model import (
    Considerations,
    Contract,
    ContractRecord,
    InclusiveHolder,
    Organisation,
    Provenance,
    ProvisionEvidence,
)
from vivier.procurement import Provision, State, is_framework
from vivier.territory import Gazetteer

DECLARED = 0.95
"""Confidence of a value declared by the buyer [ours]."""
WINNER: Final = {"siret": 0.7, "siren": 0.4}
"""Confidence that a reserved contract is reserved for its winner's family
(docs/contracts.md, « Evidence of a provision »)."""
SAME_WINNER = 0.5
SURE = 0.8
_SOCIAL: Final[tuple[tuple[str, Provision], ...]] = (
    ("reserved", "reserved"),
    ("criterion", "criterion"),
    ("clause", "clause"),
)
_ENVIRONMENTAL: Final[tuple[tuple[str, Provision], ...]] = (("criterion", "environmental"), ("clause", "environmental"))
_CHOSEN: Final = frozenset(
    (
        *("buyer", "holders", "object", "amount", "months", "notified", "published", "place"),
        *("social", "environmental", "modifications"),
    )
)
"""Members of a contract that its records tell together."""
_PLAIN: Final = tuple(
    name for name in Contract.model_fields if name in ContractRecord.model_fields and name not in _CHOSEN
)
"""Members taken as they are from the record in force."""
_plain_of: Final = attrgetter(*_PLAIN)
_UNKNOWN_SEAT: Final = BuyerSeat("autre", None, None)
_WORKS = "45"
_SUPPLIES = frozenset((*(f"{n:02}" for n in range(1, 45)), "48"))


class Assembler:
    """Makes contracts. Reference tables and the index of inclusive structures are given once."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        inclusive: InclusiveIndex,
        winners: Mapping[str, tuple[ReservedFor, ...]] | None = None,
        names: Names | None = None,
    ) -> None:
        """``winners``: SIRENs of holders of a contract reserved for a family, when the family is known at :data:`SURE`
        or better."""
        self._gazetteer = gazetteer
        self._winners = winners or {}
        self._names = names or Names()
        self._named = bool(self._names)
        self._inclusive = inclusive
        self._places = PlaceReader(gazetteer)
        self._seats: dict[str, BuyerSeat] = {}

    def assemble(self, key: str, records: Sequence[ContractRecord], *, collision: bool = False) -> Contract:
        current = current_of(records)
        retained = current.record
        text = retained.object or next((row.object for row in current.rows if row.object), "")
        seat = self._seat(records, retained.buyer)
        placed = self._places.read(retained.place, seat.seat)
        social = retained.social if retained.social.values else recorded(current.rows, retained, "social")
        environmental = (
            retained.environmental
            if retained.environmental.values
            else recorded(current.rows, retained, "environmental")
        )
        states = social.state, environmental.state
        buyer = _named_buyer(records, retained.buyer, seat)
        holders = current.holders
        if self._named:
            buyer, holders = self._names.named(buyer), tuple(map(self._names.named, holders))
        starts = retained.started or current.notified
        ends = latest_end(starts, current.months)
        inclusive = self._known(current.holders, retained, current.notified)
        several = len(current.holders) > 1
        grouped = retained.grouping in ("conjoint", "solidaire")
        framework = is_framework(retained.techniques, retained.nature)
        evidence = tuple(_evidence(retained, text, ((social, states[0]), (environmental, states[1])), inclusive))
        reserved = is_reserved(evidence)
        if reserved and not named(evidence):
            evidence += tuple(self._same_winner(retained, current.holders))
        # every value comes from a checked record, and checking it again would double the cost
        return Contract.trusted(
            **dict(zip(_PLAIN, _plain_of(retained), strict=True)),
            key=contract_id(key),
            buyer=buyer,
            buyer_category=seat.category,
            buyer_seat=seat.seat,
            holders=holders,
            inclusive=inclusive,
            object=text,
            lot=lot_of(text),
            category=category_of(retained.cpv),
            consortium=several and grouped,
            multi_award=several and retained.grouping == "none",
            subsequent=retained.nature == "subsequent" or (not framework and looks_subsequent(text)),
            declared_place=retained.place,
            place=placed.id,
            amount=current.amount,
            initial_amount=current.initial_amount,
            months=current.months,
            initial_months=current.initial_months,
            notified=current.notified,
            starts=starts,
            ends=ends,
            published=min((row.published for row in current.rows if row.published is not None), default=None),
            changed_on=_last_change(current),
            amended=current.amended.last,
            amount_since=current.amended.amount,
            months_since=current.amended.months,
            social=social,
            social_state=states[0],
            environmental=environmental,
            environmental_state=states[1],
            reserved_for=named(evidence) if reserved else (),
            evidence=evidence,
            modifications=current.modifications,
            others=current.others,
            quality=_quality(retained, current, social, environmental, placed.issues, ends, collision),
            sources=self._sources(records, buyer, holders),
        )

    def _sources(
        self, records: Sequence[ContractRecord], buyer: Organisation, holders: Iterable[Organisation]
    ) -> tuple[Provenance, ...]:
        own = _sources(records)
        return (*own, *self._names.sources(buyer, *holders)) if self._named else own

    def _seat(self, records: Sequence[ContractRecord], buyer: Organisation) -> BuyerSeat:
        """The seat of the buyer that a source gives, else the one its SIREN implies."""
        implied = _UNKNOWN_SEAT if buyer.siren is None else self._implied(buyer.siren)
        for record in records:
            place = record.buyer_place
            if place is not None and place.commune in self._gazetteer.names["commune"]:
                return BuyerSeat(implied.category, f"commune:{place.commune}", implied.name)
        for record in records:
            place = record.buyer_place
            if implied.seat is None and place is not None and place.departement in self._gazetteer.names["departement"]:
                return BuyerSeat(implied.category, f"departement:{place.departement}", implied.name)
        return implied

    def _implied(self, siren: str) -> BuyerSeat:
        if siren not in self._seats:
            self._seats[siren] = read_siren(siren, self._gazetteer)
        return self._seats[siren]

    def _same_winner(self, retained: ContractRecord, holders: Iterable[Organisation]) -> Iterable[ProvisionEvidence]:
        """Evidence that the same holder won another contract, reserved for a family known there (docs/contracts.md, «
        Evidence of a provision »)."""
        for holder in holders:
            families = self._winners.get(holder.siren or "")
            if families:
                yield ProvisionEvidence(
                    provision="reserved",
                    signal="winner",
                    provenance=retained.provenance,
                    value=holder.siren,
                    reserved_for=families,
                    confidence=SAME_WINNER,
                )

    def _known(
        self, holders: Iterable[Organisation], retained: ContractRecord, day: date | None
    ) -> tuple[InclusiveHolder, ...]:
        found = [known for holder in holders for known in self._inclusive.known(holder, day)]
        for act in retained.subcontracts:
            found += self._inclusive.known(act.subcontractor, day, subcontractor=True)
        return tuple(found)


def category_of(cpv: str | None) -> str | None:
    """Works, supplies or services, by the division of the CPV (docs/contracts.md, « Category »)."""
    if cpv is None:
        return None
    division = cpv[:2]
    return "travaux" if division == _WORKS else "fournitures" if division in _SUPPLIES else "services"


def is_reserved(evidence: Sequence[ProvisionEvidence]) -> bool:
    """Whether at least one signal says that the contract is reserved."""
    return bool(evidence) and any(item.provision == "reserved" for item in evidence)


def _evidence(
    retained: ContractRecord,
    text: str,
    declared: tuple[tuple[Considerations, State], tuple[Considerations, State]],
    inclusive: Iterable[InclusiveHolder],
) -> list[ProvisionEvidence]:
    """Every signal with its source. A declared contradiction gives no signal. The winner says for whom a contract is
    reserved, never whether it is."""
    found = [
        ProvisionEvidence(
            provision=provision, signal="declared", provenance=retained.provenance, value=value, confidence=DECLARED
        )
        for (considerations, state), provisions in zip(declared, (_SOCIAL, _ENVIRONMENTAL), strict=True)
        if state == "yes"
        for value, provision in provisions
        if value in considerations.values
    ]
    declared_reserved = is_reserved(found)
    found += [
        ProvisionEvidence(
            provision="reserved",
            signal=reading.signal,
            provenance=retained.provenance,
            value=reading.value,
            excerpt=reading.excerpt,
            reserved_for=reading.reserved_for,
            confidence=reading.confidence,
        )
        for reading in best_founded(reservations_of(text, reserved=declared_reserved))
    ]
    if is_reserved(found):
        found += _winners(retained.provenance, inclusive)
    return found


def _winners(provenance: Provenance, inclusive: Iterable[InclusiveHolder]) -> Iterable[ProvisionEvidence]:
    for holder in inclusive:
        families = families_of([holder])
        if families and not holder.subcontractor:
            yield ProvisionEvidence(
                provision="reserved",
                signal="winner",
                provenance=provenance,
                value=holder.supplier_id,
                reserved_for=families,
                confidence=WINNER[holder.match],
            )


def _named_buyer(records: Sequence[ContractRecord], buyer: Organisation, seat: BuyerSeat) -> Organisation:
    """The buyer with the name that one of its records gives, else the one of the tables."""
    if buyer.name is not None:
        return buyer
    name = next((r.buyer.name for r in records if r.buyer.name is not None), None)
    if name is not None:
        return buyer.changed(name=name)
    return named_by_tables(buyer, seat)


def _last_change(current: Current) -> date | None:
    """The last day on which a record or an amendment was published; an amendment without such a day counts when it was notified."""
    days = [row.published for row in current.rows]
    if current.modifications:
        days += [change.published or change.notified for change in current.modifications]
    return max((day for day in days if day is not None), default=None)


def _quality(
    retained: ContractRecord,
    current: Current,
    social: Considerations,
    environmental: Considerations,
    place_issues: tuple[str, ...],
    ends: date | None,
    collision: bool,
) -> tuple[str, ...]:
    several = len(current.holders) > 1
    own = retained.buyer.siren
    doubts = (
        ("id_collision", collision),
        ("social_contradiction", social.contradictory),
        ("env_contradiction", environmental.contradictory),
        ("multi_award", several and retained.grouping == "none"),
        ("framework_self_reference", retained.framework is not None and retained.framework == retained.number),
        ("buyer_is_holder", own is not None and own in [holder.siren for holder in current.holders]),
        ("amended_after_end", ends is not None and current.amended.last is not None and current.amended.last > ends),
        (
            "framework_missing",
            retained.number is not None and retained.framework is None and looks_subsequent(retained.object or ""),
        ),
    )
    codes = (*retained.issues, *current.quality, *place_issues, *[code for code, doubted in doubts if doubted])
    return tuple(dict.fromkeys(codes)) if len(codes) > 1 else codes


def _sources(records: Sequence[ContractRecord]) -> tuple[Provenance, ...]:
    if len(records) == 1:
        return (records[0].provenance,)
    distinct = {_distinction(record.provenance): record.provenance for record in records}
    return tuple(distinct[key] for key in sorted(distinct))


def _distinction(provenance: Provenance) -> tuple[str, ...]:
    """A sort key that differs between two distinct provenances."""
    days = (provenance.updated_at, provenance.fetched_at)
    return (
        provenance.source_id,
        provenance.dataset,
        provenance.url or "",
        *("" if day is None else day.isoformat() for day in days),
    )

"""Gives the labels of a legal unit to its sites. A record that only has labels makes a supplier when it has a SIRET that no other has.

Lists of labels often know a SIREN and nothing else: no address, no activity, sometimes no name. Such a record is not shown
as a supplier (nobody could say where it is or what it does), and it is not lost: its labels are given, with their scope, to
every supplier of that legal unit. A SIRET is enough to be found: where no supplier receives its labels, the record is a
supplier without a place. Records without a SIRET that find no supplier are counted by source.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from sys import intern
from typing import Any, NamedTuple

from indexer.clusters import Keys, keys_of
from indexer.survivorship import by_trust
from indexer.traits import Records
from vivier.model import Address, Agreement, Fact, Label, Provenance, Record, Supplier, SupplierAgreement, SupplierLabel

_NOWHERE = Address()


def only_bears_labels(record: Record) -> bool:
    """Does the record hold labels or kinds of a legal unit, or labels of a SIRET, and neither a place nor an offer?

    A declared list (one's own, a network's) names suppliers, even incomplete ones: its records always make suppliers.
    """
    return (
        record.address == _NOWHERE
        and record.provenance.basis != "declared"
        and record.finess is None
        and not record.offers
        and bool(record.labels or record.agreements)
        and all(agreement.scope == "legal_unit" for agreement in record.agreements)
        and (record.siren is not None or record.siret is not None)
    )


class Bearer(NamedTuple):
    """What is known of a record that only has labels: its keys, the id of its source, whether a fact holds for all the legal unit."""

    keys: Keys
    source: str
    shared: bool

    @classmethod
    def of(cls, record: Record) -> Bearer:
        scopes = {*(label.scope for label in record.labels), *(agreement.scope for agreement in record.agreements)}
        return cls(keys_of(record), intern(record.provenance.source_id), "legal_unit" in scopes)


class LabelsOnly:
    """Keeps the records that only have labels aside while the others are merged, then gives out their labels, a supplier at a time."""

    def __init__(self, keeping: Records | None = None) -> None:
        """``keeping``: where the records wait, in memory unless told otherwise."""
        self._records: Records = [] if keeping is None else keeping
        self._bearers: list[Bearer] = []
        self._alone = 0
        self.given: set[int] = set()
        """The numbers of the records that some supplier has received."""

    def others(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records that make suppliers, those of :meth:`alone` last."""
        known: set[str] = set()
        for record in records:
            if only_bears_labels(record):
                self._records.append(record)
                self.know([Bearer.of(record)])
            else:
                known.update(numbers_of(keys_of(record)))
                yield record
        yield from map(self.take, self.alone(known))

    def know(self, bearers: Iterable[Bearer]) -> None:
        """Takes note of records that were kept, in the same order."""
        self._bearers += bearers

    def alone(self, known: Container[str]) -> list[int]:
        """The numbers of the records with a SIRET whose labels no supplier would receive; ``known``: SIRENs and SIRETs of suppliers."""
        return [
            number
            for number, (keys, _, shared) in enumerate(self._bearers)
            if keys.siret is not None and keys.siret not in known and not (shared and keys.siren in known)
        ]

    def take(self, number: int) -> Record:
        """A record of :meth:`alone`, which makes a supplier from now on."""
        self._alone += 1
        return self._records[number]

    def completed(self, supplier: Supplier) -> tuple[Supplier, set[int]]:
        """The supplier with the labels of its legal unit and of its SIRET, and the numbers of the records that gave some, its own among
        them."""
        here, numbers = (self._bearing(fact) for fact in (supplier.siret, supplier.siren))
        bearing = {*here, *numbers}
        own = {number for number in bearing if self._bearers[number].keys.source in supplier.identifiers}
        shares = {number: self._share(number, number in here) for number in sorted(bearing - own, key=self._place)}
        given = {number: share for number, share in shares.items() if share is not None}
        return (with_labels(supplier, list(given.values())) if given else supplier), {*given, *own}

    def counts(self) -> dict[str, int]:
        """Counts for the report of the merge."""
        attached = len(self.given)
        return {
            "labels_attached": attached - self._alone,
            "labels_alone": self._alone,
            "labels_without_supplier": len(self._bearers) - attached,
        }

    def by_source(self) -> dict[str, dict[str, int]]:
        """Counts by source for the quality report of the generation: records given out, and records of unknown structures."""
        every = Counter(bearer.source for bearer in self._bearers)
        attached = Counter(self._bearers[number].source for number in self.given)
        return {name: {"attached": attached[name], "unknown": every[name] - attached[name]} for name in sorted(every)}

    @cached_property
    def _at(self) -> dict[str, list[int]]:
        """The numbers of the records by SIREN and by SIRET in one mapping: their lengths differ."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, bearer in enumerate(self._bearers):
            for value in numbers_of(bearer.keys):
                found[value].append(number)
        return found

    def _bearing(self, fact: Fact[str] | None) -> Sequence[int]:
        return () if fact is None else self._at.get(fact.value, ())

    def _place(self, number: int) -> tuple[str, int]:
        """Records are given out by source key, so that the order of the sources does not show."""
        return self._bearers[number].keys.source, number

    def _share(self, number: int, here: bool) -> Record | None:
        """What a supplier receives: facts of the legal unit go to all its sites, those of a SIRET to that SIRET only."""
        record = self._records[number]
        if not here and self._bearers[number].keys.siret is not None:
            labels = tuple(label for label in record.labels if label.scope == "legal_unit")
            record = record.changed(labels=labels)
        return record if record.labels or record.agreements else None


def numbers_of(keys: Keys) -> Iterable[str]:
    """The SIREN and the SIRET, those that are known."""
    return filter(None, (keys.siren, keys.siret))


def with_labels(supplier: Supplier, records: Sequence[Record]) -> Supplier:
    """The supplier with the labels and kinds of these records, each fact with its provenance. A fact that it already
    has is not added twice."""
    changes: dict[str, Any] = {
        "labels": (*supplier.labels, *_new(supplier.labels, "labels", records, SupplierLabel)),
        "agreements": (*supplier.agreements, *_new(supplier.agreements, "agreements", records, SupplierAgreement)),
    }
    used: dict[Provenance, None] = dict.fromkeys(supplier.sources)
    for fact in (*changes["labels"], *changes["agreements"]):
        used.setdefault(fact.provenance)
    issues = {issue for record in records for issue in record.issues if issue == "site_unknown"}
    return supplier.model_copy(
        update={**changes, "sources": tuple(used), "issues": tuple(sorted({*supplier.issues, *issues}))}
    )


def _new(facts: Sequence[Any], field: str, records: Sequence[Record], fact: Any) -> Iterator[Any]:
    seen: set[Label | Agreement] = {known.value for known in facts}
    for record in by_trust(field, records):
        for value in getattr(record, field):
            if value not in seen:
                seen.add(value)
                yield fact(value=value, provenance=record.provenance)

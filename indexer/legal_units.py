"""Gives the labels of a legal unit to its sites. A record that only has labels makes no supplier by itself.

Lists of labels often know a SIREN and nothing else: no address, no activity, sometimes no name. Such a record cannot be
shown as a supplier (nobody could say where it is or what it does), and it is not lost: its labels are given, with their
scope, to every supplier of that legal unit. Records that find no supplier are counted by source.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from indexer.clusters import Keys, keys_of, source_key
from indexer.merge import Merged
from indexer.survivorship import by_trust
from vivier.model import Address, Agreement, Label, Provenance, Record, Supplier, SupplierAgreement, SupplierLabel

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


class LabelsOnly:
    """Keeps the records that only have labels aside while the others are merged, then gives out their labels."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.attached: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    def others(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records that make suppliers."""
        for record in records:
            if only_bears_labels(record):
                self.records.append(record)
            else:
                yield record

    def attach(self, merged: Merged) -> Merged:
        """The merge with every label given to its suppliers. A label whose number no supplier has is counted as unknown."""
        if not self.records:
            return replace(merged, counts=merged.counts | self.counts())
        at = _places(merged.suppliers)
        given: dict[int, list[Record]] = defaultdict(list)
        for record in sorted(self.records, key=source_key):
            found = {place: share for place, share in _shares(record, keys_of(record), at) if share is not None}
            (self.attached if found else self.unknown)[record.provenance.source_id] += 1
            for place, share in found.items():
                given[place].append(share)
        suppliers = list(merged.suppliers)
        for place, bearing in given.items():
            suppliers[place] = with_labels(suppliers[place], bearing)
        return replace(merged, suppliers=suppliers, counts=merged.counts | self.counts())

    def counts(self) -> dict[str, int]:
        """Counts for the report of the merge."""
        return {"labels_attached": self.attached.total(), "labels_without_supplier": self.unknown.total()}

    def by_source(self) -> dict[str, dict[str, int]]:
        """Counts by source for the quality report of the generation: records given out, and records of unknown structures."""
        names = sorted({*self.attached, *self.unknown})
        return {name: {"attached": self.attached[name], "unknown": self.unknown[name]} for name in names}


def _places(suppliers: Sequence[Supplier]) -> dict[str, list[int]]:
    """Positions of the suppliers by SIREN and by SIRET in one mapping: their lengths differ."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, supplier in enumerate(suppliers):
        for fact in (supplier.siren, supplier.siret):
            if fact is not None:
                found[fact.value].append(place)
    return found


def _shares(record: Record, keys: Keys, at: dict[str, list[int]]) -> Iterator[tuple[int, Record | None]]:
    """What each supplier receives: facts of the legal unit go to all its sites, those of a SIRET to that SIRET only."""
    of_unit = record.model_copy(
        update={"labels": tuple(label for label in record.labels if keys.siret is None or label.scope == "legal_unit")}
    )
    here = set(at.get(keys.siret or "", ()))
    for place in sorted({*at.get(keys.siren or "", ()), *here}):
        share = record if place in here else of_unit
        yield place, share if share.labels or share.agreements else None


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

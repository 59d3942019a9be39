"""Counts, while a generation is built, what is known of its suppliers and of how many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from vivier.model import Supplier
from vivier.runs.quality import UNSTATED, Quality
from vivier.search.port import Document
from vivier.vocabulary import EVIDENCES, WITHOUT_TRADE

_STRENGTH = {evidence: rank for rank, evidence in enumerate((*EVIDENCES, UNSTATED))}


class QualityCount:
    """Counts suppliers. It also reads documents, which hold the département found and the trades inferred from texts."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._parts: dict[str, Counter[str]] = defaultdict(Counter)
        self._departements: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, suppliers: Sequence[Supplier], documents: Sequence[Document]) -> None:
        """Counts suppliers, each with its document."""
        for supplier, document in zip(suppliers, documents, strict=True):
            self._add_supplier(supplier, document)

    def merge(self, other: QualityCount) -> None:
        """Adds the counts of another."""
        self._counts.update(other._counts)
        for own, others in ((self._parts, other._parts), (self._departements, other._departements)):
            for name, counts in others.items():
                own[name].update(counts)

    def _add_supplier(self, supplier: Supplier, document: Document) -> None:
        kinds = {agreement.value.kind for agreement in supplier.agreements}
        units = {capacity.value.unit for capacity in supplier.capacities}
        address = supplier.address.value if supplier.address is not None else None
        self._counts.update(
            suppliers=1,
            closed=supplier.closed is not None and supplier.closed.value,
            without_kind=not kinds,
            with_capacity=bool(units),
            with_website=supplier.website is not None,
        )
        self._parts["kinds"].update(kinds)
        self._parts["capacities"].update(units)
        self._departements[str(document.get("departement", ""))].update(("total", *kinds))
        evidence = strongest(document["offers"], str(document.get("updated", "")))
        if evidence is not None:
            self._parts["trades"][evidence] += 1
        if address is not None and address.point is not None:
            self._parts["points"][address.precision] += 1

    def figures(self) -> Quality:
        """The figures counted so far."""
        return Quality(
            **{name: self._counts[name] for name in _COUNTS},
            **{name: dict(sorted(self._parts[name].items())) for name in _PARTS},
            departements={id_: dict(sorted(kinds.items())) for id_, kinds in sorted(self._departements.items())},
        )


_COUNTS = ("suppliers", "closed", "without_kind", "with_capacity", "with_website")
_PARTS = ("kinds", "trades", "points", "capacities")


def strongest(offers: Iterable[dict[str, Any]], day: str = "") -> str | None:
    """The strongest evidence of a trade among the offers that did not end before ``day`` (ISO, the day of the newest
    source); a rung that tells no trade when there is no other. ``None`` when nothing is known."""
    valid = [offer for offer in offers if offer.get("valid_until", day) >= day]
    found = [offer.get("evidence", UNSTATED) for offer in valid if "trade_own" in offer]
    found = found or [offer["evidence"] for offer in valid if offer.get("evidence") in WITHOUT_TRADE]
    return min(found, key=lambda evidence: _STRENGTH.get(evidence, len(_STRENGTH)), default=None)

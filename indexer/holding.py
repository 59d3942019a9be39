"""Counts, while a generation is built, how many suppliers of each kind, activity and size hold each label (:mod:`vivier.belief.holds`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from vivier.belief.holds import EVERY, NO_KIND, Bucket, size_of
from vivier.law.kinds import KINDS
from vivier.law.labels import key_of
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.search.port import Document
from vivier.validity import periods

LABEL_LIST: Final = 0.9
"""The share of labelled suppliers from which a source is a list of labels: its suppliers are there for their label."""


class HoldingCount:
    """Counts suppliers by the sources that name them, as only the end tells which sources are lists of labels."""

    def __init__(self) -> None:
        self._every: Counter[tuple[str, str]] = Counter()
        self._holding: Counter[tuple[str, str, str]] = Counter()
        self._sources: Counter[str] = Counter()
        self._labelled: Counter[str] = Counter()

    def add(self, suppliers: Sequence[Supplier], documents: Sequence[Document], lexicon: Lexicon) -> None:
        """Counts suppliers, each with its document."""
        for supplier, document in zip(suppliers, documents, strict=True):
            sources = sorted({provenance.source_id for provenance in supplier.sources})
            self._sources.update(sources)
            self._labelled.update(sources if supplier.labels else ())
            named = " ".join(sources)
            keys = _in_force(supplier)
            for bucket in _buckets(supplier, document, lexicon):
                self._every[named, bucket.key] += 1
                self._holding.update((named, key, bucket.key) for key in keys)

    def merge(self, other: HoldingCount) -> None:
        """Adds the counts of another."""
        self._every.update(other._every)
        self._holding.update(other._holding)
        self._sources.update(other._sources)
        self._labelled.update(other._labelled)

    def figures(self) -> dict[str, object]:
        """The counts, without the suppliers that lists of labels alone name, for :meth:`vivier.belief.holds.Holdings.of`."""
        lists = {name for name, count in self._sources.items() if self._labelled[name] >= LABEL_LIST * count}
        every: Counter[str] = Counter()
        holding: dict[str, Counter[str]] = {}
        for (named, bucket), count in self._every.items():
            if not lists.issuperset(named.split()):
                every[bucket] += count
        for (named, key, bucket), count in self._holding.items():
            if not lists.issuperset(named.split()):
                holding.setdefault(key, Counter())[bucket] += count
        return {
            "every": dict(sorted(every.items())),
            "holding": {key: dict(sorted(counts.items())) for key, counts in sorted(holding.items())},
        }


def _in_force(supplier: Supplier) -> set[str]:
    """The labels of a supplier, or their families, that hold on the last day when one of its sources was read."""
    fetched = (provenance.fetched_at for provenance in supplier.sources)
    read = max((moment.date() for moment in fetched if moment is not None), default=None)
    labels = (fact.value for fact in supplier.labels)
    return {
        key_of(label.code)
        for label in labels
        if any(read is None or period.holds_on(read) for period in periods((label,)))
    }


def _buckets(supplier: Supplier, document: Document, lexicon: Lexicon) -> Iterator[Bucket]:
    """The buckets of a supplier: one for all activities, and one for each group of its trades."""
    own = {agreement.value.kind for agreement in supplier.agreements}
    kind = next((code for code in KINDS if code in own), NO_KIND)
    size = size_of(document.get("staff"))
    trades = {offer.value.trade for offer in supplier.offers if offer.value.trade is not None}
    groups = {lexicon.trades.get(trade).group for trade in trades}
    yield from (Bucket(kind, group, size) for group in (EVERY, *sorted(groups)))

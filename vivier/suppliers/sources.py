"""Collects the distinct sources of some records, which an answer, a page or an export must credit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from vivier.runs.freshness import badge_of
from vivier.search.port import Generation

_KEY = ("source_id", "producer", "dataset", "licence")
_DATES = ("updated_at", "fetched_at")


def cards(generation: Generation) -> dict[str, dict[str, Any]]:
    """The source cards that the indexer wrote with a generation, by id of source."""
    return {run["source"]["id"]: run["source"] for run in generation.meta.get("sources", ())}


def list_badge(record: Mapping[str, Any], cards: Mapping[str, Mapping[str, Any]], today: date) -> str | None:
    """« liste de 2019 » for a supplier that closed and old lists alone know: nothing tells what became of it since."""
    sources = [cards.get(provenance["source_id"], {}) for provenance in record.get("sources", ())]
    vintages = [card["vintage"] for card in sources if card.get("vintage")]
    if not sources or len(vintages) < len(sources):
        return None
    return badge_of(max(vintages), today)


class SourcesSeen:
    """Collects sources record by record. Its memory grows with the number of sources, not of records.

    ``cards`` are the source cards of the generation, by id: the ``url`` of a source, the page of its dataset, comes from its card.
    """

    def __init__(self, cards: Mapping[str, Mapping[str, Any]]) -> None:
        self._cards = cards
        self._found: dict[tuple[str, ...], dict[str, Any]] = {}

    def add(self, record: Mapping[str, Any]) -> None:
        """Adds the sources of one record (as stored)."""
        for provenance in record.get("sources", ()):
            key = (provenance["source_id"], provenance["producer"], provenance["dataset"], provenance["licence"])
            entry = self._found.get(key)
            if entry is None:
                entry = self._found[key] = self._entry(key)
            for name in _DATES:
                value = provenance.get(name)
                if value is not None and (entry[name] is None or value > entry[name]):
                    entry[name] = value

    def _entry(self, key: tuple[str, ...]) -> dict[str, Any]:
        url = self._cards.get(key[0], {}).get("homepage")
        return {**dict(zip(_KEY, key, strict=True)), "url": url, **dict.fromkeys(_DATES)}

    def listed(self) -> list[dict[str, Any]]:
        """Each source once, with its latest dates, in a fixed order."""
        return [self._found[key] for key in sorted(self._found)]


def sources_of(records: Iterable[Mapping[str, Any]], cards: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The distinct sources of some records, with their latest dates; ``url``: the page of the dataset, ``None`` when it is unknown."""
    seen = SourcesSeen(cards)
    for record in records:
        seen.add(record)
    return seen.listed()

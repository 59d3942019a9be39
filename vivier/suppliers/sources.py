"""Collects the distinct sources of some records, which an answer, a page or an export must credit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, Literal

from vivier.bodies import Body
from vivier.runs.freshness import badge_of
from vivier.search.port import Generation

_DATES: Final[tuple[Literal["updated_at", "fetched_at"], ...]] = ("updated_at", "fetched_at")


class SourceOut(Body):
    """A dataset behind an answer."""

    source_id: str
    producer: str
    dataset: str
    licence: str
    url: str | None
    updated_at: str | None
    fetched_at: str | None


def cards(generation: Generation) -> dict[str, dict[str, object]]:
    """The source cards that the indexer wrote with a generation, by id of source."""
    return {run["source"]["id"]: run["source"] for run in generation.meta.get("sources", ())}


def extract_day(generations: Iterable[Generation]) -> date | None:
    """The day of the incomplete extract in service, as the cards of its sources say; ``None`` where nothing is an extract."""
    days = (card.get("extract") for generation in generations for card in cards(generation).values())
    return max((date.fromisoformat(str(day)) for day in days if day), default=None)


def list_badge(record: Mapping[str, Any], cards: Mapping[str, Mapping[str, Any]], today: date) -> str | None:
    """« liste de 2019 » for a supplier that closed and old lists alone know: nothing tells what became of it since. The day of a list is the one that
    its rows bear, which the facts of a sheet show and which the home page and ``/qualite`` read of each run; else the vintage of its card."""
    days = [
        (card["vintage"], provenance.get("updated_at"))
        for provenance in record.get("sources", ())
        if (card := cards.get(provenance["source_id"], {})).get("vintage")
    ]
    if not days or len(days) < len(record["sources"]):
        return None
    return badge_of(max(str(of_row or vintage) for vintage, of_row in days), today)


class SourcesSeen:
    """Collects sources record by record. Its memory grows with the number of sources, not of records.

    ``cards`` are the source cards of the generation, by id: the ``url`` of a source, the page of its dataset, comes from its card.
    """

    def __init__(self, cards: Mapping[str, Mapping[str, Any]]) -> None:
        self._cards = cards
        self._found: dict[tuple[str, str, str, str], SourceOut] = {}

    def add(self, record: Mapping[str, Any]) -> None:
        """Adds the sources of one record (as stored)."""
        for provenance in record.get("sources", ()):
            key = (provenance["source_id"], provenance["producer"], provenance["dataset"], provenance["licence"])
            entry = self._found.get(key)
            if entry is None:
                entry = self._found[key] = self._entry(*key)
            for name in _DATES:
                value = provenance.get(name)
                if value is not None:
                    entry[name] = max(entry[name] or value, value)

    def _entry(self, source_id: str, producer: str, dataset: str, licence: str) -> SourceOut:
        return {
            "source_id": source_id,
            "producer": producer,
            "dataset": dataset,
            "licence": licence,
            "url": self._cards.get(source_id, {}).get("homepage"),
            "updated_at": None,
            "fetched_at": None,
        }

    def listed(self) -> list[SourceOut]:
        """Each source once, with its latest dates, in a fixed order."""
        return [self._found[key] for key in sorted(self._found)]


def sources_of(records: Iterable[Mapping[str, Any]], cards: Mapping[str, Mapping[str, Any]]) -> list[SourceOut]:
    """The distinct sources of some records, with their latest dates; ``url``: the page of the dataset, ``None`` when it is unknown."""
    seen = SourcesSeen(cards)
    for record in records:
        seen.add(record)
    return seen.listed()

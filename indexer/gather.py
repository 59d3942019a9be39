"""Reads the records of every source in force, resolves each address to a commune and each zone to territories of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

from indexer.aside import ODD, Aside, SetAside, aside, unread
from indexer.assemble import DataDays
from indexer.clusters import source_key
from indexer.context import Context
from indexer.legal_units import only_bears_labels
from indexer.survivorship import Roles
from vivier.errors import InvalidRequest
from vivier.model import Address, Offer, Record, TerritoriesZone, UndeclaredZone
from vivier.runs.records import (
    Block,
    RunStatistics,
    blocks_of,
    current_run,
    loaded_sources,
    parsed,
    read_statistics,
)
from vivier.territory import Gazetteer
from vivier.territory.address import resolve_address
from vivier.vocabulary import DECLARED


def current_zones(offers: tuple[Offer, ...], gazetteer: Gazetteer) -> tuple[tuple[Offer, ...], tuple[str, ...]]:
    """The offers with their territories of today, and issues: ``zone_territory_unknown`` when a listed territory does not
    exist (the others are kept; with none left the zone is undeclared), ``zone_territory_replaced`` for an old code."""
    if not any(isinstance(offer.zone, TerritoriesZone) for offer in offers):
        return offers, ()
    issues: list[str] = []
    return tuple(_current(offer, gazetteer, issues) for offer in offers), tuple(dict.fromkeys(issues))


def _current(offer: Offer, gazetteer: Gazetteer, issues: list[str]) -> Offer:
    if not isinstance(offer.zone, TerritoriesZone):
        return offer
    ids: dict[str, None] = {}
    for written in offer.zone.territories:
        found, doubts = _territories(written, gazetteer)
        ids |= dict.fromkeys(found)
        issues += doubts
    if tuple(ids) == offer.zone.territories:
        return offer
    zone = TerritoriesZone(territories=tuple(ids)) if ids else UndeclaredZone()
    return offer.model_copy(update={"zone": zone})


@lru_cache(maxsize=50_000)
def _territories(written: str, gazetteer: Gazetteer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        found, notice = gazetteer.expand(written)
    except InvalidRequest:
        return (), ("zone_territory_unknown",)
    return tuple(territory.id for territory in found), ("zone_territory_replaced",) if notice else ()


BLOCK: Final = 1 << 19
"""Bytes of records that a process reads at once: some hundreds of records."""


@dataclass
class Met:
    """What was met while records were read: counts of issues, and what could not be read or placed."""

    issues: Counter[str] = field(default_factory=Counter)
    odd: list[Aside] = field(default_factory=list)


class Gathered:
    """Iterates once over the records. ``statistics`` and ``issues`` describe what was read, ``left_out`` what could not
    be placed."""

    def __init__(
        self,
        records: Path,
        gazetteer: Gazetteer,
        sources: list[str] | None = None,
        context: Context | None = None,
        left_out: SetAside | None = None,
    ) -> None:
        self._runs = {
            source: current_run(records, source) for source in sources or loaded_sources(records, "suppliers")
        }
        self._gazetteer = gazetteer
        self.context = context or Context(None, gazetteer)
        self.statistics: dict[str, RunStatistics] = {s: read_statistics(run) for s, run in self._runs.items()}
        self.issues: Counter[str] = Counter()
        self.left_out = SetAside() if left_out is None else left_out

    @property
    def roles(self) -> Roles:
        """What each source may be trusted for, by its card."""
        cards = {source: statistics.source for source, statistics in self.statistics.items()}
        return {source: card.role for source, card in cards.items() if card.role is not None}

    @property
    def days(self) -> DataDays:
        """The day of the data of each source that has one, and whose rows prove by that alone that they still hold."""
        given = {name: known.updated_at for name, known in self.statistics.items() if known.source.in_force}
        return {source: date.fromisoformat(day[:10]) for source, day in given.items() if day is not None}

    @property
    def expected(self) -> int:
        """Number of records the runs announce."""
        return sum(statistics.kept for statistics in self.statistics.values())

    def __iter__(self) -> Iterator[Record]:
        for block in self.blocks():
            records, met = self.take(block)
            self.note(met)
            yield from records

    def blocks(self) -> Iterator[Block]:
        """The lines of all the records, some at a time."""
        return chain.from_iterable(blocks_of(run / "records.jsonl", BLOCK) for run in self._runs.values())

    def take(self, block: Block) -> tuple[list[Record], Met]:
        """The records of a block, in order. It runs in any process."""
        met, records = Met(), list[Record]()
        source = block.path.parents[1].name

        def unreadable(number: int, error: Exception) -> None:
            met.odd.append(unread(f"{source}, ligne {number}", error))

        for record in parsed(block.lines(), Record.model_validate_json, unreadable, block.first):
            try:
                # a record that gives no place on purpose has no address to doubt
                bare = only_bears_labels(record)
                found, issues = (record, ()) if bare else placed(record, self._gazetteer, self.context)
            except ODD as error:
                met.odd.append(aside(source_key(record), error))
                continue
            met.issues.update(issues)
            records.append(found)
        return records, met

    def note(self, met: Met) -> None:
        """Takes note, in the building process, of what a :meth:`take` has met. Raises ``BuildRefused`` when too much is left out."""
        self.issues.update(met.issues)
        self.left_out.add(met.odd, self.expected)


def placed(record: Record, gazetteer: Gazetteer, context: Context | None = None) -> tuple[Record, tuple[str, ...]]:
    """A record with its address and zones resolved, under its present SIRET, and the issues met, which the record also
    holds."""
    record, succession = context.succeeded(record) if context is not None else (record, ())
    address, place_issues = _address(record, gazetteer, context)
    offers, zone_issues = current_zones(record.offers, gazetteer)
    issues = (*succession, *place_issues, *zone_issues)
    if address is record.address and offers is record.offers and not issues:
        return record, ()
    return record.changed(address=address, offers=offers, issues=(*record.issues, *issues)), issues


def _address(record: Record, gazetteer: Gazetteer, context: Context | None) -> tuple[Address, tuple[str, ...]]:
    """The address resolved, and the issues met. What a structure declares here has none on purpose: that is no doubt."""
    if record.provenance.source_id == DECLARED:
        return record.address, ()
    return context.placed(record.address) if context is not None else resolve_address(record.address, gazetteer)

"""Records of every source in force, each with its address resolved to a commune and its zones to territories of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from indexer.legal_units import only_bears_labels
from indexer.zones import current_zones
from vivier.model import Record
from vivier.runs import RunStatistics, current_run, loaded_sources, read_records, read_statistics
from vivier.territory import Gazetteer
from vivier.territory.address import resolve_address


class Gathered:
    """Iterates once over the records; ``statistics`` and ``issues`` tell what was read."""

    def __init__(self, records: Path, gazetteer: Gazetteer, sources: list[str] | None = None) -> None:
        self._runs = {
            source: current_run(records, source) for source in sources or loaded_sources(records, "suppliers")
        }
        self._gazetteer = gazetteer
        self.statistics: dict[str, RunStatistics] = {s: read_statistics(run) for s, run in self._runs.items()}
        self.issues: Counter[str] = Counter()

    @property
    def expected(self) -> int:
        """Number of records the runs announce."""
        return sum(statistics.kept for statistics in self.statistics.values())

    def __iter__(self) -> Iterator[Record]:
        for run in self._runs.values():
            for record in read_records(run):
                # a record that gives no place on purpose has no address to doubt
                found, issues = (record, ()) if only_bears_labels(record) else placed(record, self._gazetteer)
                self.issues.update(issues)
                yield found


def placed(record: Record, gazetteer: Gazetteer) -> tuple[Record, tuple[str, ...]]:
    """A record with its address and zones resolved, and the issues met, which it also bears."""
    address, place_issues = resolve_address(record.address, gazetteer)
    offers, zone_issues = current_zones(record.offers, gazetteer)
    issues = (*place_issues, *zone_issues)
    if address is record.address and offers is record.offers and not issues:
        return record, ()
    changes = {"address": address, "offers": offers, "issues": (*record.issues, *issues)}
    return record.model_copy(update=changes), issues

"""Measures the merge of the records of several sources: seconds of processor, and memory."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.report import Report
from indexer.demo import demo_records
from indexer.gather import placed
from indexer.merge import Merged, merge
from vivier.lexicon import load_lexicon
from vivier.model import Record

SHARES = (("bench-register", 0.30, True), ("bench-list", 0.20, False))
"""Sources that repeat a share of the generated suppliers: (source, share, whether with their SIRET or by name and place alone)."""


def sources(count: int) -> Iterator[Record]:
    """``count`` records: half are invented suppliers, the other half describe them again, some misspelt."""
    dice = random.Random(7)
    base = list(demo_records(count=count // 2))
    yield from base
    for source, share, identified in SHARES:
        for record in dice.sample(base, int(share * count)):
            yield _again(record, source, identified)


def _again(record: Record, source: str, identified: bool) -> Record:
    provenance = record.provenance.model_copy(update={"source_id": source})
    changes: dict[str, object] = {"provenance": provenance}
    if not identified:
        changes |= {"siren": None, "siret": None, "finess": None, "name": record.name.upper()}
    return record.model_copy(update=changes)


def timed(records: Iterable[Record]) -> tuple[Merged, float]:
    """The merge, and the seconds of processor it took."""
    started = time.process_time()
    merged = merge(records)
    return merged, time.process_time() - started


def gathered(folder: Path, count: int, report: Report) -> None:
    """Measures the merge of ``count`` records; the target of docs/performance.md is for 200,000."""
    gazetteer = load_lexicon().gazetteer
    written = (record.model_dump_json() for record in list(sources(count)))
    reading, records = 0.0, []
    for line in written:
        started = time.process_time()
        records.append(placed(Record.model_validate_json(line), gazetteer)[0])
        reading += time.process_time() - started
    merged, merging = timed(records)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.add(
        records=str(len(records)),
        suppliers=str(len(merged.suppliers)),
        **{"read and placed CPU s": f"{reading:.1f}", "merged CPU s": f"{merging:.1f}", "peak RSS MB": f"{peak:.0f}"},
        **{"by name and place": str(merged.counts["merged_by_name_place"]), "doubtful": str(len(merged.doubtful))},
    )

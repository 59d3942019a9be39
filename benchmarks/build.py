"""Measures a build: ``python -m benchmarks build``, from records to a promoted generation; ``merge``, of the records of several sources."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report, apart, peak, processor
from indexer.assemble import Assembler
from indexer.demo import demo_records
from indexer.gather import placed
from indexer.merge import assembled, join
from indexer.shelf import Shelf
from vivier.forked import without_gc
from vivier.lexicon import load_lexicon
from vivier.model import Record, Supplier
from vivier.runs.records import current_run
from vivier.settings import Settings
from vivier.territory.reach import load_reach_index

CHANGED = 100
"""One record in so many changes between a build and the next one."""
SHARES = (("bench-register", 0.30, True), ("bench-list", 0.20, False))
"""Sources that repeat a share of the generated suppliers: (source, share, whether with their SIRET or by name and place alone)."""


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures suppliers per second and memory of an embedded build, three times: from nothing, then once 1 % of the records changed."""
    settings = settings_for(folder)
    written = records(settings, count)
    load_reach_index()
    for turn in range(3):
        shutil.rmtree(settings.generations, ignore_errors=True)
        for build in ("first", "daily"):
            if build == "daily":
                _change(settings, turn)
            started = processor()
            done, seconds = published(settings)
            busy, suppliers = processor() - started, done.generation.documents
            files = (settings.generations / "suppliers" / done.generation.name).rglob("*")
            figures = {
                "seconds": f"{seconds:.2f}",
                "suppliers/s": f"{suppliers / seconds:.0f}",
                "CPU µs/supplier": f"{busy / suppliers * 1e6:.0f}",
                "peak RSS MB": f"{peak():.0f}",
                "generation MB": f"{sum(path.stat().st_size for path in files) / 1e6:.0f}",
                "records written s": f"{written:.2f}",
            }
            counts = {"suppliers": str(suppliers), "made": str(suppliers - done.again)}
            report.add(turn=str(turn + 1), build=build, **counts, **figures)


def _change(settings: Settings, turn: int) -> None:
    """Changes the name of one record in :data:`CHANGED`."""
    path = current_run(settings.records, "demo") / "records.jsonl"
    lines = path.read_bytes().splitlines()
    for place in range(turn, len(lines), CHANGED):
        row = orjson.loads(lines[place])
        lines[place] = orjson.dumps(row | {"name": f"{row['name']} {turn}"})
    path.write_bytes(b"\n".join([*lines, b""]))


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


def gathered(folder: Path, count: int, report: Report) -> None:
    """Measures the merge of ``count`` records, as a build does it; the target of docs/performance.md is for 200,000."""
    gazetteer, file = load_lexicon().gazetteer, folder / "records.jsonl"
    apart(_write, file, count)  # its memory goes with its process
    spent = {"read": 0.0}

    def read() -> Iterator[Record]:
        with file.open("rb") as lines:
            for line in lines:
                started = time.process_time()
                record = placed(Record.model_validate_json(line), gazetteer)[0]
                spent["read"] += time.process_time() - started
                yield record

    started = time.process_time()
    with Shelf(folder) as shelf, without_gc():
        joined = join(read(), shelf)
        merged = time.process_time()
        suppliers = sum(isinstance(assembled(one, shelf, Assembler()), Supplier) for one in joined.structures)
    figures = {
        "read and placed CPU s": spent["read"],
        "merged CPU s": merged - started - spent["read"],
        "assembled CPU s": time.process_time() - merged,
    }
    report.add(
        records=str(count),
        suppliers=str(suppliers),
        **{name: f"{seconds:.1f}" for name, seconds in figures.items()},
        **{"peak RSS MB": f"{peak():.0f}", "by name and place": str(joined.counts["merged_by_name_place"])},
        doubtful=str(len(joined.doubtful)),
    )


def _write(file: Path, count: int) -> None:
    with file.open("w", encoding="utf8") as lines:
        lines.writelines(f"{record.model_dump_json()}\n" for record in sources(count))

"""Measures a build: from records to a promoted generation."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report, peak, processor
from vivier.runs.records import current_run
from vivier.settings import Settings
from vivier.territory.reach import load_reach_index

CHANGED = 100
"""One record in so many changes between a build and the next one."""


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

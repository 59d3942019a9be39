"""Measures the reading of declared contracts: contracts per second, from a file to normalised records, and memory."""

from __future__ import annotations

import multiprocessing
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.contract_files import write_csv, write_json, write_parquet
from benchmarks.report import Report
from crawlers.kit import Intake
from crawlers.registry import source_of

TIMES = 10
"""Contracts for each supplier of the corpus: 200,000 contracts by default."""
LAYOUTS = {
    "JSON 2022": ("decp", "made.json", write_json),
    "table, CSV": ("decp_tabular", "made.csv", write_csv),
    "table, Parquet": ("decp_tabular", "made.parquet", write_parquet),
}


def readers(folder: Path, count: int, report: Report) -> None:
    """Measures each layout in its own process, by CPU time too: on a shared machine the clock also measures other processes."""
    spawn = multiprocessing.get_context("spawn")
    for name, (source_id, file, write) in LAYOUTS.items():
        for size in (count * TIMES // 4, count * TIMES):
            path = write(folder / file, size)
            with spawn.Pool(1) as pool:
                records, clock, cpu, memory = pool.apply(measured, (source_id, path))
            report.add(
                layout=name,
                contracts=f"{size}",
                records=f"{records}",
                **{
                    "MB": f"{path.stat().st_size / 1e6:.0f}",
                    "records/s": f"{records / clock:.0f}",
                    "records/s of CPU": f"{records / cpu:.0f}",
                    "memory at most, MB": f"{memory:.0f}",
                },
            )


def measured(source_id: str, path: Path) -> tuple[int, float, float, float]:
    """Records, seconds by the clock, seconds of CPU, and megabytes at most."""
    source = source_of(source_id)
    intake = Intake(source.card, datetime(2026, 11, 24, tzinfo=UTC))
    clock, cpu = time.perf_counter(), time.process_time()
    records = sum(1 for _ in source.read([path], intake))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return records, time.perf_counter() - clock, time.process_time() - cpu, used

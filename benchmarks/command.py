"""Measures ``vivier search`` as a command: a process that loads what it needs, answers and ends."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report

RUNS = 10
WORDS = ("nettoyage", "de", "bureaux")


def embedded(folder: Path, count: int, report: Report) -> None:
    """Median seconds of wall clock and of processor, after a run that is not counted."""
    settings = settings_for(folder)
    records(settings, count)
    published(settings)
    runs = [seconds(settings.home) for _ in range(1 + RUNS)][1:]
    wall, processor = (statistics.median(each) for each in zip(*runs, strict=True))
    report.add(command=f"vivier search {' '.join(WORDS)}", **{"wall s": f"{wall:.2f}", "CPU s": f"{processor:.2f}"})


def seconds(home: Path) -> tuple[float, float]:
    """Seconds of wall clock and of processor of one command."""
    command = [sys.executable, "-c", "from vivier.cli import main; main()", "search", *WORDS]
    before, begun = _processor(), time.perf_counter()
    subprocess.run(command, env=os.environ | {"VIVIER_HOME": str(home)}, check=True, capture_output=True, timeout=60)
    return time.perf_counter() - begun, _processor() - before


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

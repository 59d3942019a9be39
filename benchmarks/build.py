"""Measures a build: from records to a promoted generation."""

from __future__ import annotations

import resource
from pathlib import Path

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report
from vivier.territory.reach import load_reach_index


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures suppliers per second and memory of an embedded build, three times."""
    settings = settings_for(folder)
    written = records(settings, count)
    load_reach_index()
    for turn in range(3):
        started = _processor()
        done, seconds = published(settings)
        busy = _processor() - started
        suppliers = done.generation.documents
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = sum(
            path.stat().st_size for path in (settings.generations / "suppliers" / done.generation.name).rglob("*")
        )
        report.add(
            turn=str(turn + 1),
            suppliers=str(suppliers),
            seconds=f"{seconds:.2f}",
            **{
                "suppliers/s": f"{suppliers / seconds:.0f}",
                "CPU µs/supplier": f"{busy / suppliers * 1e6:.0f}",
                "peak RSS MB": f"{peak:.0f}",
                "generation MB": f"{size / 1e6:.0f}",
            },
            **{"records written s": f"{written:.2f}"},
        )


def _processor() -> float:
    """Seconds of processor of this process and of its ended children: less noisy than the clock on a shared machine."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)

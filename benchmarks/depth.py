"""The desk on the generated suppliers: a depth map of one trade by level, a lot studied. Embedded engine, no HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report, milliseconds
from vivier.desk.candidates import SupplyAsked
from vivier.desk.depth_map import By, DepthAsked, depth_map
from vivier.desk.feasibility import Lot
from vivier.desk.study import study
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon

TRADES: Final = ("entretien-espaces-verts", "nettoyage-locaux", "blanchisserie")
LEVELS: Final[tuple[By, ...]] = ("departement", "region", "epci")
PLACES: Final = ("commune:69123", "epci:200046977", "departement:62", "region:84")
TURNS: Final = 15


def embedded(folder: Path, count: int, report: Report) -> None:
    """Depth maps and lots; the first answer of each, then the others."""
    settings = settings_for(folder)
    records(settings, count)
    published(settings)
    lexicon, today = load_lexicon(), date(2026, 11, 24)
    with closing(open_engine(settings)) as engine:
        for trade in TRADES:
            for by in LEVELS:
                asked = DepthAsked((trade,), today, by)
                _row(report, f"map by {by}: {trade}", lambda asked=asked: depth_map(asked, engine, lexicon))  # type: ignore[misc]
        lot = Lot(120_000, 24)
        for place in PLACES:
            wanted = SupplyAsked(TRADES[:1], (place,), today)
            _row(report, f"lot: {place}", lambda wanted=wanted: study(lot, wanted, engine, lexicon))  # type: ignore[misc]


def _row(report: Report, name: str, call: Callable[[], object]) -> None:
    times = []
    for _ in range(TURNS + 1):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    p50, p95 = milliseconds(times[1:])
    report.add(case=name, **{"first ms": f"{times[0] * 1000:.0f}", "p50 ms": p50, "p95 ms": p95})

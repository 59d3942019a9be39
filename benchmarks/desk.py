"""Measures the consultation desk on generated suppliers and contracts: the first lot after a start, lots in turn, a programme of 300
lots.

Each cold figure is that of a new process: the page cache of the machine is warm, the tables of the process are not loaded.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report, milliseconds
from vivier.desk.consultation import Desk
from vivier.desk.read.line import Line
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.body import study_body
from vivier.desk.warm import warm
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot

TODAY: Final = date(2026, 11, 24)
NEEDS: Final = (
    "entretien des espaces verts",
    "nettoyage des locaux",
    "blanchisserie du linge",
    "peinture intérieure",
    "restauration collective",
    "collecte des encombrants",
    "gardiennage",
    "impression de brochures",
    "gros œuvre d'un gymnase",
    "nettoyage et espaces verts",
)
PLACES: Final = ("Métropole de Lyon", "Pas-de-Calais", "La Réunion", "Rennes", "Auvergne-Rhône-Alpes", "Villeurbanne")
PROGRAMME: Final = 300
STARTS: Final = 3
NEW_LOTS: Final = 30
NEW_PLACES: Final = {
    "commune": "commune:69123",
    "intercommunalité": "epci:200046977",
    "département": "departement:59",
    "région": "region:84",
}


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures cold and warmed first lots, lots in turn, a programme, in milliseconds of wall clock."""
    settings = settings_for(folder)
    records(settings, count)
    published(settings)
    for name, warmed in (("first lot, nothing warmed", "no"), ("first lot after the start of a service", "yes")):
        times = [_start(folder, warmed) for _ in range(STARTS)]
        report.add(case=name, **{"least ms": f"{min(times):.0f}", "most ms": f"{max(times):.0f}"})
    with closing(open_engine(settings)) as engine:
        snapshot = Snapshot(engine)
        lexicon = load_lexicon()
        warm(snapshot, lexicon, TODAY)
        _never_asked(snapshot, lexicon, report)
        _in_turn(snapshot, lexicon, report)
        _programme(snapshot, lexicon, report)


def _start(folder: Path, warmed: str) -> float:
    """Milliseconds of the first lot in a new process."""
    command = [sys.executable, "-m", "benchmarks.desk", str(folder), warmed]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    return float(done.stdout)


def _lines(lexicon: Lexicon) -> list[Line]:
    """Lots of every need in every place, up to the maximum of a programme."""
    rows = [
        {
            "text": NEEDS[n % len(NEEDS)],
            "place": PLACES[n % len(PLACES)],
            "amount": str(20_000 + 3_000 * n),
            "months": "24",
        }
        for n in range(PROGRAMME)
    ]
    return [understand(Row(n, cells), lexicon) for n, cells in enumerate(rows, 1)]


def _never_asked(snapshot: Snapshot, lexicon: Lexicon, report: Report) -> None:
    """Measures the processor of lots whose trade nobody asked before, by the kind of their place."""
    codes = iter(random.Random(7).sample(sorted(lexicon.trade_names), len(NEW_PLACES) * NEW_LOTS))
    for case, place in NEW_PLACES.items():
        busy = []
        for n in range(NEW_LOTS):
            cells = {"trade": next(codes), "place": place, "amount": str(20_000 + 3_000 * n), "months": "24"}
            worked = time.process_time()
            desk = Desk(snapshot, lexicon, StudySettings(TODAY))
            study_body(desk.lot(understand(Row(1, cells), lexicon)), desk.settings)
            busy.append(time.process_time() - worked)
        p50, p95 = milliseconds(busy)
        name = f"one lot, its trade never asked, {case}, of processor"
        report.add(case=name, **{"p50 ms": p50, "p95 ms": p95, "most ms": f"{max(busy) * 1000:.0f}"})


def _in_turn(snapshot: Snapshot, lexicon: Lexicon, report: Report) -> None:
    """Measures lots, each at a new desk as for a request: nothing is shared between lots."""
    times, busy = [], []
    for line in _lines(lexicon)[:120]:
        started, worked = time.perf_counter(), time.process_time()
        desk = Desk(snapshot, lexicon, StudySettings(TODAY))
        study_body(desk.lot(line), desk.settings)
        times.append(time.perf_counter() - started)
        busy.append(time.process_time() - worked)
    for case, taken in (("one lot, warm", times), ("one lot, warm, of processor", busy)):
        p50, p95 = milliseconds(taken)
        report.add(case=case, **{"p50 ms": p50, "p95 ms": p95, "most ms": f"{max(taken) * 1000:.0f}"})


def _programme(snapshot: Snapshot, lexicon: Lexicon, report: Report) -> None:
    started, worked = time.perf_counter(), time.process_time()
    desk = Desk(snapshot, lexicon, StudySettings(TODAY))
    bodies = [study_body(study, desk.settings) for study in desk.programme(_lines(lexicon))]
    wall, busy = time.perf_counter() - started, time.process_time() - worked
    report.add(case=f"{len(bodies)} lots, read and studied", **{"s": f"{wall:.1f}", "s of processor": f"{busy:.1f}"})


def _first(folder: Path, warmed: bool) -> float:
    with closing(open_engine(settings_for(folder))) as engine:
        snapshot = Snapshot(engine)
        lexicon = load_lexicon()
        if warmed:
            warm(snapshot, lexicon, TODAY)
        started = time.perf_counter()
        cells = {"text": "blanchisserie du linge", "place": "Pas-de-Calais", "amount": "90000", "months": "24"}
        desk = Desk(snapshot, lexicon, StudySettings(TODAY))
        study_body(desk.lot(understand(Row(1, cells), lexicon)), desk.settings)
        return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    print(_first(Path(sys.argv[1]), sys.argv[2] == "yes"))

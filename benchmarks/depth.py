"""Measures the desk on generated suppliers and contracts, some won by those suppliers: depth maps by level, lots, a programme of 300
lots, on the embedded engine without HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks.corpus import published, records, settings_for
from benchmarks.report import Report, milliseconds
from benchmarks.reverse import built
from vivier.desk.consultation import Desk
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.body import study_body
from vivier.desk.tell.depth_map import By, DepthAsked, depth_map
from vivier.desk.tell.shapes import StudyBody, WaitingBody
from vivier.desk.warm import warm
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import EVERY
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

TRADES: Final = ("entretien-espaces-verts", "nettoyage-locaux", "blanchisserie")
"""Trades of the maps. One contract in eight is of the first, many more than for any real trade; the others are usual."""
LEVELS: Final[tuple[By, ...]] = ("departement", "region", "epci")
PLACES: Final = ("commune:69123", "epci:200046977", "departement:62", "region:84", "departement:35", "epci:243500139")
NEW_PLACES: Final = ("commune:13055", "commune:59350", "epci:244400404", "departement:44", "region:76")
"""Places that no lot before has: the first is that of the first lot of a service."""
NEEDS: Final = (
    "Entretien des espaces verts",
    "Nettoyage des locaux",
    "Blanchisserie du linge",
    "Collecte des déchets de bureau",
    "Peinture intérieure",
    "Traiteur pour réceptions",
    "Impression de documents",
    "Gardiennage de bâtiments",
)
TODAY: Final = date(2026, 11, 24)
TURNS: Final = 10
PROGRAMME: Final = 300


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures depth maps, lots, a programme: the first answer of each, then the others."""
    settings = settings_for(folder / "depth")
    records(settings, count)
    published(settings)
    if report.contracts:
        built(settings, report.contracts, Report("contracts of depth", count), _sirets(settings))
    with closing(open_engine(settings)) as engine:
        measured(Snapshot(engine), load_lexicon(), report)


def measured(snapshot: Snapshot, lexicon: Lexicon, report: Report) -> None:
    """Measures every question in turn, on the generations in service, after what a service does at its start."""
    warm(snapshot, lexicon, TODAY)
    for place in (*NEW_PLACES, *PLACES[:4]):
        row = Row(1, {"text": NEEDS[0], "place": place, "amount": "120000", "months": "24"})
        _row(report, f"lot: {place}", lambda row=row: _studied([row], snapshot, lexicon))  # type: ignore[misc]
    for turn in ("first", "again"):
        started, busy = time.perf_counter(), time.process_time()
        _studied(_programme(), snapshot, lexicon)
        spent = {"first ms": time.perf_counter() - started, "first CPU ms": time.process_time() - busy}
        case = f"{PROGRAMME} lots, {len(NEEDS)} needs × {len(PLACES)} places, {turn}"
        report.add(case=case, **{name: f"{seconds * 1e3:.0f}" for name, seconds in spent.items()})
    for trade in TRADES:
        for by in LEVELS:
            query = DepthAsked((trade,), TODAY, by)
            _row(report, f"map by {by}: {trade}", lambda query=query: depth_map(query, snapshot, lexicon))  # type: ignore[misc]


def _programme() -> list[Row]:
    return [
        Row(
            n,
            {
                "text": NEEDS[n % len(NEEDS)],
                "place": PLACES[n // 3 % len(PLACES)],
                "amount": str(20_000 + 1_000 * n),
                "months": str(12 + n % 37),
            },
        )
        for n in range(1, PROGRAMME + 1)
    ]


def _studied(rows: list[Row], snapshot: Snapshot, lexicon: Lexicon) -> list[StudyBody | WaitingBody]:
    """The answer of the desk for lots: they are read, studied and rendered."""
    settings = StudySettings(TODAY)
    desk = Desk(snapshot, lexicon, settings)
    return [study_body(study, settings) for study in desk.programme(understand(row, lexicon) for row in rows)]


def _sirets(settings: Settings) -> list[str]:
    with closing(open_engine(settings)) as engine:
        facts = (hit.record.get("siret") for hit in engine.open("suppliers").scan(EVERY))
        return [fact["value"] for fact in facts if fact is not None]


def _row(report: Report, name: str, call: Callable[[], object]) -> None:
    times, busy = [], []
    for _ in range(TURNS + 1):
        started, used = time.perf_counter(), time.process_time()
        call()
        times.append(time.perf_counter() - started)
        busy.append(time.process_time() - used)
    p50, p95 = milliseconds(times[1:])
    cpu, _ = milliseconds(busy[1:])
    first = {"first ms": times[0], "first CPU ms": busy[0]}
    first_figures = {column: f"{seconds * 1e3:.0f}" for column, seconds in first.items()}
    report.add(case=name, **first_figures, **{"p50 ms": p50, "p95 ms": p95, "CPU ms": cpu})

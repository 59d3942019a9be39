"""Measures the desk on the embedded engine without HTTP: ``python -m benchmarks desk``, ``depth --contracts 1000000``.

**desk**, on generated suppliers: the first lot after a start, lots in turn, a programme of 300 lots. Each cold figure is that of a new process:
the page cache of the machine is warm, the tables of the process are not loaded.

**depth**, on generated suppliers and contracts, some won by those suppliers: depth maps by level, lots, a programme of 300 lots; the first answer
of each, then the others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Final

from benchmarks.corpus import indexed, settings_for
from benchmarks.homes import opened
from benchmarks.report import Report, apart, in_ms, spent
from benchmarks.reverse import built
from vivier.desk.consultation import Desk
from vivier.desk.read.line import Line
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.body import study_body
from vivier.desk.tell.depth_map import By, DepthAsked, depth_map
from vivier.desk.tell.shapes import StudyBody, WaitingBody
from vivier.desk.warm import warm
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import EVERY
from vivier.search.snapshot import Snapshot

TODAY: Final = date(2026, 11, 24)
PROGRAMME: Final = 300

NEEDS: Final = (
    *("entretien des espaces verts", "nettoyage des locaux", "blanchisserie du linge", "peinture intérieure"),
    *("restauration collective", "collecte des encombrants", "gardiennage", "impression de brochures"),
    *("gros œuvre d'un gymnase", "nettoyage et espaces verts"),
)
PLACES: Final = ("Métropole de Lyon", "Pas-de-Calais", "La Réunion", "Rennes", "Auvergne-Rhône-Alpes", "Villeurbanne")
FIRST: Final = {"text": "blanchisserie du linge", "place": "Pas-de-Calais", "amount": "90000", "months": "24"}
STARTS: Final = 3
IN_TURN: Final = 120
NEW_LOTS: Final = 30
BY_KIND: Final = {
    "commune": "commune:69123",
    "intercommunalité": "epci:200046977",
    "département": "departement:59",
    "région": "region:84",
}

TRADES: Final = ("entretien-espaces-verts", "nettoyage-locaux", "blanchisserie")
"""Trades of the maps. One contract in eight is of the first, many more than for any real trade; the others are usual."""
LEVELS: Final[tuple[By, ...]] = ("departement", "region", "epci")
DEPTH_PLACES: Final = (
    *("commune:69123", "epci:200046977", "departement:62", "region:84", "departement:35", "epci:243500139"),
)
NEW_PLACES: Final = ("commune:13055", "commune:59350", "epci:244400404", "departement:44", "region:76")
"""Places that no lot before has: the first is that of the first lot of a service."""
DEPTH_NEEDS: Final = (
    *("Entretien des espaces verts", "Nettoyage des locaux", "Blanchisserie du linge"),
    *("Collecte des déchets de bureau", "Peinture intérieure", "Traiteur pour réceptions"),
    *("Impression de documents", "Gardiennage de bâtiments"),
)
TURNS: Final = 10


def studied(lines: Iterable[Line], snapshot: Snapshot, lexicon: Lexicon) -> list[StudyBody | WaitingBody]:
    """The answer of a new desk for lots: they are studied and rendered."""
    desk = Desk(snapshot, lexicon, StudySettings(TODAY))
    return [study_body(study, desk.settings) for study in desk.programme(lines)]


def one(line: Line, snapshot: Snapshot, lexicon: Lexicon) -> StudyBody | WaitingBody:
    """The answer of a new desk for one lot, as for a request: nothing is shared between lots."""
    desk = Desk(snapshot, lexicon, StudySettings(TODAY))
    return study_body(desk.lot(line), desk.settings)


def _add(report: Report, case: str, times: list[float]) -> None:
    report.add(case=case, **in_ms(times), **{"most ms": f"{max(times) * 1e3:.0f}"})


def desk(folder: Path, count: int, report: Report) -> None:
    """Measures cold and warmed first lots, lots in turn, a programme, in milliseconds of wall clock."""
    settings, lexicon = indexed(folder, count), load_lexicon()
    for name, warmed in (("first lot, nothing warmed", False), ("first lot after the start of a service", True)):
        times = [apart(_first, folder, warmed) for _ in range(STARTS)]
        report.add(case=name, **{"least ms": f"{min(times):.0f}", "most ms": f"{max(times):.0f}"})
    with opened(settings) as snapshot:
        warm(snapshot, lexicon, TODAY)
        _never_asked(snapshot, lexicon, report)
        lines = [
            understand(
                Row(n + 1, _cells(NEEDS[n % len(NEEDS)], PLACES[n % len(PLACES)], 20_000 + 3_000 * n, 24)), lexicon
            )
            for n in range(PROGRAMME)
        ]
        lots = [spent(one, line, snapshot, lexicon) for line in lines[:IN_TURN]]
        _add(report, "one lot, warm", [lot.clock for lot in lots])
        _add(report, "one lot, warm, of processor", [lot.busy for lot in lots])
        whole = spent(studied, lines, snapshot, lexicon)
        seconds = {"s": f"{whole.clock:.1f}", "s of processor": f"{whole.busy:.1f}"}
        report.add(case=f"{len(lines)} lots, read and studied", **seconds)


def _cells(text: str, place: str, amount: int, months: int) -> dict[str, str]:
    return {"text": text, "place": place, "amount": str(amount), "months": str(months)}


def _first(folder: Path, warmed: bool) -> float:
    """Milliseconds of the first lot in a new process."""
    with opened(settings_for(folder)) as snapshot:
        lexicon = load_lexicon()
        if warmed:
            warm(snapshot, lexicon, TODAY)
        return spent(lambda: one(understand(Row(1, FIRST), lexicon), snapshot, lexicon)).clock * 1e3


def _never_asked(snapshot: Snapshot, lexicon: Lexicon, report: Report) -> None:
    """Measures the processor of lots whose trade nobody asked before, by the kind of their place."""
    codes = iter(random.Random(7).sample(sorted(lexicon.trade_names), len(BY_KIND) * NEW_LOTS))
    for case, place in BY_KIND.items():
        rows = [
            Row(1, {"trade": next(codes), "place": place, "amount": str(20_000 + 3_000 * n), "months": "24"})
            for n in range(NEW_LOTS)
        ]
        busy = [spent(lambda row=row: one(understand(row, lexicon), snapshot, lexicon)).busy for row in rows]
        _add(report, f"one lot, its trade never asked, {case}, of processor", busy)


def depth(folder: Path, count: int, report: Report) -> None:
    """Measures depth maps, lots, a programme: the first answer of each, then the others."""
    settings, lexicon = indexed(folder / "depth", count), load_lexicon()
    if report.contracts:
        with opened(settings) as snapshot:
            facts = [hit.record["siret"]["value"] for hit in snapshot.suppliers.scan(EVERY) if "siret" in hit.record]
        built(settings, report.contracts, Report("contracts of depth", count), facts)
    with opened(settings) as snapshot:
        warm(snapshot, lexicon, TODAY)
        for place in (*NEW_PLACES, *DEPTH_PLACES[:4]):
            row = Row(1, _cells(DEPTH_NEEDS[0], place, 120_000, 24))
            _again(report, f"lot: {place}", lambda row=row: studied([understand(row, lexicon)], snapshot, lexicon))  # type: ignore[misc]
        rows = [
            Row(n, _cells(DEPTH_NEEDS[n % 8], DEPTH_PLACES[n // 3 % 6], 20_000 + 1_000 * n, 12 + n % 37))
            for n in range(1, PROGRAMME + 1)
        ]
        for turn in ("first", "again"):
            whole = spent(lambda: studied([understand(row, lexicon) for row in rows], snapshot, lexicon))
            case = f"{PROGRAMME} lots, {len(DEPTH_NEEDS)} needs × {len(DEPTH_PLACES)} places, {turn}"
            report.add(case=case, **{"first ms": f"{whole.clock * 1e3:.0f}", "first CPU ms": f"{whole.busy * 1e3:.0f}"})
        for trade, by in product(TRADES, LEVELS):
            query = DepthAsked((trade,), TODAY, by)
            _again(report, f"map by {by}: {trade}", lambda query=query: depth_map(query, snapshot, lexicon))  # type: ignore[misc]


def _again(report: Report, case: str, call: Callable[[], object]) -> None:
    first, *others = (spent(call) for _ in range(TURNS + 1))
    figures = {"first ms": f"{first.clock * 1e3:.0f}", "first CPU ms": f"{first.busy * 1e3:.0f}"}
    busy = in_ms([other.busy for other in others])["p50 ms"]
    report.add(case=case, **figures, **in_ms([other.clock for other in others]), **{"CPU ms": busy})

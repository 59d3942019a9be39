"""Measures imports: the real lists, when they are on this machine, and the same repeated; rows a second and memory."""

from __future__ import annotations

import csv
import os
import resource
import time
from collections.abc import Sequence
from pathlib import Path

from stdnum import luhn

from benchmarks.corpus import settings_for
from benchmarks.large import large_table
from benchmarks.report import Report
from crawlers.run import import_files
from vivier.runs.records import RunStatistics
from vivier.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LISTS = {
    "esat": ("esat_liste_officielle_brut.csv",),
    "siae": ("siae_marche_2020.csv",),
    "asp": ("siae_asp_2019_07.csv",),
    "geiq": ("geiq_2019_11.csv",),
    "finess": ("layouts/finess_plus_structures.json", "layouts/finess_plus_activites.json"),
    "rge": ("layouts/rge_lines_page1.json", "layouts/rge_lines_page2.json"),
    "agence_bio": tuple(f"layouts/agence_bio_operateurs_debut{start}.json" for start in (0, 7, 9)),
    "finess_legacy": ("layouts/finess_legacy_etalab-cs1100502-stock-20260512-0339.csv",),
    "emplois": ("layouts/emplois_siaes_dept35_page1.json", "layouts/emplois_siaes_dept35_page2.json"),
    "data_inclusion": ("layouts/data_inclusion_structures.json",),
    "fluxiae": (
        "layouts/fluxIAE_Structure_07092026_092352.csv",
        "layouts/fluxIAE_AnnexeFinanciere_07092026_092352.csv",
    ),
}
REPEATED = {
    "siae": ("siae_marche_2020.csv", "siret", ","),
    "asp": ("siae_asp_2019_07.csv", "SIRET", ";"),
    "esat": ("esat_liste_officielle_brut.csv", "ET-N°FINESS", ","),
}
"""Real lists that are repeated with other keys, to the wanted size: list, column of the key, mark between cells."""


def shared_lists(folder: Path, count: int, report: Report) -> None:
    """Measures rows per second of each list, from the file to records in force, then of the lists repeated to ``count`` rows."""
    data = Path(os.environ.get("VIVIER_SHARED_DATA", ROOT.parent / "shared" / "data")) / "suppliers"
    settings = settings_for(folder / "imports")
    for source, names in LISTS.items():
        files = [data / name for name in names]
        if all(file.exists() for file in files):
            _timed(source, source, files, settings, report)
        else:
            report.add(source=source, rows="list absent")
    for source, (name, column, mark) in REPEATED.items():
        if (data / name).exists():
            large = folder / f"{source}.csv"
            _repeat(data / name, large, column, mark, count)
            _timed(source, f"{source} × {large.stat().st_size / 1e6:.0f} MB", [large], settings, report)
    large_table(folder, report)


def _timed(source: str, title: str, files: Sequence[Path], settings: Settings, report: Report) -> RunStatistics:
    before = _peak()
    started, worked = time.perf_counter(), time.process_time()
    statistics = import_files(source, files, settings)
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    report.add(
        source=title,
        rows=str(statistics.seen),
        kept=str(statistics.kept),
        **{
            "set aside": str(sum(statistics.set_aside.values())),
            "skipped": str(sum(statistics.skipped.values())),
            "rows/s": f"{statistics.seen / seconds:.0f}",
            "rows/s of processor": f"{statistics.seen / busy:.0f}",
            "peak +MB": f"{_peak() - before:.0f}",
        },
    )
    return statistics


def _repeat(real: Path, large: Path, column: str, mark: str, count: int) -> None:
    """Writes ``count`` rows, those of a list repeated, each under its own valid key."""
    with real.open(encoding="utf8", newline="") as lines, large.open("w", encoding="utf8", newline="") as out:
        header, *rows = list(csv.reader(lines, delimiter=mark))
        at, writer = header.index(column), csv.writer(out, delimiter=mark)
        writer.writerow(header)
        for number in range(count):
            row = list(rows[number % len(rows)])
            row[at] = _siret(number) if "siret" in column.lower() else str(100_000_000 + number)
            writer.writerow(row)


def _siret(number: int) -> str:
    siren = str(10_000_000 + number)
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001{luhn.calc_check_digit(f'{siren}0001')}"


def _peak() -> float:
    """Peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

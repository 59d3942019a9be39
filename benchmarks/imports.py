"""Import of the real lists, when they are on this machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.corpus import settings_for
from benchmarks.large import large_table
from benchmarks.report import Report
from crawlers.run import import_files

ROOT = Path(__file__).resolve().parent.parent
LISTS = {
    "esat": ("esat_liste_officielle_brut.csv",),
    "siae": ("siae_marche_2020.csv",),
    "finess": ("layouts/finess_plus_structures.json", "layouts/finess_plus_activites.json"),
    "rge": ("layouts/rge_lines_page1.json", "layouts/rge_lines_page2.json"),
    "agence_bio": tuple(f"layouts/agence_bio_operateurs_debut{start}.json" for start in (0, 7, 9)),
    "emplois": ("layouts/emplois_siaes_dept35_page1.json", "layouts/emplois_siaes_dept35_page2.json"),
}


def shared_lists(folder: Path, count: int, report: Report) -> None:
    """Rows per second of each list, from the file to records in force."""
    data = Path(os.environ.get("VIVIER_SHARED_DATA", ROOT.parent / "shared" / "data")) / "suppliers"
    settings = settings_for(folder / "imports")
    for source, names in LISTS.items():
        files = [data / name for name in names]
        if not all(file.exists() for file in files):
            report.add(source=source, rows="list absent")
            continue
        started = time.perf_counter()
        told = import_files(source, files, settings)
        seconds = time.perf_counter() - started
        report.add(
            source=source,
            rows=str(told.seen),
            kept=str(told.kept),
            **{"set aside": str(sum(told.set_aside.values())), "rows/s": f"{told.seen / seconds:.0f}"},
        )
    large_table(folder, report)

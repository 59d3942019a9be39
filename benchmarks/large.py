"""Measures large generated files, each read in its own process: rows a second, and peak memory.

There are an RGE table of 200,000 rows (``imports``), and a FINESS+ file of the wanted size (``finess``).
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from benchmarks.corpus import settings_for
from benchmarks.report import Report
from crawlers.run import import_files
from vivier.trades.table import load_trades

ROOT = Path(__file__).resolve().parent.parent
RGE_ROWS = 200_000
RGE_COLUMNS = (
    *("_id", "siret", "nom_entreprise", "adresse", "code_postal", "commune", "latitude", "longitude", "telephone"),
    *("email", "site_internet", "code_qualification", "nom_qualification", "url_qualification", "nom_certificat"),
    *("domaine", "meta_domaine", "organisme", "particulier", "lien_date_debut", "lien_date_fin", "_updatedAt"),
)


def large_table(folder: Path, report: Report) -> None:
    """Measures the generated RGE table, read in its own process so that the memory is that of the import alone."""
    _report_run("rge", write_rge(folder / "rge.csv", RGE_ROWS), folder, report)


def large_document(folder: Path, count: int, report: Report) -> None:
    """Measures a FINESS+ structures file of ``count`` times 100 kB (20,000 are 2 GB): the fictitious sample under other numbers.

    One legal entity in twenty keeps its categories (ESAT, EA); the others get a category that we ignore, as in the real file.
    """
    layouts = Path(os.environ.get("VIVIER_SHARED_DATA", ROOT.parent / "shared" / "data")) / "suppliers" / "layouts"
    if not (layouts / "finess_plus_structures.json").exists():
        report.add(source="finess", rows="layout absent")
        return
    file = write_finess(layouts / "finess_plus_structures.json", folder / "finess_structures.json", count // 10)
    _report_run("finess", file, folder, report)
    file.unlink()


def write_finess(layout: Path, file: Path, megabytes: int) -> Path:
    """Writes the legal entities of ``layout`` repeatedly, each time with other FINESS numbers."""
    head = json.loads(layout.read_text("utf8"))
    entities = [json.dumps(entity, ensure_ascii=False) for entity in head.pop("pmej")]
    size, turn = 0, 0
    with file.open("w", encoding="utf8") as out:
        out.write(json.dumps(head)[:-1] + ', "pmej": [')
        while size < megabytes * 1_000_000:
            for entity in entities:
                entity_text = _renumbered(entity, turn) if turn % 20 == 0 else _elsewhere(_renumbered(entity, turn))
                size += out.write(entity_text if size == 0 else f",{entity_text}")
            turn += 1
        out.write("]}")
    return file


def _renumbered(entity: str, turn: int) -> str:
    return entity.replace('"359000', f'"{turn:06}').replace("EGE000", f"EGE{turn}-")


def _elsewhere(entity: str) -> str:
    for category in ("246", "247"):
        entity = entity.replace(f'Exercice": "{category}"', 'Exercice": "500"')
    return entity


def _report_run(source: str, file: Path, folder: Path, report: Report) -> None:
    megabytes = file.stat().st_size / 1e6
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.large", source, str(file), str(folder / f"large-{source}")],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    rows, retained, aside, speed, busy, peak = done.stdout.split()
    figures = {"set aside": aside, "rows/s": speed, "rows/s of processor": busy, "peak MB": peak}
    report.add(source=f"{source}, generated, {megabytes:.0f} MB", rows=rows, kept=retained, **figures)


def write_rge(file: Path, rows: int) -> Path:
    """Writes invented qualifications, two or three a site, scattered over the file as in a table sorted by other ids."""
    dice = Random(35)
    domains = [domain for trade in load_trades() for domain in trade.rge]
    sirets = sorted({_siret(999_000_000 + n * 10) for n in range(min(99_900, rows * 44 // 100))})
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(RGE_COLUMNS)
        for n in range(rows):
            table.writerow(_row(n, dice.choice(sirets), dice.choice(domains), dice))
    return file


def _row(n: int, siret: str, domain: str, dice: Random) -> tuple[object, ...]:
    year = dice.randint(2021, 2026)
    code = str(dice.randint(1000, 9000))
    return (
        *(n, siret, f"ENTREPRISE FICTIVE {siret[3:9]}", f"{n % 200} RUE FICTIVE", "35000", "Rennes", 48.1148, -1.67789),
        *("", "", "", code, "QUALIFICATION FICTIVE", f"https://example.invalid/certificat/{n}.pdf", "CERTIFICAT FICTIF"),
        *(domain, "Travaux", "organisme-fictif", "true", f"{year}-01-01", f"{year + 3}-12-31", f"2026-11-{1 + n % 20:02}"),
    )  # fmt: skip


def _siret(siren: int) -> str:
    """A valid SIRET, whose SIREN is near the number given."""
    first = str(siren)[:8]
    return next(_checked(f"{first}{digit}0001") for digit in range(10) if _sum(f"{first}{digit}") % 10 == 0)


def _checked(start: str) -> str:
    return next(f"{start}{digit}" for digit in range(10) if _sum(f"{start}{digit}") % 10 == 0)


def _sum(number: str) -> int:
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled)


def _measured(source: str, file: Path, folder: Path) -> str:
    started, worked = time.perf_counter(), time.process_time()
    statistics = import_files(source, [file], settings_for(folder))
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return f"{statistics.seen} {statistics.kept} {sum(statistics.set_aside.values())} {statistics.seen / seconds:.0f} {statistics.seen / busy:.0f} {peak:.0f}"


if __name__ == "__main__":
    print(_measured(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))

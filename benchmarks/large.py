"""A generated RGE table of 200,000 rows, read in a process of its own: rows a second, and most memory held."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from benchmarks.corpus import settings_for
from benchmarks.report import Report
from crawlers.run import import_files
from vivier.trades import load_trades

ROOT = Path(__file__).resolve().parent.parent
RGE_ROWS = 200_000
RGE_COLUMNS = (
    *("_id", "siret", "nom_entreprise", "adresse", "code_postal", "commune", "latitude", "longitude", "telephone"),
    *("email", "site_internet", "code_qualification", "nom_qualification", "url_qualification", "nom_certificat"),
    *("domaine", "meta_domaine", "organisme", "particulier", "lien_date_debut", "lien_date_fin", "_updatedAt"),
)


def large_table(folder: Path, report: Report) -> None:
    """The generated RGE table, read in a process of its own so that its memory is its own."""
    file = write_rge(folder / "rge.csv", RGE_ROWS)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.large", str(file), str(folder / "large")],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    rows, kept, aside, speed, busy, peak = done.stdout.split()
    told = {"set aside": aside, "rows/s": speed, "rows/s of processor": busy, "peak MB": peak}
    report.add(source="rge, generated CSV", rows=rows, kept=kept, **told)


def write_rge(file: Path, rows: int) -> Path:
    """Invented qualifications, two to three a site, scattered over the file as in a table sorted by its own ids."""
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
    """A SIRET that passes the check, its SIREN near the number given."""
    first = str(siren)[:8]
    return next(_checked(f"{first}{digit}0001") for digit in range(10) if _sum(f"{first}{digit}") % 10 == 0)


def _checked(start: str) -> str:
    return next(f"{start}{digit}" for digit in range(10) if _sum(f"{start}{digit}") % 10 == 0)


def _sum(number: str) -> int:
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled)


def _measured(file: Path, folder: Path) -> str:
    started, worked = time.perf_counter(), time.process_time()
    told = import_files("rge", [file], settings_for(folder))
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return f"{told.seen} {told.kept} {sum(told.set_aside.values())} {told.seen / seconds:.0f} {told.seen / busy:.0f} {peak:.0f}"


if __name__ == "__main__":
    print(_measured(Path(sys.argv[1]), Path(sys.argv[2])))

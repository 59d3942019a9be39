"""Measures imports, rows a second and memory: ``python -m benchmarks imports``, ``finess``.

**imports**: the real lists, when they are on this machine, and the same repeated; then a generated RGE table of 200,000 rows.

**finess**: a FINESS+ structures file of ``--suppliers`` times 100 kB (20,000 are 2 GB): the fictitious sample under other numbers. One legal
entity in twenty keeps its categories (ESAT, EA); the others get a category that we ignore, as in the real file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.contract_files import checked, siret
from benchmarks.corpus import settings_for
from benchmarks.homes import LISTS, shared
from benchmarks.report import Report, apart, peak, spent
from crawlers.run import import_files
from vivier.trades.table import load_trades

LAYOUTS: Final = {
    "finess": ("finess_plus_structures.json", "finess_plus_activites.json"),
    "rge": ("rge_lines_page1.json", "rge_lines_page2.json"),
    "agence_bio": tuple(f"agence_bio_operateurs_debut{start}.json" for start in (0, 7, 9)),
    "finess_legacy": ("finess_legacy_etalab-cs1100502-stock-20260512-0339.csv",),
    "emplois": ("emplois_siaes_dept35_page1.json", "emplois_siaes_dept35_page2.json"),
    "data_inclusion": ("data_inclusion_structures.json",),
    "fluxiae": ("fluxIAE_Structure_07092026_092352.csv", "fluxIAE_AnnexeFinanciere_07092026_092352.csv"),
}
"""Files of other sources, below ``suppliers/layouts`` of the shared data."""
REPEATED: Final = {"siae": ("siret", ","), "asp": ("SIRET", ";"), "esat": ("ET-N°FINESS", ",")}
"""Real lists that are repeated with other keys, to the wanted size: column of the key, mark between cells."""
RGE_ROWS: Final = 200_000
RGE_COLUMNS: Final = (
    *("_id", "siret", "nom_entreprise", "adresse", "code_postal", "commune", "latitude", "longitude", "telephone"),
    *("email", "site_internet", "code_qualification", "nom_qualification", "url_qualification", "nom_certificat"),
    *("domaine", "meta_domaine", "organisme", "particulier", "lien_date_debut", "lien_date_fin", "_updatedAt"),
)


def imports(folder: Path, count: int, report: Report) -> None:
    """Measures rows per second of each list, from the file to records in force, then of the lists repeated to ``count`` rows."""
    lists = {source: LISTS[source] for source in ("esat", "siae", "asp", "geiq")}
    layouts = {source: tuple(f"suppliers/layouts/{name}" for name in names) for source, names in LAYOUTS.items()}
    for source, names in (lists | layouts).items():
        files = [shared() / name for name in names]
        if all(file.exists() for file in files):
            report.add(source=source, **_imported(source, files, folder / "imports", "peak +MB"))
        else:
            report.add(source=source, rows="list absent")
    for source, (column, mark) in REPEATED.items():
        if (real := shared() / LISTS[source][0]).exists():
            large = _repeated(real, folder / f"{source}.csv", column, mark, count)
            figures = _imported(source, [large], folder / "imports", "peak +MB")
            report.add(source=f"{source} × {large.stat().st_size / 1e6:.0f} MB", **figures)
    _add_generated("rge", write_rge(folder / "rge.csv", RGE_ROWS), folder, report)


def finess(folder: Path, count: int, report: Report) -> None:
    """Measures the large file, in a process of its own."""
    layout = shared() / "suppliers" / "layouts" / LAYOUTS["finess"][0]
    if not layout.exists():
        report.add(source="finess", rows="layout absent")
        return
    file = write_finess(layout, folder / "finess_structures.json", count // 10)
    _add_generated("finess", file, folder, report)
    file.unlink()


def _add_generated(source: str, file: Path, folder: Path, report: Report) -> None:
    """The row of a generated file, read in its own process so that the memory is that of the import alone."""
    figures = apart(_imported, source, [file], folder / f"large-{source}", "peak MB")
    report.add(source=f"{source}, generated, {file.stat().st_size / 1e6:.0f} MB", **figures)


def _imported(source: str, files: Sequence[Path], home: Path, memory: str) -> dict[str, str]:
    """The figures of an import; ``memory``: the name of the megabytes at most, « + »: beyond what this process had."""
    before = peak() if "+" in memory else 0.0
    found, clock, busy = spent(import_files, source, files, settings_for(home))
    return {
        "rows": str(found.seen),
        "kept": str(found.kept),
        "set aside": str(sum(found.set_aside.values())),
        "skipped": str(sum(found.skipped.values())),
        "rows/s": f"{found.seen / clock:.0f}",
        "rows/s of processor": f"{found.seen / busy:.0f}",
        memory: f"{peak() - before:.0f}",
    }


def _repeated(real: Path, large: Path, column: str, mark: str, count: int) -> Path:
    """``count`` rows, those of a list repeated, each under its own valid key."""
    with real.open(encoding="utf8", newline="") as lines, large.open("w", encoding="utf8", newline="") as out:
        header, *rows = list(csv.reader(lines, delimiter=mark))
        at, writer = header.index(column), csv.writer(out, delimiter=mark)
        writer.writerow(header)
        for number in range(count):
            row = list(rows[number % len(rows)])
            row[at] = siret(number) if "siret" in column.lower() else str(100_000_000 + number)
            writer.writerow(row)
    return large


def write_finess(layout: Path, file: Path, megabytes: int) -> Path:
    """Writes the legal entities of ``layout`` repeatedly, each time with other FINESS numbers."""
    head = json.loads(layout.read_text("utf8"))
    entities = [json.dumps(entity, ensure_ascii=False) for entity in head.pop("pmej")]
    size, turn = 0, 0
    with file.open("w", encoding="utf8") as out:
        out.write(json.dumps(head)[:-1] + ', "pmej": [')
        while size < megabytes * 1_000_000:
            for entity in entities:
                text = entity.replace('"359000', f'"{turn:06}').replace("EGE000", f"EGE{turn}-")
                for category in ("246", "247") if turn % 20 else ():
                    text = text.replace(f'Exercice": "{category}"', 'Exercice": "500"')
                size += out.write(text if size == 0 else f",{text}")
            turn += 1
        out.write("]}")
    return file


def write_rge(file: Path, rows: int) -> Path:
    """Writes invented qualifications, two or three a site, scattered over the file as in a table sorted by other ids."""
    dice = Random(35)
    domains = [domain for trade in load_trades() for domain in trade.rge]
    sirets = sorted({checked(f"{checked(str(99_900_000 + n))}0001") for n in range(min(99_900, rows * 44 // 100))})
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(RGE_COLUMNS)
        table.writerows(_rge_rows(rows, sirets, domains, dice))
    return file


def _rge_rows(rows: int, sirets: Sequence[str], domains: Sequence[str], dice: Random) -> Iterator[tuple[object, ...]]:
    for n in range(rows):
        siret, domain, year, code = (
            dice.choice(sirets),
            dice.choice(domains),
            dice.randint(2021, 2026),
            dice.randint(1000, 9000),
        )
        yield (
            *(n, siret, f"ENTREPRISE FICTIVE {siret[3:9]}", f"{n % 200} RUE FICTIVE", "35000", "Rennes", 48.1148, -1.67789),
            *("", "", "", code, "QUALIFICATION FICTIVE", f"https://example.invalid/certificat/{n}.pdf", "CERTIFICAT FICTIF"),
            *(domain, "Travaux", "organisme-fictif", "true", f"{year}-01-01", f"{year + 3}-12-31", f"2026-11-{1 + n % 20:02}"),
        )  # fmt: skip

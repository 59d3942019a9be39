"""What a reading must keep of the run in force: refusals that name what was lost, and the option that accepts it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from crawlers.stream import COMPARED, Pairs
from crawlers.words import ASIDES, ISSUES
from vivier.errors import ImportRefused
from vivier.french import day, number, percent, plural
from vivier.runs.drops import (
    KEPT_SHARE,
    LEAST_SHARE,
    MOST_LOST,
    NEW_DOUBT,
    SMALLEST_COUNTED,
    drops,
    lost,
    swollen,
    too_many_aside,
)
from vivier.runs.profile import Finding
from vivier.runs.records import KeyCounts, RunDamaged, RunStatistics, keys_of

UNCHANGED: Final = "Les données en service n'ont pas changé."
_LINES: Final = frozenset((".csv", ".txt", ".tsv", ".jsonl"))


def compare_keys(former: RunStatistics, before: Path, folder: Path) -> tuple[KeyCounts | None, Pairs]:
    """The keys of a list against those of the list in force, and a sample of its records with those of the same key; no counts where
    the list in force is damaged."""
    every = max(1, former.kept // COMPARED)
    try:
        known, was = keys_of(before, every)
    except RunDamaged:
        return None, ()
    read, now = keys_of(folder, every)
    pairs = [(record, now[key]) for key, record in was.items() if key in now]
    return KeyCounts(added=len(read - known), gone=len(known - read)), pairs


def check_keys(former: RunStatistics, keys: KeyCounts) -> None:
    """Refuses a list that lost more than half of the keys of the list in force: it is another list, or a part of it."""
    if keys.gone > MOST_LOST * former.kept and keys.gone >= SMALLEST_COUNTED:
        raise ImportRefused(
            f"« {former.source.id} » : {number(keys.gone)} des {plural(former.kept, 'ligne connue', 'lignes connues')} n'y sont plus.",
            "Une liste remplace la précédente. Donnez ensemble tous ses fichiers, et vérifiez qu'ils sont de cette source. "
            f"Si elle a bien changé, « --accept-drops » l'accepte. {UNCHANGED}",
        )


def refuse_values(source_id: str, found: Sequence[Finding], former: RunStatistics | None) -> None:
    """Refuses a reading whose values leave their profile: names each field, what was expected and what came."""
    if found:
        since = "" if former is None else f", lues le {day(former.finished_at)}"
        options = " ".join(f"--accept {name}" for name in dict.fromkeys(finding.field for finding in found))
        raise ImportRefused(
            f"« {source_id} » : des valeurs ne sont pas celles attendues{since} ({' ; '.join(map(str, found))}).",
            f"Vérifiez ces colonnes dans le fichier. Si elles sont justes : « {options} ». {UNCHANGED}",
        )


def check_drops(former: RunStatistics, report: RunStatistics) -> None:
    """Refuses a run that lost too much of the run in force: rows, or rows of a kind or of a label."""
    lost = drops(former.figures(), report.figures(), report.source.maximum_drop)
    if lost:
        raise ImportRefused(
            f"« {report.source.id} » : trop de lignes disparaissent depuis la lecture du {day(former.finished_at)} "
            f"({' ; '.join(lost)}), plus que les {percent(report.source.maximum_drop)} admis.",
            f"« --accept-drops » les accepte. {UNCHANGED}",
        )


def check_fields(former: RunStatistics, report: RunStatistics) -> None:
    """Refuses a run that lost a field that half of the rows in force have, or of which half of the rows bear a doubt that is new: a column
    was renamed or emptied, a unit or a form of date changed."""
    before = former.shares()
    missing = lost(former.fields, former.kept, report.fields, report.kept)
    missing += swollen(before, report.shares()) if before else []
    doubted = [
        f"{ISSUES.get(code, code)} : {plural(count, 'ligne')} sur {number(report.kept)}"
        for code, count in report.issues.items()
        if before and _is_new(count / report.kept, former.issues.get(code, 0) / former.kept)
    ]
    if missing or doubted:
        missing += doubted
        raise ImportRefused(
            f"« {report.source.id} » : des renseignements disparaissent depuis la lecture du {day(former.finished_at)} ({' ; '.join(missing)}).",
            f"« --accept-drops » les accepte. {UNCHANGED}",
        )


def _is_new(share: float, was: float) -> bool:
    """Whether a doubt is new: half of the records bear it and less than half as many did, or a fifth do and hardly any did."""
    return share >= KEPT_SHARE > 2 * was or (share >= NEW_DOUBT and was < LEAST_SHARE)


def check_whole(report: RunStatistics, files: Sequence[Path], former: Path | None) -> None:
    """Refuses a document cut before its end, and a text file that ends in the middle of a line where those of ``former``, the folder of
    the run in force, do not."""
    known = former.glob("*") if former is not None and former.is_dir() else ()
    whole = [path for path in known if path.suffix in _LINES and ends_a_line(path)]
    cut = [path.name for path in files if path.suffix in {path.suffix for path in whole} and not ends_a_line(path)]
    named = f" ({', '.join(cut)})" if cut else ""
    if cut or report.set_aside.get("file_cut"):
        raise ImportRefused(
            f"« {report.source.id} » : le fichier est coupé avant sa fin, en chemin sans doute{named}.",
            f"« --accept-drops » l'accepte. {UNCHANGED}",
        )


def ends_a_line(path: Path) -> bool:
    """Whether the last byte of a file ends a line."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 1, 0))
        return file.read(1) in (b"\n", b"\r")


def check_acceptable(report: RunStatistics, folder: Path, least: int = 1) -> None:
    """Refuse a run that kept fewer than ``least`` rows, or set aside more than the tolerance of its source."""
    aside = sum(report.set_aside.values())
    reasons = " ; ".join(f"{count} × {ASIDES.get(reason, reason)}" for reason, count in report.set_aside.items())
    if too_many_aside(aside, report.seen, report.source.tolerance):
        raise ImportRefused(
            f"« {report.source.id} » : {plural(aside, 'ligne mise', 'lignes mises')} de côté sur {number(report.seen)} ({reasons}), "
            f"plus que les {percent(report.source.tolerance)} admis.",
            f"Le détail est dans {folder / 'rejected.jsonl'} ; corrigez le fichier et recommencez. {UNCHANGED}",
        )
    if report.kept < least:
        basis = report.source.minimum_basis if least > 1 else None
        partial = "Lecture coupée ? « --accept-few » accepte une lecture partielle. " if least > 1 else ""
        raise ImportRefused(
            f"« {report.source.id} » : {plural(report.kept, 'ligne retenue', 'lignes retenues')} sur {report.seen}, "
            f"au moins {plural(least, 'attendue')}"
            f"{f' : {basis}' if basis else ''}{f' ({reasons})' if reasons else ''}.",
            f"{partial}{UNCHANGED}",
        )

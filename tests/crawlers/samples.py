"""What the tests of the crawlers share: the samples authored for each source, and how a run is read."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from crawlers.run import import_files
from crawlers.scaffold.write import READ_AT
from vivier.model import Record
from vivier.runs.records import MODELS, AnyRecord, RunStatistics, current_run, read_models, read_statistics
from vivier.settings import Settings

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "fixtures" / "sources"
NOW = READ_AT


def samples(source_id: str, folder: Path = SAMPLES) -> list[Path]:
    """The authored files of a source, in the order of their names."""
    return sorted((folder / source_id).glob("sample*"))


def records_of(settings: Settings, source_id: str) -> dict[str, Record]:
    """Records of the run in force, by key."""
    return {record.source_id: record for record in told_of(settings, source_id)}  # type: ignore[misc]


def told_of(settings: Settings, source_id: str) -> list[AnyRecord]:
    """Records of the run in force, in their order, whatever they tell of."""
    run = current_run(settings.records, source_id)
    return list(read_models(run, MODELS[read_statistics(run).source.content]))  # type: ignore[type-var]


def counts(report: RunStatistics) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Seen, kept, set aside and skipped; and the promise that they add up."""
    assert report.seen == report.kept + sum(report.set_aside.values()) + sum(report.skipped.values())
    return report.seen, report.kept, report.set_aside, report.skipped


def numbered(path: Path, kinds: dict[str, int]) -> Path:
    """A list of so many suppliers of each kind."""
    rows = [(f"{kind}-{n}", f"Atelier {kind} {n}", kind) for kind, count in kinds.items() for n in range(count)]
    out = io.StringIO()
    csv.writer(out).writerows([("id", "name", "kinds"), *rows])
    path.write_text(out.getvalue(), encoding="utf8")
    return path


def load(settings: Settings, tmp_path: Path, kinds: dict[str, int], **more: Any) -> str:
    """Import such a list; its run."""
    return import_files("list", [numbered(tmp_path / "list.csv", kinds)], settings, **more).run

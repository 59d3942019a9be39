"""A house with records of one source, and the authored files of the contexts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from indexer.context import Context
from indexer.gather import Gathered
from indexer.joined import Merged
from tests.indexer.records import stocked
from vivier.lexicon import load_lexicon
from vivier.model import Record, Supplier
from vivier.runs.records import RunStatistics, SourceCard, put_in_force
from vivier.settings import Settings

FILES = Path(__file__).parents[1] / "fixtures" / "context"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

OPEN = "99941000400017"
CLOSED = "99941001200010"
SUCCESSOR = "99941002000013"
CIRCLE = "99941003800015"
TRADER = "99941005300014"
LISTED = "99941006100017"
HIDDEN = "99941007900019"
BAND = "99941008700012"
"""Fictitious SIRETs of the files, named after what SIRENE says of each."""

STOCKS = tuple(FILES / f"sirene-{name}.csv" for name in ("etablissements", "unites", "successions"))


def put_records(settings: Settings, records: Iterable[Record], source: str = "essai") -> None:
    """Put these records in force as a run of a source."""
    kept = list(records)
    folder = settings.records / source / "run"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [record.model_dump_json(exclude_none=True) for record in kept]
    (folder / "records.jsonl").write_text("\n".join(lines), encoding="utf8")
    card = SourceCard(id=source, title="Essai", producer="P", dataset="D", licence="L", covers="Rien.", limits="Tout.")
    report = RunStatistics(
        source=card, run="run", started_at=NOW, finished_at=NOW, files=(), seen=len(kept), kept=len(kept),
        set_aside={}, skipped={}, issues={},
    )  # fmt: skip
    (folder / "statistics.json").write_text(report.model_dump_json(), encoding="utf8")
    put_in_force(settings.records, source, "run")


def merged(settings: Settings) -> Merged:
    """The suppliers of the records in force, with what the contexts in force say."""
    gazetteer = load_lexicon().gazetteer
    context = Context(settings.context, gazetteer)
    return stocked(Gathered(settings.records, gazetteer, context=context), context)


def only(settings: Settings) -> Supplier:
    """The one supplier there is."""
    (supplier,) = merged(settings).suppliers
    return supplier

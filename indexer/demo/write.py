"""Writes the fictitious suppliers as a run of the source ``demo``, as a crawler would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

from pydantic import TypeAdapter

from indexer.demo.records import LICENCE, PRODUCER, SEED, SOURCE_ID, TITLE, TODAY, demo_records
from vivier.model import Record
from vivier.runs import RunStatistics, SourceCard, put_in_force
from vivier.settings import Settings
from vivier.vocabulary import KINDS

COUNT = 2400
_RECORD = TypeAdapter(Record)
_STEP = 500

CARD = SourceCard(
    id=SOURCE_ID,
    title=TITLE,
    producer=PRODUCER,
    dataset=TITLE,
    licence=LICENCE,
    covers="Des fournisseurs inventés, répartis sur toute la France, pour essayer Vivier sans donnée réelle.",
    limits="Rien n'y est vrai : ni les structures, ni leurs numéros, ni leurs agréments, ni leurs labels.",
    kinds=tuple(KINDS),
)


def write_demo(
    settings: Settings,
    count: int = COUNT,
    seed: int = SEED,
    today: date = TODAY,
    progress: Callable[[int], None] | None = None,
) -> RunStatistics:
    """Write ``count`` fictitious suppliers under ``records/demo/`` and put the run in force.

    The files are the same, byte for byte, for the same count, seed and day. ``progress`` is called with the number
    written so far. Raises ``ValueError`` when ``count`` is below 1: an empty source would empty the index.
    """
    if count < 1:
        raise ValueError(f"count must be 1 or more, not {count}")
    run = f"{today:%Y%m%d}-{seed}-{count}"
    folder = settings.records / SOURCE_ID / run
    folder.mkdir(parents=True, exist_ok=True)
    issues: Counter[str] = Counter()
    _replace(folder / "records.jsonl", _lines(demo_records(count, seed, today), issues, progress))
    _replace(folder / "rejected.jsonl", iter(()))
    statistics = _statistics(run, count, today, issues)
    _replace(folder / "statistics.json", iter([statistics.model_dump_json(indent=1).encode()]))
    put_in_force(settings.records, SOURCE_ID, run)
    return statistics


def _lines(records: Iterator[Record], issues: Counter[str], progress: Callable[[int], None] | None) -> Iterator[bytes]:
    for written, record in enumerate(records, start=1):
        issues.update(record.issues)
        yield _RECORD.dump_json(record, exclude_none=True) + b"\n"
        if progress is not None and written % _STEP == 0:
            progress(written)


def _replace(path: Path, chunks: Iterator[bytes]) -> None:
    """Write beside, then rename: a run in force is never half written, even when the same run is made again."""
    beside = path.with_suffix(".tmp")
    with beside.open("wb", buffering=1 << 20) as file:
        file.writelines(chunks)
    beside.replace(path)


def _statistics(run: str, count: int, today: date, issues: Counter[str]) -> RunStatistics:
    moment = datetime.combine(today, time(12), UTC)
    return RunStatistics(
        source=CARD,
        run=run,
        started_at=moment,
        finished_at=moment,
        files=(),
        updated_at=today.isoformat(),
        seen=count,
        kept=count,
        set_aside={},
        skipped={},
        issues=dict(sorted(issues.items())),
    )

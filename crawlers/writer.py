"""Writes one run beside the run in force: records, rejects, statistics."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol

import orjson

from crawlers.extract import known_on
from crawlers.kit import Aside, Draft, Intake, Outcome, Skip, Source, scrub
from crawlers.kit.sole import names_a_person, without_person
from crawlers.words import ASIDES, ISSUES, REPAIRS, SKIPS
from vivier.durable import LargeFile
from vivier.identity import digits
from vivier.model import Record
from vivier.privacy.opposition import Opposition
from vivier.runs.drift import drift
from vivier.runs.drops import COLUMN, fallen
from vivier.runs.profile import FIRST, Sample, Trait, joined, profile_of
from vivier.runs.records import AnyRecord, RunStatistics, StreamCounts, snapshot
from vivier.runs.shapes import Shape, counted, shapes_of

_STEP = 500
MOST_COLUMNS = 1_000
"""Columns listed in a report. It is far beyond any source, because a column cut from the list would seem missing."""


def _line(rejected: dict[str, object]) -> bytes:
    try:
        return orjson.dumps(rejected, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        # An integer of thirty digits, half a surrogate pair: orjson may refuse the very value that made the row bad.
        return json.dumps(rejected, default=str).encode() + b"\n"


def _names(columns: Iterable[str], most: int = 200) -> tuple[str, ...]:
    """Names of columns, cut for the report: a hostile file may have a million of them, each a page long."""
    return tuple(sorted(name[:80] for name in columns)[:most])


def _shares(fields: Mapping[str, int], kept: int) -> dict[str, float]:
    return {name: count / kept for name, count in fields.items()} if kept else {}


def _words(codes: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    return {code: known[code] for code in sorted(codes) if code in known}


def tally_of(record: AnyRecord) -> Iterator[str]:
    """The keys under which the record of a supplier is counted: each kind and each label once."""
    if isinstance(record, Record):
        yield from {f"kind:{agreement.kind}" for agreement in record.agreements}
        yield from {f"label:{label.code}" for label in record.labels}


def without_repairs(record: AnyRecord) -> AnyRecord:
    """The record without the codes of repairs: they are counted in the report, and leave no doubt for a reader."""
    doubts = tuple(code for code in record.issues if code not in REPAIRS)
    return record if len(doubts) == len(record.issues) else record.model_copy(update={"issues": doubts})


@dataclass(slots=True)
class Counts:
    """Counts of rows: ``seen = kept + set aside + skipped``. ``issues``, ``tally`` and ``shapes`` count the records kept, ``traits`` a sample of them."""

    seen: int = 0
    kept: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    issues: Counter[str] = field(default_factory=Counter)
    tally: Counter[str] = field(default_factory=Counter)
    shapes: Counter[Shape] = field(default_factory=Counter)
    traits: Counter[Trait] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        self.seen += other.seen
        self.kept += other.kept
        for own, others in (
            (self.set_aside, other.set_aside),
            (self.skipped, other.skipped),
            (self.issues, other.issues),
            (self.tally, other.tally),
        ):
            own.update(others)
        self.shapes.update(other.shapes)
        self.traits.update(other.traits)


@dataclass(frozen=True, slots=True)
class Written:
    """Rows written by another process: the lines of records and of rejects, and their counts."""

    records: bytes
    rejected: bytes
    counts: Counts


class Sink(Protocol):
    """A place where lines are written."""

    def write(self, content: bytes, /) -> int: ...


class RowWriter:
    """Takes drafts one at a time, writes records and rejects, and counts everything."""

    def __init__(
        self, source: Source, opposition: Opposition, records: Sink, rejected: Sink, first: int = FIRST
    ) -> None:
        self.source = source
        self._sample = Sample(first)
        self.counts = Counts(traits=self._sample.counts)
        self.opposition = opposition
        self._records, self._rejected = records, rejected
        self._keys: set[str] = set()

    def put(self, draft: Draft) -> None:
        """Write or count one row."""
        outcome = self._unless_opposed(draft)
        if self.source.card.extract is not None:
            outcome = known_on(self.source.card.extract, outcome)
        if isinstance(outcome, Record) and names_a_person(outcome.name):
            outcome = without_person(outcome) or Skip("sole_trader")
        if self.source.duplicates != "never" and not isinstance(outcome, Skip | Aside):
            outcome = self._once(outcome)
        if isinstance(outcome, Aside):
            self._reject(draft, outcome)
        elif isinstance(outcome, Skip):
            self.counts.seen += 1
            self.counts.skipped[outcome.reason] += 1
        else:
            self._keep(outcome, draft.more)

    def _unless_opposed(self, draft: Draft) -> Outcome:
        """The row, unless its structure opposed. In that case nothing of it is written, neither as a record nor as a reject."""
        if not self.opposition.hashes:
            return draft.outcome
        if isinstance(draft.outcome, Record):
            return Skip("opposed") if self.opposition.holds(draft.outcome.siret) else draft.outcome
        if not isinstance(draft.outcome, Aside):
            return draft.outcome
        numbers = (digits(str(value)) for value in draft.public().values())
        return Skip("opposed") if self.opposition.among(numbers) else draft.outcome

    def _once(self, record: AnyRecord) -> AnyRecord | Skip | Aside:
        if record.source_id not in self._keys:
            self._keys.add(record.source_id)
            return record
        if self.source.duplicates == "skip":
            return Skip("duplicate")
        return Aside("duplicate_id", f"l'identifiant « {record.source_id} » est déjà celui d'une ligne précédente")

    def _keep(self, record: AnyRecord, more: Sequence[Record] = ()) -> None:
        self.counts.seen += 1
        self.counts.kept += 1
        self.counts.tally.update(tally_of(record))
        self.counts.shapes.update(shapes_of(record))
        self._sample.add(record)
        if record.issues:
            self.counts.issues.update(record.issues)
        for line in (record, *more):
            repaired = without_repairs(line) if line.issues else line
            self._records.write(repaired.__pydantic_serializer__.to_json(repaired, exclude_none=True) + b"\n")

    def _reject(self, draft: Draft, aside: Aside) -> None:
        self.counts.seen += aside.rows
        self.counts.set_aside[aside.reason] += aside.rows
        detail = scrub(f"{draft.where} : {aside.detail}")[0]
        self._rejected.write(_line({"row": draft.public(), "reason": aside.reason, "detail": detail}))


class RunWriter:
    """Writes one run in its folder. ``progress`` is called with the number of rows seen."""

    def __init__(
        self, folder: Path, source: Source, opposition: Opposition, progress: Callable[[int], None] | None = None
    ) -> None:
        self.folder = folder
        self._source, self._opposition = source, opposition
        self._progress = progress
        self._announced = 0

    def __enter__(self) -> RunWriter:
        self._records, self._rejected = (LargeFile(self.folder / f"{name}.jsonl") for name in ("records", "rejected"))
        self._rows = RowWriter(self._source, self._opposition, self._records, self._rejected)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._records, self._rejected):
            file.close(durable=kind is None)
        self._tell(0)

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        return self._rows.counts

    def put(self, draft: Draft) -> None:
        """Write or count one row."""
        self._rows.put(draft)
        self._tell(_STEP)

    def put_written(self, written: Written) -> None:
        """Add rows that another process has written."""
        self._records.write(written.records)
        self._rejected.write(written.rejected)
        self.counts.add(written.counts)
        self._tell(_STEP)

    def _tell(self, step: int) -> None:
        seen = self.counts.seen
        if self._progress is not None and seen - self._announced >= step:
            self._announced = seen
            self._progress(seen)

    def statistics(
        self, run: str, intake: Intake, files: Sequence[Path], former: RunStatistics | None = None
    ) -> RunStatistics:
        """The quality report, also written to ``statistics.json``; ``former`` is that of the run in force until now."""
        counts = self.counts
        issues = counts.issues + intake.issues
        seen = _names(intake.columns | intake.unknown, MOST_COLUMNS)
        columns = {f"{COLUMN}{name}": intake.had[name] for name in seen if name in intake.had}
        fields = dict(sorted((counted(counts.shapes) | columns).items()))
        report = RunStatistics(
            source=intake.card,
            run=run,
            started_at=intake.now,
            finished_at=max(intake.now, datetime.now(UTC)),
            files=tuple(path.name for path in files),
            updated_at=intake.data_day.isoformat() if intake.data_day else None,
            day_given=intake.as_of is not None and intake.data_day == intake.as_of,
            seen=counts.seen,
            kept=counts.kept,
            set_aside=dict(sorted(counts.set_aside.items())),
            skipped=dict(sorted(counts.skipped.items())),
            issues=dict(sorted(issues.items())),
            columns_unknown=_names(intake.unknown),
            bytes_read=sum(path.stat().st_size for path in files),
            columns=seen,
            drift=drift(
                seen,
                _names(intake.unknown),
                intake.declared,
                former.columns if former is not None else (),
                former.drift if former is not None else (),
                intake.now,
            ),
            tally=dict(sorted(counts.tally.items())),
            fields=fields,
            profile=profile_of(counts.traits),
            fallen=() if former is None else tuple(fallen(former.shares(), _shares(fields, counts.kept))),
            words={
                "set_aside": _words(counts.set_aside, ASIDES),
                "skipped": _words(counts.skipped, SKIPS),
                "issues": _words(issues, ISSUES),
            },
            sha256=snapshot(self.folder / "records.jsonl"),
        )
        return _written(report, self.folder)


def with_stream(
    report: RunStatistics, former: RunStatistics | None, counts: StreamCounts, repeated: int, folder: Path
) -> RunStatistics:
    """The report of a reading with that of the stream it was added to, also written to ``statistics.json``. ``repeated`` rows of the reading are
    other versions of its own rows."""
    skipped = report.skipped | ({"duplicate": report.skipped.get("duplicate", 0) + repeated} if repeated else {})
    days = [run.updated_at for run in (report, former) if run is not None and run.updated_at is not None]
    changes = {
        "kept": report.kept - repeated,
        "skipped": dict(sorted(skipped.items())),
        "words": report.words | {"skipped": _words(skipped, SKIPS)},
        "updated_at": max(days, default=None),
        "day_given": report.day_given and report.updated_at == max(days),
        "sha256": snapshot(folder / "records.jsonl"),
        "stream": counts,
        "profile": joined({} if former is None else former.profile, report.profile),
    }
    return with_changes(report, folder, changes)


def with_changes(report: RunStatistics, folder: Path, changes: Mapping[str, object]) -> RunStatistics:
    """The report with other values, also written to ``statistics.json``."""
    return _written(report.model_copy(update=changes), folder)


def _written(report: RunStatistics, folder: Path) -> RunStatistics:
    (folder / "statistics.json").write_bytes(report.model_dump_json(indent=1).encode())
    return report

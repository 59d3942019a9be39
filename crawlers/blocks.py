"""Reads a large file by blocks, on every core. The records written are those that one process would write, in the same
order."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

from crawlers.kit import Block, BlockReader, Draft, Intake, Source
from crawlers.writer import RowWriter, RunWriter, Written
from vivier.forked import cores, on_every_core, without_gc
from vivier.privacy.opposition import Opposition

SMALLEST: Final = 8 << 20
"""Bytes. A smaller file is read as quickly by one process."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A block read in a worker: the lines it gives, and what the reader counted."""

    written: Written
    unknown: set[str]
    columns: set[str]
    issues: Counter[str]
    latest: date | None


class _Worker:
    """Reads blocks. Each process has a reader of its own, which it keeps from one block to the next."""

    def __init__(self, source: Source, intake: Intake, opposition: Opposition) -> None:
        self._source, self._opposition = source, opposition
        self._intake = Intake(card=intake.card, now=intake.now, basis=intake.basis, as_of=intake.as_of)
        self._reader: BlockReader | None = None

    def __call__(self, block: Block | None) -> _Read | None:
        if block is None:
            return None
        if self._reader is None:
            assert self._source.reader is not None
            self._reader = self._source.reader(self._intake)
        records, rejected = BytesIO(), BytesIO()
        rows = RowWriter(self._source, self._opposition, records, rejected, first=0)
        for draft in self._reader(block):
            rows.put(draft)
        written = Written(records.getvalue(), rejected.getvalue(), rows.counts)
        intake = self._intake
        read = _Read(written, intake.unknown, intake.columns, intake.issues, self._reader.latest)
        intake.unknown, intake.columns, intake.issues = set(), set(), Counter()
        return read


def worth_sharing(source: Source, files: Sequence[Path]) -> bool:
    """Whether the files of a run are read by blocks. They are not when the keys of rows must be compared: each process
    would see only its own keys."""
    large = sum(path.stat().st_size for path in files) >= SMALLEST
    return large and source.reader is not None and source.duplicates == "never" and cores() > 1


def read_by_blocks(
    source: Source, files: Sequence[Path], intake: Intake, opposition: Opposition, writer: RunWriter
) -> None:
    """Reads the files of a run into ``writer``, as ``source.read`` would.

    Raises :class:`NotWhole` when a block is not whole rows: ``source.read`` must then read the files again.
    """
    assert source.reader is not None
    reader = source.reader(intake)
    alone: deque[list[Draft]] = deque()
    latest: date | None = None
    work = _Worker(source, intake, opposition)
    with without_gc():
        for read in on_every_core(work, _sent(reader.blocks(files), alone), worth=True):
            if read is None:
                for draft in alone.popleft():
                    writer.put(draft)
                continue
            writer.put_written(read.written)
            intake.unknown |= read.unknown
            intake.columns |= read.columns
            intake.issues.update(read.issues)
            latest = max(filter(None, (latest, read.latest)), default=None)
    intake.updated_at = max(filter(None, (latest, reader.latest)), default=None)


def _sent(parts: Iterator[Draft | Block], alone: deque[list[Draft]]) -> Iterator[Block | None]:
    """The blocks, in the order they are sent to workers. ``None`` stands for the rows between two blocks, which wait in
    ``alone``."""
    drafts: list[Draft] = []
    for part in parts:
        if isinstance(part, Block):
            if drafts:
                alone.append(drafts)
                yield None
                drafts = []
            yield part
        else:
            drafts.append(part)
            if len(drafts) >= _TOGETHER:
                alone.append(drafts)
                yield None
                drafts = []
    if drafts:
        alone.append(drafts)
        yield None


_TOGETHER: Final = 500
"""Number of rows read outside blocks that are written together."""

"""A large file read by blocks on every core: what comes out is what one process would have written, in the same order."""

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
"""Bytes; less is read as quickly by one process."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A block read in a worker: what is written of it, and what its reading gathered."""

    written: Written
    unknown: set[str]
    columns: set[str]
    issues: Counter[str]
    latest: date | None


class _Worker:
    """Reads blocks, each process with a reader of its own that is kept from one block to the next."""

    def __init__(self, source: Source, intake: Intake, opposition: Opposition) -> None:
        self._source, self._opposition = source, opposition
        self._intake = Intake(card=intake.card, now=intake.now, basis=intake.basis)
        self._reader: BlockReader | None = None

    def __call__(self, block: Block | None) -> _Read | None:
        if block is None:
            return None
        if self._reader is None:
            assert self._source.reader is not None
            self._reader = self._source.reader(self._intake)
        records, rejected = BytesIO(), BytesIO()
        rows = RowWriter(self._source, self._opposition, records, rejected)
        for draft in self._reader(block):
            rows.put(draft)
        written = Written(records.getvalue(), rejected.getvalue(), rows.counts)
        intake = self._intake
        read = _Read(written, intake.unknown, intake.columns, intake.issues, self._reader.latest)
        intake.unknown, intake.columns, intake.issues = set(), set(), Counter()
        return read


def worth_sharing(source: Source, files: Sequence[Path]) -> bool:
    """Whether the files of a run are read by blocks. Rows whose keys must be compared are not."""
    large = sum(path.stat().st_size for path in files) >= SMALLEST
    return large and source.reader is not None and source.duplicates == "never" and cores() > 1


def read_by_blocks(
    source: Source, files: Sequence[Path], intake: Intake, opposition: Opposition, writer: RunWriter
) -> None:
    """Read the files of a run into ``writer``, as ``source.read`` would. Raises :class:`NotWhole` when
    a file is not cut as it seemed: it is then to be read again by ``source.read``."""
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
    """The blocks as they are sent, and ``None`` in place of the rows between two, which wait in ``alone``."""
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
"""Rows read alone that are written at a time."""

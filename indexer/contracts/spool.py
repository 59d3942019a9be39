"""Contract records shared out by buyer into files: every relation between contracts is within one buyer, so memory does not
grow with the number of contracts."""

from __future__ import annotations

import shutil
import tempfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from indexer.contracts.names import LegalNames
from vivier.procurement import ReservedFor
from vivier.reverse.reservation import combined, read_reservation
from vivier.runs import read_lines

BUCKETS = 64
SURE = 0.8
_STEP = 5_000


class Spool:
    """Lines of records by bucket of buyers, in a folder removed at the end. ``winners``: holders, by SIREN, of a contract
    whose text says surely for whom it is reserved. ``names``: those of buyers, by SIREN, that other sources give;
    ``legal_names``: those of SIRENE."""

    def __init__(self, beside: Path) -> None:
        beside.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix=".contracts-", dir=beside))
        self.winners: dict[str, tuple[ReservedFor, ...]] = {}
        self.names: Mapping[str, tuple[str, ...]] = {}
        self.legal_names = LegalNames()
        self.lines = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def fill(self, runs: Mapping[str, Path], progress: Callable[[int], None]) -> None:
        """Share out the records of every run."""
        with ExitStack() as stack:
            files = [stack.enter_context(self.path(bucket).open("wb", 1 << 18)) for bucket in range(BUCKETS)]
            for run in runs.values():
                for line, record in read_lines(run):
                    buyer = record["buyer"]
                    key = buyer.get("siren") or buyer.get("raw_id") or buyer.get("name") or ""
                    files[zlib.crc32(key.encode()) % BUCKETS].write(line)
                    self._learn(record)
                    self.lines += 1
                    if self.lines % _STEP == 0:
                        progress(self.lines)
        progress(self.lines)

    def path(self, bucket: int) -> Path:
        return self._folder / f"{bucket:02}.jsonl"

    def _learn(self, record: Mapping[str, Any]) -> None:
        families = tuple(f for f, sure in combined(read_reservation(record.get("object", ""))).items() if sure >= SURE)
        if families:
            for holder in record.get("holders", ()):
                if holder.get("siren"):
                    known = self.winners.get(holder["siren"], ())
                    self.winners[holder["siren"]] = tuple(sorted({*known, *families}))

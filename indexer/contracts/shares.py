"""Shares contract records out by buyer.

Every relation between contracts is within one buyer, so that shares are processed apart and memory does not grow with
the number of contracts. Nothing is copied: only the position of each line is kept, in twenty bytes.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from indexer.contracts.names import WrittenNames
from vivier.contracts.reservation import combined, read_reservation, worth_reading
from vivier.forked import on_every_core
from vivier.law.articles import ReservedFor
from vivier.runs.records import refusing_damage

SIZE: Final = 4_000
"""Records of a share, approximately."""
MOST: Final = 1_024
SMALLEST_SHARED: Final = 5_000
"""With fewer records, one process is quicker than sharing them out."""
SURE: Final = 0.8
_AT_ONCE: Final = 250
"""Records processed at a time, approximately: so few stay in the cache of the processor."""
_BYTES: Final = 8 << 20
_BUYER: Final = re.compile(rb'"buyer":\{(?:"siret":"\d{14}",)?"siren":"(\d{9})"')
_OBJECT: Final = b'"object":"'


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a file of records: the lines that begin between two bytes."""

    file: Path
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of a stretch: for each, a hash of its buyer, its first byte and its length; the winners that the
    lines name, and the names they write, by SIREN."""

    buyers: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int32]
    winners: dict[str, tuple[ReservedFor, ...]]
    names: dict[str, str]


class Shares:
    """The positions of the records of each share.

    ``winners``: holders, by SIREN, of a contract whose text says surely for whom it is reserved. ``names``: the names that each
    source writes, by SIREN.
    """

    def __init__(
        self,
        runs: Mapping[str, Path],
        expected: int,
        progress: Callable[[int], None] = lambda done: None,
    ) -> None:
        """Reads the positions of the records of ``runs``; ``expected`` is their approximate number. Raises ``RunDamaged``."""
        self.names: dict[str, dict[str, str]] = {source: {} for source in runs}
        self.winners: dict[str, tuple[ReservedFor, ...]] = {}
        self.lines = 0
        self.count = min(max(expected // SIZE, 1), MOST)
        self._files = [run / "records.jsonl" for run in runs.values()]
        self._places = _Places(
            [
                self._read(source, file, expected >= SMALLEST_SHARED, progress)
                for source, file in zip(runs, self._files, strict=True)
            ],
            self.count,
        )
        progress(self.lines)

    def _read(self, source: str, file: Path, worth: bool, progress: Callable[[int], None]) -> list[Found]:
        with refusing_damage(file):
            size = file.stat().st_size
        stretches = (Stretch(file, start, min(start + _BYTES, size)) for start in range(0, size, _BYTES))
        founds: list[Found] = []
        for found in on_every_core(self._found, stretches, worth=worth):
            founds.append(found)
            for siren, families in found.winners.items():
                self.winners[siren] = tuple(sorted({*self.winners.get(siren, ()), *families}))
            for siren, name in found.names.items():
                self.names[source].setdefault(siren, name)
            self.lines += len(found.starts)
            progress(self.lines)
        return founds

    def _found(self, stretch: Stretch) -> Found:
        with refusing_damage(stretch.file):
            return found_in(stretch)

    def batches(self, share: int) -> Iterator[list[tuple[Path, bytes]]]:
        """The lines of a share, each with its file, a few buyers at a time. Every line of a buyer comes together."""
        with ExitStack() as stack:
            opened = [stack.enter_context(_opened(file)).fileno() for file in self._files]
            batch: list[tuple[Path, bytes]] = []
            last = None
            for buyer, file, start, length in self._places.of(share):
                if buyer != last and len(batch) >= _AT_ONCE:
                    yield batch
                    batch = []
                batch.append((self._files[file], os.pread(opened[file], length, start)))
                last = buyer
            if batch:
                yield batch


def _opened(file: Path) -> FileIO:
    with refusing_damage(file):
        return file.open("rb", buffering=0)


class _Places:
    """The position of every line, those of a share together, and within a share those of a buyer."""

    def __init__(self, files: Sequence[Sequence[Found]], count: int) -> None:
        founds = [found for some in files for found in some]
        buyers = _joined([found.buyers for found in founds])
        order = np.argsort(buyers, kind="stable")
        self._buyers = buyers[order]
        self._files = np.repeat(
            np.arange(len(files), dtype=np.int32), [sum(len(found.starts) for found in some) for some in files]
        )[order]
        self._starts = _joined([found.starts for found in founds])[order]
        self._lengths = _joined([found.lengths for found in founds])[order]
        self._edges = np.searchsorted(self._buyers, (np.arange(count + 1) << 32) // count)

    def of(self, share: int) -> Iterable[tuple[int, int, int, int]]:
        """Hash of the buyer, number of the file, first byte and length of each line."""
        edges = slice(self._edges[share], self._edges[share + 1])
        columns = (self._buyers, self._files, self._starts, self._lengths)
        return zip(*(column[edges].tolist() for column in columns), strict=True)


def _joined(arrays: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.empty(0, np.int64)


def found_in(stretch: Stretch) -> Found:
    buyers: list[int] = []
    lengths: list[int] = []
    winners: dict[str, tuple[ReservedFor, ...]] = {}
    names = WrittenNames()
    with stretch.file.open("rb") as file:
        file.seek(max(stretch.start - 1, 0))
        if stretch.start:
            file.readline()  # a line that began before belongs to the stretch before
        first = at = file.tell()
        while at < stretch.stop and (line := file.readline()):
            buyers.append(zlib.crc32(_key(line)))
            lengths.append(len(line))
            at += len(line)
            names.add(line)
            if _says_reserved(line) and (record := _loaded(line)) is not None:
                _learn(record, winners)
    sizes = np.array(lengths, np.int32)
    starts = first + np.cumsum(sizes, dtype=np.int64) - sizes
    return Found(np.array(buyers, np.uint32), starts, sizes, winners, names.by_siren())


def _key(line: bytes) -> bytes:
    """The key of the buyer: its SIREN, else its identifier or its name as written."""
    found = _BUYER.search(line)
    if found is not None:
        return found[1]
    record = _loaded(line)
    if record is None:
        return b""
    buyer = record["buyer"]
    identifier: str = buyer.get("siren") or buyer.get("raw_id") or buyer.get("name") or ""
    return identifier.encode()


def _loaded(line: bytes) -> dict[str, Any] | None:
    """The value of a line; ``None`` when it is no record, which :func:`indexer.contracts.gather.read_records` then counts."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("buyer"), dict) else None


def _says_reserved(line: bytes) -> bool:
    """Whether the object may say for whom the contract is reserved. Few do, and only those lines are read."""
    start = line.find(_OBJECT) + len(_OBJECT)
    text = line[start : line.find(b'"', start)] if start >= len(_OBJECT) else b""
    return b"\\" in text or worth_reading(text.decode(errors="replace"))


def _learn(record: Mapping[str, Any], winners: dict[str, tuple[ReservedFor, ...]]) -> None:
    sure = tuple(f for f, sure in combined(read_reservation(record.get("object", ""))).items() if sure >= SURE)
    for holder in record.get("holders", ()) if sure else ():
        if holder.get("siren"):
            winners[holder["siren"]] = tuple(sorted({*winners.get(holder["siren"], ()), *sure}))

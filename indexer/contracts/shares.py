"""Contract records shared out by buyer: every relation between contracts is within one buyer, so shares are worked on apart and
memory does not grow with the number of contracts. Nothing is copied: where each line stands is kept, twelve bytes a record."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from indexer.contracts.names import LegalNames
from vivier.forked import on_every_core
from vivier.procurement import ReservedFor
from vivier.reverse.reservation import combined, read_reservation, worth_reading
from vivier.runs import told_damaged

SIZE: Final = 4_000
"""Records of a share, about."""
MOST: Final = 1_024
SMALLEST_SHARED: Final = 5_000
"""Fewer records are quicker to do here than to share out between processes."""
SURE: Final = 0.8
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
    """The lines of a stretch: the share of each, where it begins, its bytes, and the winners they tell of."""

    shares: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int32]
    winners: dict[str, tuple[ReservedFor, ...]]


class Shares:
    """Where the records of each share stand. ``winners``: holders, by SIREN, of a contract whose text says surely for whom it
    is reserved. ``names``: those of buyers, by SIREN, that other sources give; ``legal_names``: those of SIRENE."""

    def __init__(
        self,
        runs: Mapping[str, Path],
        expected: int,
        progress: Callable[[int], None] = lambda done: None,
        *,
        names: Mapping[str, tuple[str, ...]] | None = None,
        legal_names: LegalNames | None = None,
    ) -> None:
        """Read where the records of ``runs`` stand; ``expected`` is about their number. Raises ``RunDamaged``."""
        self.names = names or {}
        self.legal_names = legal_names or LegalNames()
        self.winners: dict[str, tuple[ReservedFor, ...]] = {}
        self.lines = 0
        self.count = min(max(expected // SIZE, 1), MOST)
        self._files = [run / "records.jsonl" for run in runs.values()]
        self._places: list[_Places] = []
        for file in self._files:
            self._read(file, expected >= SMALLEST_SHARED, progress)
        progress(self.lines)

    def _read(self, file: Path, worth: bool, progress: Callable[[int], None]) -> None:
        with told_damaged(file):
            size = file.stat().st_size
        stretches = (Stretch(file, start, min(start + _BYTES, size)) for start in range(0, size, _BYTES))
        founds: list[Found] = []
        for found in on_every_core(self._found, stretches, worth=worth):
            founds.append(found)
            for siren, families in found.winners.items():
                self.winners[siren] = tuple(sorted({*self.winners.get(siren, ()), *families}))
            self.lines += len(found.starts)
            progress(self.lines)
        self._places.append(_Places(founds, self.count))

    def _found(self, stretch: Stretch) -> Found:
        with told_damaged(stretch.file):
            return found_in(stretch, self.count)

    def records(self, share: int) -> Iterator[tuple[Path, bytes]]:
        """The lines of a share, each with its file."""
        for file, places in zip(self._files, self._places, strict=True):
            with file.open("rb", buffering=0) as opened:
                for start, length in places.of(share):
                    yield file, os.pread(opened.fileno(), length, start)


class _Places:
    """The lines of one file, those of a share together."""

    def __init__(self, founds: Sequence[Found], count: int) -> None:
        shares = _joined([found.shares for found in founds])
        order = np.argsort(shares, kind="stable")
        self._starts = _joined([found.starts for found in founds])[order]
        self._lengths = _joined([found.lengths for found in founds])[order]
        self._edges = np.searchsorted(shares[order], np.arange(count + 1))

    def of(self, share: int) -> Iterable[tuple[int, int]]:
        edges = slice(self._edges[share], self._edges[share + 1])
        return zip(self._starts[edges].tolist(), self._lengths[edges].tolist(), strict=True)


def _joined(arrays: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.empty(0, np.int64)


def found_in(stretch: Stretch, count: int) -> Found:
    """The lines of a stretch, shared out in ``count`` shares."""
    shares: list[int] = []
    lengths: list[int] = []
    winners: dict[str, tuple[ReservedFor, ...]] = {}
    with stretch.file.open("rb") as file:
        file.seek(max(stretch.start - 1, 0))
        if stretch.start:
            file.readline()  # the line that began before is the stretch before's
        first = at = file.tell()
        while at < stretch.stop and (line := file.readline()):
            shares.append(zlib.crc32(_key(line)) % count)
            lengths.append(len(line))
            at += len(line)
            if _says_reserved(line):
                _learn(orjson.loads(line), winners)
    sizes = np.array(lengths, np.int32)
    starts = first + np.cumsum(sizes, dtype=np.int64) - sizes
    return Found(np.array(shares, np.uint16), starts, sizes, winners)


def _key(line: bytes) -> bytes:
    """The buyer: its SIREN, else what it was written by."""
    found = _BUYER.search(line)
    if found is not None:
        return found[1]
    buyer = orjson.loads(line)["buyer"]
    told: str = buyer.get("siren") or buyer.get("raw_id") or buyer.get("name") or ""
    return told.encode()


def _says_reserved(line: bytes) -> bool:
    """Whether the object may say for whom the contract is reserved: few do, and only those lines are read."""
    start = line.find(_OBJECT) + len(_OBJECT)
    told = line[start : line.find(b'"', start)] if start >= len(_OBJECT) else b""
    return b"\\" in told or worth_reading(told.decode())


def _learn(record: Mapping[str, Any], winners: dict[str, tuple[ReservedFor, ...]]) -> None:
    sure = tuple(f for f, sure in combined(read_reservation(record.get("object", ""))).items() if sure >= SURE)
    for holder in record.get("holders", ()) if sure else ():
        if holder.get("siren"):
            winners[holder["siren"]] = tuple(sorted({*winners.get(holder["siren"], ()), *sure}))

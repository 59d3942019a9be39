"""Records each reading of the pairs kept back, so that their number is known and a figure says what it measured."""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from benchmarks.labelled import PAIRS, ROOT

READINGS = ROOT / "tests" / "identity" / "readings.csv"
COLUMNS = ("date", "code", "pairs", "right", "wrong", "missed", "why")
CODE = ("vivier/identity.py", *(f"indexer/{n}.py" for n in ("blocking", "clusters", "likeness", "merge", "spelling")))
"""Files of the code that decides a merge by name and place."""


class Counts(Protocol):
    """Counts of a reading."""

    @property
    def right(self) -> int: ...
    @property
    def wrong(self) -> int: ...
    @property
    def missed(self) -> int: ...


def fingerprint(*files: Path) -> str:
    """Twelve digits of the SHA-256 of files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def write_reading(why: str, counts: Counts) -> None:
    """Adds a line to the file of readings: the day, the rules and labels, the counts, and the reason."""
    code, pairs = fingerprint(*(ROOT / file for file in CODE)), fingerprint(PAIRS)
    row = (datetime.now(UTC).date().isoformat(), code, pairs, counts.right, counts.wrong, counts.missed, why)
    new = not READINGS.exists()
    with READINGS.open("a", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([COLUMNS, row] if new else [row])


def readings() -> list[dict[str, str]]:
    """The readings so far, oldest first."""
    if not READINGS.exists():
        return []
    with READINGS.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))

"""Keeps records in a file while a build compares them: 200,000 of them would take gigabytes of memory.

The file has no name: the system removes it with the last process that has it open, whatever ends it.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from vivier.model import Record


def written(record: Record) -> bytes:
    """A record as a shelf keeps it."""
    # fields that were not given are written too: the type of a zone is one, and a zone is not read again without it
    return record.__pydantic_serializer__.to_json(record, exclude_none=True)


class Shelf:
    """Records by their number from 0, as JSON in a file of ``folder``. Processes forked once all are there read it too."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # without a buffer: a forked process would have a copy of what waits in it
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  it is closed with the shelf
        self._ends = array("q", [0])

    def append(self, record: Record) -> None:
        """Keeps one more record."""
        self.put([written(record)])

    def put(self, lines: Sequence[bytes]) -> None:
        """Keeps more records, as :func:`written` gives them."""
        for line in lines:
            self._ends.append(self._ends[-1] + len(line))
        left = memoryview(b"".join(lines))
        while left:  # a disk that fills takes a part, then raises
            left = left[self._file.write(left) or 0 :]

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> Record:
        start, end = self._ends[number], self._ends[number + 1]
        return Record.model_validate_json(os.pread(self._file.fileno(), end - start, start))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Gives the room of the file back."""
        self._file.close()

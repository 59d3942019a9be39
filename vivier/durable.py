"""Files that are on the disk when they are said to be: small ones replaced whole, large ones written to their end."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

_STEP: Final = 32 << 20
"""Bytes written between two passes to the disk."""


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Replace ``path`` in one atomic step, its content on the disk first. The folder is made if need be; ``mode`` are the
    permissions of the file before the umask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class LargeFile:
    """A file written from its beginning to its end, on the disk once closed. What is written goes to the disk on the way, in
    a thread, so that closing it waits for the last bytes only."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._threads = ThreadPoolExecutor(1, "disk")
        self._passing: Future[None] | None = None
        self._since = 0

    def write(self, content: bytes) -> int:
        """Write some more; the number of bytes. Raises ``OSError`` when the disk did not take what was written before."""
        self._since += len(content)
        if self._since >= _STEP and (self._passing is None or self._passing.done()):
            self._since = 0
            if self._passing is not None:
                self._passing.result()
            self._file.flush()
            self._passing = self._threads.submit(os.fsync, self._file.fileno())
        return self._file.write(content)

    def close(self, *, durable: bool = True) -> None:
        """Close it, on the disk unless what was written is to be forgotten. Harmless the second time."""
        if self._file.closed:
            return
        self._threads.shutdown()
        try:
            if durable:
                if self._passing is not None:
                    self._passing.result()
                self._file.flush()
                os.fsync(self._file.fileno())
        finally:
            # Closing writes what waits: on a full disk that fails, and the file is closed all the same.
            with suppress(OSError):
                self._file.close()

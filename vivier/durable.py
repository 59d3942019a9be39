"""Writes durable files: small files are replaced whole, large ones are written from beginning to end."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

_STEP: Final = 32 << 20
"""Bytes written between two ``fsync``."""


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Replaces ``path`` in one atomic step, once the new content is durable. Makes the folder if it is missing. ``mode``:
    permissions of the file before the umask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class LargeFile:
    """A file written from beginning to end, durable once closed. A thread syncs it while it is written, so that closing waits for
    the last bytes only."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._threads = ThreadPoolExecutor(1, "disk")
        self._passing: Future[None] | None = None
        self._since = 0

    def write(self, content: bytes) -> int:
        """Writes more bytes; returns their number. Raises ``OSError`` when the disk refused bytes written earlier."""
        self._since += len(content)
        if self._since >= _STEP and (self._passing is None or self._passing.done()):
            self._since = 0
            if self._passing is not None:
                self._passing.result()
            self._file.flush()
            self._passing = self._threads.submit(os.fsync, self._file.fileno())
        return self._file.write(content)

    def close(self, *, durable: bool = True) -> None:
        """Closes the file, and makes it durable unless ``durable`` is false. A second call does nothing."""
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
            # Closing flushes the buffer: on a full disk this fails, and the file is closed all the same.
            with suppress(OSError):
                self._file.close()

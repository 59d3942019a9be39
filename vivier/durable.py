"""Writes durable files: small files are replaced whole, large ones are written from beginning to end, unfinished ones stand apart."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Final

_STEP: Final = 32 << 20
"""Bytes written between two ``fsync``."""
_DRAWN: Final = 32


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Replaces ``path`` in one atomic step, once the new content is durable. Makes the folder if it is missing. ``mode``:
    permissions of the file before the umask. What killed processes left of it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{escape(path.name)}.*.tmp"):
        _remove_unless_held(left)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        beside.replace(path)


def drawn_once(path: Path) -> bytes:
    """The 32 random bytes of a file that its owner alone reads: the first process draws them, the others read the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        drawn = file.read()
        if len(drawn) != _DRAWN:  # new, or cut by a full disk
            drawn = secrets.token_bytes(_DRAWN)
            file.seek(0)
            file.write(drawn)
            file.flush()
            os.fsync(file.fileno())
        return drawn


@contextmanager
def unfinished(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder in ``parent`` for work that is not whole yet, readable by its owner only, removed at the end. Those of the same prefix that
    killed processes left are removed first: a process at work holds the lock of its own."""
    for left in parent.glob(f"{prefix}*"):
        _remove_unless_held(left)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_unless_held(left: Path) -> None:
    """Removes a file or a folder that no process at work holds."""
    try:
        lock = os.open(left, os.O_RDONLY)
    except OSError:
        return  # removed meanwhile, or another's
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    except BlockingIOError:
        pass
    finally:
        os.close(lock)


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

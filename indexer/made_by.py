"""What makes documents of records, as a hash: this code, its tables and its libraries."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import distributions
from pathlib import Path
from secrets import token_hex
from typing import Final

_BEGAN: Final = time.time()
_ROOT: Final = Path(__file__).resolve().parents[1]
_ROOMS: Final = ("indexer", "mappings", "vivier")


@lru_cache(maxsize=1)
def made_by() -> str:
    """A text that changes with any file of the rooms that make documents, and with any library."""
    return hash_of([_ROOT / room for room in _ROOMS], (sys.version, *_libraries()), _BEGAN)


def hash_of(folders: Iterable[Path], texts: Iterable[str], began: float) -> str:
    """A hash of the files of folders and of texts. Compiled code is left out: it follows its source. A file written after this process
    ``began`` (seconds since 1970) is not what it runs: the text is then like no other."""
    digest = hashlib.sha256("\n".join(texts).encode())
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            if path.stat().st_mtime > began:
                return token_hex(16)
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(folder.parent)} {content}\n".encode())
    return digest.hexdigest()[:32]


def _libraries() -> list[str]:
    """The libraries installed, each with the list of its files, which has their checksums."""
    return sorted({f"{each.name} {each.version} {each.read_text('RECORD') or ''}" for each in distributions()})

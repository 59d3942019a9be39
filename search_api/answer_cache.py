"""Pages and JSON answers made lately, kept in memory: what is asked again is not made again.

An ETag says all that an answer holds (generations and their oppositions, query, day, format or templates); the address of a page says the
rest (breadcrumb, for whom it is). Pages of people (dossiers, studies, rounds) have no ETag and are never kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

MOST_BYTES: Final = 16 << 20
"""Bytes of compressed answers that a process keeps: some five hundred pages of results, or eight hundred answers of a search."""
Key = tuple[str, ...]


@dataclass(frozen=True)
class CachedAnswer:
    """An answer: its headers, but its length, which depends on how it is sent, and its body compressed with gzip."""

    headers: Mapping[str, str]
    packed: bytes


class AnswerCache:
    """The answers, the one asked longest ago leaving first. Threads may share it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._answers: OrderedDict[Key, CachedAnswer] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def keeps(self) -> bool:
        """Whether any answer may be kept."""
        return self._most > 0

    def get(self, key: Key) -> CachedAnswer | None:
        """The answer of a key, which becomes the last to leave."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def keep(self, key: Key, answer: CachedAnswer) -> None:
        """Keeps an answer, and lets the oldest go until all hold in the bound; one larger than the bound is not kept."""
        if len(answer.packed) > self._most:
            return
        with self._lock:
            former = self._answers.pop(key, None)
            self._bytes += len(answer.packed) - (0 if former is None else len(former.packed))
            self._answers[key] = answer
            while self._bytes > self._most:
                _, oldest = self._answers.popitem(last=False)
                self._bytes -= len(oldest.packed)

"""Pages and JSON answers made lately, kept in memory: what is asked again is not made again.

An ETag says all that an answer holds (generations and their oppositions, query, day, format or templates); the address of a page says the
rest (breadcrumb, for whom it is). Pages of people (dossiers, studies, rounds) have no ETag and are never kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vivier.memory import Memory, Room

MOST_BYTES: Final = 16 << 20
"""Bytes of compressed answers that a process keeps: some five hundred pages of results, or eight hundred answers of a search."""
Key = tuple[str, ...]


@dataclass(frozen=True)
class CachedAnswer:
    """An answer: its headers, but its length, which depends on how it is sent, and its body compressed with gzip."""

    headers: Mapping[str, str]
    packed: bytes


class AnswerCache:
    """The answers, the one asked longest ago leaving first. Threads may share it. ``most_bytes``: those of all of them."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._answers: Room[Key, CachedAnswer] = Room(_size, Memory(most_bytes))

    def get(self, key: Key) -> CachedAnswer | None:
        """The answer of a key, which becomes the last to leave."""
        return self._answers.get(key)

    def keep(self, key: Key, answer: CachedAnswer) -> None:
        """Keeps an answer, and lets the oldest go until all hold in the bound; one larger than the bound is not kept."""
        self._answers.put(key, answer)


def _size(answer: CachedAnswer) -> int:
    return len(answer.packed) + sum(len(name) + len(value) for name, value in answer.headers.items())

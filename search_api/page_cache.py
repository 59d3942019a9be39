"""Pages made lately, kept in memory: a page asked again is not made again.

An ETag says all that a page shows (generations and their oppositions, query, day, templates), its address the rest (breadcrumb, for whom it is). Pages of
people (dossiers, studies, rounds) have no ETag and are never kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

MOST_BYTES: Final = 16 << 20
"""Bytes of compressed pages that a process keeps: some five hundred pages of results."""
Key = tuple[str, ...]


@dataclass(frozen=True)
class CachedPage:
    """A page: its headers, but those of how it is sent, and its body compressed with gzip."""

    headers: Mapping[str, str]
    packed: bytes


class PageCache:
    """The pages, the one asked longest ago leaving first. Threads may share it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._pages: OrderedDict[Key, CachedPage] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Key) -> CachedPage | None:
        """The page of a key, which becomes the last to leave."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def keep(self, key: Key, page: CachedPage) -> None:
        """Keeps a page, and lets the oldest go until all hold in the bound; a page larger than the bound is not kept."""
        if len(page.packed) > self._most:
            return
        with self._lock:
            former = self._pages.pop(key, None)
            self._bytes += len(page.packed) - (0 if former is None else len(former.packed))
            self._pages[key] = page
            while self._bytes > self._most:
                _, oldest = self._pages.popitem(last=False)
                self._bytes -= len(oldest.packed)

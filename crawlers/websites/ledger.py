"""Keeps what was read of each site and when: an interrupted crawl goes on from here, and unchanged pages are not sent
again.

One SQLite file under ``$VIVIER_HOME``. A site is written whole when it is finished: a crash loses only the sites under
way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from crawlers.websites.model import PASSING, Visit


class Ledger:
    """Visits by site."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(path, timeout=30)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute(
            "CREATE TABLE IF NOT EXISTS visits (site TEXT PRIMARY KEY, at TEXT NOT NULL, visit TEXT NOT NULL)"
        )

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def get(self, site: str) -> Visit | None:
        """The last visit; ``None`` when there is none, or when this version cannot read it."""
        with closing(self._base.execute("SELECT visit FROM visits WHERE site = ?", (site,))) as found:
            row = found.fetchone()
        try:
            return None if row is None else Visit.model_validate_json(row[0])
        except ValidationError:
            return None

    def put(self, visit: Visit) -> None:
        """Write a visit, at once and whole."""
        row = (visit.site, visit.visited_at.isoformat(), visit.model_dump_json(exclude_defaults=True))
        with self._base:
            self._base.execute("INSERT OR REPLACE INTO visits VALUES (?, ?, ?)", row)

    def keep_only(self, sites: Iterable[str]) -> int:
        """Forgets the sites that no supplier has any more. Returns their number."""
        with self._base:
            self._base.execute("CREATE TEMP TABLE kept (site TEXT PRIMARY KEY)")
            self._base.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((site,) for site in sites))
            gone = self._base.execute("DELETE FROM visits WHERE site NOT IN (SELECT site FROM kept)").rowcount
            self._base.execute("DROP TABLE kept")
        return gone


def is_fresh(visit: Visit | None, now: datetime, days: int, method: str) -> bool:
    """Whether the site need not be asked again. A passing failure is fresh for a day; a visit made by other rules of
    reading is never fresh."""
    if visit is None or visit.method != method:
        return False
    lasts = timedelta(days=1 if visit.reason in PASSING else days)
    return now - visit.visited_at < lasts

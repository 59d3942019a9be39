"""Deletes files after their time: raw files, which hold contacts, and runs that are no longer in force.

The run in force keeps its records for as long as it is in force, and loses its raw files like the others. The time is
``VIVIER_RETENTION_DAYS``, counted from the start of a run, which gives its folder its name.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vivier.settings import Settings


@dataclass(frozen=True)
class Doomed:
    """A folder past its time. ``what``: ``raw``, ``run`` or ``cache``."""

    what: str
    path: Path
    bytes: int


def past(settings: Settings, now: datetime) -> list[Doomed]:
    """Folders past their time, in order. Nothing is deleted."""
    limit = now - timedelta(days=settings.retention_days)
    return [*_runs(settings.raw, "raw", limit), *_former(settings, limit), *_cache(settings, limit)]


def purge(settings: Settings, now: datetime | None = None, *, dry_run: bool = False) -> list[Doomed]:
    """Deletes what is past its time. Returns what was, or would be, deleted."""
    doomed = past(settings, now or datetime.now(UTC))
    for item in () if dry_run else doomed:
        shutil.rmtree(item.path)
    return doomed


def _runs(root: Path, what: str, limit: datetime) -> Iterator[Doomed]:
    for folder in sorted(root.glob("*/*")):
        started = _started(folder.name)
        if folder.is_dir() and started is not None and started < limit:
            yield Doomed(what, folder, _weight(folder))


def _former(settings: Settings, limit: datetime) -> Iterator[Doomed]:
    """Records of runs that are not in force."""
    for run in _runs(settings.records, "run", limit):
        pointer = run.path.parent / "current"
        if not pointer.exists() or pointer.read_text(encoding="utf8").strip() != run.path.name:
            yield run


def _cache(settings: Settings, limit: datetime) -> Iterator[Doomed]:
    """Answers kept for conditional requests that were not used since: they are raw files too."""
    for folder in sorted((settings.home / "http-cache").glob("*/*/*")):
        last = max((file.stat().st_mtime for file in (folder, *folder.rglob("*"))), default=0.0)
        if folder.is_dir() and last < limit.timestamp():
            yield Doomed("cache", folder, _weight(folder))


def _started(run: str) -> datetime | None:
    """The moment a run was started, from its name (``20261124T181908Z``, ``…-1``); ``None`` for a folder of another kind."""
    try:
        return datetime.strptime(run.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

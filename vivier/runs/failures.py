"""Keeps the failure of a source whose last attempt failed: since when, and why. Its last good records stay in force
meanwhile.

``records/<source>/failure.json`` exists as long as the failure lasts: the next run put in force removes it.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from vivier.durable import write_whole
from vivier.french import long_day
from vivier.model.base import Model
from vivier.runs.records import SourceCard

_QUERY = re.compile(r"(https?://[^\s?]+)\?[^\s»)]*")
"""The query of an address may hold a token: a failure is shown to anybody."""


class Failure(Model):
    """``since`` is the first attempt that failed, ``last`` the latest, ``reason`` a French sentence about that one."""

    source: SourceCard
    since: datetime
    last: datetime
    attempts: int
    reason: str

    def text(self) -> str:
        """« en échec depuis le 24 novembre 2026 (3 tentatives) : … »."""
        times = "" if self.attempts == 1 else f" ({self.attempts} tentatives, la dernière le {long_day(self.last)})"
        return f"en échec depuis le {long_day(self.since)}{times} : {self.reason}"


def note_failure(records: Path, card: SourceCard, reason: str, at: datetime) -> Failure:
    """Writes that an attempt failed. When the failure lasts, its first day is kept."""
    former = read_failure(records, card.id)
    failure = Failure(
        source=card,
        since=former.since if former is not None else at,
        last=at,
        attempts=former.attempts + 1 if former is not None else 1,
        reason=_QUERY.sub(r"\1", reason.removeprefix(f"« {card.id} » : ")),
    )
    write_whole(_path(records, card.id), failure.model_dump_json(indent=1).encode())
    return failure


def clear_failure(records: Path, source: str) -> None:
    """Removes the failure of a source that answers again."""
    _path(records, source).unlink(missing_ok=True)


def read_failure(records: Path, source: str) -> Failure | None:
    """The failure of a source, when it lasts. A file that cannot be read is ignored: it would help to repair nothing."""
    try:
        return Failure.model_validate_json(_path(records, source).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def failures(records: Path) -> dict[str, Failure]:
    """Every source in failure, by id."""
    if not records.is_dir():
        return {}
    found = {folder.name: read_failure(records, folder.name) for folder in sorted(records.iterdir())}
    return {name: failure for name, failure in found.items() if failure is not None}


def _path(records: Path, source: str) -> Path:
    return records / source / "failure.json"

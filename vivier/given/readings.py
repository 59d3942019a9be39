"""Counts the corrections of readings that people send: which words of our tables spoke for a trade, and which trade was chosen instead. No text
that somebody typed is kept, nor who sent it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from vivier.given.database import Database
from vivier.given.quotas import take
from vivier.given.tables import READINGS
from vivier.needs import Need

DAYS: Final = 365
"""Days that a correction is kept after it was last sent."""
MOST: Final = 5_000
"""Corrections kept apart: beyond, a new one is not kept."""
MOST_A_DAY: Final = 50
"""Corrections that one client sends in a day."""
_LONGEST: Final = 200
_OF_TABLES: Final = "words:"


@dataclass(frozen=True)
class Corrected:
    """A correction. ``words``: phrases of our tables; ``read``, ``chosen``: codes of trades."""

    words: tuple[str, ...]
    read: tuple[str, ...]
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """A correction with how often it was sent, and the last day."""

    corrected: Corrected
    times: int
    last_on: date


def corrected(need: Need, searched: Iterable[str], chosen: Iterable[str]) -> Corrected | None:
    """What the trades chosen correct of those that a need alone makes the search ask (``searched``); ``None`` when they are the same."""
    before, after = sorted(set(searched)), sorted(set(chosen))
    if before == after:
        return None
    matches = {match.id: match for match in (*need.sectors, *need.alternatives)}
    phrases = [
        why.via.removeprefix(_OF_TABLES)
        for code in before
        if code in matches
        for why in matches[code].why
        if why.via.startswith(_OF_TABLES)
    ]
    return Corrected(tuple(dict.fromkeys(phrases)), tuple(before), tuple(after))


def keep(database: Database, correction: Corrected, today: date, client: str) -> None:
    """Counts a correction once more. Raises :class:`~vivier.given.quotas.QuotaSpent`."""
    row = {
        "words": " + ".join(correction.words)[:_LONGEST],
        "read": " ".join(correction.read)[:_LONGEST],
        "chosen": " ".join(correction.chosen)[:_LONGEST],
    }
    mine = [READINGS.c[name] == value for name, value in row.items()]
    with database.transaction() as connection:
        take(connection, client, "reading", today, MOST_A_DAY)
        again = update(READINGS).where(*mine).values(times=READINGS.c.times + 1, last_on=today)
        rows = select(func.count()).select_from(READINGS)
        if not connection.execute(again).rowcount and (connection.scalar(rows) or 0) < MOST:
            connection.execute(insert(READINGS).values(times=1, last_on=today, **row))


def counted(database: Database) -> list[Counted]:
    """Every correction, the most frequent first."""
    if not database.begun:
        return []
    with database.transaction() as connection:
        rows = connection.execute(select(READINGS).order_by(READINGS.c.times.desc(), *READINGS.primary_key)).all()
    return [
        Counted(
            Corrected(
                tuple(row.words.split(" + ")) if row.words else (), tuple(row.read.split()), tuple(row.chosen.split())
            ),
            row.times,
            row.last_on,
        )
        for row in rows
    ]


def forget(connection: Connection, today: date) -> None:
    """Erases the corrections that nobody sent for a year."""
    connection.execute(delete(READINGS).where(READINGS.c.last_on < today - timedelta(days=DAYS)))

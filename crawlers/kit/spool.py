"""Gathers the rows of one site into one record, however far apart they are in the file. Memory does not grow with the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import orjson
from pydantic import ValidationError

from crawlers.kit.row import refused
from crawlers.kit.source import Aside, Draft, Intake, Outcome, Skip
from vivier.model import Record

Fields = dict[str, object]
_BATCH = 2_000


@dataclass(frozen=True)
class Deferred(Skip):
    """A row put in a spool. It is counted when its site is written."""

    reason: str = "gathered"


class Spool:
    """Rows that wait for the other rows of their key, in a temporary file of SQLite that leaves nothing behind."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        # Without a name the base is a file of its own, removed when closed; nothing in it outlives a crash.
        self._base.executescript("PRAGMA temp_store=FILE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        self._base.execute("CREATE TABLE held (key TEXT, place TEXT, fields BLOB)")
        self._base.execute("BEGIN")
        self._waiting: list[tuple[str, str, bytes]] = []

    def hold(self, key: str, place: str, fields: Fields) -> Deferred:
        """Keeps a row. ``place`` says where it is in the file."""
        self._waiting.append((key, place, orjson.dumps(fields)))
        if len(self._waiting) >= _BATCH:
            self._write()
        return Deferred()

    def _write(self) -> None:
        self._base.executemany("INSERT INTO held VALUES (?, ?, ?)", self._waiting)
        self._waiting.clear()

    def groups(self) -> Iterator[tuple[str, str, list[Fields]]]:
        """For each key: the key, the place of its first row, its rows. They are sorted by key, then by the content of
        the rows, so that the order of the file does not show."""
        self._write()
        rows = self._base.execute("SELECT key, place, fields FROM held ORDER BY key, fields")
        for key, group in groupby(rows, key=itemgetter(0)):
            rows_of_key = list(group)
            yield key, min(row[1] for row in rows_of_key), [orjson.loads(row[2]) for row in rows_of_key]

    def close(self) -> None:
        """Remove the temporary file."""
        self._base.close()


Gather = Callable[[str, Sequence[Fields], Intake], Record | Aside]


def gathered(drafts: Callable[[Spool], Iterator[Draft]], gather: Gather, intake: Intake) -> Iterator[Draft]:
    """Drafts as they come, without the deferred rows, then one draft for each site: its first row counts as kept, the
    others as gathered.

    Identical rows of a site count as one row and duplicates. Rows kept, set aside and skipped add up to the rows read.
    """
    with closing(Spool()) as spool:
        for draft in drafts(spool):
            if not isinstance(draft.outcome, Deferred):
                yield draft
        for key, place, rows in spool.groups():
            yield from _site(key, place, rows, gather, intake)


def _site(key: str, place: str, rows: list[Fields], gather: Gather, intake: Intake) -> Iterator[Draft]:
    distinct = [row for at, row in enumerate(rows) if at == 0 or row != rows[at - 1]]
    try:
        outcome: Outcome = gather(key, distinct, intake)
    except ValidationError as error:
        outcome = refused(error)
    if isinstance(outcome, Aside):
        outcome = Aside(outcome.reason, outcome.detail, rows=len(distinct))
    else:
        yield from (Draft(place, Skip("gathered"), dict) for _ in distinct[1:])
    yield from (Draft(place, Skip("duplicate"), dict) for _ in rows[len(distinct) :])
    yield Draft(place, outcome, lambda: {"key": key})

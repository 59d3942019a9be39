"""The jobs of « vivier up »: when each is due, and what became of the last ones, kept in the given database.

Several machines may share that database: one of them leads, by a lock that the database gives back when the leader dies.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from vivier.durable import drawn_once
from vivier.given.database import Database
from vivier.given.tables import JOBS as TABLE
from vivier.mail.office import mailbox_of
from vivier.settings import Settings

_LOCK: Final = 8634291058
"""The advisory lock of the leader, in PostgreSQL."""
_AGAIN: Final = timedelta(hours=1)
"""Time after which a job that failed, or was cut, is tried again."""


@dataclass(frozen=True)
class Job:
    """A job. ``every``: time between two successes; ``at``: the local time of the day from which a daily one is due, ``None`` for any;
    ``verb``: what it types; ``most``: the time that it may take; ``of_home``: each machine does it for its own home, else one for the database."""

    name: str
    title: str
    verb: tuple[str, ...]
    every: timedelta
    most: timedelta
    at: time | None = None
    of_home: bool = False


_DAY: Final = timedelta(days=1)
JOBS: Final = (
    Job("notify", "les messages", ("notify",), timedelta(minutes=15), timedelta(hours=1)),
    Job("update", "la mise à jour", ("update",), _DAY, timedelta(hours=6), time(2, 30), of_home=True),
    Job("purge", "la purge", ("purge",), _DAY, timedelta(hours=1), time(4), of_home=True),
    Job("backup", "la sauvegarde", ("backup",), _DAY, timedelta(hours=1), time(4, 15), of_home=True),
    Job(
        "rehearsal",
        "l'essai de la sauvegarde",
        ("restore", "--try"),
        7 * _DAY,
        timedelta(hours=1),
        time(5),
        of_home=True,
    ),
    Job("report", "la lettre de l'exploitant", ("mail", "report"), 7 * _DAY, timedelta(minutes=10), time(7)),
)
"""The jobs, in the order in which those that are due run."""


@dataclass(frozen=True)
class State:
    """What became of the last runs of a job. Moments are in UTC; ``None``: never. ``reason``: of the last failure, in French."""

    began: datetime | None = None
    succeeded: datetime | None = None
    failed: datetime | None = None
    reason: str | None = None

    @property
    def is_failing(self) -> bool:
        """Whether the last run that ended did not succeed."""
        return self.failed is not None and (self.succeeded is None or self.failed > self.succeeded)


NEVER: Final = State()
States = Mapping[str, State]


def jobs_of(settings: Settings) -> tuple[Job, ...]:
    """The jobs of a service: no letters where mail is not set, none to an operator without a mailbox, no copies where no key seals them."""
    absent = {"notify"} if settings.smtp_url is None else set()
    if absent or mailbox_of(settings.operator_contact) is None:
        absent |= {"report"}
    absent |= {"backup", "rehearsal"} if settings.backup_key is None else set()
    found = (job for job in JOBS if job.name not in absent)
    if settings.engine == "embedded":
        return tuple(found)
    return tuple(
        replace(job, of_home=job.of_home and job.name != "update") for job in found
    )  # machines share one index


def is_due(job: Job, state: State, now: datetime) -> bool:
    """Whether a job is to be run. ``now``: with its zone, in which the time of the day is read."""
    if state.began is None:
        return True
    if state.succeeded is None or state.succeeded < state.began:  # it failed, or was cut
        return now - state.began >= min(_AGAIN, job.every)
    if job.at is None:
        return now - state.began >= job.every
    today = datetime.combine(now.date(), job.at, now.tzinfo)
    turn = today if now >= today else today - _DAY
    return state.began < turn and now - state.began >= job.every - _DAY / 2


def is_late(job: Job, state: State, now: datetime) -> bool:
    """Whether a job that ran once has not succeeded for twice its time, and a day."""
    since = state.succeeded or state.began
    return since is not None and now - since > 2 * job.every + _DAY


class Journal:
    """What became of the jobs, in the given database: those of a home under its own mark. Every method raises ``GivenUnavailable``."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._mark = f"@{drawn_once(home / 'home.mark').hex()[:6]}"

    def states(self) -> dict[str, State]:
        """The state of each job that ever ran, here or for the database, by name."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(TABLE)).all()
        return {
            row.name.partition("@")[0]: State(
                _moment(row.began_at), _moment(row.succeeded_at), _moment(row.failed_at), row.reason
            )
            for row in sorted(
                rows, key=lambda row: str(row.name)
            )  # one without a mark, of a former version, is replaced
            if "@" not in row.name or row.name.endswith(self._mark)
        }

    def began(self, job: Job, now: datetime) -> None:
        self._note(job, began_at=now.isoformat())

    def succeeded(self, job: Job, now: datetime) -> None:
        self._note(job, succeeded_at=now.isoformat())

    def failed(self, job: Job, now: datetime, reason: str) -> None:
        self._note(job, failed_at=now.isoformat(), reason=reason)

    def _note(self, job: Job, **values: str) -> None:
        name = f"{job.name}{self._mark}" if job.of_home else job.name
        with self._database.transaction() as connection:
            changed = connection.execute(sa.update(TABLE).where(TABLE.c.name == name).values(values))
            if not changed.rowcount:
                connection.execute(sa.insert(TABLE).values(name=name, **values))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@contextmanager
def leading(settings: Settings, database: Database) -> Iterator[bool]:
    """Whether this process leads, in the block: no other one of the same database does. Raises ``GivenUnavailable``."""
    url = make_url(settings.given_address)
    if url.get_backend_name() != "sqlite":
        with database.autocommit() as connection:
            yield bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))))
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
        return
    with locked(Path(f"{url.database}.leader")) as leads:
        yield leads


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Whether this process holds the lock of a file in the block: no other one of this machine does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True

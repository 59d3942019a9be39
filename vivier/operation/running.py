"""Runs the jobs of « vivier up », one at a time, each in a process of its own: one that fails or dies stops neither the others nor the service."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final

from vivier.breakdowns import OUT_OF_MEMORY, UNEXPECTED
from vivier.errors import VivierError
from vivier.given.database import database_of
from vivier.operation.checks import utc_now
from vivier.operation.jobs import NEVER, Job, Journal, is_due, jobs_of, leading, locked
from vivier.settings import Settings

_LOG: Final = logging.getLogger("vivier.jobs")
_LOOK: Final = 20.0
"""Seconds between two looks at what is due."""
_REASON: Final = 300
"""Characters of the reason of a failure."""
_HANDED: Final = 4_096
"""Bytes that are read of what a job says, and characters of what it printed that the log takes."""
_PROGRAM: Final = "from vivier.cli import main; main({})"


class Jobs:
    """The jobs of a service. ``run_due`` runs those that are due, if this process leads."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], environment: Mapping[str, str]) -> None:
        """``now``: the moment, in the zone in which the hours of the jobs are read; ``environment``: that of the verbs."""
        self._settings, self._now = settings, now
        self._environment = {**environment, "VIVIER_HOME": str(settings.home)}
        self._over = threading.Event()
        self._running: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Runs what is due until :meth:`stop`. A database that does not answer is asked again later."""
        while not self._over.is_set():
            try:
                self.run_due()
            except VivierError as error:
                _LOG.warning("Les travaux de nuit attendent : %s", error)
            self._over.wait(_LOOK)

    def stop(self) -> None:
        """Ends the job that runs, and begins no other."""
        self._over.set()
        if self._running is not None:
            self._running.terminate()

    def run_due(self) -> list[str]:
        """Runs what is due, in order: the names. A job of the database is left to who leads, one of the home to who holds its lock."""
        done: list[str] = []
        database = database_of(self._settings)
        home = self._settings.home
        with closing(database), leading(self._settings, database) as leads, locked(home / "jobs.lock") as alone:
            journal = Journal(database, home)
            for job in (job for job in jobs_of(self._settings) if (alone if job.of_home else leads)):
                if not self._over.is_set() and is_due(job, journal.states().get(job.name, NEVER), self._now()):
                    self._do(job, journal)
                    done.append(job.name)
        return done

    def _do(self, job: Job, journal: Journal) -> None:
        began = self._now()
        journal.began(job, utc_now())
        reason = self._failure(job)
        seconds = (self._now() - began).total_seconds()
        if self._over.is_set():
            return  # cut: it is due again
        if reason is None:
            journal.succeeded(job, utc_now())
            _LOG.info("Travail « %s » : réussi en %.0f s.", job.name, seconds)
        else:
            journal.failed(job, utc_now(), reason)
            _LOG.warning("Travail « %s » : en échec après %.0f s. %s", job.name, seconds, reason)

    def _failure(self, job: Job) -> str | None:
        """Types the verb of a job; why it failed, in French, or ``None``. The verb hands its reason back by a pipe; what it printed goes to the log."""
        read, write = os.pipe()
        command = [sys.executable, "-c", _PROGRAM.format(write), *job.verb]
        options: dict[str, Any] = {"env": self._environment, "pass_fds": (write,), "text": True}
        with (
            os.fdopen(read, "rb", buffering=0) as reason,
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options) as process,
        ):
            os.close(write)
            self._running = process
            _give_up_first(process.pid)
            try:
                _, errors = process.communicate(timeout=job.most.total_seconds())
            except subprocess.TimeoutExpired:
                process.kill()
                return f"Le travail a pris plus de {job.most.total_seconds() / 60:.0f} minutes : il a été arrêté."
            finally:
                self._running = None
            if process.returncode == 0:
                return None
            os.set_blocking(read, False)
            handed = (reason.read(_HANDED) or b"").decode(errors="ignore")
        if not handed and errors:
            _LOG.warning("Travail « %s », ce qui en reste : %s", job.name, errors[-_HANDED:].strip())
        return (handed or _unsaid(process.returncode))[:_REASON]


def _unsaid(code: int) -> str:
    """Why a job ended that said nothing."""
    if code == -signal.SIGKILL:
        return OUT_OF_MEMORY.cause
    if code < 0:
        return f"Le travail a été arrêté par le signal {-code}."
    return f"Le travail s'est arrêté sur {UNEXPECTED.cause}."


def _give_up_first(process: int) -> None:
    """Lets the system end a job, and what it forks, before what serves when memory is missing. Nothing where the system has no such wish."""
    with suppress(OSError):
        Path(f"/proc/{process}/oom_score_adj").write_text("1000", encoding="ascii")


def run_beside(settings: Settings, started: Callable[[], None]) -> None:
    """The whole life of the process of the jobs, which the parent of the service watches: ends on ``SIGTERM``, and with its parent."""
    jobs, parent = Jobs(settings, lambda: datetime.now().astimezone(), os.environ), os.getppid()

    def stop(sign: int, frame: FrameType | None) -> None:
        jobs.stop()

    def follow() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1)
        jobs.stop()

    logging.basicConfig(level=logging.WARNING, format="%(message)s")  # nothing more where the log is of JSON
    _LOG.setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=follow, daemon=True).start()
    started()
    jobs.run()

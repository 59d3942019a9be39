"""Looks at a service while it runs, in a thread of each process that serves: what breaks is told at once, what is repaired no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from vivier.breakdowns import DATABASE_AWAY
from vivier.check import Check, Listener
from vivier.french import plural
from vivier.operation.checks import LastStates, quick_checks, utc_now
from vivier.operation.jobs import Job, State, is_late
from vivier.runs.ledger import Ledger, last_update
from vivier.settings import Settings

LOOK_SECONDS = 15.0
"""Seconds between two looks."""

_BASE: Final = "base"
_OF_BASE: Final = ("messages", "travail ")
"""How the checks begin that the database alone can answer."""
_BLIND: Final = "Le service ne se surveille plus. Relancez-le, puis envoyez son journal à qui le maintient."


class Watch:
    """The eye of an operator on a service. ``diagnose``: the whole of « vivier doctor », for who asks for it."""

    def __init__(
        self,
        settings: Settings,
        diagnose: Callable[[], Iterable[Check]],
        now: Callable[[], datetime] = utc_now,
        look: float = LOOK_SECONDS,
    ) -> None:
        self._settings, self._now, self._look = settings, now, look
        self.diagnose = diagnose
        self._seen: dict[str, str] = {}
        self._jobs = LastStates(settings)
        self._heard: datetime | None = None
        self._silences = 0

    def night(self) -> Ledger | None:
        """The last update of the home."""
        return last_update(self._settings.home)

    def once(self, listener: Listener) -> None:
        """Tells what is broken now, and what no longer is. While the database is silent, what it would say is unknown: its last word stays, with
        its age. It is broken itself from the second look on."""
        now = self._now()
        checks = [check for check in quick_checks(self._settings, now) if not check.ok and not check.old]
        broken = {check.name: check.sentence for check in checks}
        if any(check.card is DATABASE_AWAY for check in checks if check.name == _BASE):
            self._silences += 1
            if self._silences == 1:
                broken.pop(_BASE)
        else:
            self._heard, self._silences = now, 0
        unknown = {name for name in self._seen.keys() - broken.keys() if self._silences and name.startswith(_OF_BASE)}
        minutes = plural(round((now - (self._heard or now)).total_seconds() / 60), "minute")
        for name, sentence in broken.items():
            listener.begin(name, sentence)
        for name in unknown:
            listener.begin(name, f"{self._seen[name]} Constat d'il y a {minutes} : la base ne répond plus.")
        over = self._seen.keys() - broken.keys() - unknown
        for name in over if self._silences else {_BASE, *over} - broken.keys():  # who found it silent told it too
            listener.end(name)
        self._seen = broken | {name: self._seen[name] for name in unknown}
        listener.note("jobs", [_described(job, state, now) for job, state in self._jobs.read().items()])

    @contextmanager
    def running(self, listener: Listener) -> Iterator[None]:
        """In the block, a thread looks."""
        over = threading.Event()

        def look() -> None:
            try:
                while not over.is_set():
                    self.once(listener)
                    over.wait(self._look)
            finally:
                if not over.is_set():  # a fault of ours, whose trace is in the log
                    listener.begin("watch", _BLIND)

        thread = threading.Thread(target=look, name="vivier-watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(self._look)


def _described(job: Job, state: State, now: datetime) -> dict[str, object]:
    age = None if state.succeeded is None else round((now - state.succeeded).total_seconds() / 3_600, 1)
    return {
        "job": job.name,
        "succeeded_at": None if state.succeeded is None else state.succeeded.isoformat(),
        "age_hours": age,
        "failed_at": None if state.failed is None else state.failed.isoformat(),
        "reason": state.reason if state.is_failing else None,
        "late": is_late(job, state, now),
    }

"""Looks at a service while it runs, in a thread of each process that serves: what breaks is told at once, what is repaired no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from vivier.check import Check, Listener
from vivier.operation.checks import job_states, quick_checks, utc_now
from vivier.operation.jobs import Job, State, is_late
from vivier.settings import Settings

LOOK_SECONDS = 15.0
"""Seconds between two looks."""

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
        self._seen: set[str] = set()

    def once(self, listener: Listener) -> None:
        """Tells what is broken now, and what no longer is."""
        broken = {
            check.name: check.sentence
            for check in quick_checks(self._settings, self._now())
            if not check.ok and not check.old
        }
        for name, sentence in broken.items():
            listener.begin(name, sentence)
        for name in {"base", *self._seen} - broken.keys():  # who found that the database is silent told it too
            listener.end(name)
        self._seen = {*broken}
        listener.note(
            "jobs", [_described(job, state, self._now()) for job, state in job_states(self._settings).items()]
        )

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

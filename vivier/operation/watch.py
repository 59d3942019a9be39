"""Looks at a service while it runs, in a thread of each process that serves: what breaks is told at once, what is repaired no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Protocol

from vivier.check import Check
from vivier.operation.checks import quick_checks, utc_now
from vivier.settings import Settings

LOOK_SECONDS: Final = 15.0
"""Seconds between two looks."""


class Told(Protocol):
    """Who is told of troubles, each by its name (:class:`search_api.troubles.Troubles`)."""

    def begin(self, name: str, sentence: str) -> None: ...
    def end(self, name: str) -> None: ...


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

    def once(self, told: Told) -> None:
        """Tells what is broken now, and what no longer is."""
        broken = {
            check.name: f"{check.name} : {check.text}"
            for check in quick_checks(self._settings, self._now())
            if not check.ok and not check.old
        }
        for name, sentence in broken.items():
            told.begin(name, sentence)
        for name in self._seen - broken.keys():
            told.end(name)
        self._seen = {*broken}

    @contextmanager
    def running(self, told: Told) -> Iterator[None]:
        """In the block, a thread looks."""
        over = threading.Event()

        def look() -> None:
            while not over.is_set():
                self.once(told)
                over.wait(self._look)

        thread = threading.Thread(target=look, name="vivier-watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(self._look)

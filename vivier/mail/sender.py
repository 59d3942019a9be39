"""Sends letters as they are written down, in a thread of each process that serves: a form never waits for a relay.

A letter that a form writes is sent at once; what waits for a time, or for the operator, is looked at each minute. Several processes may send:
a letter is claimed first (:mod:`vivier.mail.outbox`). Without this thread, « vivier notify » sends.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date
from types import TracebackType
from typing import Final, Self

from vivier.check import Listener
from vivier.errors import EngineUnavailable
from vivier.mail.notify import settle
from vivier.mail.office import Office

_LOG: Final = logging.getLogger("vivier.mail")
LOOK_SECONDS: Final = 60.0
"""Seconds between two looks when nobody wakes the sender."""
_MOST: Final = 1_000
"""Letters sent between two looks at whether to stop."""
_END_SECONDS: Final = 5.0
"""Seconds that a process that ends waits for the letter being sent: cut, it is sent again once its lease is over."""


_AWAY: Final = "Le relais du courriel (VIVIER_SMTP_URL) ne prend pas les messages : ils attendent, rien n'est perdu."

_STOPPED: Final = "Les messages ne partent plus : ils attendent, rien n'est perdu. Relancez le service."


class Sender:
    """The sender of a process: a context manager that begins and ends its thread. ``look``: seconds between two looks."""

    def __init__(
        self, office: Office, today: Callable[[], date], clock: Callable[[], float], look: float = LOOK_SECONDS
    ) -> None:
        self._office, self._today, self._clock, self._look = office, today, clock, look
        self._woken, self._ending = threading.Event(), threading.Event()
        self.listener: Listener | None = None
        """Who is told that the relay takes no letter."""
        self._thread = threading.Thread(target=self._run, name="vivier-sender", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._woken.set()
        self._thread.join(_END_SECONDS)

    def wake(self) -> None:
        """Says that letters were written down. It returns at once."""
        self._woken.set()

    def once(self) -> int:
        """Writes down what waited for the operator, and sends every letter that is ready. Returns how many were offered to the relay. Raises
        ``EngineUnavailable`` when the database or the key is away: nothing is lost."""
        self._office.writings.release(self._today(), self._clock())
        offered = 0
        for delivered in self._office.post.deliver(self._clock, _MOST):
            settle(delivered, self._office, self._today())
            offered += 1
            self._tell(away=delivered.outcome.state == "later")
            if self._ending.is_set():
                break
        return offered

    def _tell(self, *, away: bool) -> None:
        if self.listener is not None and away:
            self.listener.begin("relais", _AWAY)
        elif self.listener is not None:
            self.listener.end("relais")

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                self._woken.wait(self._look)
                self._woken.clear()
                try:
                    self.once()
                except EngineUnavailable as error:
                    _LOG.warning("Les messages attendent : %s", error)
        finally:
            if self.listener is not None and not self._ending.is_set():  # a fault of ours, whose trace is in the log
                self.listener.begin("relais", _STOPPED)

"""The processor time that a study may take. Long loops call :func:`check`: it raises once the time is spent, or when the client left.

It is cooperative: a thread is never killed. Without a deadline, as in a build or on the command line, nothing is checked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from vivier.errors import StudyTooLong

SECONDS: Final = 10.0
"""Processor seconds that one request may take."""


class Deadline:
    """The time of one request, in every thread that computes for it."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def cancel(self) -> None:
        """Ends the computation at its next check: nobody waits for it."""
        self._left = 0.0

    def spend(self, seconds: float) -> None:
        """Counts processor time. Raises ``StudyTooLong`` when none is left."""
        self._left -= seconds
        if self._left <= 0:
            raise StudyTooLong


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
_since: ContextVar[tuple[int, float] | None] = ContextVar("since", default=None)
"""The thread of the last check of this context, and its processor time then: threads of a pool have each their own clock."""


@contextmanager
def limited(deadline: Deadline) -> Iterator[None]:
    """The block, and the threads that it awaits, have this deadline. What the thread computed before the block is not counted."""
    token, before = _deadline.set(deadline), _since.set(None)
    try:
        yield
    finally:
        _since.reset(before)
        _deadline.reset(token)


def check() -> None:
    """Counts the processor time of this thread since its last check here. Raises ``StudyTooLong`` when the time of the request is spent.

    A thread of the pool runs in a copy of the context of its request: what it computed for others, before its first check, is not counted."""
    deadline = _deadline.get()
    if deadline is None:
        return
    before, thread, now = _since.get(), threading.get_ident(), time.thread_time()
    _since.set((thread, now))
    started = before[1] if before is not None and before[0] == thread else now
    deadline.spend(max(0.0, now - started))

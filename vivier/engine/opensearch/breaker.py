"""Remembers that nobody answers, so that a request is refused at once instead of waiting like those before it."""

from __future__ import annotations

import time
from threading import Lock
from typing import Final

FAILURES: Final = 2
"""Failures in a row that open the breaker."""
CLOSED_AGAIN: Final = 3.0
"""Seconds after which one request is let through, to see whether somebody answers again."""


class Breaker:
    """Open after ``failures`` in a row: requests are then refused, but for one every ``seconds``. An answer closes it."""

    def __init__(self, failures: int = FAILURES, seconds: float = CLOSED_AGAIN) -> None:
        self._most, self._seconds = failures, seconds
        self._failures, self._tried_at = 0, 0.0
        self._alone = Lock()

    def refuses(self) -> bool:
        """Whether a request is to be refused. The one that is let through holds the others back for as long again."""
        with self._alone:
            now = time.monotonic()
            if self._failures < self._most:
                return False
            if now - self._tried_at < self._seconds:
                return True
            self._tried_at = now
            return False

    def failed(self) -> None:
        """A request got no answer."""
        with self._alone:
            self._failures += 1
            self._tried_at = time.monotonic()

    def answered(self) -> None:
        """A request got an answer, be it a refusal."""
        self._failures = 0

"""Slows who guesses a password: after a few that are wrong, each other makes its client wait twice as long. Kept in memory, by client."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final

from search_api.metrics import FAILED_LOGINS

_LOG: Final = logging.getLogger("uvicorn.error")
_FREE: Final = 5
"""Wrong passwords that make nobody wait: a person mistypes."""
_LONGEST: Final = 900
"""Seconds that a client waits at most."""
_CLIENTS: Final = 4_096
"""Clients whose wrong passwords are remembered, the latest."""
_NAMED: Final = 8
"""Letters of the keyed hash of a client in the log: enough to see that it is the same, in one run of the service."""


class Logins:
    """The wrong passwords of each client, since its last right one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def seconds(self, client: str) -> int:
        """The seconds that a client still has to wait, 0 when it may try."""
        return max(0, ceil(self._failed.get(client, (0, 0.0))[1] - self._clock()))

    def failed(self, client: str) -> None:
        """A client gave a wrong password: it is counted and logged, without what it gave."""
        count = self._failed.pop(client, (0, 0.0))[0] + 1
        wait = 0 if count < _FREE else min(_LONGEST, 2 ** min(count - _FREE, 10))
        self._failed[client] = (count, self._clock() + wait)
        if len(self._failed) > _CLIENTS:
            self._failed.popitem(last=False)
        FAILED_LOGINS.inc()
        _LOG.warning("Mot de passe refusé pour /revue : essai %d de « %s ».", count, client[:_NAMED] or "cette machine")

    def passed(self, client: str) -> None:
        """A client gave the right password."""
        self._failed.pop(client, None)

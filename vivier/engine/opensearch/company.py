"""The nodes that answer, while one of them does not.

The others notice a stopped node after half a minute. Until then, a node that answers may choose a copy of a shard on the stopped one, and wait.
A search that is not answered soon is therefore asked again with the nodes that answer as preferred ones, and so are those that come after,
until every node answers.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

PREFERRED: Final = "_prefer_nodes:"
_FRESH: Final = 0.3
"""Seconds that what was seen serves those who ask at the same moment."""
_AGAIN: Final = 2.0
"""Seconds between two looks at the nodes while one of them does not answer."""


class Member(Protocol):
    """A node as the client sees it."""

    def present(self) -> str | None:
        """The id of the node, empty when the node does not say it; ``None`` when it does not answer in time."""
        ...


class Company:
    """What is known of the nodes. ``missing`` is told each node that does not answer."""

    def __init__(self, members: Sequence[Member], missing: Callable[[Member], None]) -> None:
        self.preference: str | None = None
        """The preference that searches take; ``None`` while every node answers."""
        self._members, self._missing = members, missing
        self._alone = threading.Lock()
        self._looked_at, self._anybody, self._watched_by, self._closed = 0.0, True, 0, False

    def look(self) -> bool:
        """Asks every node at once whether it is there. Returns whether one is."""
        with self._alone:
            if time.monotonic() - self._looked_at > _FRESH:
                self._look()
            if self.preference is not None and self._watched_by != os.getpid():
                self._watched_by = os.getpid()  # a thread stays in the process that began it
                threading.Thread(target=self._watch, name="vivier-nodes", daemon=True).start()
            return self._anybody

    def _look(self) -> None:
        with ThreadPoolExecutor(len(self._members)) as threads:
            found = list(threads.map(lambda member: member.present(), self._members))
        for member, id_ in zip(self._members, found, strict=True):
            if id_ is None:
                self._missing(member)
        ids = [id_ for id_ in found if id_]
        self._anybody = any(id_ is not None for id_ in found)
        self.preference = PREFERRED + ",".join(ids) if ids and None in found else None
        self._looked_at = time.monotonic()

    def close(self) -> None:
        """Nobody asks any more."""
        self._closed = True

    def _watch(self) -> None:
        """Looks again until every node answers, or none."""
        while not self._closed:
            time.sleep(_AGAIN)
            with self._alone:
                self._look()
                if self.preference is None:
                    self._watched_by = 0
                    return

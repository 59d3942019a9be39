"""What is opened while a request is answered stays open until it ends, whatever is promoted or removed meanwhile.

A retired generation is closed when the last request that opened it ends: with the last reference to it, so that none can see it
closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_kept: ContextVar[set[object] | None] = ContextVar("kept", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Keep open, until the end of the block, every generation opened in it, in this thread or in those it waits for."""
    opened: set[object] = set()
    before = _kept.set(opened)
    try:
        yield
    finally:
        _kept.reset(before)
        opened.clear()  # timers set in the block keep its context after it


def keep(opened: object) -> None:
    """Keep something open until the :func:`reading` block ends, if there is one."""
    kept = _kept.get()
    if kept is not None:
        kept.add(opened)

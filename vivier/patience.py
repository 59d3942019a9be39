"""How long a caller waits for the given database, all its statements together. A page that can do without it waits a second, a request four, a
verb of the command line as long as the database itself lets a statement run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 300.0
"""Seconds of one statement at most."""
REQUEST: Final = 4.0
"""Seconds that a request waits in all: it is answered within five."""
OPTIONAL: Final = 1.0
"""Seconds that a page waits which answers without it."""
_LEAST: Final = 0.01


@dataclass
class _Left:
    """What is left of a patience, in seconds: threads that answer one request share it."""

    seconds: float


_left: ContextVar[_Left | None] = ContextVar("patience", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """In the block, what is not answered within these seconds is given up, unless less was left already."""
    around = _left.get()
    given = seconds if around is None else min(seconds, around.seconds)
    inside = _Left(given)
    token = _left.set(inside)
    try:
        yield
    finally:
        _left.reset(token)
        if around is not None:
            around.seconds -= given - inside.seconds


@contextmanager
def waiting() -> Iterator[float]:
    """The seconds that the caller may wait in the block: those that it does are taken from its patience."""
    left, began = _left.get(), time.monotonic()
    try:
        yield LONGEST if left is None else max(_LEAST, left.seconds)
    finally:
        if left is not None:
            left.seconds -= time.monotonic() - began

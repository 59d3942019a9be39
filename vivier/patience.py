"""How long a caller waits for the given database. A page that can do without it waits a second, a request five, a verb of the
command line as long as the database itself lets a statement run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

LONGEST: Final = 300.0
"""Seconds of one statement at most."""
REQUEST: Final = 5.0
"""Seconds of one statement of a request."""
OPTIONAL: Final = 1.0
"""Seconds of one statement of a page that answers without it."""
_seconds: ContextVar[float] = ContextVar("patience", default=LONGEST)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """In the block, a statement that is not answered within these seconds is given up, unless less was already given."""
    token = _seconds.set(min(seconds, _seconds.get()))
    try:
        yield
    finally:
        _seconds.reset(token)


def seconds_left() -> float:
    """The seconds that a statement of the caller has."""
    return _seconds.get()

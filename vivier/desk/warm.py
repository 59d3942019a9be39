"""Reads the tables and columns that studies need before a service answers, so that the first one does not wait (about two
seconds)."""

from __future__ import annotations

import gc
from contextlib import suppress
from datetime import date
from typing import Final

from vivier.desk.consultation import Desk
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.errors import EngineUnavailable, NotFound
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot

_PASSES: Final = (50_000, 20, 50)
"""Objects made, then passes of each younger age, before the collector passes: an answer makes thousands of objects and few cycles, at
most a few megabytes of them wait."""
_NEEDS: Final = (
    {"text": "entretien des espaces verts", "place": "Métropole de Lyon", "amount": "120000", "months": "24"},
    {"text": "plomberie à Rennes", "cpv": "45330000", "amount": "50 000 € par an"},
)
"""An ordinary need of known labour share given by its words, and one of supposed share given by its code: together they read every table
that the desk uses."""


def warm(snapshot: Snapshot, lexicon: Lexicon, today: date) -> None:
    """Studies ordinary lots and discards the results. An engine that is away or empty is not an error here: ``/ready`` reports it.

    The tables stay in memory for the life of the process. They are hidden from the garbage collector, whose passes over them would
    delay an answer by a fifth of a second; and it passes seldom, because what an answer leaves is freed without it.
    """
    with suppress(NotFound, EngineUnavailable):
        lines = [understand(Row(number, need), lexicon) for number, need in enumerate(_NEEDS)]
        desk = Desk(snapshot, lexicon, StudySettings(today))
        for line in lines:
            desk.lot(line)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_PASSES)


__all__ = ["warm"]

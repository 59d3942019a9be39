"""Tables and columns that the first study would otherwise wait for, read before a service answers (about two seconds)."""

from __future__ import annotations

import gc
from contextlib import suppress
from datetime import date
from typing import Final

from vivier.desk.consultation import Asked, Desk
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.engine.snapshot import Snapshot
from vivier.errors import EngineUnavailable, NotFound
from vivier.lexicon import Lexicon

_NEEDS: Final = (
    {"text": "entretien des espaces verts", "place": "Métropole de Lyon", "amount": "120000", "months": "24"},
    {"text": "nettoyage des locaux à Rennes", "cpv": "90910000", "amount": "50 000 € par an"},
)
"""An ordinary need by its words and one by its code: between them they read every table the desk uses."""


def warm(snapshot: Snapshot, lexicon: Lexicon, today: date) -> None:
    """Study ordinary lots and forget them. An engine that is away or empty is left to ``/ready`` to tell.

    What was read stays for the life of the process: it is taken out of the sight of the garbage collector, whose passes
    over these tables would stop an answer for a fifth of a second.
    """
    with suppress(NotFound, EngineUnavailable):
        lines = [understand(Row(number, told), lexicon) for number, told in enumerate(_NEEDS, 1)]
        desk = Desk(snapshot, lexicon, Asked(today))
        for line in lines:
            desk.lot(line)
    gc.collect()
    gc.freeze()


__all__ = ["warm"]

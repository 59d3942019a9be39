"""The port of the room: what keeps issued dossiers, and how it refuses. ``folder.py`` answers it."""

from __future__ import annotations

from datetime import date
from typing import Final, Protocol

from vivier.errors import VivierError

MOST_BYTES: Final = 30_000_000
"""Of one dossier. Measured: 8 MB for 120 lots among 2,400 suppliers; exclusions grow with the candidates of each lot."""


class DossierPurged(VivierError):
    """It was issued here and its day has come: nothing of it is given any more."""


class ReplayImpossible(VivierError):
    """The data the dossier rests on are no longer there."""


class ShelfFull(VivierError):
    """No dossier can be kept any more before the purge."""


class DossierTooLarge(VivierError):
    """One dossier beyond :data:`MOST_BYTES`."""


class Shelf(Protocol):
    """Keeps bytes under unguessable ids until a day. What is kept never changes."""

    days: int
    """How long a dossier is kept."""

    def keep(self, id_: str, until: date, content: bytes) -> None:
        """Keep a dossier, durably once this returns. Raises :class:`ShelfFull`, :class:`DossierTooLarge`."""
        ...

    def read(self, id_: str, today: date) -> bytes:
        """The bytes kept. Raises ``NotFound`` for an id never issued here, :class:`DossierPurged` past its day."""
        ...

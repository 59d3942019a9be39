"""The port of this room: where issued dossiers and questions of studies are kept, and the errors it raises. ``vivier/given/shelf.py`` implements it."""

from __future__ import annotations

from datetime import date
from typing import Final, Protocol

from vivier.errors import VivierError

MOST_BYTES: Final = 90_000_000
"""Most bytes of one dossier: 300 lots, the most of a programme, of 300 kB each. A lot takes 110 kB among the 2,400 suppliers of the
demonstration, 270 kB among those of the real lists: who is left out is named under each article. What is issued is read back for
verification under the same bound."""


class DossierPurged(VivierError):
    """The dossier was issued here and its last day is over: no part of it is given any more."""


class DossierDamaged(VivierError):
    """The bytes kept are not those of the dossier that was issued."""


class ShelfFull(VivierError):
    """The shelf is full: no dossier can be added before a purge."""


class DossierTooLarge(VivierError):
    """The dossier is larger than :data:`MOST_BYTES`."""


class Shelf(Protocol):
    """Keeps bytes under unguessable ids until a day. They never change."""

    days: int
    """Number of days that a dossier is kept."""

    def by(self, client: str) -> Shelf:
        """The same shelf, where one client keeps no more in a day than its share. ``client``: its keyed hash."""
        ...

    def keep(self, id_: str, until: date, content: bytes) -> None:
        """Keeps a dossier, which is durable once this returns. Raises :class:`ShelfFull`, :class:`DossierTooLarge`, ``QuotaSpent``."""
        ...

    def read(self, id_: str, today: date) -> bytes:
        """The bytes of a dossier. Raises ``NotFound`` for an id never issued here, :class:`DossierPurged` past its last day."""
        ...


class StudyShelf(Shelf, Protocol):
    """A shelf whose content may also be erased before its last day."""

    def by(self, client: str) -> StudyShelf:
        """As :meth:`Shelf.by`."""
        ...

    def forget(self, id_: str) -> None:
        """Erases what is kept under an id. Nothing is done for an unknown id."""
        ...

    def purge(self, today: date, *, dry_run: bool = False) -> int:
        """Erases what is past its last day. Returns how many, or how many would be."""
        ...

"""Keeps dossiers issued, and questions of studies, as rows of the given database: bytes under unguessable ids until a day, which never change."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from vivier.dossiers.port import MOST_BYTES, DossierDamaged, DossierPurged, DossierTooLarge, ShelfFull
from vivier.dossiers.registry import Registry
from vivier.dossiers.studies import DAYS as STUDY_DAYS
from vivier.dossiers.studies import MOST as MOST_STUDIES
from vivier.dossiers.studies import Studies
from vivier.errors import NotFound
from vivier.given.database import Database, database_of
from vivier.given.quotas import share, take
from vivier.given.tables import SHELF
from vivier.privacy.keys import key_of
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

_ID: Final = re.compile(r"[0-9a-f]{40}")
MOST: Final = 10_000
"""Most dossiers at a time."""
LEAST_A_DAY: Final = 100
"""Dossiers, or studies, that one client may keep in a day, however small the shelf is."""
_ERASED: Final = {"content": None, "sha256": None}
GONE: Final = "Ce dossier a été supprimé : le délai pour lequel il était gardé est passé."
UNKNOWN: Final = "Aucun dossier à cette adresse."
DAMAGED: Final = "Ce dossier est abîmé dans la base de ce service : il n'est pas donné. Une sauvegarde le rétablit."


class DatabaseShelf:
    """The shelf of dossiers or that of studies. ``days``: how long one is kept; ``most``: how many at a time."""

    def __init__(
        self, database: Database, what: Literal["dossier", "study"], days: int, most: int, client: str = ""
    ) -> None:
        """``client``: keyed hash of who keeps something, empty when nobody bounds it."""
        self.database, self.days, self._what, self._most, self._client = database, days, what, most, client
        self._present = and_(SHELF.c.what == what, SHELF.c.content.is_not(None))

    def by(self, client: str) -> DatabaseShelf:
        """The same shelf, where one client keeps no more in a day than its share."""
        return DatabaseShelf(self.database, self._what, self.days, self._most, client)

    def keep(self, id_: str, until: date, content: bytes) -> None:
        """Keeps bytes, durable once this returns. An id is drawn once: one already kept is an ``IntegrityError``. Raises
        :class:`ShelfFull`, :class:`DossierTooLarge`, ``QuotaSpent``."""
        if len(content) > MOST_BYTES:
            raise DossierTooLarge(f"Le dossier dépasse {MOST_BYTES // 1_000_000} Mo : découpez le programme.")
        row = {"what": self._what, "key": key_of(id_), "kept_until": until, "content": content}
        today = until - timedelta(days=self.days)
        with self.database.transaction() as connection:
            take(connection, self._client, self._what, today, share(self._most, self.days, LEAST_A_DAY))
            if self._count(connection, self._present) >= self._most:
                raise ShelfFull("Le registre des dossiers est plein : rien n'a été gardé. Réessayez après la purge.")
            connection.execute(insert(SHELF).values(**row, sha256=hashlib.sha256(content).hexdigest()))

    def read(self, id_: str, today: date) -> bytes:
        """The bytes of an id. Raises ``NotFound``, :class:`DossierPurged`, :class:`DossierDamaged` when they are not what was kept."""
        if not _ID.fullmatch(id_) or not self.database.begun:
            raise NotFound(UNKNOWN)
        with self.database.transaction() as connection:
            row = connection.execute(select(SHELF).where(self._named(id_))).one_or_none()
        if row is None:
            raise NotFound(UNKNOWN)
        if row.content is None or row.kept_until < today:
            raise DossierPurged(GONE)
        content = bytes(row.content)
        if hashlib.sha256(content).hexdigest() != row.sha256:
            raise DossierDamaged(DAMAGED)
        return content

    def count(self) -> int:
        """How many are kept, including those past their last day that are not purged yet."""
        if not self.database.begun:
            return 0
        with self.database.transaction() as connection:
            return self._count(connection, self._present)

    def purge(self, today: date, *, dry_run: bool = False) -> int:
        """Erases what is past its last day: its address goes on saying that it existed. Returns how many, or how many would be."""
        if not self.database.begun:
            return 0
        past = and_(self._present, SHELF.c.kept_until < today)
        with self.database.transaction() as connection:
            if dry_run:
                return self._count(connection, past)
            return connection.execute(update(SHELF).where(past).values(_ERASED)).rowcount

    def forget(self, id_: str) -> None:
        """Erases what is kept under an id before its last day. Nothing is done for an unknown id."""
        with self.database.transaction() as connection:
            connection.execute(update(SHELF).where(self._named(id_)).values(_ERASED))

    def damaged(self) -> Iterator[date]:
        """The last day of each one whose bytes are not what was kept, read one after the other."""
        if not self.database.begun:
            return
        with self.database.transaction() as connection:
            for key in connection.scalars(select(SHELF.c.key).where(self._present)).all():
                row = connection.execute(select(SHELF).where(self._present, SHELF.c.key == key)).one_or_none()
                if row is not None and hashlib.sha256(row.content).hexdigest() != row.sha256:
                    yield row.kept_until

    def _named(self, id_: str) -> ColumnElement[bool]:
        return and_(SHELF.c.what == self._what, SHELF.c.key == key_of(id_))

    def _count(self, connection: Connection, where: ColumnElement[bool]) -> int:
        return connection.scalar(select(func.count()).select_from(SHELF).where(where)) or 0


def shelf_of(settings: Settings) -> DatabaseShelf:
    return DatabaseShelf(database_of(settings), "dossier", settings.dossier_days, MOST)


def study_shelf_of(settings: Settings) -> DatabaseShelf:
    return DatabaseShelf(database_of(settings), "study", STUDY_DAYS, MOST_STUDIES)


def registry_of(settings: Settings) -> Registry:
    """The registry of dossiers that the settings name."""
    return Registry(shelf_of(settings), Opposition(settings))


def studies_of(settings: Settings) -> Studies:
    return Studies(study_shelf_of(settings))

"""The insertion hours that former versions kept: they are noted here no more. What was noted is taken away as one table until its last day."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import and_, delete, select, update

from vivier.errors import NotFound, VivierError
from vivier.exports.delimited import csv_file
from vivier.given.database import Database
from vivier.given.tables import FOLLOW_UPS, FOLLOWED_COMPANIES, FOLLOWED_HOURS, FOLLOWED_LOTS, FOLLOWED_SHARES
from vivier.privacy.keys import key_of

NO_LONGER: Final = (
    "Les heures ne se notent plus ici. Ajoutez « .csv » à l'adresse du suivi pour reprendre celles déjà notées."
)
LINK: Final = "Les heures ne se disent plus par ce lien. Envoyez-les à l'organisme qui vous l'a donné."
ERASED: Final = "Ce suivi a été supprimé : sa durée de conservation est passée, ou son auteur l'a supprimé."
HEADERS: Final = (
    *("Lot", "Référence", "Objet", "Acheteur", "Bassin", "Heures dues", "Entreprise", "Mois", "Heures", "Dit le"),
)


class HoursGone(VivierError):
    """Hours are kept here no more, or this follow-up was erased."""


class KeptHours:
    """The follow-ups kept in the given database. Every method raises ``GivenUnavailable``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def table(self, id_: str, today: date) -> bytes:
        """A CSV of the hours noted: one row a lot, a company and a month; a month without a row is unknown, never zero. Raises ``NotFound``, or
        :class:`HoursGone` once it is erased or past its last day."""
        key = key_of(id_)
        with self.database.transaction() as connection:
            found = connection.execute(select(FOLLOW_UPS).where(FOLLOW_UPS.c.key == key)).one_or_none()
            if found is None:
                raise NotFound("Aucun suivi d'heures à cette adresse.")
            if found.gone or found.kept_until < today:
                raise HoursGone(ERASED)
            lots, companies, hours = FOLLOWED_LOTS.c, FOLLOWED_COMPANIES.c, FOLLOWED_HOURS.c
            joined = FOLLOWED_LOTS.outerjoin(
                FOLLOWED_COMPANIES, and_(companies.follow_up == lots.follow_up, companies.lot == lots.lot)
            ).outerjoin(
                FOLLOWED_HOURS,
                and_(hours.follow_up == lots.follow_up, hours.lot == lots.lot, hours.company == companies.company),
            )
            wanted = (
                *(lots.lot, lots.reference, lots.object, lots.buyer, lots.basin, lots.hours.label("due")),
                *(companies.name, hours.month, hours.hours, hours.given_on),
            )
            rows = connection.execute(
                select(*wanted)
                .select_from(joined)
                .where(lots.follow_up == key)
                .order_by(lots.lot, companies.company, hours.month)
            ).all()
        return csv_file([HEADERS, *([str(cell) if isinstance(cell, date) else cell for cell in row] for row in rows)])

    def has_link(self, token: str) -> bool:
        """Whether a link was given to a company to tell its hours."""
        with self.database.transaction() as connection:
            where = FOLLOWED_COMPANIES.c.token == key_of(token)
            return connection.scalar(select(FOLLOWED_COMPANIES.c.lot).where(where)) is not None

    def purge(self, today: date, *, dry_run: bool = False) -> int:
        """Erases the follow-ups past their last day. Returns how many, or how many would be."""
        if not self.database.begun:
            return 0
        with self.database.transaction() as connection:
            past = and_(FOLLOW_UPS.c.kept_until < today, ~FOLLOW_UPS.c.gone)
            keys = list(connection.scalars(select(FOLLOW_UPS.c.key).where(past)))
            if not dry_run:
                for table in (FOLLOWED_HOURS, FOLLOWED_SHARES, FOLLOWED_COMPANIES, FOLLOWED_LOTS):
                    connection.execute(delete(table).where(table.c.follow_up.in_(keys)))
                connection.execute(update(FOLLOW_UPS).where(FOLLOW_UPS.c.key.in_(keys)).values(gone=True))
        return len(keys)

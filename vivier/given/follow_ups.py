"""Keeps follow-ups of insertion hours: opens, adds lots, takes the hours that companies tell by their link, withdraws, deletes. No person is kept, and a
month without hours is unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, and_, delete, func, insert, select, update

from vivier.contracts.months import add_months
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.french import month_name, number
from vivier.given.database import Database
from vivier.given.follow_up import (
    MOST_HOURS,
    Company,
    FollowedLot,
    FollowUp,
    FollowUpFull,
    FollowUpGone,
    NewLot,
    Reported,
    Teller,
)
from vivier.given.quotas import share, take
from vivier.given.round import AnswerTaken, token_of
from vivier.given.tables import FOLLOW_UPS, FOLLOWED_COMPANIES, FOLLOWED_HOURS, FOLLOWED_LOTS, FOLLOWED_SHARES
from vivier.privacy.keys import key_of, new_id

UNKNOWN: Final = "Aucun suivi d'heures à cette adresse."
GONE: Final = "Ce suivi a été supprimé : sa durée de conservation est passée, ou son auteur l'a supprimé."
NO_LINK: Final = "Ce lien n'est pas, ou n'est plus, celui d'un suivi d'heures."
DAYS: Final = 365
"""Days that a follow-up is kept after its last month."""
MOST: Final = 10_000
"""Most follow-ups at a time."""
MOST_LOTS: Final = 60
LEAST_A_DAY: Final = 10
"""Follow-ups that one client may open in a day."""
_ID: Final = re.compile(r"[0-9a-f]{40}")
_WRITTEN: Final = ("object", "reference", "buyer", "basin", "hours", "start", "months")
_PARTS: Final = (FOLLOWED_HOURS, FOLLOWED_SHARES, FOLLOWED_COMPANIES, FOLLOWED_LOTS)
"""The tables of what a follow-up holds."""


class FollowUps:
    def __init__(self, database: Database) -> None:
        self.database = database

    def open(self, today: date, client: str = "") -> str:
        """Opens a follow-up without a lot. ``client``: keyed hash of who opens it. Returns its id, which is kept nowhere. Raises
        :class:`FollowUpFull`, :class:`~vivier.given.quotas.QuotaSpent`."""
        id_ = new_id()
        row = {"key": key_of(id_), "opened_on": today, "kept_until": today + timedelta(days=DAYS)}
        with self.database.transaction() as connection:
            take(connection, client, "follow_up", today, share(MOST, DAYS, LEAST_A_DAY))
            count = connection.scalar(select(func.count()).select_from(FOLLOW_UPS).where(~FOLLOW_UPS.c.gone)) or 0
            if count >= MOST:
                raise FollowUpFull("Le registre des suivis est plein : rien n'a été gardé. Réessayez après la purge.")
            connection.execute(insert(FOLLOW_UPS).values(**row))
        return id_

    def read(self, id_: str, today: date) -> FollowUp:
        """A follow-up by its id. Raises ``NotFound``, or :class:`FollowUpGone` past its last day."""
        if not _ID.fullmatch(id_):
            raise NotFound(UNKNOWN)
        with self.database.transaction() as connection:
            return _read(connection, key_of(id_), today)

    def by_link(self, token: str, today: date) -> tuple[FollowUp, FollowedLot, Company] | None:
        """The lot and the company of a link; ``None`` when it is the link of no company. Raises :class:`FollowUpGone`."""
        if not _ID.fullmatch(token):
            return None
        with self.database.transaction() as connection:
            where = FOLLOWED_COMPANIES.c.token == key_of(token)
            found = connection.execute(select(FOLLOWED_COMPANIES).where(where)).one_or_none()
            if found is None:
                return None
            read = _read(connection, found.follow_up, today)
        lot = next(lot for lot in read.lots if lot.number == found.lot)
        return read, lot, next(company for company in lot.companies if company.rank == found.company)

    def add(self, id_: str, lot: NewLot, today: date) -> int:
        """Adds a lot, with the hours already known: noted by the facilitator. Returns its number. Raises :class:`FollowUpFull`, ``InvalidRequest`` for
        hours of a month that has not begun."""
        read = self.read(id_, today)
        if len(read.lots) >= MOST_LOTS:
            raise FollowUpFull(f"{MOST_LOTS} lots au plus dans un suivi : ouvrez-en un autre.")
        number = read.added + 1
        made = {"follow_up": read.key, "lot": number}
        _check_begun([month for _, month in lot.reported], today)
        end = add_months(lot.start, lot.months) + timedelta(days=DAYS)
        with self.database.transaction() as connection:
            connection.execute(insert(FOLLOWED_LOTS).values(**made, **{name: getattr(lot, name) for name in _WRITTEN}))
            for rank, name in enumerate(lot.companies, 1):
                token = key_of(link_token(id_, number, rank))
                connection.execute(insert(FOLLOWED_COMPANIES).values(**made, company=rank, name=name, token=token))
            _note(connection, made, lot.reported, lot, today)
            changed = {"kept_until": max(read.kept_until, end), "lots": number}
            connection.execute(update(FOLLOW_UPS).where(FOLLOW_UPS.c.key == read.key).values(changed))
        return number

    def add_all(self, id_: str, lots: Sequence[NewLot], today: date) -> tuple[int, int]:
        """Adds the lots of a file, once all can be. One that the follow-up has (same object, reference and buyer) is replaced, but for the hours that
        its companies told. Returns how many were added and replaced. Raises what :meth:`add` does."""
        read = self.read(id_, today)
        waiting: dict[tuple[str, str, str], list[FollowedLot]] = {}
        for followed in read.lots:
            waiting.setdefault(_key_of(followed), []).append(followed)
        pairs = [(lot, same.pop(0) if (same := waiting.get(_key_of(lot))) else None) for lot in lots]
        added = sum(known is None for _, known in pairs)
        if len(read.lots) + added > MOST_LOTS:
            raise FollowUpFull(f"{MOST_LOTS} lots au plus dans un suivi : ouvrez-en un autre.")
        _check_begun([month for lot in lots for _, month in lot.reported], today)
        for lot, known in pairs:
            if known is None:
                self.add(id_, lot, today)
            else:
                self._replace(id_, read, known, lot, today)
        return added, len(pairs) - added

    def _replace(self, id_: str, read: FollowUp, known: FollowedLot, lot: NewLot, today: date) -> None:
        """Writes a lot over one that is followed. Companies keep their links, and the hours that they told."""
        made = {"follow_up": read.key, "lot": known.number}
        ranks = {company.name: company.rank for company in known.companies}
        own = {
            (company.rank, month)
            for company in known.companies
            for month, given in company.reported.items()
            if given.by == "structure"
        }
        end = add_months(lot.start, lot.months) + timedelta(days=DAYS)
        with self.database.transaction() as connection:
            values = {name: getattr(lot, name) for name in _WRITTEN}
            connection.execute(update(FOLLOWED_LOTS).where(_same(FOLLOWED_LOTS, made)).values(values))
            for name in lot.companies:
                if name not in ranks:
                    ranks[name] = max(ranks.values(), default=0) + 1
                    token = key_of(link_token(id_, known.number, ranks[name]))
                    row = {"company": ranks[name], "name": name, "token": token}
                    connection.execute(insert(FOLLOWED_COMPANIES).values(**made, **row))
            _erase(connection, FOLLOWED_HOURS, {**made, "by": "facilitator"})
            _erase(connection, FOLLOWED_SHARES, made)
            noted = {(ranks[lot.companies[rank - 1]], month): hours for (rank, month), hours in lot.reported.items()}
            _note(connection, made, {at: hours for at, hours in noted.items() if at not in own}, lot, today)
            until = max(read.kept_until, end)
            connection.execute(update(FOLLOW_UPS).where(FOLLOW_UPS.c.key == read.key).values(kept_until=until))

    def tell(
        self,
        read: FollowUp,
        lot: FollowedLot,
        company: Company,
        hours: Mapping[date, float | None],
        by: Teller,
        today: date,
    ) -> None:
        """Keeps the hours of some months, all or none; ``None`` withdraws those of a month, which is then unknown. Raises ``InvalidRequest`` for a month
        that is not of the lot or has not begun, :class:`~vivier.given.round.AnswerTaken` when the facilitator would replace what the company reported."""
        wrong = [month for month in hours if month not in lot.calendar]
        if wrong:
            raise _refused(f"{month_name(wrong[0])} n'est pas un mois de ce lot.")
        _check_begun([month for month, value in hours.items() if value is not None], today)
        beyond = [month for month, value in hours.items() if value is not None and not 0 <= value <= MOST_HOURS]
        if beyond:
            raise _refused(
                f"{month_name(beyond[0])} attend de 0 à {number(MOST_HOURS)} heures, pour une entreprise et un lot."
            )
        mine = [
            month
            for month in hours
            if (reported := company.reported.get(month)) is not None and reported.by == "structure"
        ]
        if by == "facilitator" and mine:
            message = f"« {company.name} » a dit elle-même {month_name(mine[0])} : elle seule le corrige, par son lien."
            raise AnswerTaken(message)
        made = {"follow_up": read.key, "lot": lot.number, "company": company.rank}
        with self.database.transaction() as connection:
            for month, value in hours.items():
                connection.execute(delete(FOLLOWED_HOURS).where(_same(FOLLOWED_HOURS, {**made, "month": month})))
                if value is not None:
                    row = {"month": month, "hours": value, "given_on": today, "by": by}
                    connection.execute(insert(FOLLOWED_HOURS).values(**made, **row))

    def withdraw(self, read: FollowUp, number: int) -> bool:
        """Erases a lot, its companies, their links and their hours. Returns whether there was one."""
        with self.database.transaction() as connection:
            gone = [_erase(connection, table, {"follow_up": read.key, "lot": number}) for table in _PARTS]
        return bool(gone[-1])

    def delete(self, id_: str, today: date) -> None:
        """Erases a follow-up and everything in it. Its address then says that it was deleted."""
        read = self.read(id_, today)
        with self.database.transaction() as connection:
            _empty(connection, [read.key])

    def purge(self, today: date, *, dry_run: bool = False) -> int:
        """Erases the follow-ups past their last day. Returns how many, or how many would be."""
        if not self.database.begun:
            return 0
        with self.database.transaction() as connection:
            past = and_(FOLLOW_UPS.c.kept_until < today, ~FOLLOW_UPS.c.gone)
            keys = list(connection.scalars(select(FOLLOW_UPS.c.key).where(past)))
            if not dry_run:
                _empty(connection, keys)
        return len(keys)


def _key_of(lot: NewLot | FollowedLot) -> tuple[str, str, str]:
    return lot.object, lot.reference, lot.buyer


def _note(
    connection: Connection, made: Mapping[str, Any], hours: Mapping[tuple[int, date], float], lot: NewLot, today: date
) -> None:
    """Keeps the hours that a facilitator notes by rank of company and month, and the shares of a lot."""
    for (rank, month), value in hours.items():
        row = {"company": rank, "month": month, "hours": value, "given_on": today, "by": "facilitator"}
        connection.execute(insert(FOLLOWED_HOURS).values(**made, **row))
    for (quarter, what), value in lot.shares.items():
        connection.execute(insert(FOLLOWED_SHARES).values(**made, quarter=quarter, what=what, hours=value))


def link_token(id_: str, lot: int, company: int) -> str:
    """The token of the link of a company: drawn as that of a structure of a round."""
    return token_of(id_, f"{lot}/{company}")


def _check_begun(months: Iterable[date], today: date) -> None:
    later = [month for month in months if month > today]
    if later:
        raise _refused(f"{month_name(min(later))} n'a pas commencé : ses heures ne sont pas connues.")


def _refused(message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("hours", "invalid_value", f"« hours » : {message}"),))


def _same(table: Table, values: Mapping[str, Any]) -> Any:
    return and_(*(table.c[name] == value for name, value in values.items()))


def _erase(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    return connection.execute(delete(table).where(_same(table, values))).rowcount


def _empty(connection: Connection, keys: list[str]) -> None:
    for table in _PARTS:
        connection.execute(delete(table).where(table.c.follow_up.in_(keys)))
    connection.execute(update(FOLLOW_UPS).where(FOLLOW_UPS.c.key.in_(keys)).values(gone=True))


def _read(connection: Connection, key: str, today: date) -> FollowUp:
    found = connection.execute(select(FOLLOW_UPS).where(FOLLOW_UPS.c.key == key)).mappings().one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    if found["gone"] or found["kept_until"] < today:
        raise FollowUpGone(GONE)
    hours, shares, companies, lots = (_rows(connection, table, key) for table in _PARTS)
    reported: dict[tuple[int, int], dict[date, Reported]] = {}
    for row in hours:
        given = Reported(row["hours"], row["given_on"], row["by"])
        reported.setdefault((row["lot"], row["company"]), {})[row["month"]] = given
    every = tuple(
        FollowedLot(
            number=lot["lot"],
            **{name: lot[name] for name in _WRITTEN},
            companies=tuple(
                Company(row["company"], row["name"], reported.get((row["lot"], row["company"]), {}))
                for row in companies
                if row["lot"] == lot["lot"]
            ),
            shares={(row["quarter"], row["what"]): row["hours"] for row in shares if row["lot"] == lot["lot"]},
        )
        for lot in lots
    )
    return FollowUp(key, found["opened_on"], found["kept_until"], found["lots"], every)


def _rows(connection: Connection, table: Table, key: str) -> list[RowMapping]:
    ordered = select(table).where(table.c.follow_up == key).order_by(*table.primary_key.columns)
    return list(connection.execute(ordered).mappings())

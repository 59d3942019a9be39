"""Keeps rounds: opens, reads, answers, withdraws, deletes. A structure that opposed is taken off every round it was in, with its answer, as
soon as the round is read, and at each purge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from vivier.desk.method.answers import Answer
from vivier.dossiers.question import Question, question_of
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.french import day
from vivier.given.database import Database, database_of
from vivier.given.quotas import share, take
from vivier.given.round import (
    AnswerTaken,
    Inquiry,
    Invited,
    Round,
    RoundClosed,
    RoundGone,
    RoundsFull,
    sibling_of,
    token_of,
)
from vivier.given.signed import digest_of_answer, signature
from vivier.given.tables import ANSWERS, INVITED, ROUNDS
from vivier.privacy.keys import key_of, new_id
from vivier.privacy.networks import network_of
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

UNKNOWN: Final = "Aucune enquête à cette adresse."
GONE: Final = "Cette enquête a été supprimée : sa durée de conservation est passée, ou son auteur l'a supprimée."
NO_LINK: Final = "Ce lien n'est pas, ou n'est plus, celui d'une enquête."
DAYS: Final = 180
"""Days a sourcing round is retained, printed on its page."""
MOST: Final = 10_000
"""Most sourcing rounds at a time."""
OPENERS: Final = 256
"""How many openers of rounds are told apart: enough to bound what one person teaches, too few to tell who opened a round."""
LEAST_A_DAY: Final = 10
"""Rounds that one client may open in a day, however small the register is."""
_ID: Final = re.compile(r"[0-9a-f]{40}")
_FULL: Final = "Le registre des enquêtes est plein : rien n'a été gardé. Réessayez après la purge."


class Rounds:
    """The rounds of an installation. ``days``: how long a round is kept; ``most``: how many at a time."""

    def __init__(self, database: Database, opposition: Opposition, days: int, most: int) -> None:
        self.database, self.opposition, self.days, self._most = database, opposition, days, most

    def open(
        self,
        question: Question,
        inquiries: Sequence[Inquiry],
        today: date,
        closes_on: date,
        organisation: str,
        *,
        tells_amount: bool,
        client: str = "",
        id_: str = "",
    ) -> str:
        """Opens a round, and those of other lines asked together, all or none. ``client``: keyed hash of who opens them, empty when nobody bounds it;
        ``id_``: that of the first (:func:`~vivier.given.round.called_from`), drawn when it is empty; a round that has it already stays as it is.
        Returns the id of the first, which is kept nowhere; :func:`~vivier.given.round.sibling_of` draws the others. Raises :class:`RoundsFull`,
        :class:`~vivier.given.quotas.QuotaSpent`."""
        id_ = id_ or new_id()
        common = {
            "opened_on": today,
            "closes_on": closes_on,
            "kept_until": today + timedelta(days=self.days),
            "question": orjson.dumps(question.as_json()).decode(),
            "organisation": organisation,
            "tells_amount": tells_amount,
            "opener": opener_of(client),
            "together": _group(id_) if len(inquiries) > 1 else None,
        }
        with self.database.transaction() as connection:
            if connection.scalar(select(ROUNDS.c.key).where(ROUNDS.c.key == key_of(id_))) is not None:
                return id_
            for rank, inquiry in enumerate(inquiries):
                own = sibling_of(id_, inquiry.line) if rank else id_
                key, trades = key_of(own), " ".join(inquiry.trades)
                take(connection, client, "round", today, share(self._most, self.days, LEAST_A_DAY))
                count = connection.scalar(select(func.count()).select_from(ROUNDS).where(~ROUNDS.c.gone)) or 0
                if count >= self._most:
                    raise RoundsFull(_FULL)
                row = {"key": key, "line": inquiry.line, "seed": inquiry.seed, "trades": trades}
                connection.execute(insert(ROUNDS).values(**common, **row))
                connection.execute(insert(INVITED), [_row(key, own, each) for each in inquiry.invited])
        return id_

    def read(self, id_: str, today: date) -> Round:
        """A round by its id. Raises ``NotFound``, or :class:`RoundGone` past its last day."""
        if not _ID.fullmatch(id_):
            raise NotFound(UNKNOWN)
        with self.database.transaction() as connection:
            return self._read(connection, key_of(id_), today)

    def by_link(self, token: str, today: date) -> tuple[tuple[Round, Invited], ...]:
        """The round and the structure of a link, then the rounds opened together whose list the structure is on, by line. Raises ``NotFound``, the
        same for a forged link and one withdrawn; :class:`RoundGone`."""
        if not _ID.fullmatch(token):
            raise NotFound(NO_LINK)
        with self.database.transaction() as connection:
            found = connection.execute(
                select(INVITED.c.round, INVITED.c.structure).where(INVITED.c.token == key_of(token))
            ).one_or_none()
            if found is None:
                raise NotFound(NO_LINK)
            own = self._read(connection, found.round, today)
            every = [own, *(self._read(connection, key, today) for key in _others(connection, own, today))]
        mine = [(read, each) for read in every for each in read.invited if each.structure == found.structure]
        if not mine or mine[0][0] is not own:
            raise NotFound(NO_LINK)
        return tuple(mine)

    def siblings(self, id_: str, read: Round, today: date) -> tuple[tuple[Round, str], ...]:
        """The rounds opened together with the first of them, each with its id, by line; none for a round that was not the first."""
        if read.together is None or read.together != _group(id_):
            return ()
        with self.database.transaction() as connection:
            every = [self._read(connection, key, today) for key in _others(connection, read, today)]
        return tuple((each, sibling_of(id_, each.line)) for each in every)

    def answer(self, read: Round, answers: Iterable[Answer], today: date) -> None:
        """Keeps answers, all or none; an answer replaces the former one of its structure. A facilitator may note one that comes late, by
        telephone, as long as the round is kept. Raises :class:`RoundClosed` for a structure that answers late, :class:`AnswerTaken` when a facilitator would replace what the structure said itself, ``InvalidRequest`` for a structure that is
        not on the list."""
        given, names = tuple(answers), read.names()
        if any(answer.by == "structure" for answer in given):
            self._check_open(read, today)
        unknown = [answer.structure for answer in given if answer.structure not in names]
        if unknown:
            message = f"« structure » : « {unknown[0][:80]} » n'est pas sur la liste de cette enquête."
            raise InvalidRequest((FieldError("structure", "unknown_value", message),))
        with self.database.transaction() as connection:
            for answer in given:
                self._keep(connection, read.key, answer, names[answer.structure])

    def withdraw(self, read: Round, structure: str, by: str, today: date) -> bool:
        """Erases the answer of a structure. A facilitator erases only those that a facilitator typed. Returns whether there was one."""
        if by == "structure":
            self._check_open(read, today)
        with self.database.transaction() as connection:
            return bool(connection.execute(delete(ANSWERS).where(_replaceable(read.key, structure, by))).rowcount)

    def extend(self, read: Round, until: date, today: date) -> None:
        """Moves the last day to answer, up to the last day of the round. Raises ``InvalidRequest`` for a day that is past, not later than
        the former, or after the round is erased."""
        first = max(today, read.closes_on + timedelta(days=1))
        if not first <= until <= read.kept_until:
            message = f"« closes_on » doit être compris entre le {day(first)} et le {day(read.kept_until)} (reçu : {day(until)})."
            raise InvalidRequest((FieldError("closes_on", "out_of_range", message),))
        with self.database.transaction() as connection:
            connection.execute(update(ROUNDS).where(ROUNDS.c.key == read.key).values(closes_on=until))

    def delete(self, id_: str, today: date) -> None:
        """Erases a round and everything in it. Its address then says that it was deleted."""
        read = self.read(id_, today)
        with self.database.transaction() as connection:
            _erase(connection, [read.key])

    def purge(self, today: date, *, dry_run: bool = False) -> int:
        """Erases the rounds past their last day, and takes off those that are kept the structures that opposed. Returns the number of
        rounds erased, or that would be."""
        if not self.database.begun:
            return 0
        with self.database.transaction() as connection:
            past = and_(ROUNDS.c.kept_until < today, ~ROUNDS.c.gone)
            keys = list(connection.scalars(select(ROUNDS.c.key).where(past)))
            if not dry_run:
                _erase(connection, keys)
                for key in connection.scalars(select(ROUNDS.c.key).where(~ROUNDS.c.gone)).all():
                    self._take_off(connection, key)
        return len(keys)

    def _check_open(self, read: Round, today: date) -> None:
        if not read.is_open(today):
            raise RoundClosed(
                f"Cette enquête est close depuis le {day(read.closes_on)} : elle ne prend plus de réponse."
            )

    def _keep(self, connection: Connection, key: str, answer: Answer, name: str) -> None:
        connection.execute(delete(ANSWERS).where(_replaceable(key, answer.structure, answer.by)))
        try:
            connection.execute(insert(ANSWERS).values(round=key, **vars(answer)))
        except IntegrityError:
            message = f"« {name} » a répondu elle-même : elle seule corrige sa réponse, par son lien."
            raise AnswerTaken(message) from None

    def _read(self, connection: Connection, key: str, today: date) -> Round:
        found = connection.execute(select(ROUNDS).where(ROUNDS.c.key == key)).mappings().one_or_none()
        if found is None:
            raise NotFound(UNKNOWN)
        if found["gone"] or found["kept_until"] < today:
            raise RoundGone(GONE)
        taken_off = self._take_off(connection, key)
        mine = ANSWERS.c.round == key
        answers = connection.execute(
            select(ANSWERS, INVITED.c.rank)
            .join(INVITED, and_(INVITED.c.round == key, INVITED.c.structure == ANSWERS.c.structure))
            .where(mine)
            .order_by(ANSWERS.c.given_on, INVITED.c.rank)
        ).mappings()
        invited = connection.execute(select(INVITED).where(INVITED.c.round == key).order_by(INVITED.c.rank)).mappings()
        return _round(found, tuple(map(_invited, invited)), tuple(map(_answer, answers)), taken_off)

    def _take_off(self, connection: Connection, key: str) -> int:
        """Takes off a round the structures that opposed, with their answers. Returns how many were taken off by now."""
        every = connection.execute(select(INVITED.c.structure, INVITED.c.sirets).where(INVITED.c.round == key)).all()
        opposed = self.opposition.among(siret for row in every for siret in row.sirets.split())
        gone = [row.structure for row in every if not opposed.isdisjoint(row.sirets.split())]
        if gone:
            for table in (ANSWERS, INVITED):
                connection.execute(delete(table).where(table.c.round == key, table.c.structure.in_(gone)))
            connection.execute(
                update(ROUNDS).where(ROUNDS.c.key == key).values(withdrawn=ROUNDS.c.withdrawn + len(gone))
            )
        return connection.scalar(select(ROUNDS.c.withdrawn).where(ROUNDS.c.key == key)) or 0


def _group(id_: str) -> str:
    """What the rounds opened together share: a hash of the id of the first, which tells none of them."""
    return key_of(f"together {id_}")


def _others(connection: Connection, read: Round, today: date) -> list[str]:
    """The keys of the rounds opened together with another, still kept, by line."""
    if read.together is None:
        return []
    where = and_(ROUNDS.c.together == read.together, ROUNDS.c.key != read.key, ~ROUNDS.c.gone)
    still = and_(where, ROUNDS.c.kept_until >= today)
    return list(connection.scalars(select(ROUNDS.c.key).where(still).order_by(ROUNDS.c.line)))


def opener_of(client: str) -> int | None:
    """One of :data:`OPENERS`, drawn from the keyed hash of a client: the same for its whole network. ``None`` when nobody says who asks."""
    return int(network_of(client), 16) % OPENERS if client else None


def _replaceable(key: str, structure: str, by: str) -> Any:
    """The answer of a structure, if this role may replace it: what the structure said itself is its own to correct."""
    mine = and_(ANSWERS.c.round == key, ANSWERS.c.structure == structure)
    return mine if by == "structure" else and_(mine, ANSWERS.c.by != "structure")


def _erase(connection: Connection, keys: list[str]) -> None:
    for table in (ANSWERS, INVITED):
        connection.execute(delete(table).where(table.c.round.in_(keys)))
    connection.execute(
        update(ROUNDS)
        .where(ROUNDS.c.key.in_(keys))
        .values(question="", organisation="", seed="", withdrawn=0, trades=None, opener=None, together=None, gone=True)
    )


def _row(key: str, id_: str, invited: Invited) -> dict[str, object]:
    return {
        **vars(invited),
        "round": key,
        "kinds": " ".join(invited.kinds),
        "sirets": " ".join(invited.sirets),
        "token": key_of(token_of(id_, invited.structure)),
    }


def _invited(row: RowMapping) -> Invited:
    return Invited(
        row["rank"],
        row["structure"],
        row["name"],
        tuple(row["kinds"].split()),
        row["commune"],
        row["website"],
        tuple(row["sirets"].split()),
        row["departement"],
        row["silent"],
    )


def _answer(row: RowMapping) -> Answer:
    answer = Answer(**{name: row[name] for name in Answer.__dataclass_fields__})
    return replace(answer, **signature(row, digest_of_answer(row["round"], answer)))


def _round(row: RowMapping, invited: tuple[Invited, ...], answers: tuple[Answer, ...], withdrawn: int) -> Round:
    names = ("key", "opened_on", "closes_on", "kept_until", "line", "organisation", "tells_amount", "seed", "together")
    question = question_of({"question": orjson.loads(row["question"])})
    return Round(
        **{name: row[name] for name in names}, question=question, invited=invited, answers=answers, withdrawn=withdrawn
    )


def rounds_of(settings: Settings) -> Rounds:
    return Rounds(database_of(settings), Opposition(settings), DAYS, MOST)

"""What the answers that people gave teach of other structures (:mod:`vivier.belief.learnt`), read from rounds and from leads set aside: as each
build learns it, as the operator lists it, and withdrawn.

Nothing is kept apart: an answer teaches as long as its round is kept, and is forgotten with it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, select, tuple_, update

from vivier.belief.learnt import Lesson, Received, Replies, counted_replies
from vivier.desk.method.answers import CANS, WHYS, teaches
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.given.lead_questions import REPLIES
from vivier.given.rounds import Rounds
from vivier.given.tables import ANSWERS, INVITED, LEAD_QUESTIONS, LEADS_REFUSED, ROUNDS

_ID: Final = re.compile(r"(?P<lead>[oq])?(?P<key>[0-9a-f]{12})(?:-(?P<rank>\d{1,6}))?")
_SHORT: Final = 12
"""Figures of the key of a round that name it to the operator."""


@dataclass(frozen=True)
class Taught:
    """One answer as the operator reads it. ``id``: by which it is withdrawn, its round before the dash; ``answer``: in French; ``lesson``: what
    it teaches, ``None`` when nothing; ``withdrawn``: it no longer teaches."""

    id: str
    given_on: date
    name: str
    answer: str
    lesson: Lesson | None
    withdrawn: bool


def received(rounds: Rounds, today: date) -> Received:
    """All that a build learns from, today."""
    return Received(tuple(lessons(rounds, today)), replies(rounds, today))


def replies(rounds: Rounds, today: date) -> Replies:
    """How many of the structures asked answered, by kind, in the rounds that are closed. One that nobody answered was perhaps never sent, and is
    not counted, nor is one withdrawn."""
    if not rounds.database.begun:
        return {}
    answered = select(ANSWERS.c.round).distinct()
    mine = and_(INVITED.c.round == ANSWERS.c.round, INVITED.c.structure == ANSWERS.c.structure)
    rows = (
        select(INVITED.c.kinds, INVITED.c.sirets, ROUNDS.c.opener, ANSWERS.c.can)
        .join(ROUNDS, ROUNDS.c.key == INVITED.c.round)
        .join(ANSWERS, mine, isouter=True)
        .where(~ROUNDS.c.gone, ROUNDS.c.teaches, ROUNDS.c.closes_on < today, ROUNDS.c.kept_until >= today)
        .where(ROUNDS.c.key.in_(answered))
    )
    with rounds.database.transaction() as connection:
        found = connection.execute(rows).all()
    opposed = rounds.opposition.among(siret for row in found for siret in row.sirets.split())
    unopposed = (row for row in found if opposed.isdisjoint(row.sirets.split()))
    return counted_replies((row.kinds.split(), row.opener, row.can is not None) for row in unopposed)


def lessons(rounds: Rounds, today: date) -> list[Lesson]:
    """What the answers that are kept teach, the oldest first. None of a structure that opposed, none withdrawn."""
    every = taught(rounds, today)
    return [each.lesson for each in every if each.lesson is not None and not each.withdrawn]


def taught(rounds: Rounds, today: date) -> list[Taught]:
    """Every answer that is kept, the oldest first, but those of structures that opposed."""
    if not rounds.database.begun:
        return []
    with rounds.database.transaction() as connection:
        found = sorted(
            (*_of_rounds(connection, today), *_of_leads(connection, today), *_of_questions(connection, today)),
            key=lambda each: each[1].given_on,
        )
    opposed = rounds.opposition.among(siret for sirets, _ in found for siret in sirets)
    return [each for sirets, each in found if opposed.isdisjoint(sirets)]


def withdraw(rounds: Rounds, id_: str) -> int:
    """Withdraws what an answer teaches, or every answer of a round: the answers themselves stay. Returns how many it withdrew. Raises
    ``InvalidRequest`` for what is no such id, ``NotFound``."""
    match = _ID.fullmatch(id_)
    if match is None:
        message = (
            "« LESSON » : l'identifiant d'une réponse, ou d'une enquête, tel que « vivier review learnt » le donne."
        )
        raise InvalidRequest((FieldError("LESSON", "invalid_value", message),))
    with rounds.database.transaction() as connection:
        if match["lead"] == "q":
            count = _withdraw_question(connection, id_)
        elif match["lead"]:
            count = _withdraw_lead(connection, id_)
        else:
            count = _withdraw_answers(connection, match["key"], match["rank"])
    if not count:
        raise NotFound(f"Aucune réponse à retirer sous « {id_} ».")
    return count


def _withdraw_answers(connection: Connection, key: str, rank: str | None) -> int:
    of_round = ROUNDS.c.key.startswith(key)
    keys = list(connection.scalars(select(ROUNDS.c.key).where(of_round, ~ROUNDS.c.gone)))
    which: ColumnElement[bool] = ANSWERS.c.round.in_(keys)
    if rank is not None:
        of_rank = select(INVITED.c.structure).where(INVITED.c.round.in_(keys), INVITED.c.rank == int(rank))
        which = and_(which, ANSWERS.c.structure.in_(of_rank))
    else:  # its later answers too
        connection.execute(update(ROUNDS).where(ROUNDS.c.key.in_(keys)).values(teaches=False))
    return connection.execute(update(ANSWERS).where(which, ANSWERS.c.teaches).values(teaches=False)).rowcount


def _withdraw_lead(connection: Connection, id_: str) -> int:
    rows = connection.execute(select(LEADS_REFUSED.c.structure, LEADS_REFUSED.c.lead)).all()
    which = [(row.structure, row.lead) for row in rows if _lead_id(row.structure, row.lead) == id_]
    mine = tuple_(LEADS_REFUSED.c.structure, LEADS_REFUSED.c.lead).in_(which)
    return connection.execute(update(LEADS_REFUSED).where(mine, LEADS_REFUSED.c.teaches).values(teaches=False)).rowcount


def _withdraw_question(connection: Connection, id_: str) -> int:
    keys = LEAD_QUESTIONS.c.structure, LEAD_QUESTIONS.c.week
    rows = connection.execute(select(*keys)).all()
    which = [tuple(row) for row in rows if _question_id(*row) == id_]
    mine = tuple_(*keys).in_(which)
    return connection.execute(
        update(LEAD_QUESTIONS).where(mine, LEAD_QUESTIONS.c.teaches).values(teaches=False)
    ).rowcount


def _question_id(structure: str, week: date) -> str:
    """By what the operator names the answer to the question of a week."""
    return f"q{hashlib.sha256(f'{structure} {week}'.encode()).hexdigest()[:_SHORT]}"


def _lead_id(structure: str, lead: str) -> str:
    """By what the operator names a lead set aside."""
    return f"o{hashlib.sha256(f'{structure} {lead}'.encode()).hexdigest()[:_SHORT]}"


def _of_leads(connection: Connection, today: date) -> Iterator[tuple[list[str], Taught]]:
    """The leads set aside, each with the SIRET of its structure."""
    every = select(LEADS_REFUSED).where(LEADS_REFUSED.c.kept_until >= today)
    for row in connection.execute(every.order_by(LEADS_REFUSED.c.given_on, LEADS_REFUSED.c.lead)).mappings():
        counts, trades = teaches("no", row["why"]), tuple(row["trades"].split())
        who = row["siret"][:9], tuple(row["kinds"].split()), row["departement"]
        lesson = None if counts is None or not trades else Lesson(*who, trades, *counts, row["opener"], row["silent"])
        answer = f"opportunité écartée : {WHYS[row['why']]}"
        id_ = _lead_id(row["structure"], row["lead"])
        yield [row["siret"]], Taught(id_, row["given_on"], row["structure"], answer, lesson, not row["teaches"])


def _of_questions(connection: Connection, today: date) -> Iterator[tuple[list[str], Taught]]:
    """The answers to the questions of a week, each with the SIRET of its structure. « Later » teaches nothing."""
    wanted = (LEAD_QUESTIONS.c.kept_until >= today, LEAD_QUESTIONS.c.answer.is_not(None))
    every = select(LEAD_QUESTIONS).where(*wanted).order_by(LEAD_QUESTIONS.c.given_on, LEAD_QUESTIONS.c.structure)
    for row in connection.execute(every).mappings():
        who = row["siret"][:9], tuple(row["kinds"].split()), row["departement"]
        counts = {"yes": (1.0, 0.0), "no": (0.0, 1.0)}.get(row["answer"])
        lesson = None if counts is None else Lesson(*who, (row["trade"],), *counts, row["opener"], row["silent"])
        answer = f"« {row['text']} » : {REPLIES[row['answer']]}"
        id_ = _question_id(row["structure"], row["week"])
        yield [row["siret"]], Taught(id_, row["given_on"], row["structure"], answer, lesson, not row["teaches"])


def _of_rounds(connection: Connection, today: date) -> Iterator[tuple[list[str], Taught]]:
    """The answers of rounds, each with the SIRETs of its structure."""
    mine = and_(INVITED.c.round == ANSWERS.c.round, INVITED.c.structure == ANSWERS.c.structure)
    names = (ROUNDS.c.key, ROUNDS.c.trades, ROUNDS.c.opener, ROUNDS.c.teaches.label("of_round"))
    seat = (INVITED.c.rank, INVITED.c.name, INVITED.c.kinds, INVITED.c.sirets, INVITED.c.departement, INVITED.c.silent)
    rows = connection.execute(
        select(ANSWERS, *names, *seat)
        .join(ROUNDS, ROUNDS.c.key == ANSWERS.c.round)
        .join(INVITED, mine)
        .where(~ROUNDS.c.gone, ROUNDS.c.kept_until >= today)
        .order_by(ANSWERS.c.given_on, ROUNDS.c.key, INVITED.c.rank)
    ).mappings()
    for row in rows:
        why = "" if row["why"] is None else f" : {WHYS[row['why']]}"
        yield (
            row["sirets"].split(),
            Taught(
                f"{row['key'][:_SHORT]}-{row['rank']}",
                row["given_on"],
                row["name"],
                CANS[row["can"]] + why,
                _lesson(row),
                not (row["teaches"] and row["of_round"]),
            ),
        )


def _lesson(row: Any) -> Lesson | None:
    """What an answer teaches. « No » to a lot of several trades does not say which of them it is about."""
    counts, trades = teaches(row["can"], row["why"]), tuple((row["trades"] or "").split())
    if counts is None or not trades or (row["can"] == "no" and len(trades) > 1):
        return None
    siret = next(iter(row["sirets"].split()), None)
    unit = row["structure"] if siret is None else siret[:9]
    kinds = tuple(row["kinds"].split())
    return Lesson(unit, kinds, row["departement"], trades, *counts, row["opener"], bool(row["silent"]))

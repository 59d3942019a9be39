"""One run of « vivier notify »: what is new is written down for each subscription whose turn has come, then every letter is sent.

It can be run at any moment, by several processes: a turn is taken once, a letter is claimed before it is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from vivier.contracts.query_profile import own_profile
from vivier.errors import InvalidRequest, NotFound, NothingIndexed
from vivier.given.lead_questions import question_of_week
from vivier.lexicon import Lexicon
from vivier.mail.bounces import NEWS
from vivier.mail.news import Item, items_of, query_of
from vivier.mail.office import Office
from vivier.mail.outbox import Delivered
from vivier.mail.subscriptions import ASKED_AGAIN_DAYS, USEFUL_DAYS, Followed
from vivier.search.snapshot import Snapshot


@dataclass
class Run:
    """What a run did. ``turns``: subscriptions looked at; ``quiet``: of those, without anything new; ``letters``: by kind, written down;
    ``delivered``: by what became of them; ``deleted``: subscriptions deleted by their age; ``stopped``: by a refusal of the relay or
    because their search can no longer be followed."""

    turns: int = 0
    quiet: int = 0
    letters: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)
    deleted: int = 0
    stopped: int = 0


def notify(
    office: Office,
    snapshot: Snapshot,
    lexicon: Callable[[], Lexicon],
    today: date,
    clock: Callable[[], float],
    most: int = 100_000,
) -> Run:
    """Runs once. ``lexicon`` gives the tables, when a subscription is to be looked at: a run without any reads none. Raises ``EngineUnavailable`` or ``NothingIndexed`` when nothing can be looked at: nothing is lost, the next run does it."""
    run, subscriptions = Run(), office.subscriptions
    subscriptions.reseal()
    office.answers.reseal()
    run.deleted = subscriptions.tidy(today)
    office.writings.tidy(today)
    office.answers.tidy(today)
    office.post.outbox.tidy(clock())
    for followed in subscriptions.due(today):
        _turn(followed, office, snapshot, lexicon(), today, clock(), run)
    last = today + timedelta(days=USEFUL_DAYS - ASKED_AGAIN_DAYS)
    asked_again = subscriptions.ask_again(
        today, lambda token, followed: office.letters.useful(token, followed, clock(), last)
    )
    run.letters["useful"] += asked_again
    office.writings.release(today, clock())
    run.letters["reminder"] += office.writings.remind(today, clock())
    run.letters["answer"] += office.answers.write(clock())
    run.letters["renewal"] += office.invitations.remind(today, clock())
    for delivered in office.post.deliver(clock, most):
        run.delivered[delivered.outcome.state] += 1
        run.stopped += settle(delivered, office, today)
    return run


def _turn(
    followed: Followed, office: Office, snapshot: Snapshot, lexicon: Lexicon, today: date, now: float, run: Run
) -> None:
    try:
        query = query_of(followed.of, followed.search, lexicon)
        read = items_of(followed.of, query, snapshot, lexicon, today, followed.looked_on or today)
    except NothingIndexed:
        raise
    except (InvalidRequest, NotFound) as error:
        run.stopped += office.subscriptions.end(followed, office.letters.ended(followed, str(error), now))
        return
    new = _new(read.items, followed, office)
    first_list = followed.turn == 0 and followed.of == "suppliers"
    question = _question(followed, query, office, snapshot, lexicon, today) if new and not first_list else None
    letter = office.letters.news(followed, new, now, today, read.unread, question) if new and not first_list else None
    if office.subscriptions.turn(followed, {item.key for item in new}, letter, today):
        run.turns += 1
        run.quiet += letter is None
        run.letters["news"] += letter is not None


def _question(
    followed: Followed, query: Any, office: Office, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> str | None:
    """The question of the week to the supplier whose leads are followed; ``None`` for another list, or once it is answered."""
    if followed.of != "leads" or query.supplier is None:
        return None
    _, record = own_profile(query, snapshot, lexicon, today)
    question = record and question_of_week(office.database, record, query, snapshot, lexicon, today)
    return question.text if question and question.answer is None else None


def _new(items: list[Item], followed: Followed, office: Office) -> list[Item]:
    """The items that the subscriber was not given, and that are not older than the subscription."""
    began = followed.began_on
    recent = [item for item in items if item.since is None or began is None or item.since >= began]
    unseen = office.subscriptions.unseen(followed, [item.key for item in recent])
    return [item for item in recent if item.key in unseen]


def settle(delivered: Delivered, office: Office, today: date) -> int:
    """Draws the consequence of a letter sent: a mailbox that refuses for good is written to no more. Returns how many subscriptions ended."""
    office.writings.settle(delivered, today)
    if delivered.kind not in NEWS or delivered.outcome.state != "refused" or not delivered.of:
        return 0
    return office.subscriptions.delete([delivered.of])

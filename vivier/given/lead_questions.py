"""The question of the week: one for a structure, kept until Sunday; its answer changes its leads at once, and what the next build believes of it.

Anybody may answer for a structure: the answer changes the list of who answers by its address or by its subscription alone, and teaches as a lead
set aside does (:mod:`vivier.belief.learnt`): bounded by who answers, listed and withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from vivier.contracts.leads import Leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.outlook import best_question
from vivier.contracts.profile import profile_of_record
from vivier.errors import NotFound
from vivier.given.database import Database
from vivier.given.leads_refused import departement_of
from vivier.given.quotas import is_taken, take
from vivier.given.rounds import opener_of
from vivier.given.sirets import sirets_of
from vivier.given.tables import LEAD_QUESTIONS
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.snapshot import Snapshot

Reply = Literal["yes", "no", "later"]
REPLIES: Final[dict[Reply, str]] = {"yes": "oui", "no": "non", "later": "plus tard"}
DAYS: Final = 180
"""Days that a « yes » or a « no » is kept, and teaches."""
LATER_DAYS: Final = 28
"""Days before a trade answered by « later » is asked again."""
MOST_A_DAY: Final = 50
"""Questions that one client has kept in a day, and answers it gives."""


@dataclass(frozen=True)
class WeekQuestion:
    """The question of a week. ``week``: its Monday; ``answer``: ``None`` as long as nobody answered."""

    structure: str
    week: date
    trade: str
    text: str
    answer: Reply | None


def week_of(today: date) -> date:
    """The Monday of a day."""
    return today - timedelta(days=today.weekday())


def question_of_week(
    database: Database,
    supplier: SupplierView,
    query: LeadsQuery,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    client: str = "",
    leads: Leads | None = None,
) -> WeekQuestion | None:
    """The question of the week of a supplier: the one that is kept, else the best one, which is kept from now on. ``None`` when there is nothing to
    ask, and for a supplier without a SIRET. A client that had :data:`MOST_A_DAY` kept today gets one that is not."""
    sirets, week = sirets_of(supplier), week_of(today)
    if not sirets:
        return None
    with database.transaction() as connection:
        stored = _stored(connection, supplier["id"], week)
        answered = () if stored else _answered(connection, supplier["id"], today)
    if stored is not None:
        return stored
    best = best_question(query, snapshot, lexicon, today, answered, leads)
    if best is None:
        return None
    made = WeekQuestion(supplier["id"], week, best.trade, best.text, None)
    profile = profile_of_record(supplier, lexicon, today)
    values = {
        "structure": made.structure,
        "week": week,
        "trade": made.trade,
        "text": made.text,
        "given_on": today,
        "kept_until": week + timedelta(days=6),
        "siret": sirets[0],
        "kinds": " ".join(profile.kinds),
        "departement": departement_of(supplier, lexicon),
        "silent": not profile.trades,
        "teaches": True,
    }
    try:
        with database.transaction() as connection:
            if is_taken(connection, client, "question", today, MOST_A_DAY):
                connection.execute(insert(LEAD_QUESTIONS).values(values))
    except IntegrityError:  # another process asked meanwhile
        with database.transaction() as connection:
            return _stored(connection, supplier["id"], week)
    return made


def answer_question(
    database: Database, structure: str, trade: str, reply: Reply, today: date, client: str = ""
) -> WeekQuestion:
    """Keeps the answer to the question of the week; a later one replaces it. Raises ``NotFound`` when no such question is kept this week,
    :class:`~vivier.given.quotas.QuotaSpent`."""
    mine = and_(
        LEAD_QUESTIONS.c.structure == structure,
        LEAD_QUESTIONS.c.week == week_of(today),
        LEAD_QUESTIONS.c.trade == trade,
    )
    until = today + timedelta(days=LATER_DAYS if reply == "later" else DAYS)
    values = {"answer": reply, "given_on": today, "kept_until": until, "opener": opener_of(client)}
    with database.transaction() as connection:
        take(connection, client, "answer", today, MOST_A_DAY)
        if not connection.execute(update(LEAD_QUESTIONS).where(mine).values(values)).rowcount:
            raise NotFound("Cette question n'est pas, ou n'est plus, celle de la semaine.")
        found = _stored(connection, structure, week_of(today))
    assert found is not None
    return found


def _stored(connection: Connection, structure: str, week: date) -> WeekQuestion | None:
    mine = and_(LEAD_QUESTIONS.c.structure == structure, LEAD_QUESTIONS.c.week == week)
    row = connection.execute(select(LEAD_QUESTIONS).where(mine)).one_or_none()
    return None if row is None else WeekQuestion(row.structure, row.week, row.trade, row.text, row.answer)


def _answered(connection: Connection, structure: str, today: date) -> tuple[str, ...]:
    """The trades that the structure answered about, but those answered by « later » long enough ago."""
    since = today - timedelta(days=LATER_DAYS)
    lately = or_(LEAD_QUESTIONS.c.answer.in_(("yes", "no")), LEAD_QUESTIONS.c.given_on > since)
    mine = and_(LEAD_QUESTIONS.c.structure == structure, LEAD_QUESTIONS.c.answer.is_not(None), lately)
    return tuple(connection.scalars(select(LEAD_QUESTIONS.c.trade).where(mine)))


def with_answer(query: LeadsQuery, trade: str, reply: Reply) -> LeadsQuery:
    """The leads of a query with an answer: « later » changes nothing."""
    yes = tuple(code for code in query.also_trade if code != trade) + ((trade,) if reply == "yes" else ())
    no = tuple(code for code in query.not_trade if code != trade) + ((trade,) if reply == "no" else ())
    return query if reply == "later" else query.model_copy(update={"also_trade": yes, "not_trade": no})

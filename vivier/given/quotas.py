"""What one client, its network, or one mailbox may have done in a day: counted in the transaction of what it bounds, under a keyed hash, and
forgotten the day after the next. A ceiling for all would let one client close the service to the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, Table, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from vivier.errors import VivierError
from vivier.french import plural
from vivier.given.tables import QUOTAS
from vivier.privacy.networks import budgets

KEPT_DAYS: Final = 2
"""Days that a count is kept, its own day included."""
_INSERTS: Final[Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class QuotaSpent(VivierError):
    """This client had done what one client may have done in a day."""


def spend(connection: Connection, who: str, what: str, today: date, most: int, cost: int = 1) -> bool:
    """Counts ``cost`` more of ``what`` for ``who``, a keyed hash, unless that would pass ``most`` of the day. One statement: of two
    transactions at once, the second counts what the first did. Returns whether it was counted."""
    forget_quotas(connection, today)
    if cost > most:
        return False
    row = _INSERTS[connection.dialect.name](QUOTAS).values(who=who, what=what, day=today, count=cost)
    counted = row.on_conflict_do_update(
        index_elements=("who", "what", "day"),
        set_={"count": QUOTAS.c.count + cost},
        where=QUOTAS.c.count + cost <= most,
    )
    return connection.scalar(counted.returning(QUOTAS.c.count)) is not None


def forget_quotas(connection: Connection, today: date) -> None:
    """Deletes the counts of the days before yesterday."""
    connection.execute(delete(QUOTAS).where(QUOTAS.c.day <= today - timedelta(days=KEPT_DAYS)))


def spent(connection: Connection, who: str, what: str, today: date) -> int:
    """How many of ``what`` were counted today for ``who``."""
    mine = and_(QUOTAS.c.who == who, QUOTAS.c.what == what, QUOTAS.c.day == today)
    return connection.scalar(select(QUOTAS.c.count).where(mine)) or 0


def is_taken(connection: Connection, client: str, what: str, today: date, most: int) -> bool:
    """Counts one more of ``what`` for a client and for its network. Returns whether both had it left; a client that nobody names (empty: the
    command line) is not bounded."""
    return not client or all(spend(connection, who, what, today, bound) for who, bound in budgets(client, most))


def take(connection: Connection, client: str, what: str, today: date, most: int) -> None:
    """Counts one more of ``what``, as :func:`is_taken`. Raises :class:`QuotaSpent`."""
    if not is_taken(connection, client, what, today, most):
        raise QuotaSpent(
            f"{plural(most, 'demande')} de cette sorte par jour au plus pour une même connexion : réessayez demain."
        )


def share(most: int, days: int, least: int) -> int:
    """What one client may add in a day to a store of ``most`` rows kept ``days`` days: who takes it every day holds half of the store at
    most, and never less than ``least`` a day."""
    return max(least, most // (2 * days))

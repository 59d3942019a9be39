"""The letters to send. A letter is written down first, then claimed, sent, and noted as sent.

A process killed before it claims a letter loses nothing: the next one sends it. Killed while it sends, nobody can know whether the relay
took the letter: once the lease of the claim is over it is sent again under the same Message-ID, so that nothing is lost and a mailbox can
tell the double. Killed after, nothing is sent again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from vivier.given.database import Database
from vivier.given.mail_tables import OUTBOX
from vivier.given.quotas import spend
from vivier.mail.letter import Letter, message_of, same_mailbox
from vivier.mail.refusals import Refusals
from vivier.mail.relay import Outcome, Relay
from vivier.mail.sealing import Sealer, Unsealable

LEASE: Final = 300.0
"""Seconds after which a letter whose sender fell silent is sent again."""
MOST_TRIES: Final = 12
"""Times that a letter is offered to the relay before it is given up: about five days."""
_FIRST_WAIT: Final = 600.0
_LONGEST_WAIT: Final = 86_400.0
KEPT_SECONDS: Final = 30 * 86_400
"""How long the outcome of a letter is kept: its kind, its code, no address."""

MOST_OF_A_KIND: Final = 3
"""Letters of one kind that one mailbox gets in a day without having asked for them, whoever makes the service write them."""
UNASKED: Final = ("confirm", "link", "sender", "writing")
"""The kinds of such letters. None is refused because others were written: the operator is told of a day that has many."""


@dataclass(frozen=True)
class Claimed:
    """A letter that this process alone may send."""

    id: str
    claim: str
    kind: str
    of: str | None
    tries: int
    letter: Letter


@dataclass(frozen=True)
class Delivered:
    """What a letter was, and what became of it."""

    id: str
    kind: str
    of: str | None
    outcome: Outcome
    over: bool


class Outbox:
    """The letters of an installation. ``lease``: seconds after which a process that says nothing is taken for dead."""

    def __init__(self, database: Database, sealer: Sealer, lease: float = LEASE) -> None:
        self.database, self.sealer, self.lease = database, sealer, lease
        self.refusals = Refusals(database, sealer)

    def add(
        self,
        connection: Connection,
        kind: str,
        letter: Letter,
        of: str | None = None,
        after: float = 0,
        id_: str | None = None,
    ) -> str:
        """Writes a letter down, in the transaction of what it is about. Returns its id, drawn at random when none is given."""
        id_ = id_ or secrets.token_hex(16)
        row = {
            "id": id_,
            "kind": kind,
            "of": of,
            "sealed": self.sealer.seal(letter.as_json()),
            "sealed_by": self.sealer.id,
            "made_at": letter.made_at,
            "state": "ready",
            "tries": 0,
            "after": after,
        }
        connection.execute(insert(OUTBOX).values(row))
        return id_

    def is_taken(self, connection: Connection, kind: str, address: str, today: date) -> bool:
        """Counts one more letter that a stranger makes the service write to a mailbox. Returns whether it may be written: the mailbox did not
        refuse, and had fewer than :data:`MOST_OF_A_KIND` of this kind today."""
        if self.refusals.holds(connection, address):
            return False
        mailbox = self.sealer.name("mailbox", same_mailbox(address))
        return spend(connection, mailbox, f"to-{kind}", today, MOST_OF_A_KIND)

    def claim(self, now: float) -> Claimed | None:
        """Claims a letter to send; ``None`` when there is none. One statement: two processes cannot claim the same.
        Raises :class:`~vivier.mail.sealing.Unsealable`."""
        free = or_(OUTBOX.c.state == "ready", and_(OUTBOX.c.state == "sending", OUTBOX.c.claimed_at < now - self.lease))
        first = select(OUTBOX.c.id).where(free, OUTBOX.c.after <= now).order_by(OUTBOX.c.made_at, OUTBOX.c.id).limit(1)
        mine = secrets.token_hex(16)
        with self.database.transaction() as connection:
            taken = update(OUTBOX).where(OUTBOX.c.id == first.scalar_subquery(), free)
            row = connection.execute(
                taken.values(state="sending", claim=mine, claimed_at=now, tries=OUTBOX.c.tries + 1).returning(OUTBOX)
            ).one_or_none()
        if row is None:
            return None
        try:
            letter = Letter(**self.sealer.open(row.sealed))
        except Unsealable:  # the key is missing: nothing is lost, every run says so until it is back
            self._release(row.id, mine)
            raise
        return Claimed(row.id, mine, row.kind, row.of, row.tries, letter)

    def _release(self, id_: str, claim: str) -> None:
        with self.database.transaction() as connection:
            mine = and_(OUTBOX.c.id == id_, OUTBOX.c.claim == claim)
            connection.execute(update(OUTBOX).where(mine).values(state="ready", claim=None, claimed_at=None))

    def note(self, claimed: Claimed, outcome: Outcome, now: float) -> Delivered:
        """Notes what became of a letter; nothing when its lease was over and another process took it. One that failed for a time is
        offered again later, twice as late each time."""
        over = outcome.state != "later" or claimed.tries >= MOST_TRIES
        values: dict[str, object] = {"claim": None, "claimed_at": None, "code": outcome.code}
        if over:
            values |= {"state": "failed" if outcome.state == "later" else outcome.state, "sealed": ""}
        else:
            values |= {"state": "ready", "after": now + min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (claimed.tries - 1))}
        with self.database.transaction() as connection:
            mine = and_(OUTBOX.c.id == claimed.id, OUTBOX.c.claim == claimed.claim)
            connection.execute(update(OUTBOX).where(mine).values(values))
        return Delivered(claimed.id, claimed.kind, claimed.of, outcome, over)

    def drop(self, connection: Connection, of: str) -> None:
        """Forgets the letters not sent yet of what they belong to."""
        connection.execute(delete(OUTBOX).where(OUTBOX.c.of == of, OUTBOX.c.state == "ready"))

    def ready_for(self, connection: Connection, address: str) -> list[str]:
        """The ids of the letters to a mailbox that are not sent yet. Each is opened: what waits is seldom much."""
        rows = connection.execute(select(OUTBOX.c.id, OUTBOX.c.sealed).where(OUTBOX.c.state == "ready")).all()
        mailbox = same_mailbox(address)
        return [row.id for row in rows if same_mailbox(self.sealer.open(row.sealed)["to"]) == mailbox]

    def tidy(self, now: float) -> None:
        """Forgets the outcomes of long ago."""
        over = OUTBOX.c.state.in_(("sent", "refused", "failed"))
        with self.database.transaction() as connection:
            connection.execute(delete(OUTBOX).where(over, OUTBOX.c.made_at < now - KEPT_SECONDS))

    def counts(self) -> dict[str, int]:
        """Letters by state."""
        with self.database.transaction() as connection:
            rows = connection.execute(select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state)).all()
        return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Post:
    """What sends the letters of an outbox by a relay, in the name of ``sender``."""

    outbox: Outbox
    relay: Relay
    sender: str

    def __post_init__(self) -> None:
        # a message that takes longer than half its lease could be taken by another process
        object.__setattr__(self, "relay", replace(self.relay, seconds=min(self.relay.seconds, self.outbox.lease / 2)))

    def deliver(self, clock: Callable[[], float], most: int) -> Iterator[Delivered]:
        """Sends what is ready, ``most`` letters at most; stops at the first time that the relay does not answer at all."""
        sent = 0
        while sent < most and (claimed := self.outbox.claim(clock())) is not None:
            delivered = self._send(claimed, clock)
            sent += 1
            yield delivered
            if delivered.outcome.state == "later" and delivered.outcome.code is None:
                break
        if sent:
            self.outbox.database.sweep()  # the letters that left are emptied

    def _send(self, claimed: Claimed, clock: Callable[[], float]) -> Delivered:
        outcome = self.relay.send(message_of(claimed.letter, claimed.id, self.sender))
        return self.outbox.note(claimed, outcome, clock())

"""The searches that people follow by mail: asked for, confirmed by a link, looked at by turns, stopped by a link or by themselves.

Only the address, the search and its words are kept, sealed; links are kept as hashes. What was never confirmed goes after three days,
what was not confirmed again goes after a year.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from vivier.errors import NotFound, VivierError
from vivier.given.mail_tables import SEEN, SUBSCRIPTIONS
from vivier.given.quotas import take
from vivier.mail.letter import Letter, same_mailbox
from vivier.mail.news import Of
from vivier.mail.outbox import Outbox
from vivier.privacy.keys import key_of

Every = Literal["daily", "weekly"]
DAYS: Final[dict[Every, int]] = {"daily": 1, "weekly": 7}
CONFIRM_DAYS: Final = 3
"""Days that a confirmation link stays, and a subscription that nobody confirmed."""
USEFUL_DAYS: Final = 365
"""Days after which a subscription that was not confirmed again is deleted."""
ASKED_AGAIN_DAYS: Final = 335
"""Days after which its subscriber is asked whether it is still useful."""
SEEN_DAYS: Final = 400
"""Days that what a subscriber was given is remembered, so that it is given once."""
MOST: Final = 10_000
"""Most confirmed subscriptions at a time."""
MOST_BY_MAILBOX: Final = 20
MOST_A_DAY: Final = 20
"""Subscriptions, and messages of buyers, that one client asks for in a day."""
_TOKEN: Final = re.compile(r"[0-9a-f]{40}")
NO_LINK: Final = "Ce lien n'est pas, ou n'est plus, valable : il a servi, il est passé, ou l'abonnement est supprimé."


class TooManySubscriptions(VivierError):
    """No subscription can be asked for now."""


@dataclass(frozen=True)
class Followed:
    """What is kept of a subscription. ``title``: the search in words; ``stop``: the token of its link to stop;
    ``began_on``: the day of its first confirmation, from which things are new; ``looked_on``: that of its last turn; ``turn``: how many times it was looked at."""

    id: str
    address: str
    of: Of
    search: str
    title: str
    stop: str
    every: Every
    began_on: date | None
    looked_on: date | None
    turn: int


class Subscriptions:
    """The subscriptions of an installation, ``most`` confirmed ones at a time: those that wait close the service to nobody."""

    def __init__(self, outbox: Outbox, most: int = MOST) -> None:
        self.outbox, self._most = outbox, most
        self.database, self._sealer = outbox.database, outbox.sealer

    def ask(
        self,
        address: str,
        of: Of,
        search: str,
        title: str,
        every: Every,
        today: date,
        letter: Callable[[str, Followed], Letter],
        client: str = "",
    ) -> str | None:
        """Asks the owner of an address to confirm, by a letter that ``letter`` makes of a new token. ``client``: keyed hash of who asks.
        Returns the id of the letter; ``None`` when this mailbox refuses letters, had enough of them, or follows enough, which nobody is told.
        Raises :class:`TooManySubscriptions`, :class:`~vivier.given.quotas.QuotaSpent`."""
        mailbox = self._sealer.name("mailbox", same_mailbox(address))
        subject = self._sealer.name("subject", same_mailbox(address), of, search)
        token, stop = secrets.token_hex(20), secrets.token_hex(20)
        link = {"token": key_of(token), "token_until": today + timedelta(days=CONFIRM_DAYS), "linked_on": today}
        values = {"address": address, "of": of, "search": search, "title": title, "stop": stop}
        new = {
            "id": secrets.token_hex(16),
            "sealed": self._sealer.seal(values),
            "sealed_by": self._sealer.id,
            "mailbox": mailbox,
            "subject": subject,
            "stop": key_of(stop),
            "every": every,
            "dated": of != "suppliers",
            "links": 1,
            "turn": 0,
        }
        known = SUBSCRIPTIONS.c.subject == subject
        try:
            with self.database.transaction() as connection:
                take(connection, client, "subscribe", today, MOST_A_DAY)
                row = connection.execute(select(SUBSCRIPTIONS).where(known)).one_or_none()
                if self._has_enough(connection, mailbox, known=row is not None):
                    return None
                if not self.outbox.is_taken(connection, "confirm", address, today):
                    return None
                if row is None:
                    row = connection.execute(
                        insert(SUBSCRIPTIONS).values({**new, **link}).returning(SUBSCRIPTIONS)
                    ).one()
                else:
                    links = row.links + 1 if row.linked_on == today else 1
                    connection.execute(update(SUBSCRIPTIONS).where(known).values({**link, "links": links}))
                return self.outbox.add(connection, "confirm", letter(token, self._followed(row)), row.id)
        except IntegrityError:  # another process wrote the same meanwhile, with its letter
            return None

    def _has_enough(self, connection: Connection, mailbox: str, *, known: bool) -> bool:
        mine = SUBSCRIPTIONS.c.mailbox == mailbox
        count, confirmed = func.count(), SUBSCRIPTIONS.c.confirmed_on.is_not(None)
        if (connection.scalar(select(count).where(confirmed)) or 0) >= self._most:
            raise TooManySubscriptions(
                "Ce service a autant d'abonnements qu'il peut en servir : suivez la liste par son flux."
            )
        return not known and (connection.scalar(select(count).where(mine)) or 0) >= MOST_BY_MAILBOX

    def waiting(self, token: str, today: date) -> Followed:
        """The subscription that a confirmation link is for. Raises ``NotFound``, the same for a forged link, one used and one past."""
        with self.database.transaction() as connection:
            return self._followed(self._by_token(connection, token, today))

    def confirm(self, token: str, today: date) -> Followed:
        """Confirms a subscription, or confirms it again: its link serves once. Raises ``NotFound``."""
        with self.database.transaction() as connection:
            row = self._by_token(connection, token, today)
            values = {"token": None, "token_until": None, "confirmed_on": today}
            values |= {"next_on": row.next_on or today, "began_on": row.began_on or today}
            mine = and_(SUBSCRIPTIONS.c.id == row.id, SUBSCRIPTIONS.c.token == key_of(token))
            if not connection.execute(update(SUBSCRIPTIONS).where(mine).values(values)).rowcount:
                raise NotFound(NO_LINK)
            return self._followed(row)

    def _by_token(self, connection: Connection, token: str, today: date) -> Row[Any]:
        return linked(
            connection,
            token,
            SUBSCRIPTIONS,
            SUBSCRIPTIONS.c.token == key_of(token),
            SUBSCRIPTIONS.c.token_until >= today,
        )

    def by_stop(self, token: str) -> Followed:
        """The subscription that a link stops. Raises ``NotFound``."""
        with self.database.transaction() as connection:
            row = linked(connection, token, SUBSCRIPTIONS, SUBSCRIPTIONS.c.stop == key_of(token))
        return self._followed(row)

    def change(self, followed: Followed, search: str) -> Followed:
        """Follows another search in place of the one that is followed; the same mailbox that follows it already keeps both."""
        values = {name: getattr(followed, name) for name in ("address", "of", "title", "stop")} | {"search": search}
        subject = self._sealer.name("subject", same_mailbox(followed.address), followed.of, search)
        changed = {"sealed": self._sealer.seal(values), "sealed_by": self._sealer.id, "subject": subject}
        try:
            with self.database.transaction() as connection:
                connection.execute(update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == followed.id).values(changed))
        except IntegrityError:
            return followed
        return replace(followed, search=search)

    def stop(self, token: str) -> bool:
        """Deletes the subscription that a link stops, with all that is known of it. Returns whether there was one."""
        try:
            followed = self.by_stop(token)
        except NotFound:
            return False
        return bool(self.delete([followed.id]))

    def stop_mailbox(self, address: str) -> int:
        """Deletes every subscription of an address. Returns their number."""
        names = self._sealer.names("mailbox", same_mailbox(address))
        with self.database.transaction() as connection:
            ids = connection.scalars(select(SUBSCRIPTIONS.c.id).where(SUBSCRIPTIONS.c.mailbox.in_(names))).all()
        return self.delete(ids)

    def address_of(self, id_: str) -> str | None:
        """The address of a subscription; ``None`` when it is deleted."""
        with self.database.transaction() as connection:
            sealed = connection.scalar(select(SUBSCRIPTIONS.c.sealed).where(SUBSCRIPTIONS.c.id == id_))
        return None if sealed is None else str(self._sealer.open(sealed)["address"])

    def delete(self, ids: Iterable[str]) -> int:
        """Deletes subscriptions, what they were given and their letters not sent yet. Returns how many there were."""
        with self.database.transaction() as connection:
            return sum(self._delete(connection, id_) for id_ in ids)

    def _delete(self, connection: Connection, id_: str) -> int:
        connection.execute(delete(SEEN).where(SEEN.c.subscription == id_))
        self.outbox.drop(connection, id_)
        return connection.execute(delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == id_)).rowcount

    def due(self, today: date) -> Iterator[Followed]:
        """The subscriptions whose turn has come, read one after the other."""
        with self.database.transaction() as connection:
            ids = connection.scalars(select(SUBSCRIPTIONS.c.id).where(SUBSCRIPTIONS.c.next_on <= today)).all()
        for id_ in ids:
            with self.database.transaction() as connection:
                row = connection.execute(select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == id_)).one_or_none()
            if row is not None and row.next_on is not None and row.next_on <= today:
                yield self._followed(row)

    def unseen(self, followed: Followed, keys: Iterable[str]) -> set[str]:
        """The keys among these that the subscriber was not given."""
        named = {self._item(followed, key): key for key in keys}
        with self.database.transaction() as connection:
            mine = SEEN.c.subscription == followed.id
            seen = set(connection.scalars(select(SEEN.c.item).where(mine)))
        return {key for item, key in named.items() if item not in seen}

    def turn(
        self,
        followed: Followed,
        keys: Iterable[str],
        letter: Letter | None,
        today: date,
    ) -> bool:
        """Ends the turn of a subscription: what it was given is noted, its letter written down, its next
        day set, all or nothing. Returns ``False`` when another process took this turn."""
        mine = and_(SUBSCRIPTIONS.c.id == followed.id, SUBSCRIPTIONS.c.turn == followed.turn)
        next_on = today + timedelta(days=DAYS[followed.every])
        with self.database.transaction() as connection:
            taken = update(SUBSCRIPTIONS).where(mine).values(turn=followed.turn + 1, next_on=next_on)
            if not connection.execute(taken).rowcount:
                return False
            rows = [{"subscription": followed.id, "item": self._item(followed, key), "seen_on": today} for key in keys]
            if rows:
                connection.execute(insert(SEEN), rows)
            if letter is not None:
                self.outbox.add(connection, "news", letter, followed.id)
        return True

    def end(self, followed: Followed, letter: Letter) -> int:
        """Deletes a subscription and writes down its last letter. Returns how many there were: none when another process did it."""
        with self.database.transaction() as connection:
            found = self._delete(connection, followed.id)
            if found:
                self.outbox.add(connection, "ended", letter)
        return found

    def _item(self, followed: Followed, key: str) -> str:
        return hashlib.sha256(f"{followed.stop}\0{key}".encode()).hexdigest()[:24]

    def ask_again(self, today: date, letter: Callable[[str, Followed], Letter]) -> int:
        """Writes to those whose year is nearly over: is it still useful? Returns how many letters were written down."""
        nearly = today - timedelta(days=ASKED_AGAIN_DAYS)
        wanted = and_(SUBSCRIPTIONS.c.confirmed_on <= nearly, SUBSCRIPTIONS.c.token.is_(None))
        written = 0
        with self.database.transaction() as connection:
            ids = connection.scalars(select(SUBSCRIPTIONS.c.id).where(wanted)).all()
        for id_ in ids:
            token = secrets.token_hex(20)
            with self.database.transaction() as connection:
                until = SUBSCRIPTIONS.c.token.is_(None)
                values = {
                    "token": key_of(token),
                    "token_until": today + timedelta(days=USEFUL_DAYS - ASKED_AGAIN_DAYS),
                }
                taken = update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == id_, until).values(values)
                row = connection.execute(taken.returning(SUBSCRIPTIONS)).one_or_none()
                if row is not None:
                    self.outbox.add(connection, "useful", letter(token, self._followed(row)), id_)
                    written += 1
        return written

    def tidy(self, today: date, *, dry_run: bool = False) -> int:
        """Deletes what was never confirmed, what was not confirmed again, and forgets what was given long ago. Returns the number of
        subscriptions deleted, or that would be."""
        unconfirmed = and_(SUBSCRIPTIONS.c.confirmed_on.is_(None), SUBSCRIPTIONS.c.token_until < today)
        useless = SUBSCRIPTIONS.c.confirmed_on < today - timedelta(days=USEFUL_DAYS)
        with self.database.transaction() as connection:
            ids = connection.scalars(select(SUBSCRIPTIONS.c.id).where(or_(unconfirmed, useless))).all()
            if dry_run:
                return len(ids)
            # a list of suppliers has no days: what it had is remembered as long as it is followed
            dated = select(SUBSCRIPTIONS.c.id).where(SUBSCRIPTIONS.c.dated)
            past = and_(SEEN.c.seen_on < today - timedelta(days=SEEN_DAYS), SEEN.c.subscription.in_(dated))
            connection.execute(delete(SEEN).where(past))
        return self.delete(ids)

    def reseal(self) -> int:
        """Seals anew, with the newest key, what an older one sealed. Returns how many subscriptions."""
        with self.database.transaction() as connection:
            old = SUBSCRIPTIONS.c.sealed_by != self._sealer.id
            rows = connection.execute(select(SUBSCRIPTIONS).where(old)).all()
            for row in rows:
                values = self._sealer.open(row.sealed)
                mailbox = same_mailbox(values["address"])
                names = {
                    "sealed": self._sealer.seal(values),
                    "sealed_by": self._sealer.id,
                    "mailbox": self._sealer.name("mailbox", mailbox),
                    "subject": self._sealer.name("subject", mailbox, values["of"], values["search"]),
                }
                connection.execute(update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == row.id).values(names))
        return len(rows)

    def counts(self) -> tuple[int, int]:
        """Subscriptions confirmed, and those that wait for it."""
        with self.database.transaction() as connection:
            every = connection.scalars(select(SUBSCRIPTIONS.c.confirmed_on)).all()
        return sum(day is not None for day in every), sum(day is None for day in every)

    def _followed(self, row: Row[Any]) -> Followed:
        values = self._sealer.open(row.sealed)
        looked_on = row.next_on - timedelta(days=DAYS[row.every]) if row.turn and row.next_on else row.began_on
        return Followed(row.id, every=row.every, began_on=row.began_on, looked_on=looked_on, turn=row.turn, **values)


def linked(connection: Connection, token: str, table: Table, *wanted: ColumnElement[bool]) -> Row[Any]:
    """The row that a link is of. Raises ``NotFound``."""
    row = connection.execute(select(table).where(*wanted)).one_or_none() if _TOKEN.fullmatch(token) else None
    if row is None:
        raise NotFound(NO_LINK)
    return row

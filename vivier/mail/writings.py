"""What buyers write to several structures through the service: confirmed from their own mailbox first, bounded by day, reminded once.

The service is no open relay: it writes to mailboxes of organisations that it can tie to the structure, in the name of somebody who opened
a link in their own mailbox, on the domain of a public body or on one that the operator accepted, and never again to a mailbox that asked or
refused.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update

from vivier.errors import NotFound
from vivier.french import plural
from vivier.given.mail_tables import OUTBOX, RECIPIENTS, WRITINGS
from vivier.given.quotas import spend, spent, take
from vivier.given.tables import ANSWERS, ROUNDS
from vivier.mail.draft import Draft
from vivier.mail.letter import same_mailbox
from vivier.mail.outbox import Delivered, Outbox
from vivier.mail.recipients import Recipient
from vivier.mail.senders import Senders
from vivier.mail.subscriptions import MOST_A_DAY, NO_LINK, linked
from vivier.mail.writing import QuotaReached, Writing, WritingLetters, draft_of, no_longer_written, recipients_of
from vivier.privacy.keys import key_of
from vivier.privacy.opposition import Opposition

CONFIRM_DAYS: Final = 1
"""Days after the day of the request that the buyer's link serves."""
KEPT_DAYS: Final = 60
"""Days that a writing is kept after the last day to answer, or after the day it was asked."""
REMIND_BEFORE: Final = 5
"""Days before the last day to answer that its reminder leaves."""
_TOKEN: Final = re.compile(r"[0-9a-f]{40}")


class Writings:
    """The writings of an installation. ``quota``: messages that one buyer (:meth:`Senders.name`) may have sent in a day."""

    def __init__(self, outbox: Outbox, letters: WritingLetters, opposition: Opposition, quota: int) -> None:
        self.outbox, self._letters, self._opposition, self.quota = outbox, letters, opposition, quota
        self.database, self._sealer = outbox.database, outbox.sealer
        self._senders, self._refusals = Senders(outbox.sealer), outbox.refusals

    def ask(
        self,
        sender: str,
        organisation: str,
        draft: Draft,
        recipients: Sequence[Recipient],
        today: date,
        now: float,
        closes_on: date | None = None,
        round_key: str | None = None,
        *,
        remind: bool = False,
        client: str = "",
    ) -> str | None:
        """Keeps what a buyer wants to have sent, and writes to the buyer to confirm. ``client``: keyed hash of who asks. Returns the id of
        that letter; ``None`` when this mailbox refuses letters, or had enough of them today. Raises :class:`QuotaReached`,
        :class:`~vivier.given.quotas.QuotaSpent`, ``InvalidRequest`` naming « sender » for one that the operator refused."""
        token, page, id_ = secrets.token_hex(20), secrets.token_hex(20), secrets.token_hex(16)
        values = {
            "sender": sender,
            "organisation": organisation,
            "draft": asdict(draft),
            "recipients": [asdict(recipient) for recipient in recipients],
            "page": page,
            "stops": {recipient.id: secrets.token_hex(20) for recipient in recipients},
        }
        name = self._sealer.name("mailbox", same_mailbox(sender))
        remind_on = None if closes_on is None or not remind else closes_on - timedelta(days=REMIND_BEFORE)
        row = {
            "id": id_,
            "sealed": self._sealer.seal(values),
            "sealed_by": self._sealer.id,
            "sender": name,
            "token": key_of(token),
            "token_until": today + timedelta(days=CONFIRM_DAYS),
            "page": key_of(page),
            "round": round_key,
            "asked_on": today,
            "remind_on": remind_on if remind_on is not None and remind_on > today else None,
            "kept_until": (closes_on or today) + timedelta(days=KEPT_DAYS),
        }
        with self.database.transaction() as connection:
            take(connection, client, "writing", today, MOST_A_DAY)
            if self._senders.permission(connection, sender, today) == "refused":
                raise no_longer_written(sender)
            sent = spent(connection, self._senders.name(sender), "sent", today)
            if sent + len(recipients) > self.quota:
                raise self._quota_reached(sent)
            if not self.outbox.is_taken(connection, "sender", sender, today):
                return None
            connection.execute(insert(WRITINGS).values(row))
            stop = self._refusals.link(self._letters.base, sender)
            return self.outbox.add(
                connection, "sender", self._letters.confirm(token, sender, len(recipients), stop, now), id_
            )

    def _quota_reached(self, sent: int) -> QuotaReached:
        left = max(0, self.quota - sent)
        return QuotaReached(
            f"Ce service envoie {plural(self.quota, 'message')} par jour au plus pour un même organisme ; il en reste {left} aujourd'hui. "
            "Prenez le fichier de publipostage, ou revenez demain."
        )

    def waiting(self, token: str, today: date) -> Writing:
        """The writing that a link confirms. Raises ``NotFound``, the same for a forged link, one used and one past."""
        with self.database.transaction() as connection:
            return self._writing(connection, self._by_token(connection, token, today), today)

    def confirm(self, token: str, today: date, now: float) -> str:
        """Confirms a writing: its letters are written down, one a structure, or held until the operator accepts the domain of the buyer.
        Returns the key of its page. Raises ``NotFound``, :class:`QuotaReached`."""
        with self.database.transaction() as connection:
            row = self._by_token(connection, token, today)
            values = self._sealer.open(row.sealed)
            mine = and_(WRITINGS.c.id == row.id, WRITINGS.c.token == key_of(token))
            confirmed = update(WRITINGS).where(mine).values(token=None, token_until=None, confirmed_on=today)
            if not connection.execute(confirmed).rowcount:
                raise NotFound(NO_LINK)
            sender = values["sender"]
            if self._senders.permission(connection, sender, today) == "allowed":
                self._write(connection, row.id, values, today, now)
            else:
                waiting = update(WRITINGS).where(WRITINGS.c.id == row.id).values(held=self._senders.name(sender))
                connection.execute(waiting)
                count, subject = len(values["recipients"]), values["draft"]["subject"]
                self._senders.ask(connection, sender, values["organisation"], subject, count, today)
        return str(values["page"])

    def _write(self, connection: Connection, id_: str, values: dict[str, Any], today: date, now: float) -> None:
        """Writes down the letters of a writing. Raises :class:`QuotaReached`."""
        recipients, buyer = recipients_of(values), self._senders.name(values["sender"])
        if not spend(connection, buyer, "sent", today, self.quota, len(recipients)):
            raise self._quota_reached(spent(connection, buyer, "sent", today))
        for recipient in recipients:
            stop, letter = values["stops"][recipient.id], None
            state = "stopped"
            if self._takes(connection, recipient):
                state = "full"
                if self.outbox.is_taken(connection, "writing", recipient.mailbox or "", today):
                    made = self._letters.message(draft_of(values), recipient, values, stop, now)
                    state, letter = "waiting", self.outbox.add(connection, "writing", made, id_)
            own = {"writing": id_, "structure": recipient.id, "stop": key_of(stop), "letter": letter}
            connection.execute(insert(RECIPIENTS).values({**own, "state": state}))

    def release(self, today: date, now: float) -> int:
        """Writes down the letters of the writings that waited for the operator, once the domain of their buyer is accepted. Returns how many
        writings. One that passes what its buyer may send today waits for tomorrow."""
        with self.database.transaction() as connection:
            ids = connection.scalars(select(WRITINGS.c.id).where(WRITINGS.c.held.is_not(None))).all()
        return sum(self._release(id_, today, now) for id_ in ids)

    def _release(self, id_: str, today: date, now: float) -> bool:
        try:
            with self.database.transaction() as connection:
                mine = and_(WRITINGS.c.id == id_, WRITINGS.c.held.is_not(None))
                row = connection.execute(select(WRITINGS).where(mine)).one_or_none()
                values = {} if row is None else self._sealer.open(row.sealed)
                if not values or self._senders.permission(connection, values["sender"], today) != "allowed":
                    return False
                if not connection.execute(update(WRITINGS).where(mine).values(held=None)).rowcount:
                    return False  # another process released it meanwhile
                self._write(connection, id_, values, today, now)
        except QuotaReached:
            return False
        return True

    def _by_token(self, connection: Connection, token: str, today: date) -> Row[Any]:
        return linked(connection, token, WRITINGS, WRITINGS.c.token == key_of(token), WRITINGS.c.token_until >= today)

    def by_page(self, key: str, today: date) -> Writing:
        """The writing of the page of a buyer. Raises ``NotFound``."""
        with self.database.transaction() as connection:
            row = linked(connection, key, WRITINGS, WRITINGS.c.page == key_of(key))
            return self._writing(connection, row, today)

    def delete(self, id_: str) -> int:
        """Deletes a writing, its letters not sent yet and its reminder. Returns how many there were."""
        with self.database.transaction() as connection:
            return self._delete(connection, id_)

    def _delete(self, connection: Connection, id_: str) -> int:
        self.outbox.drop(connection, id_)
        connection.execute(delete(RECIPIENTS).where(RECIPIENTS.c.writing == id_))
        return connection.execute(delete(WRITINGS).where(WRITINGS.c.id == id_)).rowcount

    def by_stop(self, token: str) -> tuple[str, Recipient]:
        """The id of the writing and the structure of a link to be written to no more. Raises ``NotFound``."""
        with self.database.transaction() as connection:
            found = select(RECIPIENTS.c.structure, WRITINGS).join(WRITINGS).where(RECIPIENTS.c.stop == key_of(token))
            row = connection.execute(found).one_or_none() if _TOKEN.fullmatch(token) else None
        if row is None:
            raise NotFound(NO_LINK)
        every = recipients_of(self._sealer.open(row.sealed))
        return row.id, next(recipient for recipient in every if recipient.id == row.structure)

    def stop(self, token: str, today: date) -> bool:
        """Writes no more to the mailbox of a link, whoever asks. Returns whether the link is one."""
        try:
            id_, recipient = self.by_stop(token)
        except NotFound:
            return False
        with self.database.transaction() as connection:
            self._refusals.keep(connection, recipient.mailbox or "", "asked", today)
            mine = and_(RECIPIENTS.c.writing == id_, RECIPIENTS.c.structure == recipient.id)
            letter = connection.scalar(select(RECIPIENTS.c.letter).where(mine))
            connection.execute(delete(OUTBOX).where(OUTBOX.c.id == letter, OUTBOX.c.state == "ready"))
            connection.execute(update(RECIPIENTS).where(mine).values(state="stopped"))
        return True

    def _takes(self, connection: Connection, recipient: Recipient) -> bool:
        """Whether a structure may be written to: it has a mailbox, which neither asked nor refused, and did not oppose."""
        if recipient.mailbox is None or self._opposition.holds(recipient.siret):
            return False
        return not self._refusals.holds(connection, recipient.mailbox)

    def settle(self, delivered: Delivered, today: date) -> None:
        """Notes what became of a letter to a structure; a refusal for good stops letters to its mailbox."""
        if delivered.kind not in ("writing", "reminder") or not delivered.over:
            return
        state = "failed" if delivered.outcome.state == "later" else delivered.outcome.state
        with self.database.transaction() as connection:
            mine = RECIPIENTS.c.letter == delivered.id
            row = connection.execute(
                update(RECIPIENTS).where(mine).values(state=state, code=delivered.outcome.code).returning(RECIPIENTS)
            ).one_or_none()
            if row is None or state != "refused":
                return
            sealed = connection.scalar(select(WRITINGS.c.sealed).where(WRITINGS.c.id == row.writing))
            every = recipients_of(self._sealer.open(sealed or ""))
            mailbox = next((recipient.mailbox for recipient in every if recipient.id == row.structure), None)
            self._refusals.keep(connection, mailbox or "", "refused", today)

    def bounced(
        self, letter: str, id_: str, addresses: Collection[str], code: int | None, today: date, now: float
    ) -> str | None:
        """Notes that a message to a structure came back: its mailbox is written to no more, and the buyer is told once. The structure is that
        of the letter, or, when a reminder followed, that of one of the ``addresses``. Returns the mailbox; ``None`` when it cannot be told."""
        with self.database.transaction() as connection:
            row = connection.execute(select(WRITINGS).where(WRITINGS.c.id == id_)).one_or_none()
            if row is None:
                return None
            values = self._sealer.open(row.sealed)
            mine = and_(RECIPIENTS.c.writing == id_, RECIPIENTS.c.letter == letter)
            structure = connection.scalar(select(RECIPIENTS.c.structure).where(mine))
            found = [
                each
                for each in recipients_of(values)
                if each.mailbox and (each.id == structure or same_mailbox(each.mailbox) in addresses)
            ]
            if not found:
                return None
            recipient, mailbox = found[0], found[0].mailbox or ""
            self._refusals.keep(connection, mailbox, "refused", today)
            its = and_(RECIPIENTS.c.writing == id_, RECIPIENTS.c.structure == recipient.id)
            refused = update(RECIPIENTS).where(its, RECIPIENTS.c.state != "refused").values(state="refused", code=code)
            if connection.execute(refused).rowcount:
                made = self._letters.undelivered(recipient, values, now)
                self.outbox.add(connection, "bounced", made, id_)
        return mailbox

    def drop_to(self, address: str) -> int:
        """Forgets the letters to a mailbox that are not sent yet; their structures are then « stopped ». Returns how many."""
        with self.database.transaction() as connection:
            ids = self.outbox.ready_for(connection, address)
            connection.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(ids), OUTBOX.c.state == "ready"))
            waiting = and_(RECIPIENTS.c.letter.in_(ids), RECIPIENTS.c.state != "refused")
            connection.execute(update(RECIPIENTS).where(waiting).values(state="stopped"))
        return len(ids)

    def remind(self, today: date, now: float) -> int:
        """Writes down the reminders of the day: once a writing, to those whose message was taken, that did not answer its round and that
        did not ask to be left alone. Returns how many letters."""
        with self.database.transaction() as connection:
            ids = connection.scalars(
                select(WRITINGS.c.id).where(WRITINGS.c.remind_on <= today, WRITINGS.c.confirmed_on.is_not(None))
            ).all()
        return sum(self._remind(id_, today, now) for id_ in ids)

    def _remind(self, id_: str, today: date, now: float) -> int:
        with self.database.transaction() as connection:
            mine = and_(WRITINGS.c.id == id_, WRITINGS.c.remind_on <= today)
            taken = update(WRITINGS).where(mine).values(remind_on=None).returning(WRITINGS)
            row = connection.execute(taken).one_or_none()
            if row is None:
                return 0
            if row.round is not None and not self._is_open(connection, row.round, today):
                return 0
            values = self._sealer.open(row.sealed)
            answered = self._answered(connection, row.round)
            sent = connection.scalars(
                select(RECIPIENTS.c.structure).where(RECIPIENTS.c.writing == id_, RECIPIENTS.c.state == "sent")
            ).all()
            return sum(
                self._remind_one(connection, id_, recipient, values, now)
                for recipient in recipients_of(values)
                if recipient.id in sent and recipient.id not in answered
            )

    def _remind_one(
        self, connection: Connection, id_: str, recipient: Recipient, values: dict[str, Any], now: float
    ) -> int:
        if not self._takes(connection, recipient):
            return 0
        draft = draft_of(values)
        draft = replace(draft, subject=f"Rappel : {draft.subject}")
        made = self._letters.message(draft, recipient, values, values["stops"][recipient.id], now)
        letter = self.outbox.add(connection, "reminder", made, id_)
        mine = and_(RECIPIENTS.c.writing == id_, RECIPIENTS.c.structure == recipient.id)
        connection.execute(update(RECIPIENTS).where(mine).values(letter=letter))
        return 1

    def _is_open(self, connection: Connection, round_key: str, today: date) -> bool:
        """Whether a round still takes answers: one deleted or closed is no more spoken of."""
        wanted = and_(ROUNDS.c.key == round_key, ~ROUNDS.c.gone, ROUNDS.c.closes_on >= today)
        return connection.scalar(select(func.count()).where(wanted)) != 0

    def _answered(self, connection: Connection, round_key: str | None) -> Collection[str]:
        if round_key is None:
            return ()
        return set(connection.scalars(select(ANSWERS.c.structure).where(ANSWERS.c.round == round_key)))

    def tidy(self, today: date, *, dry_run: bool = False) -> int:
        """Deletes the writings that nobody confirmed in time and those whose time is over. Returns how many, or how many would be."""
        waited = and_(WRITINGS.c.confirmed_on.is_(None), WRITINGS.c.token_until < today)
        with self.database.transaction() as connection:
            ids = connection.scalars(select(WRITINGS.c.id).where(waited | (WRITINGS.c.kept_until < today))).all()
            return len(ids) if dry_run else sum(self._delete(connection, id_) for id_ in ids)

    def _writing(self, connection: Connection, row: Row[Any], today: date) -> Writing:
        values = self._sealer.open(row.sealed)
        own = connection.execute(select(RECIPIENTS).where(RECIPIENTS.c.writing == row.id)).all()
        return Writing(
            row.id,
            values["sender"],
            values["organisation"],
            draft_of(values),
            tuple(recipients_of(values)),
            row.confirmed_on,
            row.remind_on,
            row.kept_until,
            {each.structure: (each.state, each.code) for each in own},
            row.round,
            "allowed"
            if row.confirmed_on and row.held is None
            else self._senders.permission(connection, values["sender"], today),
        )

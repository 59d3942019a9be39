"""The mailboxes that want nothing that they did not ask for: every such letter has a link by which its reader refuses them all, for good."""

from __future__ import annotations

import hmac
import re
from datetime import date
from typing import Final, Literal

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from vivier.given.database import Database
from vivier.given.mail_tables import STOPPED
from vivier.mail.letter import same_mailbox
from vivier.mail.sealing import Sealer

REFUSING: Final = "/courriel/refuser"
"""Path of the page where a reader refuses, before its token."""
_TOKEN: Final = re.compile(r"([0-9a-f]{64})([0-9a-f]{32})")


class Refusals:
    """The refusals of an installation: keyed hashes of mailboxes."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database, self._sealer = database, sealer

    def link(self, base: str, address: str) -> str:
        """The link of a mailbox to refuse; ``base``: the public address of the service. Its token is the name under which the refusal is kept,
        signed: nothing is kept of who did not refuse."""
        name = self._sealer.name("mailbox", same_mailbox(address))
        return f"{base}{REFUSING}/{name}{self._sealer.name('refusal', name)[:32]}"

    def is_link(self, token: str) -> bool:
        """Whether a token is one of ours, under any of our keys."""
        found = _TOKEN.fullmatch(token)
        return found is not None and any(
            hmac.compare_digest(found[2], sign[:32]) for sign in self._sealer.names("refusal", found[1])
        )

    def refuse(self, token: str, today: date) -> bool:
        """Keeps the refusal of a link, whoever asks. Returns whether the link is one."""
        if not self.is_link(token):
            return False
        try:
            with self._database.transaction() as connection:
                _keep(connection, token[:64], "asked", today)
        except IntegrityError:  # refused twice at once
            pass
        return True

    def keep(self, connection: Connection, address: str, why: Literal["asked", "refused"], today: date) -> None:
        """Keeps that a mailbox asked for no more letters, or refused one for good."""
        if not self.holds(connection, address):
            _keep(connection, self._sealer.name("mailbox", same_mailbox(address)), why, today)

    def holds(self, connection: Connection, address: str) -> bool:
        """Whether a mailbox refused."""
        names = self._sealer.names("mailbox", same_mailbox(address))
        return connection.scalar(select(func.count()).where(STOPPED.c.mailbox.in_(names))) != 0

    def forget(self, address: str) -> bool:
        """Forgets a refusal, when its owner asks the operator. Returns whether there was one."""
        names = self._sealer.names("mailbox", same_mailbox(address))
        with self._database.transaction() as connection:
            return bool(connection.execute(delete(STOPPED).where(STOPPED.c.mailbox.in_(names))).rowcount)


def _keep(connection: Connection, name: str, why: str, today: date) -> None:
    if not connection.scalar(select(func.count()).where(STOPPED.c.mailbox == name)):
        connection.execute(insert(STOPPED).values(mailbox=name, stopped_on=today, why=why))

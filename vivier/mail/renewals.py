"""Reminds a structure that what it declared ends soon: once, to the mailbox of the organisation that it gave, with a link to declare again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from vivier.given.inviting import LINKS
from vivier.given.mail_tables import OUTBOX
from vivier.given.queue import Queue, Request
from vivier.mail.letter import Letter
from vivier.mail.letters import written
from vivier.mail.outbox import Outbox

REMIND_DAYS: Final = 28
"""Days before the end at which a structure is reminded: fewer than the outcome of a letter is kept, which is how the letter is known to be
written already."""
_NETWORK: Final = "votre structure"


@dataclass(frozen=True)
class Renewals:
    """The reminders of an installation. ``base``: its public address; ``operator``: who runs it, ``None`` when it is not set."""

    queue: Queue
    outbox: Outbox
    base: str
    operator: str | None = None

    def remind(self, today: date, now: float) -> int:
        """Writes down the reminders of the day, one a declaration, whatever the number of processes. Returns how many."""
        ending = today + timedelta(days=REMIND_DAYS)
        found = self.queue.in_force("declaration", today)
        return sum(
            self._remind(request, today, now)
            for request in found
            if request.ends_on is not None and request.ends_on <= ending and request.declared.mailbox is not None
        )

    def _remind(self, request: Request, today: date, now: float) -> bool:
        of = f"declaration-{request.number}"
        with self.outbox.database.transaction() as connection:
            if connection.scalar(select(func.count()).where(OUTBOX.c.of == of)):
                return False
        siret = request.subject.siret
        token = self.queue.invite([siret], _NETWORK, today, REMIND_DAYS)[siret]
        try:
            with self.outbox.database.transaction() as connection:
                self.outbox.add(
                    connection, "renewal", self._letter(request, token, now), of, id_=f"renewal-{request.number}"
                )
        except IntegrityError:  # another process wrote it meanwhile
            return False
        return True

    def _letter(self, request: Request, token: str, now: float) -> Letter:
        assert request.declared.mailbox is not None and request.ends_on is not None
        subject = "Votre fiche : ce que vous avez déclaré prend fin bientôt"
        link = f"{self.base}{LINKS}/{token}"
        values = {"name": request.subject.name, "last": request.ends_on, "link": link, "subject": subject, "stop": None}
        text, html = written("renewal", {**values, "base": self.base, "operator": self.operator})
        return Letter(request.declared.mailbox, subject, text, html, now)

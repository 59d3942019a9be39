"""What a service that writes by mail has, made from its settings; and what is missing for it to write.

Links by which a structure speaks for itself, written to the mailbox of its organisation: asked from its sheet, or because what it declared
ends soon. Whoever reads that mailbox speaks for it, and no decision is needed.

The letter of the week to the operator: what the page ``/revue/service`` says, for who does not open it.

It goes to the mailbox that readers are given (``VIVIER_OPERATOR_CONTACT``), straight to the relay: a database that is away is what it tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parseaddr
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from vivier.check import Check, State
from vivier.errors import FieldError, InvalidRequest
from vivier.french import plural
from vivier.given.database import Database, database_of
from vivier.given.inviting import LINKS
from vivier.given.mail_tables import OUTBOX
from vivier.given.queue import Queue, queue_of
from vivier.given.quotas import take
from vivier.given.requests import Request, Subject
from vivier.mail.answers import Answers
from vivier.mail.letter import Letter, mail_address
from vivier.mail.letters import Letters, written
from vivier.mail.outbox import Outbox, Post
from vivier.mail.relay import relay_of
from vivier.mail.sealing import Sealer, new_key
from vivier.mail.subscriptions import Subscriptions
from vivier.mail.writing import WritingLetters
from vivier.mail.writings import Writings
from vivier.privacy.opposition import Opposition
from vivier.runs.ledger import Ledger
from vivier.settings import Settings


def mailbox_of(contact: str | None) -> str | None:
    """The mailbox of the operator; ``None`` when its contact is not set, or is a page."""
    try:
        return mail_address((contact or "").removeprefix("mailto:"))
    except InvalidRequest:
        return None


def report_letter(
    checks: Iterable[Check],
    to: str,
    base: str,
    operator: str | None,
    today: date,
    now: float,
    night: Ledger | None = None,
) -> Letter:
    """The state of a service. ``base``: its public address; ``now``: seconds since 1970; ``night``: its last update."""
    state = State.of(checks)
    count = plural(len(state.broken), "point à réparer", "points à réparer")
    subject = f"{state.title} : {count}" if state.broken else state.title
    values = {"state": state, "page": f"{base}/revue/service", "today": today, "subject": subject, "night": night}
    text, html = written("report", {**values, "base": base, "operator": operator, "stop": None})
    return Letter(to, subject, text, html, now)


REMIND_DAYS: Final = 28
"""Days before the end at which a structure is reminded: fewer than the outcome of a letter is kept, which is how the letter is known to be
written already."""
LINK_DAYS: Final = 7
"""Days that a link asked from a sheet serves, and during which no other is written to the same structure."""
MOST_LINKS_A_DAY: Final = 10
"""Links that one client asks for in a day, of all structures together."""
_NETWORK: Final = "votre structure"
_DAY: Final = 86_400.0


@dataclass(frozen=True)
class Invitations:
    """What an installation writes to structures about their sheets. ``base``: its public address; ``operator``: who runs it, ``None`` when it is not set."""

    queue: Queue
    outbox: Outbox
    base: str
    operator: str | None = None

    def link(self, subject: Subject, mailbox: str, today: date, now: float, client: str = "") -> str | None:
        """Writes down a letter that gives a link to a structure, at the mailbox that a register gives. ``client``: keyed hash of who asks.
        Returns its id; ``None`` when one was written this week, or when the mailbox refuses letters or had enough of them. Raises
        :class:`~vivier.given.quotas.QuotaSpent`."""
        of = f"link-{subject.siret}"
        lately = select(func.count()).where(OUTBOX.c.of == of, OUTBOX.c.made_at > now - LINK_DAYS * _DAY)
        with self.outbox.database.transaction() as connection:
            take(connection, client, "link", today, MOST_LINKS_A_DAY)
            if connection.scalar(lately) or not self.outbox.is_taken(connection, "link", mailbox, today):
                return None
        values = {
            "name": subject.name,
            "last": today + timedelta(days=LINK_DAYS),
            "link": self._address(subject, today, LINK_DAYS),
        }
        letter = self._written("link", mailbox, "Complétez la fiche de votre structure", values, now)
        return self._add("link", letter, of, f"{of}-{today:%Y%m%d}")

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
            if self.outbox.refusals.holds(connection, request.declared.mailbox or ""):
                return False
        assert request.declared.mailbox is not None
        values = {
            "name": request.subject.name,
            "last": request.ends_on,
            "link": self._address(request.subject, today, REMIND_DAYS),
        }
        subject = "Votre fiche : ce que vous avez déclaré prend fin bientôt"
        letter = self._written("renewal", request.declared.mailbox, subject, values, now)
        return self._add("renewal", letter, of, f"renewal-{request.number}") is not None

    def _address(self, subject: Subject, today: date, days: int) -> str:
        """The address of a new invitation of a structure, which serves once."""
        return f"{self.base}{LINKS}/{self.queue.invite([subject.siret], _NETWORK, today, days)[subject.siret]}"

    def _written(self, template: str, mailbox: str, subject: str, values: Mapping[str, Any], now: float) -> Letter:
        stop = self.outbox.refusals.link(self.base, mailbox)
        shared = {"subject": subject, "stop": stop, "base": self.base, "operator": self.operator}
        text, html = written(template, {**values, **shared})
        return Letter(mailbox, subject, text, html, now, stop)

    def _add(self, kind: str, letter: Letter, of: str, id_: str) -> str | None:
        """Writes a letter down. Returns its id; ``None`` when another process wrote it meanwhile."""
        try:
            with self.outbox.database.transaction() as connection:
                return self.outbox.add(connection, kind, letter, of, id_=id_)
        except IntegrityError:
            return None


@dataclass(frozen=True)
class Office:
    """The mail of an installation."""

    subscriptions: Subscriptions
    post: Post
    letters: Letters
    writings: Writings
    invitations: Invitations
    answers: Answers

    @property
    def database(self) -> Database:
        """Where letters and subscriptions are kept."""
        return self.subscriptions.database


def missing_settings(settings: Settings) -> Iterator[str]:
    """The settings without which nothing is written to anybody."""
    if settings.smtp_url is None:
        yield "VIVIER_SMTP_URL"
    if settings.mail_from is None:
        yield "VIVIER_MAIL_FROM"
    if settings.mail_key is None:
        yield "VIVIER_MAIL_KEY"
    if settings.public_url is None:
        yield "VIVIER_PUBLIC_URL"


def office_of(settings: Settings) -> Office | None:
    """The mail of the settings; ``None`` when one of them is missing. Raises ``InvalidRequest`` naming a setting that cannot be used."""
    if any(missing_settings(settings)):
        return None
    assert settings.smtp_url is not None and settings.mail_key is not None
    assert settings.mail_from is not None and settings.public_url is not None
    relay = relay_of(settings.smtp_url.get_secret_value())
    _check_sender(settings.mail_from)
    outbox = Outbox(database_of(settings), Sealer(settings.mail_key.get_secret_value()))
    return Office(
        Subscriptions(outbox),
        Post(outbox, relay, settings.mail_from),
        Letters(settings.public_url, settings.operator_name),
        Writings(
            outbox,
            WritingLetters(settings.public_url, settings.operator_name),
            Opposition(settings),
            settings.bounds.letters,
        ),
        Invitations(queue_of(settings), outbox, settings.public_url, settings.operator_name),
        Answers(outbox, settings.public_url, settings.operator_name),
    )


def purge_mail(settings: Settings, today: date, *, dry_run: bool = False) -> int:
    """Deletes the subscriptions, the writings and the addresses to answer past their time, also where mail was turned off since: it needs no key. Returns how many, or
    how many would be."""
    database = database_of(settings)
    if not database.begun:
        return 0
    outbox = Outbox(database, Sealer(new_key()))
    subscriptions = Subscriptions(outbox)
    writings = Writings(outbox, WritingLetters(""), Opposition(settings), settings.bounds.letters)
    try:
        answers = Answers(outbox, "").tidy(today, dry_run=dry_run)
        return subscriptions.tidy(today, dry_run=dry_run) + writings.tidy(today, dry_run=dry_run) + answers
    finally:
        database.close()


def _check_sender(sender: str) -> None:
    try:
        mail_address(parseaddr(sender)[1])
    except InvalidRequest:
        message = "VIVIER_MAIL_FROM : une adresse est attendue, par exemple Vivier <vivier@example.org>."
        raise InvalidRequest((FieldError("VIVIER_MAIL_FROM", "invalid_value", message),)) from None

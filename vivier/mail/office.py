"""What a service that writes by mail has, made from its settings; and what is missing for it to write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr

from vivier.errors import FieldError, InvalidRequest
from vivier.given.database import Database, database_of
from vivier.given.queue import queue_of
from vivier.mail.address import mail_address
from vivier.mail.answers import Answers
from vivier.mail.codes import Codes
from vivier.mail.invitations import Invitations
from vivier.mail.letters import Letters
from vivier.mail.outbox import Outbox, Post
from vivier.mail.relay import relay_of
from vivier.mail.sealing import Sealer, new_key
from vivier.mail.subscriptions import Subscriptions
from vivier.mail.writing_letters import WritingLetters
from vivier.mail.writings import Writings
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings


@dataclass(frozen=True)
class Office:
    """The mail of an installation."""

    subscriptions: Subscriptions
    post: Post
    letters: Letters
    writings: Writings
    invitations: Invitations
    answers: Answers
    codes: Codes

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
        Codes(outbox, settings.public_url, settings.operator_name),
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
        if not dry_run:
            Codes(outbox, "").tidy()
        return subscriptions.tidy(today, dry_run=dry_run) + writings.tidy(today, dry_run=dry_run) + answers
    finally:
        database.close()


def _check_sender(sender: str) -> None:
    try:
        mail_address(parseaddr(sender)[1])
    except InvalidRequest:
        message = "VIVIER_MAIL_FROM : une adresse est attendue, par exemple Vivier <vivier@example.org>."
        raise InvalidRequest((FieldError("VIVIER_MAIL_FROM", "invalid_value", message),)) from None

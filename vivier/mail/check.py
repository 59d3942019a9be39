"""What « vivier doctor » says of the mail: what is missing, does the relay take us, does the key open what is kept, do letters leave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Final

from sqlalchemy import func, select

from vivier.check import Check
from vivier.errors import GivenUnavailable, InvalidRequest, VivierError
from vivier.french import number, plural
from vivier.given.mail_tables import OUTBOX, REPORTERS, SUBSCRIPTIONS, WRITINGS
from vivier.mail.office import Office, missing_settings, office_of
from vivier.mail.outbox import UNASKED
from vivier.mail.relay import Relay
from vivier.mail.sealing import Unsealable
from vivier.settings import Settings

_LATE_SECONDS: Final = 3_600
"""Age of a letter that nobody offered to the relay, from which « vivier notify » is taken for forgotten."""
_OFTEN: Final = 3
"""Offers of a letter from which the relay is taken for broken."""
_DAY: Final = 86_400
_MANY: Final = 5_000
"""Letters that nobody asked for, in a day, by which the domain of the operator may lose its name."""
_SEALED: Final = (SUBSCRIPTIONS, WRITINGS, REPORTERS, OUTBOX)


def mail_checks(settings: Settings, now: float) -> Iterator[Check]:
    """The checks, in order. ``now``: seconds since 1970. No message is sent."""
    if any(missing_settings(settings)):
        yield Check("courriel", True, "non réglé : rien ne part, et les pages le disent")
        return
    try:
        office = office_of(settings)
    except InvalidRequest as error:
        yield Check("courriel", False, " ; ".join(fault.message for fault in error.errors))
        return
    assert office is not None
    with closing(office.database):
        yield Check("courriel", True, f"{office.post.sender}, liens vers {settings.public_url}")
        yield _relay(office.post.relay)
        if office.database.begun:
            with suppress(GivenUnavailable):  # said of the database, once
                yield _key(office)
                yield _outbox(office, now)


def letters_checks(settings: Settings, now: float) -> Iterator[Check]:
    """Whether letters leave, without asking the relay; nothing where mail is not set, or was never sent."""
    if any(missing_settings(settings)):
        return
    try:
        office = office_of(settings)
        if office is not None and office.database.begun:
            with closing(office.database):
                yield _outbox(office, now)
    except GivenUnavailable:  # said of the database, once
        return
    except VivierError as error:
        yield Check("messages", False, str(error))


def _relay(relay: Relay) -> Check:
    wrong = relay.refusal()
    name = f"{relay.host}:{relay.port}"
    return Check("relais", wrong is None, f"{name} répond" if wrong is None else f"{name} {wrong}")


def _key(office: Office) -> Check:
    """Whether the key opens one row of each key that sealed any."""
    opened = 0
    with office.database.transaction() as connection:
        for table in _SEALED:
            sealed = select(func.min(table.c.sealed)).where(table.c.sealed != "").group_by(table.c.sealed_by)
            for text in connection.scalars(sealed):
                try:
                    office.post.outbox.sealer.open(text)
                except Unsealable as error:
                    return Check("clé du courriel", False, str(error))
                opened += 1
    return Check("clé du courriel", True, "ouvre ce qui est gardé" if opened else "rien n'est encore scellé")


def _outbox(office: Office, now: float) -> Check:
    waiting = OUTBOX.c.state.in_(("ready", "sending"))
    query = select(func.count(), func.min(OUTBOX.c.made_at), func.max(OUTBOX.c.tries)).where(waiting)
    lately = select(func.count()).where(OUTBOX.c.kind.in_(UNASKED), OUTBOX.c.made_at > now - _DAY)
    untried = select(func.min(OUTBOX.c.made_at)).where(waiting, OUTBOX.c.tries == 0)
    with office.database.transaction() as connection:
        count, oldest, tries = connection.execute(query).one()
        never = connection.scalar(untried)
        unasked = connection.scalar(lately) or 0
    if unasked > _MANY:
        text = f"{number(unasked)} messages non sollicités écrits en un jour : cherchez qui les demande, ou ôtez VIVIER_SMTP_URL"
        return Check("messages", False, text)
    if not count:
        return Check("messages", True, "aucun n'attend")
    words = plural(count, "message attend", "messages attendent")
    text = f"{words}, le plus ancien depuis {number(max(0, now - oldest) / 3_600)} h"
    if never is not None and now - never > _LATE_SECONDS:
        return Check(
            "messages",
            False,
            f"{text}, sans avoir été offert au relais : mettez « vivier notify » dans cron, tous les quarts d'heure",
        )
    if tries:
        text += f", offert {tries} fois au relais, qui ne l'a pas pris : il le sera encore"
    return Check("messages", tries < _OFTEN, text)

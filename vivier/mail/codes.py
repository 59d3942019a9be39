"""Codes by which a structure signs what it gave: six digits sent to the mailbox that a register publishes for it, never to one that is typed. Whoever reads
that mailbox signs for it. A code serves once, for ten minutes, and five may be typed."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from vivier.errors import FieldError, InvalidRequest
from vivier.given.mail_tables import CODES
from vivier.given.quotas import spend, take
from vivier.given.signing import Signable
from vivier.mail.letter import Letter, same_mailbox
from vivier.mail.letters import written
from vivier.mail.outbox import Outbox
from vivier.model.views import FactView, SupplierView
from vivier.vocabulary import SAID_HERE

DIGITS: Final = 6
MINUTES: Final = 10
"""Minutes that a code serves."""
MOST_TRIES: Final = 5
MOST_OF_A_STRUCTURE: Final = 3
"""Codes of one structure in a day: fifteen tries of a million."""
MOST_OF_A_CLIENT: Final = 10
"""Codes that one client asks for in a day, of all structures together."""
_LONGEST: Final = 200
"""Characters kept of the name of a register."""


@dataclass(frozen=True)
class Published:
    """The mailbox of an organisation that a register publishes. ``register``: its producer and its data set; ``day``: that of the row or of the file, in
    ISO, ``None`` when it is not known."""

    mailbox: str
    register: str
    day: str | None

    @property
    def masked(self) -> str:
        """« co…@… »: enough for who reads the mailbox to know it."""
        local = self.mailbox.partition("@")[0]
        return f"{local[: min(2, len(local) - 1)]}…@…"


def published_mailbox(record: SupplierView) -> Published | None:
    """The mailbox that a register publishes for a structure; ``None`` when none does. What was declared here is no register."""
    facts: list[FactView[str]] = [record["mailbox"]] if "mailbox" in record else []
    others = [other for other in record.get("others", ()) if other["field"] == "mailbox"]
    for fact in (*facts, *others):
        provenance = fact["provenance"]
        if provenance["source_id"] not in SAID_HERE:
            day = provenance.get("updated_at") or provenance.get("fetched_at")
            register = f"{provenance['producer']}, {provenance['dataset']}"
            return Published(str(fact["value"]), register[:_LONGEST], day and day[:10])
    return None


@dataclass(frozen=True)
class Codes:
    """The codes of an installation. ``base``: its public address; ``operator``: who runs it, ``None`` when it is not set; ``clock``: seconds since
    1970."""

    outbox: Outbox
    base: str
    operator: str | None = None
    clock: Callable[[], float] = time.time

    def send(self, what: Signable, to: Published, today: date, client: str = "") -> None:
        """Writes down the letter of a new code, which replaces the one that waits. ``client``: keyed hash of who asks. Raises ``InvalidRequest`` when the
        mailbox or the structure had enough of them, :class:`~vivier.given.quotas.QuotaSpent`, :class:`~vivier.mail.outbox.TooManyLetters`."""
        now, code, sealer = self.clock(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", self.outbox.sealer
        letter = self._letter(what, to, code, now)
        with self.outbox.database.transaction() as connection:
            take(connection, client, "code", today, MOST_OF_A_CLIENT)
            allowed = spend(connection, sealer.name("structure", what.siret), "code", today, MOST_OF_A_STRUCTURE)
            if not allowed or not self.outbox.is_taken(connection, "code", to.mailbox, today):
                raise _wrong("Cette boîte refuse nos messages, ou a déjà reçu assez de codes ce jour.")
            _forget(connection, now)
            connection.execute(delete(CODES).where(CODES.c.key == what.key))
            row = {"key": what.key, "code": sealer.name("code", what.key, code), "digest": what.digest, "tries": 0}
            mailbox = sealer.name("mailbox", same_mailbox(to.mailbox))
            connection.execute(insert(CODES).values(**row, mailbox=mailbox, sent_at=now))
            self.outbox.drop(connection, what.key[:32])
            self.outbox.add(connection, "code", letter, what.key[:32])

    def waits(self, what: Signable) -> bool:
        """Whether a code may be typed."""
        fresh = and_(CODES.c.key == what.key, CODES.c.sent_at > self._oldest(), CODES.c.tries < MOST_TRIES)
        with self.outbox.database.transaction() as connection:
            return bool(connection.scalar(select(func.count()).where(fresh)))

    def sign(self, what: Signable, to: Published | None, typed: str, today: date) -> None:
        """Signs with the code that somebody typed. ``to``: the mailbox that a register publishes now. Each call is a try, counted before the code is
        compared. Raises ``InvalidRequest`` naming « code » for any reason not to sign."""
        code = "".join(typed.split())
        if not (code.isascii() and code.isdigit() and len(code) == DIGITS):
            raise _wrong(f"Les {DIGITS} chiffres du message reçu sont attendus.")
        tried = update(CODES).where(CODES.c.key == what.key, CODES.c.tries < MOST_TRIES)
        with self.outbox.database.transaction() as connection:
            row = connection.execute(tried.values(tries=CODES.c.tries + 1).returning(CODES)).mappings().one_or_none()
        sealer = self.outbox.sealer
        if row is None or row["sent_at"] <= self._oldest():
            raise _wrong(
                f"Aucun code ne sert ici : il dure {MINUTES} minutes et {MOST_TRIES} essais. Demandez-en un autre."
            )
        if to is None or row["mailbox"] not in sealer.names("mailbox", same_mailbox(to.mailbox)):
            raise _wrong("Le registre ne publie plus la boîte où ce code est parti. Demandez-en un autre.")
        if row["digest"] != what.digest:
            raise _wrong("Ce qui est à signer a changé depuis l'envoi de ce code. Demandez-en un autre.")
        if not _same(row["code"], sealer.names("code", what.key, code)):
            left = MOST_TRIES - row["tries"]
            raise _wrong(f"Ce code n'est pas le bon. Essais restants : {left}.")
        with self.outbox.database.transaction() as connection:
            used = delete(CODES).where(CODES.c.key == what.key, CODES.c.code == row["code"])
            if not connection.execute(used).rowcount or not what.keep(connection, today, to.register):
                raise _wrong("Ce code a déjà servi, ou ce qu'il signait est effacé.")

    def tidy(self) -> None:
        """Forgets the codes that no longer serve."""
        with self.outbox.database.transaction() as connection:
            _forget(connection, self.clock())

    def _oldest(self) -> float:
        return self.clock() - MINUTES * 60

    def _letter(self, what: Signable, to: Published, code: str, now: float) -> Letter:
        subject = "Votre code de signature"
        stop = self.outbox.refusals.link(self.base, to.mailbox)
        values = {"code": f"{code[:3]} {code[3:]}", "title": what.title, "minutes": MINUTES, "register": to.register}
        shared = {"subject": subject, "stop": stop, "base": self.base, "operator": self.operator}
        text, html = written("code", {**values, **shared})
        return Letter(to.mailbox, subject, text, html, now, stop)


def _same(expected: str, names: list[str]) -> bool:
    """Whether one of the hashes is the expected one; all are compared, each in constant time."""
    return sum(hmac.compare_digest(expected, name) for name in names) > 0


def _forget(connection: Connection, now: float) -> None:
    connection.execute(delete(CODES).where(CODES.c.sent_at <= now - MINUTES * 60))


def _wrong(message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("code", "invalid_value", message),))

"""What a structure may sign: a declaration, an opposition, its answers to a round. A code sent to the mailbox that a register publishes for it signs them
(:mod:`vivier.mail.codes`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, and_, select, update

from vivier.desk.method.answers import Answer
from vivier.given.database import Database
from vivier.given.requests import KINDS
from vivier.given.signed import digest, digest_of_answer, digest_of_request
from vivier.given.tables import ANSWERS, REQUESTS
from vivier.privacy.keys import key_of

_SIGNED: Final = ("declaration", "opposition")
"""The kinds of requests that are signed: a report is anybody's, the list of a network comes by its link."""


@dataclass(frozen=True)
class Signable:
    """What a structure may sign. ``key``: names it without telling what it is; ``digest``: hash of all that is signed, which changes with it; ``siret``:
    of the structure; ``title``: in the letter; ``keep``: writes the signature of a day and a register, returns whether all was still there."""

    key: str
    digest: str
    siret: str
    title: str
    keep: Callable[[Connection, date, str], bool]


def request_to_sign(database: Database, number: int) -> Signable | None:
    """A request by its number; ``None`` for one that is not signed, or that is erased."""
    with database.transaction() as connection:
        row = connection.execute(select(REQUESTS).where(REQUESTS.c.number == number)).mappings().one_or_none()
    if row is None or row["kind"] not in _SIGNED or not row["content"]:
        return None
    made = digest_of_request(row)
    same = and_(REQUESTS.c.number == number, REQUESTS.c.content == row["content"])

    def keep(connection: Connection, today: date, register: str) -> bool:
        signed = {"signed_on": today, "signed_by": register, "signed_hash": made}
        return bool(connection.execute(update(REQUESTS).where(same).values(signed)).rowcount)

    return Signable(key_of(f"request {number}"), made, row["siret"], f"{KINDS[row['kind']]}, {row['name']}", keep)


def answers_to_sign(token: str, given: Sequence[tuple[str, Answer]], siret: str, name: str) -> Signable | None:
    """The answers that a structure gave by the link of a token, each with the key of its round, signed together; ``None`` when it gave none."""
    digests = [(key, answer.structure, digest_of_answer(key, answer)) for key, answer in given]

    def keep(connection: Connection, today: date, register: str) -> bool:
        written = 0
        for key, structure, made in digests:
            mine = and_(ANSWERS.c.round == key, ANSWERS.c.structure == structure)
            signed = {"signed_on": today, "signed_by": register, "signed_hash": made}
            written += connection.execute(update(ANSWERS).where(mine).values(signed)).rowcount
        return written == len(digests)

    return Signable(key_of(f"link {token}"), digest(digests), siret, f"réponse, {name}", keep) if given else None

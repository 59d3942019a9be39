"""What people ask about a structure, and the invitations by which a structure speaks for itself: kinds, states, values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import orjson
from sqlalchemy import RowMapping

from vivier.errors import VivierError
from vivier.french import enumerated, plural
from vivier.given.declaration import Declared
from vivier.given.members import Member
from vivier.given.signed import digest_of_request, signature

Kind = Literal["declaration", "report", "opposition", "members", "sender"]


By = Literal["network", "operator"]


State = Literal["pending", "accepted", "refused", "withdrawn", "replaced"]


KINDS: Final[Mapping[Kind, str]] = {
    "declaration": "fiche complétée",
    "report": "erreur signalée",
    "opposition": "opposition",
    "members": "liste d'un réseau",
    "sender": "premier envoi d'un acheteur",
}


STATES: Final[Mapping[State, str]] = {
    "pending": "à décider",
    "accepted": "acceptée",
    "refused": "refusée",
    "withdrawn": "retirée",
    "replaced": "remplacée par une plus récente",
}


BYS: Final[Mapping[str, str]] = {
    "form": "par la fiche",
    "invitation": "par une invitation",
    "network": "par le lien d'un réseau",
    "operator": "par l'exploitant",
    "mail": "par un lien ouvert dans sa boîte",
}
"""By which way a request came."""


class QueueFull(VivierError):
    """No request can be taken before some are decided."""


class AlreadyDecided(VivierError):
    """The request is no longer to be decided, or no longer in force."""


class InvitationGone(VivierError):
    """The invitation was used, or is over its last day."""


@dataclass(frozen=True)
class Subject:
    """The structure that a request is about, as its sheet says it: its id there, its SIRET, its name, its FINESS number when it has one
    (several structures may share a SIRET)."""

    supplier: str
    siret: str
    name: str
    finess: str | None = None


@dataclass(frozen=True)
class Request:
    """A request. ``content``: what was sent, empty once erased; ``ends_on``: last day in force, of one accepted; ``network``: who says what is
    declared, when a network says it of its member; ``signed_on``, ``signed_by``: the day of its signature by a code, and the register that publishes the
    mailbox."""

    number: int
    kind: Kind
    state: State
    subject: Subject
    content: Mapping[str, Any]
    by: str
    received_on: date
    decided_on: date | None
    ends_on: date | None
    reason: str
    network: str = ""
    signed_on: date | None = None
    signed_by: str | None = None

    @property
    def declared(self) -> Declared:
        """What was declared, of a declaration that is not erased."""
        return Declared.model_validate(self.content)


@dataclass(frozen=True)
class Invitation:
    """A link by which a structure speaks for itself, once."""

    key: str
    siret: str
    network: str
    expires_on: date


def member_row(number: int, member: Member) -> dict[str, object]:
    """A member of a list as a row of the database."""
    written = orjson.dumps(dict(member.content)).decode()
    return {**vars(member), "request": number, "content": written}


def member_of(row: RowMapping) -> Request:
    """What a network says of its member, as a declaration."""
    names = ("number", "state", "received_on", "decided_on", "ends_on", "by", "reason", "network")
    subject = Subject(row["supplier"], row["siret"], row["name"], row["finess"])
    values = {name: row[name] for name in names}
    return Request(kind="declaration", subject=subject, content=orjson.loads(row["content"]), **values)


def beside_text(others: Sequence[Request]) -> str:
    """« 1 autre demande sur ce sujet attend : n° 3. », for the operator; empty when there is no other."""
    if not others:
        return ""
    numbers = enumerated([f"n° {other.number}" for other in others])
    waits = plural(len(others), "autre demande sur ce sujet attend", "autres demandes sur ce sujet attendent")
    return f"{waits} : {numbers}."


def request_of(row: RowMapping) -> Request:
    names = ("number", "kind", "state", "by", "received_on", "decided_on", "ends_on", "reason")
    subject = Subject(row["supplier"], row["siret"], row["name"], row["finess"])
    content = orjson.loads(row["content"]) if row["content"] else {}
    digest = digest_of_request(row) if content else row["signed_hash"]  # what is erased was not changed
    signed = signature(row, digest)
    return Request(**{name: row[name] for name in names}, subject=subject, content=content, **signed)

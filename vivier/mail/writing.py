"""A message to several structures, as it is kept: its state, its recipients, what is left of its quota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from vivier.errors import FieldError, InvalidRequest, VivierError
from vivier.mail.draft import Draft
from vivier.mail.recipients import Recipient
from vivier.mail.senders import Permission, domain_of

STATES: Final = {
    "waiting": "en attente",
    "ready": "en attente",
    "sent": "remis au relais",
    "refused": "refusé par sa boîte",
    "failed": "non remis",
    "stopped": "ne veut pas de ces messages",
    "full": "a déjà reçu assez de messages ce jour : réessayez demain",
}


class QuotaReached(VivierError):
    """This buyer had the service send as much as it sends in a day."""


@dataclass(frozen=True)
class Writing:
    """A writing as its page shows it. ``states``: of each structure, with the code of the relay; ``permission``: whether the service writes
    for this buyer."""

    id: str
    sender: str
    organisation: str
    draft: Draft
    recipients: tuple[Recipient, ...]
    confirmed_on: date | None
    remind_on: date | None
    kept_until: date
    states: dict[str, tuple[str, int | None]]
    round: str | None
    permission: Permission


def no_longer_written(sender: str) -> InvalidRequest:
    """The error of a sender that the operator refuses."""
    message = (
        f"« sender » : l'exploitant de ce service n'envoie pas pour @{domain_of(sender)}. Écrivez par votre messagerie, ou prenez le "
        "publipostage."
    )
    return InvalidRequest((FieldError("sender", "refused", message),))


def recipients_of(values: dict[str, Any]) -> list[Recipient]:
    """The structures that a writing goes to, as they are kept."""
    return [Recipient(**recipient) for recipient in values["recipients"]]


def draft_of(values: dict[str, Any]) -> Draft:
    """The text of a writing, as it is kept."""
    return Draft(**values["draft"])

"""A message to several structures, as it is kept: its state, its recipients, what is left of its quota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from vivier.errors import FieldError, InvalidRequest, VivierError
from vivier.mail.draft import LINK, Draft
from vivier.mail.letter import Letter
from vivier.mail.letters import written
from vivier.mail.recipients import Recipient
from vivier.mail.senders import Permission, domain_of

CONFIRMING: Final = "/ecrire/confirmer"
FOLLOWING: Final = "/ecrire/suivi"
STOPPING: Final = "/ecrire/refuser"


@dataclass(frozen=True)
class WritingLetters:
    """What these letters share. ``base``: the public address of the service; ``operator``: who runs it, ``None`` when it is not set."""

    base: str
    operator: str | None = None

    def confirm(self, token: str, sender: str, count: int, stop: str, now: float) -> Letter:
        """Asks the buyer to confirm, from their own mailbox. It repeats nothing that was typed: whoever asked may have named somebody else."""
        values = {"link": f"{self.base}{CONFIRMING}/{token}", "count": count, "stop": stop}
        subject = "Confirmez l'envoi de vos messages"
        text, html = written("sender", {**self._common(subject), **values})
        return Letter(sender, subject, text, html, now, stop)

    def message(self, draft: Draft, recipient: Recipient, values: dict[str, Any], stop: str, now: float) -> Letter:
        """The message for one structure, which replies to the buyer. It names the domain of the buyer's mailbox, which is proved, and no
        organisation, which is typed; its only link is that of the structure."""
        assert recipient.mailbox is not None
        address, domain = f"{self.base}{STOPPING}/{stop}", domain_of(values["sender"])
        link = f"{self.base}{recipient.link}" if recipient.link else ""
        shown = {
            "body": draft.for_one(recipient, self.base),
            "parts": draft.body.split(LINK) if link else [draft.for_one(recipient, self.base)],
            "link": link,
            "domain": domain,
            "recipient": recipient.name,
            "stop": address,
        }
        subject = f"Achat de @{domain} : {draft.subject}"
        text, html = written("writing", {**self._common(subject), **shown})
        return Letter(recipient.mailbox, subject, text, html, now, address, values["sender"])

    def undelivered(self, recipient: Recipient, values: dict[str, Any], now: float) -> Letter:
        """Tells the buyer that a message came back: the structure may be reached another way."""
        subject = f"Message non remis : {recipient.name}"
        shown = {"recipient": recipient.name, "link": f"{self.base}{FOLLOWING}/{values['page']}", "stop": None}
        text, html = written("bounced", {**self._common(subject), **shown})
        return Letter(values["sender"], subject, text, html, now)

    def _common(self, subject: str) -> dict[str, object]:
        return {"base": self.base, "operator": self.operator, "subject": subject}


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

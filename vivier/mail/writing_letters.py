"""The letters of a buyer who writes to several structures: the one that confirms, and the message that each structure reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from vivier.mail.draft import LINK, Draft
from vivier.mail.letter import Letter
from vivier.mail.letters import written
from vivier.mail.recipients import Recipient
from vivier.mail.senders import domain_of

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

    def _common(self, subject: str) -> dict[str, Any]:
        return {"base": self.base, "operator": self.operator, "subject": subject}

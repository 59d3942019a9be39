"""The letters of a buyer who writes to several structures: the one that confirms, and the message that each structure reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from vivier.mail.draft import Draft
from vivier.mail.letter import Letter
from vivier.mail.letters import written
from vivier.mail.recipients import Recipient

CONFIRMING: Final = "/ecrire/confirmer"
FOLLOWING: Final = "/ecrire/suivi"
STOPPING: Final = "/ecrire/refuser"


@dataclass(frozen=True)
class WritingLetters:
    """What these letters share. ``base``: the public address of the service; ``operator``: who runs it, ``None`` when it is not set."""

    base: str
    operator: str | None = None

    def confirm(self, token: str, sender: str, organisation: str, draft: Draft, count: int, now: float) -> Letter:
        """Asks the buyer to confirm, from their own mailbox. It repeats nothing that was typed: whoever asked may have named somebody else."""
        values = {"link": f"{self.base}{CONFIRMING}/{token}", "count": count}
        subject = "Confirmez l'envoi de vos messages"
        text, html = written("sender", {**self._common(subject), **values, "stop": None})
        return Letter(sender, subject, text, html, now)

    def message(self, draft: Draft, recipient: Recipient, values: dict[str, Any], stop: str, now: float) -> Letter:
        """The message for one structure, which replies to the buyer."""
        assert recipient.mailbox is not None
        address = f"{self.base}{STOPPING}/{stop}"
        shown = {
            "body": draft.for_one(recipient, self.base),
            "organisation": values["organisation"],
            "sender": values["sender"],
            "recipient": recipient.name,
            "stop": address,
        }
        text, html = written("writing", {**self._common(draft.subject), **shown})
        return Letter(recipient.mailbox, draft.subject, text, html, now, address, values["sender"])

    def undelivered(self, recipient: Recipient, values: dict[str, Any], now: float) -> Letter:
        """Tells the buyer that a message came back: the structure may be reached another way."""
        subject = f"Message non remis : {recipient.name}"
        shown = {"recipient": recipient.name, "link": f"{self.base}{FOLLOWING}/{values['page']}", "stop": None}
        text, html = written("bounced", {**self._common(subject), **shown})
        return Letter(values["sender"], subject, text, html, now)

    def _common(self, subject: str) -> dict[str, Any]:
        return {"base": self.base, "operator": self.operator, "subject": subject}

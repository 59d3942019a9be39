"""Verbs of what people give: review, mail."""

from __future__ import annotations

from typing import Final

from vivier.cli.given import mailing, reviewing
from vivier.cli.verbs import Verbs

VERBS: Final[Verbs] = {
    "review": reviewing.review,
    "invite": reviewing.invite,
    "invite-network": reviewing.invite_network,
    "backup": reviewing.backup,
    "restore": reviewing.restore,
    "notify": mailing.notify,
    "mail": mailing.mail,
}

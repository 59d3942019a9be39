"""What the pages of mail share: the mail of the service or the page that says it is off, and letters sent at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from fastapi import HTTPException, Response

from search_api.context import Context
from search_api.pages.render import page
from search_api.rounds import PRIVATE
from vivier.mail.notify import settle
from vivier.mail.office import Office

OFF: Final = "Ce service n'envoie pas de courriel : son exploitant ne l'a pas réglé."
TRAP: Final = "site"
"""A field that no person sees: what fills it is a program."""


def office(context: Context) -> Office:
    """The mail of the service. Raises 503 when it is off."""
    if context.mail is None:
        raise HTTPException(503, OFF)
    return context.mail


def sent_now(letter: str | None, context: Context) -> None:
    """Sends a letter at once. When the relay does not take it, « vivier notify » offers it again."""
    if letter is None:
        return
    at_hand = office(context)
    delivered = at_hand.post.deliver_now(letter, time.time)
    if delivered is not None:
        settle(delivered, at_hand, context.today())


def private(template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """A page for who has its address alone: never cached, never indexed."""
    made = page(template, {"need": "", "sources": (), **values}, status=status)
    made.headers.update(PRIVATE)
    return made

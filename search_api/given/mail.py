"""What the pages of mail share: the mail of the service or the page that says it is off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import HTTPException, Response

from search_api.context import Context
from search_api.given import kept
from search_api.given.rounds import PRIVATE
from search_api.pages.render import page
from vivier.mail.office import Office

OFF: Final = "Ce service n'envoie pas de courriel : son exploitant ne l'a pas réglé."
TRAP: Final = "site"
"""A field that no person sees: what fills it is a program."""


def office(context: Context) -> Office:
    """The mail of the service. Raises 503 when it is off."""
    found = kept.mail.find(context)
    if found is None:
        raise HTTPException(503, OFF)
    return found


def private(template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """A page for who has its address alone: never cached, never indexed."""
    made = page(template, values, status=status)
    made.headers["X-Robots-Tag"] = PRIVATE["X-Robots-Tag"]
    return made

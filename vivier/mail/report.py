"""The letter of the week to the operator: what the page ``/revue/service`` says, for who does not open it.

It goes to the mailbox that readers are given (``VIVIER_OPERATOR_CONTACT``), straight to the relay: a database that is away is what it tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from vivier.check import Check, State
from vivier.errors import InvalidRequest
from vivier.french import plural
from vivier.mail.address import mail_address
from vivier.mail.letter import Letter
from vivier.mail.letters import written


def mailbox_of(contact: str | None) -> str | None:
    """The mailbox of the operator; ``None`` when its contact is not set, or is a page."""
    try:
        return mail_address((contact or "").removeprefix("mailto:"))
    except InvalidRequest:
        return None


def report_letter(checks: Iterable[Check], to: str, base: str, operator: str | None, today: date, now: float) -> Letter:
    """The state of a service. ``base``: its public address; ``now``: seconds since 1970."""
    state = State.of(checks)
    count = plural(len(state.broken), "point à réparer", "points à réparer")
    subject = f"{state.title} : {count}" if state.broken else state.title
    values = {"state": state, "page": f"{base}/revue/service", "today": today, "subject": subject}
    text, html = written("report", {**values, "base": base, "operator": operator, "stop": None})
    return Letter(to, subject, text, html, now)

"""Prepares the page where a buyer writes to several structures: the draft, how each is reached, files, and what the service can send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from urllib.parse import quote

from vivier.errors import FieldError
from vivier.french import day
from vivier.mail.draft import LINK, Draft
from vivier.mail.recipients import WAYS, Recipient, domain_of
from vivier.mail.writing import STATES, Writing
from vivier.mail.writings import REMIND_BEFORE
from vivier.search.columns import Cell

LONGEST_MAILTO: Final = 1_900
"""Characters of a « mailto: » address: some mail programs cut beyond."""


def mailto(subject: str, body: str, to: str = "") -> str | None:
    """The address that opens the reader's own mail program on a message; ``None`` when it would be cut."""
    url = f"mailto:{quote(to)}?subject={quote(subject)}&body={quote(body.replace(chr(10), chr(13) + chr(10)))}"
    return url if len(url) <= LONGEST_MAILTO else None


def writing_values(
    draft: Draft,
    recipients: Sequence[Recipient],
    base: str,
    fields: Mapping[str, str],
    errors: Iterable[FieldError] = (),
) -> dict[str, object]:
    """The values of the page. ``fields``: what was typed."""
    reached = sum(recipient.mailbox is not None for recipient in recipients)
    has_links = any(recipient.link for recipient in recipients)
    return {
        "draft": draft,
        "recipients": [_shown(recipient, draft, base, fields) for recipient in recipients],
        "reached": reached,
        "has_links": has_links,
        "placeholder": LINK,
        "whole": None if has_links else mailto(draft.subject, draft.body),
        "fields": fields,
        "errors": _by_field(errors),
        "remind_before": REMIND_BEFORE,
    }


def _shown(recipient: Recipient, draft: Draft, base: str, fields: Mapping[str, str]) -> dict[str, object]:
    return {
        "id": recipient.id,
        "name": recipient.name,
        "commune": recipient.commune,
        "way": WAYS[recipient.way],
        "website": recipient.website,
        "directory": recipient.directory,
        "phone": recipient.phone,
        "mailbox": fields.get(f"mailbox-{recipient.id}") or recipient.mailbox or "",
        "domain": domain_of(recipient.website),
        "link": None if recipient.link is None else f"{base}{recipient.link}",
        "mailto": mailto(draft.subject, draft.for_one(recipient, base), recipient.mailbox or ""),
    }


def _by_field(errors: Iterable[FieldError]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for error in errors:
        text = error.message.partition(f"« {error.field} » : ")[2] or error.message
        found.setdefault(error.field, []).append(text[:1].upper() + text[1:])
    return found


def merge_rows(draft: Draft, recipients: Iterable[Recipient], base: str) -> list[list[Cell]]:
    """The rows of the mail-merge file."""
    return [
        [
            recipient.name,
            recipient.commune,
            recipient.siret,
            recipient.mailbox,
            recipient.phone,
            recipient.website,
            recipient.directory,
            WAYS[recipient.way],
            None if recipient.link is None else f"{base}{recipient.link}",
            draft.subject,
            draft.for_one(recipient, base),
        ]
        for recipient in recipients
    ]


def followed_values(writing: Writing, today: date) -> dict[str, object]:
    """What the page of a writing says: to whom it went, and what became of each message."""
    rows = [
        (recipient.name, recipient.mailbox, *_state(writing, recipient))
        for recipient in writing.recipients
        if recipient.mailbox is not None
    ]
    return {
        "writing": writing,
        "domain": writing.sender.rpartition("@")[2],
        "rows": rows,
        "waiting": sum(state == STATES["waiting"] for _, _, state, _ in rows),
        "remind_on": None if writing.remind_on is None else day(writing.remind_on),
        "today": today,
    }


def _state(writing: Writing, recipient: Recipient) -> tuple[str, int | None]:
    state, code = writing.states.get(recipient.id, ("waiting", None))
    return STATES[state], code

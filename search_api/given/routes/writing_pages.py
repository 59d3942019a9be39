"""``/ecrire`` and ``/enquetes/{id}/ecrire``: write to several structures, by one's own mail or by a file; the service sends what a round asks.

Everything works without JavaScript. What is said of the need is in the URL; addresses and the message are in the body, and are kept only
when the service is to send.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.bodies import posted_items, same_site
from search_api.context import Context
from search_api.desk.consultations import XLSX
from search_api.given import kept
from search_api.given.mail import OFF, TRAP, office, private
from search_api.given.rounds import PAGES, PRIVATE
from search_api.parameters import WriteQuery
from search_api.rates import client_key
from search_api.responses import GOING_BACK
from vivier.desk.dossier import QUESTIONS
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.merge_files import merge_csv, merge_xlsx
from vivier.french import day
from vivier.given.tell import line_of
from vivier.mail.draft import (
    LINK,
    LONGEST,
    LONGEST_BODY,
    LONGEST_SUBJECT,
    Draft,
    check_no_links,
    checked_draft,
    drafted,
)
from vivier.mail.letter import mail_address
from vivier.mail.recipients import WAYS, Recipient, chosen_recipients, domain_of, invited_recipients, with_mailboxes
from vivier.mail.writing import CONFIRMING, FOLLOWING, STATES, STOPPING, Writing
from vivier.mail.writings import REMIND_BEFORE
from vivier.privacy.keys import key_of
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


WRITE: Final = "/ecrire"
OF_ROUND: Final = PAGES + "/{id}/ecrire"
_FILES: Final = {"csv": "text/csv; charset=utf-8; header=present", "xlsx": XLSX}


@dataclass(frozen=True)
class _Subject:
    """What a writing is about: what is said of the need, to whom, and the round it belongs to."""

    fields: Mapping[str, str]
    recipients: Sequence[Recipient]
    base: str
    back: str
    closes_on: date | None
    client: str
    round: str | None = None

    @property
    def draft(self) -> Draft:
        return drafted(self.fields, has_links=self.round is not None)


@of_pages
def router(routes: APIRouter, context: Context) -> None:

    @routes.get(WRITE)
    def form(request: Request) -> Response:
        return _page(_chosen(request, context), context)

    @routes.post(WRITE)
    async def written(request: Request) -> Response:
        same_site(request)
        fields = dict(await posted_items(request))
        return await run_in_threadpool(_act, lambda: _chosen(request, context), fields, context)

    @routes.get(OF_ROUND, dependencies=context.no_parameter)
    def round_form(request: Request, id: str) -> Response:
        return _page(_of_round(request, id, context), context)

    @routes.post(OF_ROUND, dependencies=context.own_form)
    async def round_written(request: Request, id: str) -> Response:
        fields = dict(await posted_items(request))
        return await run_in_threadpool(_act, lambda: _of_round(request, id, context), fields, context)

    @routes.get(CONFIRMING + "/{token}", dependencies=context.no_parameter)
    def waiting(request: Request, token: str) -> Response:
        writing = office(context).writings.waiting(token, context.today())
        return private("writing_confirm.html", followed_values(writing, context.today()))

    @routes.post(CONFIRMING + "/{token}", dependencies=context.own_form)
    def confirmed(request: Request, token: str) -> Response:
        page = office(context).writings.confirm(token, context.today(), time.time())
        return RedirectResponse(f"{FOLLOWING}/{page}", 303, PRIVATE)

    @routes.get(FOLLOWING + "/{key}", dependencies=context.no_parameter)
    def followed(request: Request, key: str) -> Response:
        return private(
            "writing_follow.html",
            followed_values(office(context).writings.by_page(key, context.today()), context.today()),
        )

    @routes.post(FOLLOWING + "/{key}", dependencies=context.own_form)
    def forgotten(request: Request, key: str) -> Response:
        writings = office(context).writings
        writings.delete(writings.by_page(key, context.today()).id)
        return private("writing_stop.html", {"step": "deleted", "recipient": None})

    @routes.get(STOPPING + "/{token}", dependencies=context.no_parameter)
    def stopping(request: Request, token: str) -> Response:
        _, recipient = office(context).writings.by_stop(token)
        return private("writing_stop.html", {"step": "stop", "recipient": recipient})

    @routes.post(STOPPING + "/{token}")
    def stopped(token: str) -> Response:
        """From the page, or from a mail program by its own button (RFC 8058): the link is its proof."""
        office(context).writings.stop(token, context.today())
        return private("writing_stop.html", {"step": "stopped", "recipient": None})


def _chosen(request: Request, context: Context) -> _Subject:
    """The need and the structures of the URL. Raises ``InvalidRequest``."""
    query = context.parse(request, WriteQuery)
    context.generation()
    fields = query.model_dump()
    months = fields.pop("months")
    dates = fields["dates"] or (f"{months} mois" if months else "")
    closes_on = _day(query.closes_on)
    shown = {**fields, "dates": dates, "closes_on": "" if closes_on is None else day(closes_on)}
    recipients = chosen_recipients(query.choix, context.snapshot, context.lexicon)
    return _Subject(shown, recipients, context.address(request), "/fournisseurs", closes_on, client_key(request))


def _of_round(request: Request, id_: str, context: Context) -> _Subject:
    """The need and the structures of a round that takes answers. Raises the errors of :meth:`vivier.given.rounds.Rounds.read`."""
    today = context.today()
    read = kept.rounds(context).read(id_, today)
    line = line_of(read, context.lexicon)
    fields = {
        "organisation": read.organisation,
        "text": line.text,
        "place": ", ".join(place.label for place in line.territories),
        "dates": f"{line.months} mois" if line.months else "",
        "closes_on": day(read.closes_on),
        "questions": "\n".join(QUESTIONS),
    }
    recipients = invited_recipients(read, id_) if read.is_open(today) else []
    back, client = f"{PAGES}/{id_}", client_key(request)
    return _Subject(fields, recipients, context.address(request), back, read.closes_on, client, id_)


def _day(text: str) -> date | None:
    """A day typed in the form. Raises ``InvalidRequest``."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = "« closes_on » : une date est attendue, par exemple 2027-03-31."
        raise InvalidRequest((FieldError("closes_on", "invalid_value", message),)) from None


def _page(
    subject: _Subject,
    context: Context,
    draft: Draft | None = None,
    fields: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
) -> Response:
    values = writing_values(draft or subject.draft, subject.recipients, subject.base, fields or {}, errors)
    mail = kept.mail.find(context)
    values |= {
        "need_fields": subject.fields,
        "closes_on": "" if subject.closes_on is None else subject.closes_on.isoformat(),
        "of_round": subject.round is not None,
        "back": subject.back,
        "off": OFF if mail is None else None,
        "quota": 0 if mail is None else mail.writings.quota,
        "trap": TRAP,
        "longest": LONGEST,
        "longest_body": LONGEST_BODY,
        "longest_subject": LONGEST_SUBJECT,
        "questions": "\n".join(QUESTIONS),
    }
    shown = private("writing.html", values, 422 if errors else 200)
    if fields is not None:
        shown.headers["Cache-Control"] = GOING_BACK
    return shown


def _act(find: Any, fields: Mapping[str, str], context: Context) -> Response:
    """Gives the file of the message, shows it again, or has it sent."""
    subject: _Subject = find()
    draft = Draft(fields.get("subject", "")[: 2 * LONGEST_SUBJECT], fields.get("body", "")[: 2 * LONGEST_BODY])
    try:
        checked = checked_draft(
            draft.subject, draft.body, subject.fields["organisation"], has_links=subject.round is not None
        )
        typed = {name.removeprefix("mailbox-"): text for name, text in fields.items() if name.startswith("mailbox-")}
        recipients = with_mailboxes(subject.recipients, typed)
        if not recipients:
            raise InvalidRequest((FieldError("choix", "missing", "« choix » : choisissez au moins une structure."),))
        if (action := fields.get("action", "")) in _FILES:
            return _file(action, checked, recipients, subject)
        if action == "send":
            return _send(checked, recipients, subject, _round_of(subject), fields, context)
    except InvalidRequest as error:
        return _page(subject, context, draft, fields, error.errors)
    return _page(replace(subject, recipients=recipients), context, checked, fields)


def _file(extension: str, draft: Draft, recipients: Sequence[Recipient], subject: _Subject) -> Response:
    rows = merge_rows(draft, recipients, subject.base)
    content = merge_csv(rows) if extension == "csv" else merge_xlsx(rows)
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="publipostage.{extension}"'}
    return Response(content, headers=headers, media_type=_FILES[extension])


def _round_of(subject: _Subject) -> str:
    """The round that a writing belongs to. Raises ``InvalidRequest`` for a writing of none, which the service does not send."""
    if subject.round is None:
        message = "« action » : ce service n'envoie que les enquêtes. Prenez le publipostage, ou ouvrez une enquête."
        raise InvalidRequest((FieldError("action", "invalid_value", message),))
    return subject.round


def _send(
    draft: Draft,
    recipients: Sequence[Recipient],
    subject: _Subject,
    round_id: str,
    fields: Mapping[str, str],
    context: Context,
) -> Response:
    """Writes to the buyer to confirm; the page says the same whatever is known of the address."""
    at_hand, today = office(context), context.today()
    check_no_links(draft, subject.fields["organisation"])
    sender = mail_address(fields.get("sender", "")[:400], "sender")
    reached = [recipient for recipient in recipients if recipient.mailbox is not None]
    if not reached:
        message = "« mailbox » : aucune boîte n'est connue ni donnée. Prenez le fichier, ou complétez la colonne « Boîte de l'organisation »."
        raise InvalidRequest((FieldError("mailbox", "missing", message),))
    if not fields.get(TRAP):
        at_hand.writings.ask(
            sender,
            subject.fields["organisation"],
            draft,
            reached,
            today,
            time.time(),
            subject.closes_on,
            key_of(round_id),
            remind=fields.get("remind") == "oui",
            client=subject.client,
        )
        kept.wake(context)
    return private("writing_sent.html", {"count": len(reached), "back": subject.back})

"""``/fournisseurs/{id}/completer``, ``/signaler``, ``/s-opposer``, ``/i/{token}`` and ``/suivi/{id}``: people say something of a structure, and
follow it. Everything works without JavaScript; nothing here is cached."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.bodies import posted_items
from search_api.context import Context
from search_api.given import kept
from search_api.given.declaring import Items, check_form, declared_by, single, subject, subject_of
from search_api.given.mail import office
from search_api.given.pages.given import declare_page, follow_page, oppose_page, report_page
from search_api.given.rounds import PRIVATE
from search_api.pages.state import RESULTS
from search_api.rates import client_key
from vivier.errors import EngineUnavailable, InvalidRequest, NotFound
from vivier.given.declaration import Refusal, Report, checked_text
from vivier.given.requests import Invitation, Subject
from vivier.given.sirets import sirets_of
from vivier.mail.letter import mail_address
from vivier.mail.recipients import published_mailbox
from vivier.model.views import SupplierView
from vivier.privacy.keys import new_id
from vivier.search.operators import Search, Terms
from vivier.suppliers.believed import probable
from vivier.suppliers.find import get, supplier_of

INVITED: Final = "/i/{token}"
FOLLOWED: Final = "/suivi/{id}"
_SHEET: Final = RESULTS + "/{id}"

_MOST_GUESSED: Final = 6
"""Trades that the form offers to tick."""


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    _saying(routes, context, "completer", _form_of, _declare)
    _saying(routes, context, "signaler", partial(_telling, report_page), partial(_send_text, "report"))
    _saying(routes, context, "s-opposer", partial(_telling, oppose_page), partial(_send_text, "opposition"))
    _linking(routes, context)

    @routes.get(INVITED, dependencies=context.no_parameter)
    def invited(request: Request, token: str) -> Response:
        invitation, record = _invited(token, context)
        return _declaring_invited(token, invitation, record, (("siret", invitation.siret),), None, context)

    @routes.post(INVITED, dependencies=context.own_form)
    async def declared(request: Request, token: str) -> Response:
        return await run_in_threadpool(answered, token, await posted_items(request))

    def answered(token: str, items: Items) -> Response:
        invitation, record = _invited(token, context)
        try:
            check_form(items)
            about, content = declared_by(record, items, context.lexicon)
            return _to_follow(kept.queue(context).declare_invited(token, about, content, context.today()))
        except InvalidRequest as error:
            return _declaring_invited(token, invitation, record, items, error, context)

    @routes.get(FOLLOWED, dependencies=context.no_parameter)
    def followed(request: Request, id: str) -> Response:
        return _followed(id, context)

    @routes.post(FOLLOWED, dependencies=context.own_form)
    async def withdrawn(request: Request, id: str) -> Response:
        await posted_items(request)
        return await run_in_threadpool(withdraw, id)

    def withdraw(id_: str) -> Response:
        queue = kept.queue(context)
        queue.withdraw(queue.by_link(id_).number, context.today())
        return _to_follow(id_)


def _saying(
    routes: APIRouter,
    context: Context,
    verb: str,
    shown: Callable[[SupplierView, Items, InvalidRequest | None, Context], Response],
    sent: Callable[[SupplierView, Items, Context, str], str],
) -> None:
    """A form of the sheet: shown, and sent."""

    @routes.get(f"{_SHEET}/{verb}", name=f"{verb}_form", dependencies=context.no_parameter)
    def form(request: Request, id: str) -> Response:
        kept.queue(context)
        return shown(supplier_of(id, context.snapshot), (), None, context)

    @routes.post(f"{_SHEET}/{verb}", name=f"{verb}_sent", dependencies=context.own_form)
    async def posted(request: Request, id: str) -> Response:
        return await run_in_threadpool(answered, id, await posted_items(request), client_key(request))

    def answered(id_: str, items: Items, client: str) -> Response:
        kept.queue(context)
        record = supplier_of(id_, context.snapshot)
        try:
            check_form(items)
            return _to_follow(sent(record, items, context, client))
        except InvalidRequest as error:
            return shown(record, items, error, context)


def _linking(routes: APIRouter, context: Context) -> None:
    """A structure that reads the mailbox that a register gives has a link sent to it."""

    @routes.post(f"{_SHEET}/lien", dependencies=context.own_form)
    async def requested(request: Request, id: str) -> Response:
        await posted_items(request)
        return await run_in_threadpool(send, id, client_key(request))

    def send(id_: str, client: str) -> Response:
        kept.queue(context)
        at_hand, record = office(context), supplier_of(id_, context.snapshot)
        reached = _mailbox_of_register(record, context)
        if reached is None:
            raise NotFound(
                "Aucun registre ne donne la boîte de cette structure : remplissez le formulaire de sa fiche."
            )
        at_hand.invitations.link(_subject(record), reached, context.today(), time.time(), client)
        kept.wake(context)
        return _form_of(record, (), None, context, sent=True)


def _mailbox_of_register(record: SupplierView, context: Context) -> str | None:
    """The mailbox that a register gives for a structure that has a SIRET; ``None`` when there is none, or when no mail is sent here."""
    found = published_mailbox(record)
    return None if kept.mail.find(context) is None or not sirets_of(record) else found


def _followed(id_: str, context: Context) -> Response:
    """The page of who sent a request, by its secret id. Raises ``NotFound``."""
    found = kept.queue(context).by_link(id_)
    record = record_of(found.subject, context)
    return follow_page(found, _address_of(record), context.lexicon, FOLLOWED.replace("{id}", id_))


def _invited(token: str, context: Context) -> tuple[Invitation, SupplierView]:
    """An invitation, and the sheet of its structure. Raises ``NotFound`` for a structure that is no longer indexed."""
    invitation = kept.queue(context).invited(token, context.today())
    record = _with_siret(invitation.siret, context)
    if record is None:
        raise NotFound("La structure de cette invitation n'est plus dans l'index en service.")
    return invitation, record


def _with_siret(siret: str, context: Context) -> SupplierView | None:
    hits = context.snapshot.suppliers.search(Search(where=Terms("identifiers", (siret,)), limit=1)).hits
    return hits[0].record if hits else None


def sheet_of(subject: Subject, context: Context) -> str | None:
    """The address of the sheet of a structure; ``None`` when it is no longer indexed, or when no index answers."""
    return _address_of(record_of(subject, context))


def _address_of(record: SupplierView | None) -> str | None:
    return None if record is None else f"{RESULTS}/{quote(record['id'], safe='')}"


def record_of(subject: Subject, context: Context) -> SupplierView | None:
    """The sheet of a structure as it is indexed; ``None`` when it is no longer, or when no index answers."""
    with suppress(NotFound, EngineUnavailable):
        found = get(subject.supplier, context.snapshot) if subject.supplier else None
        return _with_siret(subject.siret, context) if found is None and subject.siret else found
    return None


def _to_follow(id_: str) -> Response:
    return RedirectResponse(FOLLOWED.replace("{id}", id_), 303, PRIVATE)


def _form_of(
    record: SupplierView, items: Items, error: InvalidRequest | None, context: Context, *, sent: bool = False
) -> Response:
    action = f"{RESULTS}/{quote(record['id'], safe='')}/completer"
    errors, reached = () if error is None else error.errors, _mailbox_of_register(record, context)
    known = items or tuple(("siret", siret) for siret in list(sirets_of(record))[:1])
    return declare_page(
        _subject(record),
        known,
        context.lexicon,
        action,
        errors,
        None,
        reached,
        seat=_seat(record, context),
        sent=sent,
        guesses=_guesses(record, context),
    )


def _guesses(record: SupplierView, context: Context) -> list[tuple[str, str]]:
    """The trades that a structure declares or probably does, as code and name: it ticks those that are its own."""
    declared = dict.fromkeys(fact["value"].get("trade") for fact in record.get("offers", ()))
    likely = (code for code, _ in probable(record, context.lexicon, context.today()))
    codes = dict.fromkeys(code for code in (*declared, *likely) if code)
    return [(code, context.lexicon.trade_names[code]) for code in codes if code in context.lexicon.trade_names][
        :_MOST_GUESSED
    ]


def _declaring_invited(
    token: str,
    invitation: Invitation,
    record: SupplierView,
    items: Items,
    error: InvalidRequest | None,
    context: Context,
) -> Response:
    errors = () if error is None else error.errors
    action = INVITED.replace("{token}", token)
    network = invitation.network or "-"
    return declare_page(
        _subject(record),
        items,
        context.lexicon,
        action,
        errors,
        network,
        seat=_seat(record, context),
        guesses=_guesses(record, context),
    )


def _seat(record: SupplierView, context: Context) -> tuple[float, float] | None:
    """Where a circle around the seat has its middle, as the index computes it; ``None`` when the address is unknown."""
    address = record["address"]["value"] if "address" in record else {}
    point, commune = address.get("point"), address.get("arrondissement") or address.get("commune")
    if point is not None:
        return point["lon"], point["lat"]
    kind = "arrondissement" if "arrondissement" in address else "commune"
    return None if commune is None else context.lexicon.gazetteer.reference_point(f"{kind}:{commune}")


def _telling(
    shown: Callable[..., Response], record: SupplierView, items: Items, error: InvalidRequest | None, context: Context
) -> Response:
    errors = () if error is None else error.errors
    return shown(_subject(record), items, errors, answers=kept.mail.find(context) is not None)


def _subject(record: SupplierView) -> Subject:
    return subject(record, next(iter(sirets_of(record)), ""))


def _declare(record: SupplierView, items: Items, context: Context, client: str) -> str:
    about, content = declared_by(record, items, context.lexicon)
    return kept.queue(context).send("declaration", about, content, context.today(), client=client)


def _send_text(
    kind: Literal["report", "opposition"], record: SupplierView, items: Items, context: Context, client: str
) -> str:
    model = Report if kind == "report" else Refusal
    fields = single(items)
    about = _subject(record) if kind == "report" else subject_of(record, fields.get("siret", ""))
    given = {name: fields[name] for name in model.model_fields if fields.get(name)}
    content = checked_text(given, model).model_dump(mode="json")
    id_, beside, mail = new_id(), None, kept.mail.find(context)
    if mail is not None and fields.get("address"):
        address = mail_address(fields["address"])
        beside = mail.answers.expecting(address, id_, about, context.today())
    return kept.queue(context).send(kind, about, content, context.today(), id_, beside, client)

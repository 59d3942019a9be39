"""What pages show of a signature: signed, to be signed by a code, or why it cannot be; and what the buttons of its form do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import HTTPException

from search_api.context import Context
from search_api.given import kept
from vivier.desk.method.answers import Answer
from vivier.errors import FieldError, InvalidRequest
from vivier.given.round import Invited, Round
from vivier.given.signing import Signable, answers_to_sign
from vivier.given.tell import LINKS
from vivier.mail.codes import Published, published_mailbox
from vivier.model.views import SupplierView
from vivier.suppliers.find import get

SIGN = "/signer"
"""End of the address where the form of a signature is sent, after that of its page."""
_NO_MAIL = "ce service n'envoie pas de courriel, son exploitant ne l'a pas réglé"
_NO_MAILBOX = "aucun registre ne publie ici la boîte de votre structure"


@dataclass(frozen=True)
class Signing:
    """The signature of what a page shows. ``address``: where its form is sent; ``to``: the mailbox that a register publishes; ``waits``: a code may be
    typed; ``why_not``: why it cannot be signed."""

    address: str
    signed_on: date | None = None
    signed_by: str | None = None
    to: Published | None = None
    waits: bool = False
    why_not: str = ""


def signing_of(
    what: Signable | None,
    record: SupplierView | None,
    page: str,
    context: Context,
    signed: tuple[date | None, str | None] = (None, None),
) -> Signing | None:
    """What the page at an address shows of a signature; ``None`` when it has nothing to sign. ``record``: of the structure, as it is indexed; ``signed``: the
    day and the register of the signature."""
    address, mail = page + SIGN, kept.mail.find(context)
    if signed[0] is not None:
        return Signing(address, *signed)
    if what is None:
        return None
    to = None if record is None else published_mailbox(record)
    if mail is None or to is None:
        return Signing(address, why_not=_NO_MAIL if mail is None else _NO_MAILBOX)
    return Signing(address, to=to, waits=mail.codes.waits(what))


def act(
    what: Signable | None, record: SupplierView | None, fields: Mapping[str, str], context: Context, client: str
) -> None:
    """Sends a code, or signs with the one that was typed. Raises ``InvalidRequest`` for what cannot be signed, 503 when no mail is sent."""
    mail = kept.mail.find(context)
    if mail is None:
        raise HTTPException(503, f"Rien ne peut être signé : {_NO_MAIL}.")
    to = None if record is None else published_mailbox(record)
    if what is None or (to is None and fields.get("action") == "send"):
        message = "Il n'y a rien à signer." if what is None else f"Rien ne peut être signé : {_NO_MAILBOX}."
        raise InvalidRequest((FieldError("code", "unavailable", message),))
    if fields.get("action") == "send":
        assert to is not None
        mail.codes.send(what, to, context.today(), client)
        kept.wake(context)
    else:
        mail.codes.sign(what, to, fields.get("code", ""), context.today())


LinkRounds = Sequence[tuple[Round, Invited]]
"""The rounds of a link, each with the structure that it asks."""


def answers_by_link(token: str, every: LinkRounds) -> Signable | None:
    """What a structure may sign at its link: all the answers that it gave; ``None`` before the first."""
    _, invited = every[0]
    given = [(read.key, answer) for read, answer in _given(every)]
    return answers_to_sign(token, given, (*invited.sirets, invited.structure)[0], invited.name)


def signing_by_link(token: str, every: LinkRounds, context: Context) -> Signing | None:
    """What the page of a link shows of a signature: signed once each of its answers is."""
    signed = [(answer.signed_on, answer.signed_by) for _, answer in _given(every)]
    first = next((each for each in signed if each[0] is None), signed[-1] if signed else (None, None))
    what, record = answers_by_link(token, every), get(every[0][1].structure, context.snapshot)
    return signing_of(what, record, f"{LINKS}/{token}", context, first)


def _given(every: LinkRounds) -> list[tuple[Round, Answer]]:
    found = [(read, read.answer_of(invited.structure)) for read, invited in every]
    return [(read, answer) for read, answer in found if answer is not None]

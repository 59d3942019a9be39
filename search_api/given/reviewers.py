"""Who decides on ``/revue``: whoever has the password that the operator set, by a form of our own page. A proxy may sign people on and
give the password for them (``docs/operate-sign-on.md``)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Final

from fastapi import HTTPException, Request

from search_api.bodies import same_origin
from search_api.context import Context
from search_api.given import kept
from search_api.given.rounds import PRIVATE
from search_api.rates import client_key
from vivier.french import plural
from vivier.privacy.networks import network_of

REVIEW: Final = "/revue"
TOKEN: Final = "jeton"
"""The hidden field of the forms of these pages."""
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="Vivier, revue", charset="UTF-8"', **PRIVATE}


def check_operator(request: Request, context: Context) -> None:
    """Raises 404 when no password is set, 401 without the right one, 429 for a client that gave too many wrong ones."""
    expected, client, logins = kept.review_token.find(context), network_of(client_key(request)), context.logins
    if expected is None:
        raise HTTPException(404)
    if seconds := logins.seconds(client):
        sentence = f"Trop de mots de passe refusés. Réessayez dans {plural(seconds, 'seconde')}."
        raise HTTPException(429, sentence, headers={"Retry-After": str(seconds), **PRIVATE})
    given = _password(request.headers.get("authorization", ""))
    if hmac.compare_digest(given, expected.get_secret_value().encode()):
        logins.passed(client)
        return
    if given:  # a browser asks without any first
        logins.failed(client)
    raise HTTPException(401, headers=_CHALLENGE)


def form_token(request: Request, context: Context) -> str:
    """The token of a form that is sent to the address of a page: a keyed hash of the address, by the password. A sister site, whose requests carry the
    password that the browser remembers, cannot read it."""
    expected = kept.review_token.find(context)
    assert expected is not None
    return hmac.new(expected.get_secret_value().encode(), request.url.path.encode(), hashlib.sha256).hexdigest()


def check_form_of_operator(request: Request, token: str, context: Context) -> None:
    """Raises 403 for a form that does not come from our own page, by its origin and its token."""
    same_origin(request)
    if not hmac.compare_digest(token.encode(), form_token(request, context).encode()):
        raise HTTPException(
            403, "Ce formulaire n'est plus valable : rouvrez la page, puis recommencez.", headers=PRIVATE
        )


def _password(header: str) -> bytes:
    """The password of the header of a browser (RFC 7617), whatever the user's name; empty when there is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""

"""Who decides on ``/revue``: a reviewer that signed on, by the name that the operator wrote for it, or whoever has the password."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from search_api.context import Context
from search_api.given import kept
from search_api.given.rounds import PRIVATE
from search_api.rates import client_key
from vivier.errors import VivierError
from vivier.french import plural

REVIEW: Final = "/revue"
ENTER: Final = REVIEW + "/entrer"
SESSION: Final = "vivier-revue"
"""The cookie of a session."""
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="Vivier, revue", charset="UTF-8"', **PRIVATE}


class SignOnNeeded(VivierError):
    """Nobody signed on in this browser, or too long ago."""


def to_sign_on(request: Request, error: Exception) -> Response:
    """Sends who must sign on to the provider."""
    return RedirectResponse(ENTER, 303, PRIVATE)


def check_operator(request: Request, context: Context) -> str:
    """The name of the reviewer, empty for who has the password. Raises 404 when neither is set, 401 without the right password, 429 for a client that gave
    too many wrong ones, :class:`SignOnNeeded` without a session."""
    door = kept.door.find(context)
    if door is not None:
        name = door.name(request.cookies.get(SESSION, ""))
        if name is None:
            raise SignOnNeeded
        return name
    expected, client, logins = kept.review_token.find(context), client_key(request), context.logins
    if expected is None:
        raise HTTPException(404)
    if seconds := logins.seconds(client):
        sentence = f"Trop de mots de passe refusés. Réessayez dans {plural(seconds, 'seconde')}."
        raise HTTPException(429, sentence, headers={"Retry-After": str(seconds), **PRIVATE})
    given = _password(request.headers.get("authorization", ""))
    if hmac.compare_digest(given, expected.get_secret_value().encode()):
        logins.passed(client)
        return ""
    if given:  # a browser asks without any first
        logins.failed(client)
    raise HTTPException(401, headers=_CHALLENGE)


def _password(header: str) -> bytes:
    """The password of the header of a browser (RFC 7617), whatever the user's name; empty when there is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""

"""Reads the bodies of requests within a maximal size: JSON, or the fields of a form."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from fastapi import HTTPException, Request

from search_api.parameters import body_items
from search_api.responses import JSON

FORM = "application/x-www-form-urlencoded"
MAX_BODY = 1_000_000
"""Largest body of a request, in bytes."""
LARGEST = 8_000_000
"""Largest body of most routes, in bytes: a form with a file of 5 MB and the fields beside it."""
MAX_FIELDS = 2_000


async def json_body(request: Request) -> Any:
    """The body, parsed as JSON. Raises 415 for another media type, 413 beyond 1 MB, 400 when the body is invalid."""
    if media_of(request) != JSON:
        raise HTTPException(415)
    return _json(await _content(request))


async def posted_items(request: Request) -> list[tuple[str, str]]:
    """The parameters of a body as pairs, read from a JSON object or from an HTML form. Empty fields of a form are left out."""
    if media_of(request) != FORM:
        return body_items(await json_body(request))
    try:
        fields = (await _content(request)).decode("ascii")
        return parse_qsl(fields, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise HTTPException(400, "Le corps de la requête n'est pas un formulaire lisible (UTF-8).") from None


def media_of(request: Request) -> str:
    """The media type of a body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def same_site(request: Request) -> None:
    """Raises 403 for a form that another site sends. There is no session to steal; another site could only fill the registry."""
    origin = request.headers.get("origin")
    cross = request.headers.get("sec-fetch-site") == "cross-site"
    elsewhere = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    if cross or (elsewhere and request.headers.get("sec-fetch-site") not in ("same-origin", "same-site", "none")):
        raise HTTPException(403)


def same_origin(request: Request) -> None:
    """Raises 403 for a form that any other site sends, a sister site of the same domain included: for pages behind a password that browsers remember."""
    same_site(request)
    if request.headers.get("sec-fetch-site") not in (None, "same-origin"):
        raise HTTPException(403)


async def _content(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY:
            raise HTTPException(413)
    return bytes(content)


def _json(content: bytes) -> Any:
    """The value of a JSON body. What is too deep to be written again (254 levels) is refused: no question is, and readers would fail on it."""
    try:
        body = orjson.loads(content)
        orjson.dumps(body)
    except orjson.JSONDecodeError:
        raise HTTPException(400, "Le corps de la requête n'est pas du JSON lisible (UTF-8).") from None
    except orjson.JSONEncodeError:
        raise HTTPException(400, "Le corps de la requête est trop imbriqué.") from None
    return body

"""Responses in JSON, written by orjson, with a strong ETag. A representation that has not changed is answered 304 without a
search."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import orjson
from fastapi import HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from isal import igzip
from pydantic import BaseModel

from search_api.answer_cache import AnswerCache, CachedAnswer, Key
from search_api.headers import HEAD

JSON = "application/json"
GEOJSON = "application/geo+json"
PUBLIC = "public, max-age=300, stale-while-revalidate=600"
NEVER = "no-store"
GOING_BACK = "private, no-cache"
"""Of the page that says what to correct in a form: the browser that sent it keeps it, and nobody else, so that Back shows it again. Of one that is
not stored a browser has nothing to show: the answer to a POST cannot be asked twice."""
_LEVEL = 3
"""Level of ISA-L for an answer that is kept, its highest: as small as level 3 of zlib, for a third of its time."""


def etag_of(*parts: str | bytes) -> str:
    """A strong ETag, computed from all that decides a representation (generation, normalised query, format)."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode())
        digest.update(b"\0")
    return f'"{digest.hexdigest()[:32]}"'


def unchanged(request: Request, etag: str) -> Response | None:
    """A response 304 when the caller has this representation, plain or compressed (its tag is then weak), else ``None``."""
    given = request.headers.get("if-none-match")
    if given is None:
        return None
    tags = [tag.strip() for tag in given.split(",")]
    same = next((tag for tag in tags if tag.removeprefix("W/") == etag), etag if "*" in tags else None)
    return None if same is None else Response(status_code=304, headers=_headers(same, PUBLIC))


def answered(
    request: Request, etag: str, answers: AnswerCache, make: Callable[[], Response], where: Key = ()
) -> Response:
    """304 when the caller has the representation; else the answer kept; else the one that ``make`` makes, which is kept when it bears this
    ETag. ``where``: what the answer depends on beside its ETag. A body is compressed once, to be kept."""
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    key, reads_gzip = (etag, *where), "gzip" in request.headers.get("accept-encoding", "")
    cached = answers.get(key)
    if cached is None:
        made = make()
        if made.headers.get("etag") != etag:
            return made
        cached = CachedAnswer(_own(made), igzip.compress(bytes(made.body), _LEVEL, mtime=0))
        answers.keep(key, cached)
        if not reads_gzip:
            return made
    if reads_gzip:
        return Response(cached.packed, headers={**cached.headers, "Content-Encoding": "gzip"})
    plain: bytes = igzip.decompress(cached.packed)  # type: ignore[no-untyped-call]
    return Response(plain, headers=dict(cached.headers))


def _own(made: Response) -> dict[str, str]:
    """The headers of an answer but its length, which depends on how it is sent."""
    return {name: value for name, value in made.headers.items() if name != "content-length"}


def json_response(body: Any, etag: str | None = None, *, cache: str = PUBLIC) -> Response:
    """A response 200 whose body is ``body`` as JSON."""
    return Response(orjson.dumps(body), headers=_headers(etag, cache), media_type=JSON)


def streamed(
    request: Request, pieces: Callable[[], Iterator[bytes]], etag: str | None, media: str, name: str | None = None
) -> Response:
    """A response 200 sent piece by piece, as the file ``name`` if given; without an ETag it is never cached.

    The first piece is made here, so that an error in it still gives a problem document. A later error closes the connection, so
    that the caller does not take the beginning for the whole. HEAD makes no piece.
    """
    headers = _headers(etag, PUBLIC if etag is not None else NEVER)
    if name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if request.scope.get(HEAD):
        return Response(headers={**headers, "Content-Type": media})
    made = pieces()
    return StreamingResponse(chain((next(made, b""),), made), headers=headers, media_type=media)


def table_response(request: Request, body: Any) -> Response:
    """The response with a small resource, whose ETag is computed from its bytes."""
    content = orjson.dumps(body.model_dump(mode="json") if isinstance(body, BaseModel) else body)
    etag = etag_of(content)
    return unchanged(request, etag) or Response(content, headers=_headers(etag, PUBLIC), media_type=JSON)


def _headers(etag: str | None, cache: str) -> dict[str, str]:
    headers = {"Cache-Control": cache, "Vary": "Accept, Accept-Encoding"}
    return headers if etag is None else {"ETag": etag, **headers}


def negotiate(request: Request, *offered: str) -> str:
    """The media type of the answer, the first of ``offered`` by default. Raises 406 when the caller accepts none of them."""
    accept = request.headers.get("accept", "*/*")
    if accept == "*/*":
        return offered[0]
    best, quality = offered[0], 0.0
    ranges = [_range(part) for part in accept.split(",")]
    for media in offered:
        found = max((q for pattern, q in ranges if _matches(pattern, media)), default=0.0)
        if found > quality:
            best, quality = media, found
    if quality == 0:
        raise HTTPException(406)
    return best


def _range(text: str) -> tuple[str, float]:
    pattern, *parameters = (part.strip().lower() for part in text.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            return pattern, _quality(value)
    return pattern, 1.0


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _matches(pattern: str, media: str) -> bool:
    return pattern in ("*/*", media) or (pattern.endswith("/*") and media.startswith(pattern[:-1]))

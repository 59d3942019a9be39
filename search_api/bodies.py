"""Bodies of requests, read within bounds."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import HTTPException, Request

from search_api.responses import JSON

MAX_BODY = 1_000_000
"""Bytes."""


async def json_body(request: Request) -> Any:
    """The body as JSON. 415 for another media type, 413 beyond 1 MB, 400 when it cannot be read."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != JSON:
        raise HTTPException(415)
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY:
            raise HTTPException(413)
    try:
        return orjson.loads(bytes(content))
    except orjson.JSONDecodeError:
        raise HTTPException(400, "Le corps de la requête n'est pas du JSON lisible (UTF-8).") from None

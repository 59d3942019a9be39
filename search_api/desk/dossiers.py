"""Responses with a dossier: four formats, for a private cache only, never indexed by search engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import Request, Response

from search_api.desk.consultations import XLSX
from search_api.desk.pages.dossier import served
from search_api.responses import JSON, NEVER, etag_of
from vivier.exports.dossier_book import dossier_workbook
from vivier.exports.dossier_list import list_csv

HTML: Final = "text/html"
CSV: Final = "text/csv"
PAGES: Final = "/dossiers"
EXTENSIONS: Final = {"json": JSON, "html": HTML, "xlsx": XLSX, "csv": CSV}
PRIVATE: Final = "private, max-age=86400, immutable"
"""One day: a structure that objects must disappear from copies soon."""
REPRESENTATION: Final = "dossier-3"
_VARY: Final = "Accept, Accept-Encoding"


def dossier_file(dossier: Mapping[str, Any], media: str) -> bytes:
    if media == HTML:
        return served(dossier).encode()
    if media == XLSX:
        return dossier_workbook(dossier)
    return list_csv(dossier) if media == CSV else orjson.dumps(dossier, option=orjson.OPT_SORT_KEYS)


def kept_response(request: Request, dossier: Mapping[str, Any], media: str) -> Response:
    """The response with an issued dossier. Its address is its only key: headers forbid search engines to index it."""
    headers = {
        "ETag": etag_of(REPRESENTATION, media, dossier["sha256"]),
        "Cache-Control": PRIVATE,
        "Vary": _VARY,
        "X-Robots-Tag": "noindex, nofollow",
    }
    if headers["ETag"] in request.headers.get("if-none-match", "") and request.headers.get("if-none-match"):
        return Response(status_code=304, headers=headers)
    return _response(dossier, media, headers)


def handed_over(dossier: Mapping[str, Any], media: str) -> Response:
    """The response with a dossier that is not issued: only the reader keeps it."""
    return _response(dossier, media, {"Cache-Control": NEVER, "Vary": _VARY})


def _response(dossier: Mapping[str, Any], media: str, headers: dict[str, str]) -> Response:
    headers["X-Dossier-Sha256"] = dossier["sha256"]
    if media != HTML:
        extension = next(name for name, media_type in EXTENSIONS.items() if media_type == media)
        name = f"dossier-{dossier['as_of']}-{dossier['sha256'][:12]}.{extension}"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    content_type = f"{media}; charset=utf-8; header=present" if media == CSV else media
    return Response(dossier_file(dossier, media), headers=headers, media_type=content_type)


def link_to(dossier: Mapping[str, Any]) -> str:
    """The address of the page of an issued dossier."""
    return f"{PAGES}/{dossier['dossier_id']}"

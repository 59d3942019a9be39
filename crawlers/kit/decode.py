"""Decodes the bytes of a page, whatever encoding the page declares."""

from __future__ import annotations

import codecs

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

_LAST = "cp1252"


def decoded(body: bytes, content_type: str | None) -> str:
    """The text of a page. Bytes that are valid UTF-8 are read as UTF-8: no other encoding gives valid UTF-8 by chance.
    Else the encoding that the page declares is tried, then cp1252, in which French pages are written when they
    declare none or a wrong one."""
    for encoding in ("utf-8-sig", *_declared(body, content_type)):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode(_LAST, errors="replace")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    declared = (http_content_type_encoding(content_type), html_body_declared_encoding(body))
    # Browsers read « iso-8859-1 » as cp1252, and so must we: only cp1252 has « œ » and « ’ ».
    return [_LAST if codecs.lookup(name).name == "iso8859-1" else name for name in declared if name and _is_text(name)]


def _is_text(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True

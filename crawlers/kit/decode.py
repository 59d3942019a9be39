"""Bytes of a page → text, whatever the page says of its encoding."""

from __future__ import annotations

import codecs

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

_LAST = "cp1252"


def decoded(body: bytes, content_type: str | None) -> str:
    """The text of a page. Bytes that are valid UTF-8 are UTF-8: no other text is by chance. Then what the page declares,
    then cp1252, which French pages are written in when they declare nothing or something wrong."""
    for encoding in ("utf-8-sig", *_declared(body, content_type)):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode(_LAST, errors="replace")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    said = (http_content_type_encoding(content_type), html_body_declared_encoding(body))
    # Browsers read « iso-8859-1 » as cp1252, and so must we: « œ » and « ’ » stand only there.
    return [_LAST if codecs.lookup(one).name == "iso8859-1" else one for one in said if one and _is_text(one)]


def _is_text(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True

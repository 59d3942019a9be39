"""The public page of a proof: a certificate, a register. Its numbers are not phone numbers."""

from __future__ import annotations

import re

from crawlers.kit.values import text

_PUBLIC = re.compile(r"https?://[\w\-]+(?:\.[\w\-]+)+(?::\d+)?(?:[/?#][^\s@]*)?", re.IGNORECASE)
LONGEST = 500


def proof_url(value: object, issues: list[str]) -> str | None:
    """An http(s) address with a host and no user name; anything else is left out (issue ``proof_url_invalid``)."""
    written = text(value)
    if written is None:
        return None
    if len(written) <= LONGEST and _PUBLIC.fullmatch(written):
        return written
    issues.append("proof_url_invalid")
    return None

"""Reads an e-mail address that somebody types: one, plain, that no header and no relay can misread."""

from __future__ import annotations

import re
from typing import Final

from vivier.errors import FieldError, InvalidRequest

LONGEST: Final = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3)."""
_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")


def mail_address(text: str, field: str = "address") -> str:
    """The address in ``text``, its domain in lower case and in ASCII. Raises ``InvalidRequest`` naming ``field``."""
    local, at, domain = text.strip().rpartition("@")
    found = _ADDRESS.fullmatch(f"{local}{at}{_ascii(domain)}")
    if found is None or len(found[0]) > LONGEST or len(found["local"]) > 64:
        message = f"« {field} » : donnez une adresse électronique, une seule, par exemple contact@example.org."
        raise InvalidRequest((FieldError(field, "invalid_address", message),))
    return found[0]


def _ascii(domain: str) -> str:
    """A domain as the relay reads it; as it is when it has no such form, to be refused."""
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain


def same_mailbox(address: str) -> str:
    """The text by which two writings of an address are one mailbox: nearly every server ignores case."""
    return address.lower()

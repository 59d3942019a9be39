"""The secret ids that people are given as addresses, and the hashes under which the database keeps what they open."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

_BITS: Final = 160


def new_id() -> str:
    """160 random bits, in hexadecimal: the address is the only key of a dossier, a study, a round, a request."""
    return secrets.token_hex(_BITS // 8)


def key_of(id_: str) -> str:
    """The hash under which what an id opens is kept."""
    return hashlib.sha256(id_.encode()).hexdigest()

"""Seals what is kept of people with a key outside the database (Fernet of « cryptography »), and names them by keyed hashes.

Several keys may be given, the newest first: it seals, all open. What an older one sealed is sealed anew at the next « vivier notify ».
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from vivier.errors import EngineUnavailable, FieldError, InvalidRequest

_PURPOSE: Final = b"vivier-mail-1\0"


class Unsealable(EngineUnavailable):
    """What is kept was sealed with a key that is not given."""


class Sealer:
    """The keys of an installation."""

    def __init__(self, keys: str) -> None:
        try:
            texts = [key.strip() for key in keys.replace("\n", ",").split(",") if key.strip()]
            self._keys = MultiFernet([Fernet(key) for key in texts])
        except ValueError:
            message = (
                "VIVIER_MAIL_KEY : une clé de Fernet est attendue (32 octets en base64), la plus récente d'abord s'il y en a "
                "plusieurs. « vivier mail key » en tire une."
            )
            raise InvalidRequest((FieldError("VIVIER_MAIL_KEY", "invalid_value", message),)) from None
        self._names = [hmac.digest(text.encode(), _PURPOSE, "sha256") for text in texts]
        self._first = self._names[0]
        self.id = hashlib.sha256(self._first).hexdigest()[:8]
        """Names the newest key, in the database, without giving it."""

    def seal(self, values: dict[str, Any]) -> str:
        """Values as a text that nobody reads without the key."""
        return self._keys.encrypt(orjson.dumps(values)).decode()

    def open(self, text: str) -> dict[str, Any]:
        """The values of a sealed text. Raises :class:`Unsealable`."""
        try:
            values: dict[str, object] = orjson.loads(self._keys.decrypt(text.encode()))
        except InvalidToken:
            raise Unsealable(
                "Des adresses ont été scellées avec une autre clé : rétablissez VIVIER_MAIL_KEY, l'ancienne clé après la nouvelle."
            ) from None
        return values

    def name(self, *texts: str) -> str:
        """The keyed hash of texts, the same as long as the newest key is: finds a mailbox without keeping its address."""
        return self.names(*texts)[0]

    def names(self, *texts: str) -> list[str]:
        """The keyed hashes of texts under every key, that of the newest first."""
        return [hmac.new(key, "\0".join(texts).encode(), hashlib.sha256).hexdigest() for key in self._names]


def new_key() -> str:
    """A key drawn at random."""
    return Fernet.generate_key().decode()

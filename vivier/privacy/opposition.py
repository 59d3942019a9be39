"""The opposition list: structures that asked not to be shown, by the keyed hash of their SIRET.

``$VIVIER_HOME/opposed.txt`` holds one HMAC-SHA256 (hexadecimal) a line, keyed by ``VIVIER_OPPOSITION_SALT``: the file
does not say who is on it nor, without the salt, whether a given structure is. Its first line is the hash of a known
word, so that a list read with another salt is refused rather than found empty. It is read at each import, each build
and each request.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
from collections.abc import Iterable

from vivier.durable import write_whole
from vivier.errors import EngineUnavailable, FieldError, InvalidRequest
from vivier.identity import digest_of, digits, is_siret
from vivier.settings import Settings

_WITNESS = "vivier-opposition-1"


class OppositionUnreadable(EngineUnavailable):
    """The list exists and cannot be applied: nothing may be shown or imported until it can."""


class Opposition:
    """The list of an installation, read again when its file changes."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.home / "opposed.txt"
        self._salt = settings.opposition_salt.get_secret_value() if settings.opposition_salt is not None else None
        self._read: tuple[int, int, int] | None = None
        self._hashes: frozenset[str] = frozenset()

    @property
    def hashes(self) -> frozenset[str]:
        """The hashes in force. Raises :class:`OppositionUnreadable` when the salt is missing or is not the file's."""
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            self._read, self._hashes = None, frozenset()
            return self._hashes
        version = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if version != self._read:
            self._hashes = self._load()
            self._read = version
        return self._hashes

    @property
    def version(self) -> str:
        """A text that changes with the list, for callers that keep answers."""
        return digest_of("".join(sorted(self.hashes)).encode())

    def holds(self, siret: str | None) -> bool:
        hashes = self.hashes
        return bool(hashes) and siret is not None and self.hash(siret) in hashes

    def among(self, values: Iterable[str]) -> frozenset[str]:
        """The identifiers that are SIRETs on the list."""
        hashes = self.hashes
        if not hashes:
            return frozenset()
        return frozenset(
            value for value in values if len(value) == 14 and value.isdigit() and self.hash(value) in hashes
        )

    def hash(self, text: str) -> str:
        """The keyed hash of a SIRET. Raises :class:`OppositionUnreadable` without a salt."""
        if self._salt is None:
            raise OppositionUnreadable(
                f"La liste d'opposition {self.path} demande VIVIER_OPPOSITION_SALT : donnez le sel avec lequel elle est tenue."
            )
        return hmac.new(self._salt.encode(), text.encode(), hashlib.sha256).hexdigest()

    def add(self, siret: str) -> bool:
        """Puts a SIRET on the list. Returns ``False`` when it is already there. Raises ``InvalidRequest`` when it is
        not a SIRET."""
        number = digits(siret)
        if not is_siret(number):
            message = f"« {siret[:40]} » n'est pas un SIRET valide : quatorze chiffres attendus."
            raise InvalidRequest((FieldError("siret", "siret_invalid", message),))
        self.hash(_WITNESS)  # without a salt nothing is written, not even the lock
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two processes that add at once: neither addition is lost
            if self.holds(number):
                return False
            self._write([self.hash(_WITNESS), *sorted(self.hashes | {self.hash(number)})])
        return True

    def _load(self) -> frozenset[str]:
        first, *others = self.path.read_text(encoding="ascii").split() or [""]
        if not hmac.compare_digest(first, self.hash(_WITNESS)):
            raise OppositionUnreadable(
                f"La liste d'opposition {self.path} a été tenue avec un autre sel, ou est abîmée : "
                "rétablissez VIVIER_OPPOSITION_SALT."
            )
        return frozenset(others)

    def _write(self, lines: Iterable[str]) -> None:
        """Writes the file whole or not at all, readable by its owner only."""
        write_whole(self.path, "".join(f"{line}\n" for line in lines).encode("ascii"), mode=0o600)

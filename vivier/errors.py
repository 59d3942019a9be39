"""Errors a user can read: what is wrong, where, and what is allowed. Messages are in French."""

from __future__ import annotations

from dataclasses import dataclass


class VivierError(Exception):
    """Base of every error the product raises on purpose; ``str(error)`` is a French sentence for the user."""


@dataclass(frozen=True)
class FieldError:
    """One thing to correct in a request or a file.

    ``field`` is the public name (parameter or column), ``code`` a stable English identifier,
    ``message`` French text that says the fix, ``allowed`` what would have been accepted, ``suggestion`` the likely value.
    """

    field: str
    code: str
    message: str
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None


class InvalidRequest(VivierError):
    """The request cannot be answered as asked: every thing to correct, at once."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__(" ".join(error.message for error in errors))
        self.errors = errors


class NotFound(VivierError):
    """No such record, territory or generation."""


class NothingIndexed(NotFound):
    """The engine answers, and no generation of the collection was ever promoted."""


class EngineUnavailable(VivierError):
    """The search engine does not answer."""


class ImportRefused(VivierError):
    """A file is not what its source says it is: nothing of it was kept.

    ``reason`` may be shown to anybody; ``advice``, for whoever imports, may name folders of this machine.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason} {advice}".rstrip())
        self.reason = reason


class BuildRefused(VivierError):
    """A generation did not pass its gates: the live one is untouched."""


class DocumentRefused(BuildRefused):
    """A document holds what the mapping does not describe. ``reason``: the field and the fix, without the document."""

    def __init__(self, document: str, field: str, complaint: str) -> None:
        self.reason = f"champ « {field} » : {complaint}"
        super().__init__(f"Document « {document} », {self.reason}.")

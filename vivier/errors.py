"""Errors for users: what is wrong, where, and what is allowed. Messages are in French."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class VivierError(Exception):
    """Base of every error that Vivier raises on purpose. ``str(error)`` is a French sentence for the user."""


@dataclass(frozen=True)
class FieldError:
    """One thing to correct in a request or a file.

    ``field`` is the public name (parameter or column), ``code`` a stable English identifier,
    ``message`` a French text with the fix, ``allowed`` the accepted values, ``suggestion`` the likely value, ``choices`` the
    meanings of a doubtful value: (value to give instead, French label).
    """

    field: str
    code: str
    message: str
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def described(self) -> str:
        """The message followed by its choices, for a reader who has no link to follow."""
        return " ".join((self.message, " ; ".join(f"{label} : {value}" for value, label in self.choices))).rstrip()


class InvalidRequest(VivierError):
    """The request cannot be answered: ``errors`` lists everything to correct."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__(" ".join(error.described for error in errors))
        self.errors = errors

    def __reduce__(self) -> tuple[type[InvalidRequest], tuple[tuple[FieldError, ...]]]:
        """A process raises it in another one with its errors."""
        return type(self), (self.errors,)


def refuse_any(errors: Iterable[FieldError]) -> None:
    """Raises ``InvalidRequest`` with the errors, when there is one."""
    if listed := tuple(errors):
        raise InvalidRequest(listed)


class NotFound(VivierError):
    """There is no such record, territory or generation."""


class NothingIndexed(NotFound):
    """The engine answers, but no generation of the ``collection`` was promoted. « vivier demo » builds in a folder of its own."""

    def __init__(self, collection: str = "suppliers") -> None:
        self.collection = collection
        super().__init__(
            "Aucun index n'est en service : lancez « vivier index ». "
            "Après « vivier demo », nommez son dossier : « --home …/demo »."
        )


class EngineUnavailable(VivierError):
    """The search engine does not answer."""


class GivenUnavailable(EngineUnavailable):
    """The database of what people give does not answer, or can keep nothing: the sentence may be shown to any user."""


class IndexUnreadable(EngineUnavailable):
    """A generation cannot be read by this version, or is damaged. The sentence is for the operator: it names what to do."""


class EngineAway(EngineUnavailable):
    """The search engine does not answer, or refuses for want of means: asked again later, it may answer."""


class StudyTooLong(VivierError):
    """A request asks for more processor time than one may have, or nobody waits for its answer any more."""

    def __init__(self) -> None:
        super().__init__("Cette demande prend trop de calcul. Réduisez le nombre de lots, de lignes ou de territoires.")


class ImportRefused(VivierError):
    """A file does not have the form that its source describes: no row of it was kept.

    ``reason`` may be shown to any user; ``advice``, for the operator, may name folders of this machine.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason} {advice}".rstrip())
        self.reason = reason


class BuildRefused(VivierError):
    """A generation did not pass its gates. The live one did not change."""


class DocumentRefused(BuildRefused):
    """A document does not match the mapping. ``reason``: the field and the fix, without the document."""

    def __init__(self, document: str, field: str, complaint: str) -> None:
        self.reason = f"champ « {field} » : {complaint}"
        super().__init__(f"Document « {document} », {self.reason}.")

"""A row consumed field by field: each field is used, ignored by name, or reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from pydantic import ValidationError

from crawlers.kit.source import Aside, Intake, Outcome, Skip
from vivier.privacy.contacts import scrub
from vivier.privacy.people import scrub_people

DEEPEST = 12


class Row:
    """The fields of one row that are not consumed yet. ``where`` names file and line for messages."""

    __slots__ = ("_path", "_requested", "_seen", "_values", "used", "where")

    def __init__(self, values: dict[str, object], where: str) -> None:
        self._values = values
        self.where = where
        self.used: list[str] = []
        """Names of the fields taken that hold something."""
        self._seen: set[str] | None = None
        self._requested: set[str] | None = None
        self._path = ""

    def watch(self, seen: set[str], path: str = "", requested: set[str] | None = None) -> Row:
        """Adds to ``seen`` the names of this row, and those of the rows opened inside it with a dotted path. Adds to
        ``requested`` the names that the reader asks for, whether the row has them or not."""
        self._seen, self._path, self._requested = seen, path, requested
        seen.update((path + name for name in self._values) if path else self._values)
        return self

    def take(self, name: str) -> object:
        """Consume a field; ``None`` when the row has not got it."""
        if self._requested is not None:
            self._requested.add(self._path + name)
        value = self._values.pop(name, None)
        if value:
            self.used.append(name)
        return value

    def take_first(self, *names: str) -> object:
        """Consume a field that is published under several spellings: the first one present, all of them consumed."""
        self._ask(names)
        found = [self._values.pop(name) for name in names if name in self._values]
        value = next((value for value in found if value is not None), None)
        if value:
            self.used.append(names[0])
        return value

    def ignore(self, names: Iterable[str]) -> None:
        """Consume fields by name without using them."""
        names = tuple(names)
        self._ask(names)
        for name in names:
            self._values.pop(name, None)

    def inner(self, name: str) -> Row:
        """Consume an object and open it as a row of its own; empty when there is none."""
        value = self.take(name)
        inner = Row(dict(value) if isinstance(value, Mapping) else {}, self.where)
        return inner if self._seen is None else inner.watch(self._seen, f"{self._path}{name}.", self._requested)

    def _ask(self, names: Iterable[str]) -> None:
        if self._requested is not None:
            self._requested.update(self._path + name for name in names)

    @property
    def left(self) -> list[str]:
        """Names of the fields that nobody consumed."""
        return list(self._values)


def settle(row: Row, intake: Intake, convert: Callable[[Row, Intake], Outcome], *, keyed: bool = False) -> Outcome:
    """Converts a row and reports the fields left. A value that cannot be read sets the row aside.

    ``keyed``: the row has no header that declares its fields (JSON); the fields that its reader asks for are then the
    expected ones.
    """
    row.watch(intake.columns, requested=intake.declared if keyed else None)
    try:
        outcome = convert(row, intake)
    except ROW_ERRORS as error:
        return refused(error)
    intake.had.update(row.used)
    if row.left and not isinstance(outcome, Aside | Skip):
        intake.unknown.update(row.left)
    return outcome


ROW_ERRORS: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""Errors of one row, whose value is of another type or shape than its field has: a word where a list was."""


def refused(error: Exception) -> Aside:
    """The refusal of a row whose value cannot be read: it names the field and what is expected, where the model tells."""
    if not isinstance(error, ValidationError):
        return Aside("value_invalid", f"valeur d'une autre forme que celle du champ ({error})")
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return Aside("value_invalid", f"champ « {field} » : {first['msg']}")


def show(header: Sequence[str], cells: Sequence[str], known: frozenset[str]) -> dict[str, object]:
    """A row for the rejects file: only columns known not to be contacts, and no contact in their text.

    Unknown columns are left out too: nothing says they are not someone's phone.
    """
    return {name: _scrubbed(cell) for name, cell in zip(header, cells, strict=True) if name in known}


def without_contacts(value: object, is_contact: Callable[[str], bool], depth: int = DEEPEST) -> object:
    """A JSON value for the rejects file: contact keys left out at every depth, texts scrubbed.

    Below :data:`DEEPEST` levels nothing is shown: no real row goes so deep, a hostile one may go a thousand down.
    """
    if isinstance(value, Mapping | list) and depth == 0:
        return "…"
    if isinstance(value, Mapping):
        return {str(k): without_contacts(v, is_contact, depth - 1) for k, v in value.items() if not is_contact(str(k))}
    if isinstance(value, list):
        return [without_contacts(item, is_contact, depth - 1) for item in value]
    return _scrubbed(value) if isinstance(value, str) else value


def _scrubbed(text: str) -> str:
    return scrub_people(scrub(text)[0])[0]

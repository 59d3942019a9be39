"""Reads a table of the law, when it is first used: nothing is read at import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar

from mappings import read_table

K = TypeVar("K", bound=str)
V = TypeVar("V")


class Coded(Protocol):
    @property
    def code(self) -> str: ...


C = TypeVar("C", bound=Coded)
Readers = Mapping[str, Callable[[str], object]]
"""The functions that read some columns."""


class Rows(Mapping[K, V]):
    """Rows by code, in the order of the table."""

    def __init__(self, read: Callable[[], Mapping[K, V]]) -> None:
        self._read = read

    @cached_property
    def _rows(self) -> Mapping[K, V]:
        return self._read()

    def __getitem__(self, code: K) -> V:
        return self._rows[code]

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, code: object) -> bool:
        return code in self._rows


def rows_of(kind: Callable[..., V], table: str, read: Readers) -> Iterator[V]:
    """The rows of a table, each a ``kind`` made of its columns: those of ``read`` by their function, the others as they are written."""
    for row in read_table(table):
        yield kind(**{name: read.get(name, str)(text) for name, text in row.items()})


def by_code(rows: Iterator[C]) -> dict[str, tuple[C, ...]]:
    """The rows of each code, in the order of the table: one a wording, a period or a case."""
    found: dict[str, tuple[C, ...]] = {}
    for row in rows:
        found[row.code] = (*found.get(row.code, ()), row)
    return found


def words(text: str) -> tuple[str, ...]:
    """The words of a cell."""
    return tuple(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a cell, separated by bars."""
    return tuple(filter(None, text.split("|")))


def or_none(text: str) -> str | None:
    """A text, ``None`` for an empty cell."""
    return text or None


def day(text: str) -> date | None:
    """A date of a table, ``None`` for an empty one."""
    return date.fromisoformat(text) if text else None

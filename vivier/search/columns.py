"""Declares a column of an export, whatever its rows are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Cell = str | int | float | tuple[str, ...] | None
"""The value of a cell. ``None``: the value is unknown, or the query does not call for it."""
L = TypeVar("L", contravariant=True)


@dataclass(frozen=True)
class Column(Generic[L]):
    """A column: its technical name, its French header and meaning, and the function that reads it from a row.

    ``part``: the value of ``fields`` that includes the column, ``None`` when it is always included; ``on_demand``: the column is
    included only when ``fields`` names its part; ``link``: the cells are web addresses."""

    name: str
    header: str
    meaning: str
    read: Callable[[L], Cell]
    part: str | None = None
    on_demand: bool = False
    link: bool = False

"""A column of an export: one declared line, whatever the rows are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Cell = str | int | float | tuple[str, ...] | None
"""``None``: unknown, or not asked."""
L = TypeVar("L")


@dataclass(frozen=True)
class Column(Generic[L]):
    """Technical name, French header, meaning, and how it is read of a line. ``part``: the value of ``fields`` that brings it,
    ``None`` when it always comes; ``on_demand``: only when ``fields`` names its part; ``link``: a web address."""

    name: str
    header: str
    meaning: str
    read: Callable[[L], Cell]
    part: str | None = None
    on_demand: bool = False
    link: bool = False

"""One line of « vivier doctor », of whichever room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One question, its answer in French, and what to do when it is not right. ``old``: it works, on data past their time."""

    name: str
    ok: bool
    text: str
    old: bool = False

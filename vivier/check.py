"""One line of « vivier doctor », of whichever room."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One question, its answer in French, and what to do when it is not right. ``old``: it works, on data past their time."""

    name: str
    ok: bool
    text: str
    old: bool = False

    @property
    def command(self) -> str | None:
        """The command that the text gives, if any: « vivier index »."""
        found = None if self.ok else re.search(r"vivier [a-z][^»;:,]*", self.text)
        return None if found is None else found[0].strip()

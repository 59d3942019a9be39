"""What an operator reads of a service: a line of « vivier doctor », a figure; who listens to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

from vivier.breakdowns import Card, card_of, has_card


@dataclass(frozen=True)
class Check:
    """One question, its answer in French, and what to do when it is not right. ``old``: it works, on data past their time."""

    name: str
    ok: bool
    text: str
    old: bool = False

    @property
    def card(self) -> Card:
        """What is done of it when it is not right, and by whom."""
        return card_of(f"{self.name} : {self.text}")

    @property
    def command(self) -> str | None:
        """What is to be typed, if anything: the command that the text gives, else that of the card."""
        found = None if self.ok else re.search(r"vivier [a-z][^»;:,]*", self.text)
        return found[0].strip() if found is not None else None if self.ok else self.card.command

    @property
    def deed(self) -> str:
        """What is to be done, by whom."""
        return f"{self.card.deed} ({self.card.who})"

    @property
    def sentence(self) -> str:
        """The name, the text and, of a breakdown that a card knows, the deed."""
        text = f"{self.name} : {self.text}"
        return f"{text} À faire : {self.deed}" if not self.ok and has_card(text) else text


@dataclass(frozen=True)
class State:
    """The checks of a service as its operator reads them: what is to be repaired, what is old, what is well."""

    broken: tuple[Check, ...]
    old: tuple[Check, ...]
    well: tuple[Check, ...]

    @classmethod
    def of(cls, checks: Iterable[Check]) -> Self:
        """The checks, told apart."""
        found = list(checks)
        broken = tuple(check for check in found if not check.ok and not check.old)
        return cls(broken, tuple(check for check in found if check.old), tuple(check for check in found if check.ok))

    @property
    def title(self) -> str:
        """« Tout va bien », « Ceci demande quelqu'un »."""
        return "Ceci demande quelqu'un" if self.broken else "Tout va bien"


class Listener(Protocol):
    """Who is told of troubles, each by its name (:class:`search_api.troubles.Troubles`)."""

    def begin(self, name: str, sentence: str) -> None: ...
    def end(self, name: str) -> None: ...
    def note(self, name: str, value: object) -> None: ...


class Figure(NamedTuple):
    """One figure: its name, what it is, the name of its label, a value for each value of that label."""

    name: str
    meaning: str
    label: str
    values: Mapping[str, float]

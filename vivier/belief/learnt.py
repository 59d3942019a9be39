"""What the answers of structures teach about others like them: the same kind, for the same trade.

A probability counts as ``STRENGTH`` answers before any came (a beta-binomial update): twelve refusals of twelve divide it by three. Only
answers of structures that publish no trade teach, and a refusal for another reason than the trade teaches nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from vivier.belief.steps import bounded

STRENGTH: Final = 6.0
"""Answers that a probability counts for before any came."""
MOST: Final = 24.0
"""The most answers that count, so that nobody can outweigh what sources say."""
PART: Final = 0.5
"""What « a part of it » teaches of the trade, beside a « yes »."""


@dataclass(frozen=True)
class Tally:
    """Answers about a trade, from structures of a kind: how many do it, and how many do not."""

    yes: float = 0.0
    no: float = 0.0

    def plus(self, yes: float, no: float) -> Tally:
        """The tally with more answers."""
        return Tally(self.yes + yes, self.no + no)

    def updated(self, probability: float) -> float:
        """A probability once these answers are known."""
        count = self.yes + self.no
        if not count:
            return probability
        keep = min(1.0, MOST / count)
        return bounded((probability * STRENGTH + self.yes * keep) / (STRENGTH + count * keep))


def tallies(answers: Iterable[tuple[Iterable[str], float, float]]) -> Mapping[str, Tally]:
    """The tally of each kind, from the kinds, the « yes » and the « no » of each answer."""
    found: dict[str, Tally] = {}
    for kinds, yes, no in answers:
        for kind in dict.fromkeys(kinds):
            found[kind] = found.get(kind, Tally()).plus(yes, no)
    return found


def updated(probability: float, kinds: Iterable[str], known: Mapping[str, Tally]) -> float:
    """A probability of a structure of these kinds once the answers of others are known: by those of all its kinds together, so that one more
    « yes » never lowers it."""
    together = Tally()
    for kind in dict.fromkeys(kinds):
        tally = known.get(kind, Tally())
        together = together.plus(tally.yes, tally.no)
    return together.updated(probability)

"""Cuts a text to a number of words for the eye; the rest stays in the page for screen readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vivier.identity import words_of

_LITTLE: Final = frozenset(words_of("de du des d' la le les l' et en à au aux pour par sur avec ou · - – : ;"))
"""Words at which a text is not cut."""


@dataclass(frozen=True)
class Clipped:
    """A text of which the card shows the first words; the others are for screen readers."""

    shown: str
    rest: str


def words_in(*texts: str) -> int:
    """How many words texts have; signs alone are none."""
    return sum(any(map(str.isalnum, word)) for text in texts for word in text.split())


def clipped(text: str, most: int) -> Clipped:
    """The first words of a text, ``most`` at most and one at least."""
    words = text.split(" ")
    ends = [count for count in range(1, len(words) + 1) if words_in(*words[:count]) <= most]
    shown = ends[-1] if ends else 1
    while 1 < shown < len(words) and words[shown - 1].lower() in _LITTLE:
        shown -= 1
    return Clipped(" ".join(words[:shown]), " ".join(words[shown:]))

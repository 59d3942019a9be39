"""Cuts a text to a number of words for the eye; the rest stays in the page for screen readers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from markupsafe import escape

from vivier.identity import words_of

_LITTLE: Final = frozenset(words_of("de du des d' la le les l' et en à au aux pour par sur avec ou · - – : ;"))
"""Words at which a text is not cut."""


@dataclass(frozen=True)
class Clipped:
    """A text of which the card shows the first words; the others are for screen readers."""

    shown: str
    rest: str

    def __html__(self) -> str:
        cut = ' class="cut"' if self.rest else ""
        rest = f'<span class="sr"> {escape(self.rest)}</span>' if self.rest else ""
        return f"<span{cut}>{escape(self.shown)}</span>{rest}"


def in_brief(text: str) -> str:
    """A reason on a card: what it says, without the proof that it puts between brackets: « Réservé — type non précisé »."""
    return text.partition(" (")[0]


def words_in(*texts: str) -> int:
    """How many words texts have; signs alone are none."""
    return sum(word.isalnum() or any(map(str.isalnum, word)) for text in texts for word in text.split())


def clipped(text: str, most: int) -> Clipped:
    """The first words of a text, ``most`` at most and one at least."""
    if words_in(text) <= most:
        return Clipped(text, "")
    words = text.split(" ")
    read = accumulate(map(words_in, words))
    shown = max(1, sum(count <= most for count in read))
    while 1 < shown < len(words) and words[shown - 1].lower() in _LITTLE:
        shown -= 1
    return Clipped(" ".join(words[:shown]), " ".join(words[shown:]))

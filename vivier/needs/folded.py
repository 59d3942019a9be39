"""A text without case, accents, typographic signs and double spaces, with the original position of each letter."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vivier.needs.model import Span
from vivier.text.folding import fold

#: Zero-width characters and soft hyphens, which the text analysis drops too.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\ufeff")
_APOSTROPHES = dict.fromkeys("’‘‛ʼ′´`＇", "'")
_PLAIN = {
    **_APOSTROPHES,
    "№": "n°",
    "º": "°",
    "–": "-",
    "—": "-",
    "‑": "-",
    "‐": "-",
    "²": "2",
    "\ufffd": "e",
    "¿": "'",
}


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and its source. ``starts[i]`` and ``ends[i]`` bound the characters of ``source`` that gave ``text[i]``."""

    source: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def has_both_cases(self) -> bool:
        """Whether the text has capitals and small letters, so that a capital distinguishes a name."""
        return not (self.source.isupper() or self.source.islower())

    def span(self, start: int, end: int) -> Span:
        """The stretch of the source that gave ``text[start:end]``, spaces at both ends left out."""
        while start < end and self.text[start] == " ":
            start += 1
        while end > start and self.text[end - 1] == " ":
            end -= 1
        if start >= end:
            return Span(start=0, end=0, text="")
        first, last = self.starts[start], self.ends[end - 1]
        return Span(start=first, end=last, text=self.source[first:last])

    def place(self, at: int) -> int:
        """The position, in the folded text, of a character of the source."""
        return bisect_left(self.ends, at + 1)

    def bounds(self, spans: Sequence[Span]) -> tuple[int, int]:
        """Start and end, in the folded text, of spans of the text."""
        return self.place(spans[0].start), self.place(spans[-1].end - 1) + 1

    def match_span(self, match: re.Match[str], group: int | str = 0) -> Span:
        """The stretch of the source that gave a match of a pattern on ``text``."""
        return self.span(match.start(group), match.end(group))


def folded(source: str) -> Folded:
    """Folds a text. Its NFC and NFD forms give the same letters."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(source):
        plain = _letters(character)
        if not plain and ends and unicodedata.combining(character):
            ends[-1] = place + 1
        if plain == " " and (not letters or letters[-1] == " "):
            continue
        letters.extend(plain)
        starts.extend([place] * len(plain))
        ends.extend([place + 1] * len(plain))
    return Folded(source, "".join(letters), tuple(starts), tuple(ends))


@lru_cache(maxsize=4096)
def _letters(character: str) -> str:
    if character in _INVISIBLE or unicodedata.combining(character):
        return ""
    if character.isspace() or unicodedata.category(character) in ("Cc", "Zs"):
        return " "
    # Upper case first: « ẞ » and « ß » are then alike, whichever the keyboard gave.
    return _PLAIN.get(character) or fold(character).lower()

"""Equivalent words and phrases of the search form, with the exact output of Lucene's SynonymGraphFilter.

Rules are in the Solr notation: ``a, b c, d`` (each stands for the others) or ``a, b => c`` (the left is replaced).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from vivier.text.settings import AnalysisError

Phrase = tuple[str, ...]


class Token(NamedTuple):
    """A word as it is indexed or searched, and its place in the text counted in words from 0."""

    text: str
    position: int


class Segment(NamedTuple):
    """A stretch of a query: the words written, whether they are searched too, and the words that may replace them."""

    written: Phrase
    searched: bool
    others: tuple[Phrase, ...]

    @property
    def alternatives(self) -> tuple[Phrase, ...]:
        """Every form to search for, the user's own first."""
        return (self.written, *self.others) if self.searched else self.others


@dataclass
class _Entry:
    searched: bool = False
    others: list[Phrase] = field(default_factory=list)

    def add(self, phrase: Phrase, keep: bool) -> None:
        self.searched = self.searched or keep
        if phrase not in self.others:
            self.others.append(phrase)


class Synonyms:
    """The rules of one filter, analysed by the filters before it in the chain.

    Raises AnalysisError for a rule with no word left after analysis, or with two forms that analysis makes one.
    """

    def __init__(self, rules: Iterable[str], analyse: Callable[[str], Sequence[str]]) -> None:
        self._analyse = analyse
        self._entries: dict[Phrase, _Entry] = {}
        for rule in rules:
            self._add(rule)
        self._longest = max(map(len, self._entries), default=0)

    def segments(self, words: Sequence[str]) -> Iterator[Segment]:
        """The words cut into stretches, each the longest that a rule knows, from left to right."""
        start = 0
        while start < len(words):
            segment = self._segment_at(words, start)
            yield segment
            start += len(segment.written)

    def graph(self, words: Sequence[str]) -> list[Token]:
        """The token stream of SynonymGraphFilter: all forms side by side, the longest setting the width."""
        tokens: list[Token] = []
        position = 0
        for segment in self.segments(words):
            position = _lay_out(segment, position, tokens)
        return tokens

    def _segment_at(self, words: Sequence[str], start: int) -> Segment:
        for length in range(min(self._longest, len(words) - start), 0, -1):
            phrase = tuple(words[start : start + length])
            entry = self._entries.get(phrase)
            if entry is not None:
                return Segment(phrase, entry.searched, tuple(entry.others))
        return Segment((words[start],), True, ())

    def _add(self, rule: str) -> None:
        if "\\" in rule:
            raise AnalysisError(f"analysis.json, synonymes « {rule} » : « \\ » n'est pas pris en charge.")
        left, arrow, right = rule.partition("=>")
        inputs = self._phrases(left, rule)
        for written in inputs:
            outputs = self._phrases(right, rule) if arrow else [other for other in inputs if other != written]
            for output in outputs:
                self._entries.setdefault(written, _Entry()).add(output, keep=not arrow)

    def _phrases(self, side: str, rule: str) -> list[Phrase]:
        phrases = [tuple(self._analyse(form)) for form in side.split(",")]
        if () in phrases or len(set(phrases)) < len(phrases):
            raise AnalysisError(
                f"analysis.json, synonymes « {rule} » : une forme est vide ou répétée une fois analysée."
            )
        return phrases


def _lay_out(segment: Segment, start: int, tokens: list[Token]) -> int:
    """Appends the tokens of a stretch, in Lucene's order. Returns the position where the next stretch begins.

    First the first word of every form, then the rest of each; each form of several words has positions of its own.
    """
    forms = (*segment.others, segment.written) if segment.searched else segment.others
    tokens.extend(Token(form[0], start) for form in forms)
    inner = start
    for form in forms:
        tokens.extend(Token(word, inner + place) for place, word in enumerate(form[1:], 1))
        inner += len(form) - 1
    return inner + 1

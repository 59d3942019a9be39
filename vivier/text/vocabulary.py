"""The words of a generation: how many suppliers use each, how it is usually written, and which words an unknown one may
mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import regex
from rapidfuzz import fuzz, process

from vivier.text.analysis import Analysis

_WORD = regex.compile(r"[\p{L}\p{N}]+")
SHORTEST_CORRECTED = 4
"""Characters. A shorter unknown word has too many neighbours to guess from."""
LIKENESS = 80.0
"""Least rapidfuzz ratio (0–100) between an unknown word and what it may mean: one slip in five letters."""
MOST_CORRECTIONS = 3


@dataclass(frozen=True)
class Vocabulary:
    """Index words (after analysis) with the number of suppliers that use each and its shortest written form."""

    documents: int
    entries: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def __contains__(self, token: str) -> bool:
        return token in self.entries

    def frequency(self, token: str) -> int:
        """Suppliers that use the word."""
        return self.entries.get(token, (0, ""))[0]

    def written(self, token: str) -> str:
        """The word as people write it."""
        return self.entries.get(token, (0, token))[1]

    def nearest(self, token: str) -> tuple[str, ...]:
        """At most three known words an unknown one may mean, the likeliest first; none when nothing is near enough."""
        if len(token) < SHORTEST_CORRECTED or any(character.isdigit() for character in token):
            return ()
        near = [word for length in range(len(token) - 2, len(token) + 3) for word in self._by_length.get(length, ())]
        found = process.extract(token, near, scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=20)
        best = sorted(found, key=lambda match: (-match[1], -self.frequency(match[0]), match[0]))
        return tuple(word for word, score, _ in best[:MOST_CORRECTIONS] if score >= best[0][1] - 5)

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for word in self.entries:
            if len(word) >= SHORTEST_CORRECTED - 1 and not word.isdigit():
                found[len(word)].append(word)
        return found


NO_VOCABULARY = Vocabulary(0)
"""Used without the words of a generation: every word then counts the same and none is corrected."""


class WordCounter:
    """Counts, document by document, the words of a generation."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._documents = 0
        self._frequencies: Counter[str] = Counter()
        self._written: dict[str, str] = {}
        self._learnt: set[str] = set()

    def add(self, texts: Iterable[str], analysed: Iterable[str]) -> None:
        """Count the words of one document once each: its texts as written, and the same ones analysed."""
        self._documents += 1
        seen: set[str] = set()
        for text, words in zip(texts, analysed, strict=True):
            found = set(words.split())
            if not found <= self._written.keys():
                self._learn(text)
            seen |= found
        self._frequencies.update(seen)

    def take(self) -> Vocabulary:
        """The counts since the last call. The written forms of words are remembered."""
        counted = self.vocabulary()
        self._documents, self._frequencies = 0, Counter()
        return counted

    def merge(self, counted: Vocabulary) -> None:
        """Adds the counts of another counter."""
        self._documents += counted.documents
        for token, (frequency, written) in counted.entries.items():
            self._frequencies[token] += frequency
            self._written[token] = shortest(self._written.get(token), written)

    def vocabulary(self) -> Vocabulary:
        """What was counted, words in order."""
        entries = {
            token: (self._frequencies[token], self._written.get(token, token)) for token in sorted(self._frequencies)
        }
        return Vocabulary(self._documents, entries)

    def _learn(self, text: str) -> None:
        """Remembers how the words of a text are written."""
        for word in set(_WORD.findall(text.lower())) - self._learnt:
            self._learnt.add(word)
            for token in self._analysis.tokens("french", word):
                self._written[token] = shortest(self._written.get(token), word)


def shortest(known: str | None, word: str) -> str:
    """The shorter way to write a word, the first in order among equals."""
    return word if known is None else min(known, word, key=lambda form: (len(form), form))

"""The words of a generation: how many suppliers use each, how it is usually written, and what an unknown word may mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

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
        best = sorted(found, key=lambda one: (-one[1], -self.frequency(one[0]), one[0]))
        return tuple(word for word, score, _ in best[:MOST_CORRECTIONS] if score >= best[0][1] - 5)

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for word in self.entries:
            if len(word) >= SHORTEST_CORRECTED - 1 and not word.isdigit():
                found[len(word)].append(word)
        return found


NO_VOCABULARY = Vocabulary(0)
"""Without the words of a generation every word is equally telling and none is corrected."""


class WordReader:
    """Words of texts as the index knows them, and how they are written; what was read once is remembered."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._tokens: dict[str, tuple[str, ...]] = {}
        self.written: dict[str, str] = {}
        self.tokens_of = lru_cache(maxsize=10_000)(self._read)

    def _read(self, text: str) -> frozenset[str]:
        known = self._tokens
        words = _WORD.findall(text.lower())
        return frozenset(token for word in words for token in (known.get(word) or self._learn(word)))

    def _learn(self, word: str) -> tuple[str, ...]:
        tokens = tuple(self._analysis.tokens("french", word))
        self._tokens[word] = tokens
        for token in tokens:
            self.written[token] = shortest(self.written.get(token), word)
        return tokens


class WordCounter:
    """Counts, document by document, the words of a generation."""

    def __init__(self, reader: WordReader) -> None:
        self._reader = reader
        self._documents = 0
        self._frequencies: Counter[str] = Counter()
        self._written: dict[str, str] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Count the words of one document once each."""
        self._documents += 1
        self._frequencies.update(set().union(*map(self._reader.tokens_of, texts)))

    def merge(self, counted: Vocabulary) -> None:
        """Add what another counter counted."""
        self._documents += counted.documents
        for token, (frequency, written) in counted.entries.items():
            self._frequencies[token] += frequency
            self._written[token] = shortest(self._written.get(token), written)

    def vocabulary(self) -> Vocabulary:
        """What was counted, words in order."""
        written = self._reader.written | self._written
        entries = {token: (self._frequencies[token], written[token]) for token in sorted(self._frequencies)}
        return Vocabulary(self._documents, entries)


def shortest(known: str | None, word: str) -> str:
    """The shorter way to write a word, the first in order among equals."""
    return word if known is None else min(known, word, key=lambda one: (len(one), one))

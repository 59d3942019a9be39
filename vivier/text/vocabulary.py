"""The words of a generation: how many suppliers use each, how it is usually written, and which words an unknown one may
mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import regex
from rapidfuzz import fuzz, process

from vivier.text.analysis import WORD_CACHE, Analysis

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
        self._documents = 0
        self._frequencies: Counter[str] = Counter()
        self._written: dict[str, str] = {}
        self._pieces: set[str] = set()
        """What stands between spaces in the texts of the documents counted."""
        self._forms = _Forms(analysis)

    def add(self, texts: Iterable[str], analysed: Iterable[str]) -> None:
        """Count the words of one document once each: its texts as written, and the same ones analysed."""
        self._documents += 1
        for text in texts:
            self._pieces.update(text.split())
        self._frequencies.update({word for words in analysed for word in words.split()})

    def words_of(self, texts: Iterable[str], analysed: Iterable[str]) -> dict[str, str]:
        """The words of one document, each with its shortest form there, empty when there is none."""
        found = dict.fromkeys((word for words in analysed for word in words.split()), "")
        for piece in {piece for text in texts for piece in text.split()}:
            for token, word in self._forms[piece]:
                if (form := found.get(token)) is not None and form != word:
                    found[token] = shortest(form or None, word)
        return found

    def add_words(self, words: Mapping[str, str]) -> None:
        """Counts one document by its words, as :meth:`words_of` gives them."""
        self._documents += 1
        self._frequencies.update(words.keys())
        known = self._written
        for token, word in words.items():
            if word and (form := known.get(token)) != word:
                known[token] = shortest(form, word)

    def take(self) -> Vocabulary:
        """The counts since the last call, to be merged. A word has no form when earlier calls gave all those that it has here."""
        self._read_pieces()
        entries = {token: (count, self._written.pop(token, "")) for token, count in self._frequencies.items()}
        entries |= {token: (0, form) for token, form in self._written.items()}
        counted = Vocabulary(self._documents, entries)
        self._documents, self._frequencies, self._written = 0, Counter(), {}
        return counted

    def merge(self, counted: Vocabulary) -> None:
        """Adds what another counter took."""
        self._documents += counted.documents
        frequencies, known = self._frequencies, self._written
        for token, (frequency, written) in counted.entries.items():
            if frequency:
                frequencies[token] = frequencies.get(token, 0) + frequency
            if written and (form := known.get(token)) != written:
                known[token] = shortest(form, written)

    def vocabulary(self) -> Vocabulary:
        """What was counted, words in order."""
        self._read_pieces()
        entries = {
            token: (self._frequencies[token], self._written.get(token, token)) for token in sorted(self._frequencies)
        }
        return Vocabulary(self._documents, entries)

    def _read_pieces(self) -> None:
        """Reads the forms of the words of new pieces."""
        for piece in self._pieces:
            if piece not in self._forms:
                for token, word in self._forms[piece]:
                    if (form := self._written.get(token)) != word:
                        self._written[token] = shortest(form, word)
        self._pieces.clear()


class _Forms(dict[str, tuple[tuple[str, str], ...]]):
    """The index words of a piece of text, each with the word as it is written there. All are forgotten together once they are many."""

    def __init__(self, analysis: Analysis) -> None:
        super().__init__()
        self._analysis = analysis

    def __missing__(self, piece: str) -> tuple[tuple[str, str], ...]:
        if len(self) >= WORD_CACHE:
            self.clear()
        words = (piece,) if piece.isalnum() else _WORD.findall(piece)
        found = self[piece] = tuple(
            [(token, word.lower()) for word in words for token in self._analysis.tokens("french", word)]
        )
        return found


def shortest(known: str | None, word: str) -> str:
    """The shorter way to write a word; among equals one with an accent (« alençon », which lists in capitals write « ALENCON »), then the
    first in order."""
    return word if known is None else min(known, word, key=lambda form: (len(form), form.isascii(), form))

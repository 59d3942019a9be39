"""Reads the words of a need: stems with their position, families of words, likely spelling of unknown words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from mappings import read_table
from vivier.needs.folded import folded
from vivier.text import Analysis

EXACT, FAMILY, SYNONYM, CORRECTED = 1.0, 0.85, 0.7, 0.8
"""Quality of a match between two words: the same word, a word of its family (laver, lavage), a synonym, a corrected word."""

_WORD = re.compile(
    r"(?:[a-z]\.){2,}[a-z]?|(?:(?P<elided>[ldcjmnst]|qu|jusqu|lorsqu)')?(?P<word>[a-z0-9]+(?:&[a-z0-9]+)*)"
)
_SUFFIXES = (
    *("issements", "issement", "issage", "ements", "ement", "ations", "ation", "ages", "age"),
    *("euses", "euse", "eurs", "eur", "ants", "ant", "er", "ees", "ee"),
)
SHORTEST_ROOT = 4
TWO_ERRORS = 11
LONGEST_CORRECTED = 12
"""Unknown words looked up in one need, at most: a long title of proper names must stay cheap."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is not a stop word: its ``stem``, its form as ``written`` (folded), and its position in the folded text."""

    stem: str
    written: str
    start: int
    end: int
    joined: bool = False

    @property
    def is_number(self) -> bool:
        return self.stem.isdigit()


def read_words(text: str, analysis: Analysis) -> list[Word]:
    """The words of a folded text, stop words left out, stemmed by the text analysis.

    ``joined`` marks a word that a hyphen ties to the word before (« bio-nettoyage »).
    """
    words: list[Word] = []
    for match in _WORD.finditer(text):
        start = match.start("word") if match["word"] is not None else match.start()
        written = match["word"] or match.group().replace(".", "")
        for stem in _stems(written, analysis):
            tied = bool(words) and words[-1].end == start - 1 and text[start - 1] == "-"
            words.append(Word(stem, written, start, match.end(), tied))
    return words


@lru_cache(maxsize=1 << 16)
def _stems(written: str, analysis: Analysis) -> tuple[str, ...]:
    own = own_stems().get(written)
    return tuple(analysis.tokens("french", written)) if own is None else (own,)


@lru_cache(maxsize=1)
def own_stems() -> Mapping[str, str]:
    """The words that the stemmer takes for others (« repas » for « réparation », « traiteur » for « traitement »), each with the stem that tells
    it apart: the first word of its row of ``need_vocabulary``."""
    rows = (folded(row["patterns"]).text.split("|") for row in read_table("need_vocabulary") if row["role"] == "own")
    return {word: words[0] for words in rows for word in words}


@lru_cache(maxsize=1 << 16)
def root(written: str) -> str | None:
    """The part that a word shares with its family: « repass » of repassage, repasser, repasseuse. ``None`` for a word without
    such an ending."""
    for suffix in _SUFFIXES:
        if written.endswith(suffix) and len(written) - len(suffix) >= SHORTEST_ROOT:
            return _single(written[: -len(suffix)])
    return None


def _single(text: str) -> str:
    return text[:-1] if len(text) > SHORTEST_ROOT and text[-1] == text[-2] else text


class Lexis:
    """The vocabulary of the trades, and the words of it that other words may mean.

    ``surface``: folded words of the tables, each with its stem; ``counts``: how many phrases contain each. ``families``: groups of
    words with a common root; ``synonyms``: groups of words that mean nearly the same; ``distinct``: words that look like a family
    and are not.
    """

    def __init__(
        self,
        surface: Mapping[str, str],
        counts: Mapping[str, int],
        families: Iterable[tuple[str, ...]],
        synonyms: Iterable[tuple[str, ...]],
        also_known: Iterable[str],
        distinct: Iterable[tuple[str, ...]] = (),
    ) -> None:
        self.surface = dict(surface)
        self._counts = counts
        self.stems = frozenset(self.surface.values())
        self._known = self.stems | frozenset(also_known)
        self._families = _groups(families)
        self._synonyms = _groups(synonyms)
        self._distinct = _groups(distinct)
        self._by_root = _by_root(self.surface)
        self._cached = lru_cache(maxsize=1 << 15)(self._alternatives)
        self.corrected = lru_cache(maxsize=1 << 14)(self._correct)

    def alternatives(self, stem: str, written: str) -> tuple[tuple[str, float], ...]:
        """(stem, quality) pairs of the vocabulary that a word may mean, itself first when it is known."""
        return self._cached(stem, written)

    def is_known(self, stem: str, written: str) -> bool:
        """Whether the tables or the public nomenclatures have the word, or a word of its family."""
        return stem in self._known or written.isdigit() or bool(self.alternatives(stem, written))

    def _alternatives(self, stem: str, written: str) -> tuple[tuple[str, float], ...]:
        found: dict[str, float] = {}
        shared = None if written in own_stems() else root(written)
        for stems, quality in (
            ((stem,), EXACT),
            (self._families.get(stem, ()), FAMILY),
            (self._by_root.get(shared or "", ()), FAMILY),
            (self._synonyms.get(stem, ()), SYNONYM),
        ):
            for other in stems:
                if other in self.stems and other not in self._distinct.get(stem, ()):
                    found.setdefault(other, quality)
        return tuple(found.items())

    def _correct(self, written: str) -> str | None:
        """The nearest known word; ``None`` when the word is too short or none is near."""
        return next(iter(self.near(written)), None)

    def near(self, written: str) -> tuple[str, ...]:
        """The known words at one typing error of a word (two in a long one), the nearest first; none when it is short.

        The first letter is seldom mistyped: it must be the same. A word of three letters must be the beginning: « plie » is « pli », « verd » no « VRD ».
        """
        if len(written) < 4 or not written.isalpha():
            return ()
        first = written[0]
        allowed = 1 if len(written) < TWO_ERRORS else 2
        near = [word for length in range(len(written) - allowed, len(written) + allowed + 1) for word in self._by_length.get(length, ()) if word[0] == first and (len(word) > 3 or written.startswith(word))]  # fmt: skip
        found = process.extract(
            written, near, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=8, processor=None
        )
        ranked = sorted(found, key=lambda hit: (hit[1], -self._counts.get(hit[0], 0), hit[0]))
        return tuple(word for word, _, _ in ranked)

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        lengths: defaultdict[int, list[str]] = defaultdict(list)
        for word in self.surface:
            if len(word) >= 3 and word.isalpha():
                lengths[len(word)].append(word)
        return lengths


def _groups(groups: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Every member -> the other members of all its groups."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for group in groups:
        for member in group:
            found[member].update(dict.fromkeys(other for other in group if other != member))
    return {member: tuple(others) for member, others in found.items()}


def _by_root(surface: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    roots: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for written, stem in surface.items():
        key = root(written)
        if key is not None:
            roots[key][stem] = None
    return {key: tuple(stems) for key, stems in roots.items()}

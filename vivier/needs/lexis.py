"""The words of a need: stems with their place, families of words, likely spelling of unknown ones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from vivier.text import Analysis

EXACT, FAMILY, SYNONYM, CORRECTED = 1.0, 0.85, 0.7, 0.8
"""How well a word stands for another: itself, of the same family (laver, lavage), another word, a corrected one."""

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
    """A word that says something: its ``stem``, as ``written`` (folded), and where it stands in the folded text."""

    stem: str
    written: str
    start: int
    end: int
    joined: bool = False

    @property
    def is_number(self) -> bool:
        return self.stem.isdigit()


def read_words(text: str, analysis: Analysis) -> list[Word]:
    """The words of a folded text but the stop words, stemmed by the analysis of the house.

    ``joined`` marks a word that a hyphen ties to the one before (« bio-nettoyage »).
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
    return tuple(analysis.tokens("french", written))


@lru_cache(maxsize=1 << 16)
def root(written: str) -> str | None:
    """What a word shares with its family: « repass » of repassage, repasser, repasseuse. None for a word that has no such ending."""
    for suffix in _SUFFIXES:
        if written.endswith(suffix) and len(written) - len(suffix) >= SHORTEST_ROOT:
            return _single(written[: -len(suffix)])
    return None


def _single(text: str) -> str:
    return text[:-1] if len(text) > SHORTEST_ROOT and text[-1] == text[-2] else text


class Lexis:
    """The vocabulary of the trades, and what other words stand for in it.

    ``surface``: folded words seen in the tables with their stem; ``counts``: in how many phrases each stands. ``families`` and ``synonyms``: groups of words that are
    one word in another dress, or mean nearly the same; ``distinct``: words that only look like one family.
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
        self._standing = lru_cache(maxsize=1 << 15)(self._stand_for)
        self.corrected = lru_cache(maxsize=1 << 14)(self._correct)

    def standing(self, stem: str, written: str) -> tuple[tuple[str, float], ...]:
        """(stem, quality) pairs of the vocabulary that a word stands for, itself first when known."""
        return self._standing(stem, written)

    def is_known(self, stem: str, written: str) -> bool:
        """Whether the word, or one of its family, is a word of the tables or of the public nomenclatures."""
        return stem in self._known or written.isdigit() or bool(self.standing(stem, written))

    def _stand_for(self, stem: str, written: str) -> tuple[tuple[str, float], ...]:
        found: dict[str, float] = {}
        for stems, quality in (
            ((stem,), EXACT),
            (self._families.get(stem, ()), FAMILY),
            (self._by_root.get(root(written) or "", ()), FAMILY),
            (self._synonyms.get(stem, ()), SYNONYM),
        ):
            for other in stems:
                if other in self.stems and other not in self._distinct.get(stem, ()):
                    found.setdefault(other, quality)
        return tuple(found.items())

    def _correct(self, written: str) -> str | None:
        """The one known word a typing error away (two in a long word); None when too short or too far.

        The first letter is seldom mistyped: it must be the same.
        """
        if len(written) < 4 or not written.isalpha():
            return None
        first = written[0]
        allowed = 1 if len(written) < TWO_ERRORS else 2
        near = [word for length in range(len(written) - allowed, len(written) + allowed + 1) for word in self._by_length.get(length, ()) if word[0] == first]  # fmt: skip
        found = process.extract(
            written, near, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=8, processor=None
        )
        ranked = sorted(found, key=lambda hit: (hit[1], -self._counts.get(hit[0], 0), hit[0]))
        return ranked[0][0] if ranked else None

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        lengths: defaultdict[int, list[str]] = defaultdict(list)
        for word in self.surface:
            if len(word) >= 4 and word.isalpha():
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

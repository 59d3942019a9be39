"""Phrases of the trade table found in a need, in order or not, whole or in part."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Alternatives = Sequence[tuple[str, float]]
"""(stem, quality) pairs one word of the need may stand for."""

_REVERSED = 0.93
_PROXIMITY = (1.0, 1.0, 0.92, 0.85, 0.75, 0.65)
_FAR = 0.5
SYNONYM_LEAST = 0.65  # a phrase of one word is there when a synonym is, but not a synonym of a corrected word
PART = 1.5  # a phrase of which a share m of the rarity is there counts m ** PART
CONTEXT_RARITY = 0.3  # words that say where or for whom (école, commune) weigh less than words that say what
UNKNOWN_RARITY = 3.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of one trade (``owner``: its row), as stems; ``field``: words, name or exclusion."""

    owner: int
    field: str
    written: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase read in a need: the words it took with what each is worth (quality × fit), and how well it fits (0–1).

    ``whole``: every word of it is there; ``exact``: and none through its family, a synonym or a correction.
    """

    phrase: Phrase
    taken: tuple[tuple[int, float], ...]
    fit: float
    whole: bool
    exact: bool


class PhraseIndex:
    """Phrases by stem. Rarity of a stem: log of the number of trades over those whose phrases have it, in nats."""

    def __init__(self, phrases: Iterable[Phrase], owners: int, context: frozenset[str]) -> None:
        self.phrases = tuple(phrases)
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            for slot, stem in enumerate(phrase.stems):
                self._postings[stem].append((number, slot))
        self._rarity = _rarities(self.phrases, owners, context)
        self.context = context
        self._totals = [sum(map(self.rarity, phrase.stems)) for phrase in self.phrases]

    def rarity(self, stem: str) -> float:
        """Weight of a stem; of the middle for one that no phrase has."""
        return self._rarity.get(stem, UNKNOWN_RARITY)

    def find(self, words: Sequence[Alternatives]) -> list[Found]:
        """Every phrase of which at least one word is there."""
        hits: defaultdict[int, list[tuple[int, int, float]]] = defaultdict(list)
        for position, alternatives in enumerate(words):
            for stem, quality in alternatives:
                for number, slot in self._postings.get(stem, ()):
                    hits[number].append((slot, position, quality))
        return [self._found(number, found) for number, found in hits.items()]

    def _found(self, number: int, hits: list[tuple[int, int, float]]) -> Found:
        phrase = self.phrases[number]
        size = len(phrase.stems)
        if size == 1:
            quality = max(quality for _, _, quality in hits)
            return Found(phrase, tuple((p, q) for _, p, q in hits), quality, quality >= SYNONYM_LEAST, quality == 1.0)
        chosen = _assigned(hits)
        total = self._totals[number] or 1.0
        share = sum(self.rarity(phrase.stems[slot]) * quality for slot, (_, quality) in chosen.items()) / total
        near = _nearness([position for position, _ in chosen.values()], size)
        whole = len(chosen) == size
        fit = (share**PART) * (near if whole else min(near, 0.9))
        exact = whole and all(quality == 1.0 for _, quality in chosen.values())
        return Found(phrase, tuple((p, q * fit) for p, q in chosen.values()), fit, whole, exact)


def _assigned(hits: list[tuple[int, int, float]]) -> dict[int, tuple[int, float]]:
    """One word of the need for each word of the phrase: the best, and the nearest to the word before it."""
    chosen: dict[int, tuple[int, float]] = {}
    used: set[int] = set()
    last: int | None = None
    by_slot: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for slot, position, quality in hits:
        by_slot[slot].append((position, quality))
    for slot in sorted(by_slot, key=lambda slot: (len(by_slot[slot]), slot)):
        free = [hit for hit in by_slot[slot] if hit[0] not in used]
        if free:
            best = max(free, key=lambda hit: (hit[1] - 0.05 * (0 if last is None else abs(hit[0] - last)), -hit[0]))
            chosen[slot] = best
            used.add(best[0])
            last = best[0]
    return dict(sorted(chosen.items()))


def _nearness(positions: list[int], size: int) -> float:
    if len(positions) < 2:
        return 1.0
    gap = max(positions) - min(positions) + 1 - len(positions)
    near = _PROXIMITY[gap] if gap < len(_PROXIMITY) else _FAR
    return near if positions == sorted(positions) else near * _REVERSED


def _rarities(phrases: Sequence[Phrase], owners: int, context: frozenset[str]) -> dict[str, float]:
    holders: Mapping[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        if phrase.field != "exclusion":
            for stem in phrase.stems:
                holders[stem].add(phrase.owner)
    rarities = {stem: math.log((owners + 1) / (len(owned) + 0.5)) for stem, owned in holders.items()}
    return {
        stem: 0.05 if stem.isdigit() else value * (CONTEXT_RARITY if stem in context else 1.0)
        for stem, value in rarities.items()
    }

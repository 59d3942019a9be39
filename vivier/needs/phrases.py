"""Finds the phrases of the trade table in a need, in order or not, whole or in part."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Alternatives = Sequence[tuple[str, float]]
"""(stem, quality) pairs that a word of the need may mean."""

Hit = tuple[int, int, float, float]
"""(place in the phrase, place in the need, quality, share of the phrase's rarity)."""

_REVERSED = 0.93
_PROXIMITY = (1.0, 1.0, 0.92, 0.85, 0.75, 0.65)
_FAR = 0.5
SYNONYM_LEAST = 0.65  # a phrase of one word is found through a synonym, not through a synonym of a corrected word
LEAST_FIT = 0.06  # below, a part of a phrase is noise, and costs time
LEAST_NEAR = 0.9  # the highest quality of a phrase found in part
PART = 1.5  # a phrase found for a share m of its rarity counts m ** PART
CONTEXT_RARITY = 0.3  # words for the place or the beneficiary (école, commune) weigh less than words for the thing
UNKNOWN_RARITY = 3.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of one trade (``owner``: its row), as stems; ``field``: words, name, exclusion, or bought (a phrase of buyers)."""

    owner: int
    field: str
    written: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found in a need: the words of the need that it uses, each with its value (quality × fit), and its fit (0–1).

    ``whole``: all its words are found; ``exact``: all are, and none through its family, a synonym or a correction.
    """

    phrase: Phrase
    taken: tuple[tuple[int, float], ...]
    fit: float
    whole: bool
    exact: bool


class PhraseIndex:
    """Phrases by stem. The rarity of a stem, in nats, is log(``owners`` / number of trades whose phrases have it); ``owners``:
    how many trades and themes the weights were fitted with. What buyers type makes no word of a trade less rare: it counts
    for the stems that it alone has."""

    def __init__(self, phrases: Iterable[Phrase], owners: int, context: frozenset[str]) -> None:
        self.phrases = tuple(phrases)
        self.context = context
        self._rarity = _rarities(self.phrases, owners, context)
        # Stem -> (phrase, position in it, share of its rarity).
        self._postings: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            total = sum(map(self.rarity, phrase.stems)) or 1.0
            for slot, stem in enumerate(phrase.stems):
                self._postings[stem].append((number, slot, self.rarity(stem) / total))

    def rarity(self, stem: str) -> float:
        """Rarity of a stem, nats; a middle value for a stem that no phrase has."""
        return self._rarity.get(stem, UNKNOWN_RARITY)

    def __contains__(self, stem: str) -> bool:
        return stem in self._postings

    def find(self, words: Sequence[Alternatives]) -> list[Found]:
        """Phrases of which a sufficient part is found."""
        hits: defaultdict[int, list[Hit]] = defaultdict(list)
        for position, alternatives in enumerate(words):
            for stem, quality in alternatives:
                for number, slot, share in self._postings.get(stem, ()):
                    hits[number].append((slot, position, quality, share))
        found = (self._found(self.phrases[number], at) for number, at in hits.items())
        return [phrase for phrase in found if phrase is not None]

    def _found(self, phrase: Phrase, hits: list[Hit]) -> Found | None:
        size = len(phrase.stems)
        if size == 1:
            quality = max(hit[2] for hit in hits)
            return Found(phrase, tuple([(hit[1], hit[2]) for hit in hits]), quality, quality >= SYNONYM_LEAST, quality == 1.0)  # fmt: skip
        if len(hits) == 1:
            _, position, quality, share = hits[0]
            fit = LEAST_NEAR * (share * quality) ** PART
            return Found(phrase, ((position, quality * fit),), fit, False, False) if fit >= LEAST_FIT else None
        return self._several(phrase, _assigned(hits))

    def _several(self, phrase: Phrase, chosen: dict[int, Hit]) -> Found | None:
        share = sum(hit[3] * hit[2] for hit in chosen.values())
        whole = len(chosen) == len(phrase.stems)
        near = _nearness([hit[1] for hit in chosen.values()])
        fit = (share**PART) * (near if whole else min(near, LEAST_NEAR))
        if fit < LEAST_FIT:
            return None
        exact = whole and all(hit[2] == 1.0 for hit in chosen.values())
        return Found(phrase, tuple([(hit[1], hit[2] * fit) for hit in chosen.values()]), fit, whole, exact)


def _assigned(hits: list[Hit]) -> dict[int, Hit]:
    """One word of the need for each word of the phrase: the best; of equals, the nearest to the word before."""
    by_slot: dict[int, list[Hit]] = {}
    for hit in hits:
        by_slot.setdefault(hit[0], []).append(hit)
    chosen: dict[int, Hit] = {}
    used: set[int] = set()
    last: int | None = None
    for slot in sorted(by_slot, key=lambda slot: (len(by_slot[slot]), slot)):
        free = [hit for hit in by_slot[slot] if hit[1] not in used]
        if free:
            best = free[0] if len(free) == 1 else max(free, key=lambda hit: _preference(hit, last))
            chosen[slot] = best
            last = best[1]
            used.add(last)
    return dict(sorted(chosen.items()))


def _preference(hit: Hit, last: int | None) -> tuple[float, int]:
    return hit[2] - 0.05 * (0 if last is None else abs(hit[1] - last)), -hit[1]


def _nearness(positions: list[int]) -> float:
    if len(positions) < 2:
        return 1.0
    gap = max(positions) - min(positions) + 1 - len(positions)
    near = _PROXIMITY[gap] if gap < len(_PROXIMITY) else _FAR
    return near if positions == sorted(positions) else near * _REVERSED


def _rarities(phrases: Sequence[Phrase], owners: int, context: frozenset[str]) -> dict[str, float]:
    holders = _holders(phrase for phrase in phrases if phrase.field == "bought")
    holders |= _holders(phrase for phrase in phrases if phrase.field in ("words", "name"))
    rarities = {stem: math.log((owners + 1) / (len(owned) + 0.5)) for stem, owned in holders.items()}
    return {
        stem: 0.05 if stem.isdigit() else value * (CONTEXT_RARITY if stem in context else 1.0)
        for stem, value in rarities.items()
    }


def _holders(phrases: Iterable[Phrase]) -> dict[str, set[int]]:
    """By stem, the trades whose phrases have it."""
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        for stem in phrase.stems:
            holders[stem].add(phrase.owner)
    return dict(holders)

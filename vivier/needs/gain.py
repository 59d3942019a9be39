"""Corrects a need as a whole: a word that no table has as it is written is read as a near one when the trade becomes much likelier.

« livraison de repa » is a meal, though « repa » has the stem of another word; « mise sous plie » an envelope.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from vivier.needs.evidence import Evidence, Token, corrected, weigh
from vivier.needs.index import NeedsIndex
from vivier.needs.scoring import AUTO, Confidences, Weights, confidences

LEAST_GAIN: Final = 0.3
"""Confidence that a correction adds at least: the letters that it changes cost as much."""
MOST_TRIED: Final = 6
"""Readings of one need that are weighed, at most."""


def by_gain(
    weighed: tuple[Token, ...], found: Confidences, names: Collection[str], index: NeedsIndex, weights: Weights
) -> tuple[tuple[Token, ...], Evidence, Confidences] | None:
    """The words with the correction that makes a trade the likeliest; ``None`` when none gains enough, or when the trade is sure already."""
    before = _likeliest(found)
    if before >= AUTO or found.themes > before:
        return None
    made = []
    for at, word in _tried(weighed, names, index):
        mended = (*weighed[:at], corrected(weighed[at], word, index), *weighed[at + 1 :])
        evidence = weigh(mended, (), index)
        made.append((mended, evidence, confidences(evidence, index, weights)))
    best = max(made, key=lambda each: _likeliest(each[2]), default=None)
    return best if best is not None and _likeliest(best[2]) >= before + LEAST_GAIN else None


def _likeliest(found: Confidences) -> float:
    return float(found.trades.max(initial=0.0))


def _tried(weighed: Sequence[Token], names: Collection[str], index: NeedsIndex) -> list[tuple[int, str]]:
    """Each word that no table has as it is written, by its position, with the words near it."""
    strange = [
        (at, token.word.written)
        for at, token in enumerate(weighed)
        if token.word.written not in index.tables.words and token.word.written not in names
    ]
    return [(at, word) for at, written in strange for word in index.lexis.near(written)][:MOST_TRIED]

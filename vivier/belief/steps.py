"""The steps of a probability: what is stored and searched of a belief, and how it is worded.

A probability is stored and written as the nearest step, so that both engines order by the same whole points and every room tells the same
figure.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

STEPS: Final = tuple(
    thousandths / 1000
    for decade in (
        (5, 10, 15, 20, 30, 40, 55, 70, 90, 110, 140, 170, 210, 250, 300),
        (350, 400, 460, 520, 580, 640, 700, 760, 820, 870, 910, 940, 970, 985, 995),
    )
    for thousandths in decade
)
"""The probabilities that are told, from the least to the most: nothing is nearer to certain."""
LEAST: Final = STEPS[0]
MOST: Final = STEPS[-1]
STORED: Final = 0.01
"""The least probability that a document holds: whoever holds none of a trade has :data:`LEAST`."""

IMPROBABLE: Final = 0.05
"""The probability under which nobody is called: of twenty such calls, less than one is a « yes »."""
DEGREES: Final = (
    (0.7, "très probable"),
    (0.45, "probable"),
    (0.2, "possible"),
    (IMPROBABLE, "peu probable"),
    (0.0, "improbable"),
)
"""Five degrees in words, with the least probability of each."""


def bounded(probability: float) -> float:
    """The probability within what is told: a certainty is never printed."""
    return min(MOST, max(LEAST, probability))


@lru_cache(maxsize=1 << 16)
def step_of(probability: float) -> int:
    """The place in :data:`STEPS` of the step nearest to a probability, by log-odds."""
    held = bounded(probability)
    above = min(bisect_right(STEPS, held), len(STEPS) - 1)
    odds = logit(held)
    return above if _ODDS[above] - odds < odds - _ODDS[above - 1] else above - 1


def shown(probability: float) -> float:
    """The probability as it is written everywhere: that of its step, which documents hold and engines order by."""
    return STEPS[step_of(probability)]


def stored(found: Iterable[tuple[str, float]]) -> Iterator[str]:
    """« trade:step » of each trade worth storing."""
    return (f"{trade}:{step_of(probability)}" for trade, probability in found if probability >= STORED)


def codes(trade: str) -> Iterator[tuple[str, float]]:
    """The stored values of a trade, each with its probability, the greatest first."""
    return ((f"{trade}:{step}", STEPS[step]) for step in range(len(STEPS) - 1, step_of(STORED) - 1, -1))


def degree(probability: float) -> str:
    return next(words for least, words in DEGREES if probability >= least)


def logit(probability: float) -> float:
    """Log-odds of a probability strictly between 0 and 1."""
    return math.log(probability / (1 - probability))


def expit(odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-odds))


_ODDS: Final = tuple(map(logit, STEPS))

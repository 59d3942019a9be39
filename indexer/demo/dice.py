"""Seeded draws. Only ``random()`` of the standard generator is used: its sequence is promised across Python versions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Values with weights (any positive unit), ready for :meth:`Dice.weighted`."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.values = list(weights)
        self.bounds = list(accumulate(weights.values()))


class Dice:
    """One stream of draws."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def chance(self, probability: float) -> bool:
        """True with the given probability (0–1)."""
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number, both bounds included."""
        return low + int(self._random() * (high - low + 1))

    def spread(self) -> float:
        """A number in ]-1, 1[, denser around 0 (sum of two uniform draws)."""
        return self._random() + self._random() - 1

    def pick(self, values: Sequence[T]) -> T:
        """One value, all alike."""
        return values[int(self._random() * len(values))]

    def weighted(self, values: Weighted[T]) -> T:
        """One value, by weight."""
        return values.values[bisect_right(values.bounds, self._random() * values.bounds[-1])]

    def some(self, values: Sequence[T], count: int) -> list[T]:
        """Up to ``count`` distinct values, in the order drawn."""
        rest = list(values)
        return [rest.pop(int(self._random() * len(rest))) for _ in range(min(count, len(rest)))]


class Deck(Generic[T]):
    """Cards dealt without return and shuffled again when none is left, so that a rare value comes out once in each deal."""

    def __init__(self, dice: Dice, cards: Mapping[T, int]) -> None:
        self._dice = dice
        self._all = [card for card, count in cards.items() for _ in range(count)]
        self._left: list[T] = []

    def __len__(self) -> int:
        return len(self._all)

    def deal(self) -> T:
        """The next card."""
        if not self._left:
            self._left = self._dice.some(self._all, len(self._all))
        return self._left.pop()

"""Pairs of a territory and a site or a structure: what a depth map joins and counts for a thousand territories at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from vivier.arrays import Mask, Positions, distinct


@dataclass(frozen=True)
class Pairs:
    """Distinct pairs in order, each as one number, ``place × width + item``: place of a territory, number of a site below ``width``."""

    keys: npt.NDArray[np.int64]
    width: int

    @classmethod
    def of(cls, places: Positions, items: Positions, width: int) -> Pairs:
        """Pairs that may repeat, in any order."""
        return cls(distinct(places * width + items), width)

    @cached_property
    def places(self) -> Positions:
        """The territory of each pair."""
        return self.keys // self.width

    @cached_property
    def items(self) -> Positions:
        """The site of each pair."""
        return self.keys % self.width

    @classmethod
    def union(cls, several: Iterable[Pairs], width: int) -> Pairs:
        """The pairs of several sets, each once."""
        nothing = np.zeros(0, np.int64)
        return cls(distinct(np.concatenate([nothing, *(some.keys for some in several)])), width)

    def at(self, place: int) -> Pairs:
        """The pairs of the first territory, as those of another one."""
        return Pairs(self.keys + place * self.width, self.width)

    def __or__(self, other: Pairs) -> Pairs:
        return Pairs.union((self, other), self.width)

    def __sub__(self, other: Pairs) -> Pairs:
        return Pairs(self.keys[~self.also_in(other)], self.width)

    def also_in(self, other: Pairs) -> Mask:
        return np.isin(self.keys, other.keys, assume_unique=True)

    def having(self, items: Mask) -> Pairs:
        """The pairs of some sites, given by number."""
        return Pairs(self.keys[items[self.items]], self.width)

    def by(self, of_item: Positions, width: int) -> Pairs:
        """The pairs of each territory with what its sites belong to, each once: with their structures, say."""
        return Pairs.of(self.places, of_item[self.items], width)

    def counts(self, territories: int) -> list[int]:
        """How many pairs each territory has."""
        found: list[int] = np.bincount(self.places, minlength=territories).tolist()
        return found

    def sums(self, of_item: Positions, territories: int) -> list[int]:
        """What the sites of each territory add up to."""
        found: list[int] = np.bincount(self.places, of_item[self.items], territories).astype(np.int64).tolist()
        return found

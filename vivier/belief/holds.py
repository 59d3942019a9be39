"""The probability that a supplier holds a label that no list gives it: the share of holders among suppliers of its kind, activity and size.

Shares are counted while a generation is built, from the suppliers that another list than one of labels names: a company that is listed for its label
says nothing of the others. A share of few suppliers leans on the broader one: kind and activity, then kind, then all.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from vivier.belief.does import ONE_SIDE

SIZES: Final[Mapping[str, tuple[float, float]]] = {"0": (0, 10), "10": (10, 50), "50": (50, math.inf)}
"""The sizes told apart, by their code: people from the first number on, below the second. ``""``: size unknown."""
NO_KIND: Final = ""
"""The kind of an ordinary company."""
EVERY: Final = "*"
"""The activity that stands for all."""
STRENGTH: Final = 6.0
"""Suppliers that a broader share is worth against those of a narrower one [ours]."""
_FIRST: Final = 0.02
"""The share of holders before any is counted [ours]."""


class Bucket(NamedTuple):
    """Suppliers that are alike. ``group``: a group of trades."""

    kind: str
    group: str
    size: str

    @property
    def key(self) -> str:
        """The bucket as the key of a count."""
        return "|".join(self)


def size_of(people: float | None) -> str:
    """The code of a size in people; empty when it is unknown."""
    if people is None:
        return ""
    return next(code for code, (least, below) in SIZES.items() if least <= max(people, 0) < below)


@dataclass(frozen=True)
class Share:
    """A probability between two bounds, nine cases in ten. ``counted``: the suppliers of the narrowest bucket."""

    p: float
    low: float
    high: float
    counted: int


Counts = Mapping[str, int]
"""Suppliers by :attr:`Bucket.key`."""


@dataclass(frozen=True)
class Holdings:
    """How many suppliers each bucket has, and how many of them hold each label, or a label of each family."""

    every: Counts
    holding: Mapping[str, Counts]

    @classmethod
    def of(cls, meta: Mapping[str, Any]) -> Holdings:
        """Reads those that a generation counted; nothing when it counted none."""
        holding: Mapping[str, Counts] = meta.get("holding", {})
        every: Counts = meta.get("every", {})
        return cls(every, holding)

    def share(self, label: str, bucket: Bucket) -> Share:
        if label not in self._sums:
            self._sums[label] = _levels(self.holding.get(label, {}))
        holding, p = self._sums[label], _FIRST
        for level in _above(bucket):
            n = self._all.get(level, 0)
            p = (holding.get(level, 0) + STRENGTH * p) / (n + STRENGTH)
        half = ONE_SIDE * math.sqrt(p * (1 - p) / (n + STRENGTH))
        return Share(p, max(0.0, p - half), min(1.0, p + half), n)

    @cached_property
    def _all(self) -> Mapping[tuple[str, ...], int]:
        return _levels(self.every)

    @cached_property
    def _sums(self) -> dict[str, Mapping[tuple[str, ...], int]]:
        return {}


def _levels(counts: Counts) -> Mapping[tuple[str, ...], int]:
    """The counts of each level: of all, of a kind, of a kind and an activity, of a bucket."""
    found: dict[tuple[str, ...], int] = defaultdict(int)
    for key, count in counts.items():
        kind, group, size = key.split("|")
        if group == EVERY:
            found[()] += count
            found[(kind,)] += count
        else:
            found[(kind, group)] += count
            found[(kind, group, size)] += count
    return found


def _above(bucket: Bucket) -> tuple[tuple[str, ...], ...]:
    return (), (bucket.kind,), (bucket.kind, bucket.group), tuple(bucket)

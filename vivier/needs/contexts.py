"""What the words of a need say together of its trade, as objects of real contracts use them: « reprise » beside « enrobés » is no sewing.

The table of weights is fitted by ``python -m benchmarks.fit_need_words`` (docs/methods.md (k)): a word, or two words side by side, adds its
weight to each trade, to each theme out of scope, and to « none of them ».
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mappings import table_path

Floats = npt.NDArray[np.float64]
TABLE = "need_words.npz"
NONE = "none"
"""Code of « none of them »: what is bought is neither a trade nor a theme of our tables."""
SCALE = 16
"""The table stores a weight times this, as a whole number."""
LEAST = -7.0
"""Log-probability under which an owner is not told from another: the least chance that counts is one in a thousand."""


@dataclass(frozen=True, eq=False)
class Contexts:
    """Weights by word. ``owners``: the codes of trades and themes, then « none »; ``base``: the weight of each when no word is known;
    ``features``: number of each word or pair; its weights are ``weights[starts[n]:starts[n + 1]]``, for the owners ``rows`` there."""

    owners: tuple[str, ...]
    base: Floats
    features: Mapping[str, int]
    starts: npt.NDArray[np.int32]
    rows: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.int8]

    def likely(self, stems: Sequence[str]) -> Floats:
        """How likely each owner is, then an owner that the table lacks, then « none »: from 0 (one chance in a thousand or less) to 7
        (certain), its log-probability, shifted. All 0 when no word is known."""
        known = [self.features[word] for word in dict.fromkeys(words_and_pairs(stems)) if word in self.features]
        if not known:
            return np.zeros(len(self.owners) + 1)
        found = np.zeros(len(self.owners))
        for number in known:
            among = slice(self.starts[number], self.starts[number + 1])
            found[self.rows[among]] += self.weights[among]
        found = found / (SCALE * math.sqrt(len(known))) + self.base
        chances = np.exp(found - found.max())
        shifted = np.maximum(np.log(chances / chances.sum() + 1e-9), LEAST) - LEAST
        return np.insert(shifted, -1, 0.0)

    def row_of(self, owner: str) -> int:
        """The row of an owner in :meth:`likely`."""
        return self.owners.index(owner) if owner in self.owners[:-1] else len(self.owners) - 1


def words_and_pairs(stems: Sequence[str]) -> Iterable[str]:
    """Each stem, then each two that follow one another, joined by a space."""
    yield from stems
    yield from map(" ".join, itertools.pairwise(stems))


@lru_cache(maxsize=1)
def load_contexts() -> Contexts:
    """The table of ``mappings``. Raises ``FileNotFoundError`` when it is absent."""
    with np.load(table_path(TABLE)) as found:
        return Contexts(
            owners=tuple(str(found["owners"]).split("\n")),
            base=found["base"].astype(np.float64),
            features={word: number for number, word in enumerate(str(found["features"]).split("\n"))},
            starts=found["starts"],
            rows=found["rows"],
            weights=found["weights"],
        )

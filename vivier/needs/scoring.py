"""Computes confidences from evidence: a choice among the trades, the themes out of scope, and « none of them »."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mappings import load_json
from vivier.needs.evidence import FEATURES, Evidence, Floats
from vivier.needs.index import NeedsIndex
from vivier.needs.model import Status

AUTO, MARGIN, TO_CONFIRM = 0.90, 0.15, 0.20
"""Status rules of docs/methods.md (k): ``auto`` from .85 with a margin of .15, ``to_confirm`` from .20."""
_OWN = FEATURES.index("unknown")  # the features before it describe one trade; the others describe the whole need
_CONTEXT = FEATURES.index("context")
_NEVER = -1e9


@dataclass(frozen=True)
class Weights:
    """Weights of the features and utility of « none », fitted on the development half of the needs (``fit_needs``)."""

    features: Floats
    none: float


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The weights of ``mappings/needs.json``. Raises ``KeyError`` when a feature has none."""
    data = load_json("needs")
    return Weights(np.array([data["weights"][name] for name in FEATURES]), float(data["none"]))


@dataclass(frozen=True)
class Confidences:
    """``trades[row]``, ``themes`` (out of scope, summed) and ``none`` add up to 1. ``theme``: row of the likeliest theme."""

    trades: Floats
    themes: float
    none: float
    theme: int

    @property
    def order(self) -> npt.NDArray[np.intp]:
        """Rows of the trades with any evidence, most likely first; ties in the order of the table."""
        ranked = np.argsort(-self.trades, kind="stable")
        return ranked[self.trades[ranked] > 0]


def confidences(evidence: Evidence, index: NeedsIndex, weights: Weights) -> Confidences:
    """Multinomial logit over trades, themes and « none »; a trade without any evidence has confidence 0."""
    spoken = evidence.features[:, :_OWN].sum(axis=1) > 0
    none = weights.none + weights.features[_CONTEXT] * evidence.none
    utilities = np.append(np.where(spoken, evidence.features @ weights.features, _NEVER), none)
    chances = np.exp(utilities - utilities.max())
    chances[:-1][~spoken] = 0.0
    chances /= chances.sum()
    themes = chances[index.trades : -1]
    return Confidences(
        chances[: index.trades], float(themes.sum()), float(chances[-1]), index.trades + int(np.argmax(themes))
    )


def status(parts: Sequence[Confidences], rows: Sequence[int]) -> Status:
    """The status of the least sure part (a need for one trade has one part)."""
    ranks = ("auto", "to_confirm", "unresolved")
    found: list[Status] = [_status(part, row) for part, row in zip(parts, rows, strict=True)]
    return max(found, key=ranks.index, default="unresolved")


def _status(found: Confidences, row: int) -> Status:
    confidence = float(found.trades[row])
    others = np.delete(found.trades, row)
    if found.themes > confidence:
        return "unresolved"
    if confidence >= AUTO and confidence - float(others.max(initial=0.0)) >= MARGIN:
        return "auto"
    return "to_confirm" if confidence >= TO_CONFIRM else "unresolved"

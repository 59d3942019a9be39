"""Decides which sums of turnovers may be shown: none that reveals the turnover of one structure (docs/methods.md (c)).

Sums are exact (``fsum``), because structures come in the order of a set, which differs from one process to the next."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from vivier.law.parameters import value


def shown_sum(amounts: Sequence[float]) -> float | None:
    """The sum, if it may be shown: at least three amounts, none of which makes more than 85 % of it; else ``None``."""
    total = fsum(amounts)
    few = len(amounts) < value("small_cell") or max(amounts) > value("dominance") * total
    return None if few else total


def effective_number(amounts: Sequence[float]) -> float | None:
    """1 ÷ Σ shares²: the number of equal structures that would give the same concentration; ``None`` without any amount."""
    total = fsum(amounts)
    return total * total / fsum(amount * amount for amount in amounts) if total > 0 else None


def telltale(masked: Sequence[bool], known: Sequence[int]) -> int | None:
    """The place of a second part to mask, when the total is shown and exactly one part is masked: otherwise a subtraction would
    reveal it. It is the part made of the fewest structures, the first among equals; ``None`` when no other part must be masked.
    ``known``: number of structures whose turnover makes up each part."""
    shown = [place for place, hidden in enumerate(masked) if known[place] and not hidden]
    if sum(masked) != 1 or not shown:
        return None
    return min(shown, key=lambda place: known[place])

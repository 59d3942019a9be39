"""What may be shown of turnovers added up: nothing that tells the turnover of one structure (docs/methods.md (c)).

Sums are exact (``fsum``): structures come in the order of a set, which differs from one process to the next."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from vivier.law.parameters import value


def shown_sum(amounts: Sequence[float]) -> float | None:
    """A sum that may be shown: of at least three, none of which makes more than 85 % of it; else ``None``."""
    total = fsum(amounts)
    few = len(amounts) < value("small_cell") or max(amounts) > value("dominance") * total
    return None if few else total


def effective_number(amounts: Sequence[float]) -> float | None:
    """1 ÷ Σ shares²: how many equal structures would be as concentrated; ``None`` without any."""
    total = fsum(amounts)
    return total * total / fsum(amount * amount for amount in amounts) if total > 0 else None


def telltale(masked: Sequence[bool], known: Sequence[int]) -> int | None:
    """Which part to mask besides, when the total is shown and exactly one part is not: else a subtraction tells it. The part
    that fewest structures make up, the first among equals; ``None`` when nothing is to be done. ``known``: structures whose
    turnover makes up each part."""
    shown = [place for place, hidden in enumerate(masked) if known[place] and not hidden]
    if sum(masked) != 1 or not shown:
        return None
    return min(shown, key=lambda place: known[place])

"""Bars beside figures of a table."""

from __future__ import annotations

from collections.abc import Sequence


def bars(figures: Sequence[float]) -> tuple[float, ...]:
    """The length of the bar of each figure, in hundredths of the longest."""
    longest = max(figures, default=0)
    return tuple(round(100 * figure / longest, 1) if longest else 0.0 for figure in figures)

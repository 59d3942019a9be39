"""Award criteria written as free text, one a line, with or without their weight."""

from __future__ import annotations

import re
from typing import Final

from crawlers.contracts.notices.raw import Criterion

_WEIGHT: Final = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*(?:%|points?\b|pts\b)", re.IGNORECASE)
_NUMBERED: Final = re.compile(
    r"^\s*(?:[-–•*]|\(?\d{1,2}[).:°-]|crit[èe]re\s*(?:n\s*°?\s*)?\d{1,2}\s*[-–:.]*)\s*", re.IGNORECASE
)
_INLINE: Final = re.compile(
    r"(\d{1,3}(?:[.,]\d+)?\s*(?:%|points?\b|pts\b))\s*(?:,|/|\bet\b)\s*(?=[^\d\W][^\n;]*?\d\s*(?:%|points?\b|pts\b))",
    re.IGNORECASE,
)
"""A weight followed on the same line by another criterion, which has a weight too."""
LONGEST: Final = 40


def weighted(text: str) -> list[Criterion]:
    """The criteria that a text lists. A line that only computes the mark (« Note globale = … ») is not a criterion."""
    found: list[Criterion] = []
    for line in re.split(r"[\n;]+", _INLINE.sub(r"\1\n", text)):
        name = " ".join(_NUMBERED.sub("", line).split())
        if not name or "=" in name:
            continue
        weight = _WEIGHT.search(name)
        shown = _WEIGHT.sub(" ", name, count=1) if weight else name
        found.append(Criterion(re.sub(r"[\s:–-]+$", "", " ".join(shown.split())) or name, None, weight and weight[1]))
    return found[:LONGEST]

"""Shares with what they cover: three states, coverage, bounds, Wilson interval (docs/methods.md (h))."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

METHOD_VERSION: Final = "share-1"
Z: Final = 1.96
"""Quantile of the normal distribution for an interval at 95 %."""
LEAST_RECORDED: Final = 5
LEAST_COVERAGE: Final = 0.5


def wilson(yes: float, n: float) -> tuple[float, float]:
    """Lower and upper bound of a share, 95 % (Wilson score interval); (0, 1) when nothing is recorded."""
    if n <= 0:
        return 0.0, 1.0
    p, z2 = yes / n, Z * Z
    middle = p + z2 / (2 * n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z2 / n)), min(1.0, (middle + half) / (1 + z2 / n))


@dataclass(frozen=True)
class Share:
    """How many contracts declare a consideration, out of those that record it and out of all.

    ``yes + no + unknown = n``. A contradiction is unknown. Below five recorded contracts or half of them covered, the share
    is « non concluant »: no rank, no comparison.
    """

    yes: int
    no: int
    unknown: int

    @property
    def n(self) -> int:
        """All contracts."""
        return self.yes + self.no + self.unknown

    @property
    def recorded(self) -> int:
        """Contracts that say yes or no."""
        return self.yes + self.no

    @property
    def coverage(self) -> float | None:
        """Share of the contracts that are recorded, in [0, 1]; ``None`` without contracts."""
        return self.recorded / self.n if self.n else None

    @property
    def of_recorded(self) -> float | None:
        """Share of « yes » among the recorded contracts; ``None`` when none is recorded."""
        return self.yes / self.recorded if self.recorded else None

    @property
    def of_all(self) -> float | None:
        """Share of « yes » among all contracts, a lower bound; ``None`` without contracts."""
        return self.yes / self.n if self.n else None

    @property
    def ceiling(self) -> float | None:
        """What the share of all would be if every unknown were a yes."""
        return (self.yes + self.unknown) / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share of recorded."""
        return wilson(self.yes, self.recorded)

    @property
    def conclusive(self) -> bool:
        """Whether enough contracts are recorded to compare."""
        return self.recorded >= LEAST_RECORDED and (self.coverage or 0.0) >= LEAST_COVERAGE

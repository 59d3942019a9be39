"""The sites of the trades of a depth map, as columns of numbers: all territories are then counted together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vivier.arrays import Mask, Positions
from vivier.desk.facts.pairs import Pairs
from vivier.desk.method.candidate import Candidate


@dataclass(frozen=True)
class SiteColumns:
    """The sites of a trade as columns. ``number``: of each id; ``unit``: number of the SIREN of each site; ``counted``: sites that meet
    an article, the others would if their agreement, which is to check, were still in force; ``declared``: sites that publish a zone; ``alone``: the
    only site counted of its SIREN."""

    sites: tuple[Candidate, ...]
    number: Mapping[str, int]
    units: tuple[str, ...]
    unit: Positions
    counted: Mask
    declared: Mask
    alone: Mask

    @classmethod
    def of(cls, counted: Mapping[str, Candidate], doubtful: Mapping[str, Candidate]) -> SiteColumns:
        """The columns of the sites counted, then of those whose agreement is to check."""
        sites = (*counted.values(), *doubtful.values())
        unit_number: dict[str, int] = {}
        unit = np.array([unit_number.setdefault(site.unit, len(unit_number)) for site in sites], np.intp)
        shown = np.arange(len(sites)) < len(counted)
        per_unit = np.bincount(unit[shown], minlength=len(unit_number))
        return cls(
            sites,
            {site.id: n for n, site in enumerate(sites)},
            tuple(unit_number),
            unit,
            shown,
            np.array([site.declared for site in sites], np.bool_),
            (per_unit[unit] == 1) & shown,
        )

    @property
    def width(self) -> int:
        """The width of pairs of these sites."""
        return max(len(self.sites), 1)

    def structures(self, sites: Pairs) -> Pairs:
        return sites.having(self.counted).by(self.unit, self.width)

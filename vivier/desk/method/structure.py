"""A structure: the legal unit of one or several sites that pass the gate, with what it can bear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from vivier.desk.method.candidate import Can, Candidate
from vivier.desk.method.offers import Bearing, bearing, cap_of

STALE_YEARS: Final = 3
"""Years after which a turnover is flagged as old."""


@dataclass(frozen=True)
class Structure:
    """One legal unit that passes the gate. ``site`` represents it; ``sites`` are all of its sites that pass."""

    site: Candidate
    sites: tuple[Candidate, ...]

    @cached_property
    def place(self) -> float:
        """Probability that it serves the place, by its nearest site."""
        return max(site.far for site in self.sites)

    @cached_property
    def turnover(self) -> float | None:
        """The largest turnover that its sites publish, in euros a year: that of the unit, unless the source counts by site."""
        known = [site.turnover for site in self.sites if site.turnover is not None and site.turnover > 0]
        return max(known, default=None)

    @property
    def fte(self) -> float | None:
        """The sum of the full-time equivalents that its sites publish; ``None`` when none does."""
        known = [site.fte for site in self.sites if site.fte is not None]
        return sum(known) if known else None

    def stale(self, as_of: date) -> bool:
        """Whether the turnover is more than three years older than ``as_of``."""
        years = [s.turnover_year for s in self.sites if s.turnover == self.turnover and s.turnover_year is not None]
        return self.turnover is not None and bool(years) and max(years) < as_of.year - STALE_YEARS

    @cached_property
    def can(self) -> Can | None:
        """What the structure answered for this lot, the most favourable of its sites; ``None`` when it gave no answer."""
        given = {site.can for site in self.sites}
        return "yes" if "yes" in given else "part" if "part" in given else None

    @cached_property
    def volume(self) -> float | None:
        """Euros a year that the structure said it can take, in its answer when it gave one, else on its sheet; ``None`` when it did not say."""
        answering = [site for site in self.sites if site.can is not None] or self.sites
        return max((site.volume for site in answering if site.volume is not None), default=None)

    @cached_property
    def in_part(self) -> bool:
        """Whether it does a narrower trade alone, by all of its sites, and did not say that it can do the lot."""
        return self.can != "yes" and all(site.in_part for site in self.sites)

    def bears(self, annual: float | None, share: float) -> Bearing:
        """Whether the structure can bear a yearly amount in euros. What it says replaces what its turnover lets suppose: a volume is its
        capacity; without one, it bears the lot that it answered it can do, and not the one of which it takes a part."""
        if self.can is None:
            return bearing(annual, self.turnover, share, self.volume)
        if self.volume is not None and annual is not None:
            return "able" if annual <= self.volume else "unable"
        return "able" if self.can == "yes" else "unable"

    def cap(self, annual: float | None, share: float) -> float | None:
        """The largest yearly amount in euros that the structure can bear: the volume that it says, else what its turnover lets
        suppose, and at least the lot that it said it can do. ``None`` is unknown."""
        known = cap_of(self.turnover, share, self.volume)
        if self.volume is not None or self.can != "yes" or annual is None:
            return known
        return annual if known is None else max(known, annual)

    @property
    def trade_declared(self) -> bool:
        """Whether the trade comes from the structure, a certificate or its contracts, and was not inferred from its name, texts or
        jobs."""
        return self.site.takes or self.site.proof in ("declared", "certified", "contract")

    @property
    def zone_declared(self) -> bool:
        """Whether the zone is published, or the structure said that it serves the place."""
        return self.site.takes or self.site.declared

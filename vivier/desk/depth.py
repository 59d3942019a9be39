"""How deep the supply of a trade is in a territory: five numbers, a class, a confidence (methods (c)). Pure functions.

Zones overlap: what a département counts is not a part of what the country counts, and no column of a depth table adds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median
from typing import Final, Literal

from vivier.desk.offers import Competition, bearable, bearing, competition, largest_lot, rates
from vivier.law import value

METHOD_VERSION: Final = "depth-1"
PARAMETERS: Final = (
    "capacity_share",
    "response_low",
    "response_central",
    "response_high",
    "small_cell",
    "dominance",
    "experience_months",
)
OVERLAP: Final = "Les zones se recouvrent : la somme des territoires n'est pas le nombre national de structures."
Level = Literal["offre_absente", "offre_unique", "offre_fragile", "offre_a_consolider", "offre_constituee"]
LEVELS: Final[dict[Level, str]] = {
    "offre_absente": "offre absente",
    "offre_unique": "offre unique",
    "offre_fragile": "offre fragile",
    "offre_a_consolider": "offre à consolider",
    "offre_constituee": "offre constituée",
}
"""From none to plenty. The rule: none, one, P(≥ 2 offers) under .50, under .80, from .80 on."""
LIKELY, SURE = 0.50, 0.80
Quadrant = Literal["constituee", "gisement_inexploite", "a_renforcer", "emergente"]
QUADRANTS: Final[dict[Quadrant, str]] = {
    "constituee": "filière constituée",
    "gisement_inexploite": "gisement inexploité",
    "a_renforcer": "filière à renforcer",
    "emergente": "filière émergente",
}
LEAST_TERRITORIES: Final = 8
CONFIDENCES: Final = ((0.75, "A"), (0.50, "B"), (0.25, "C"))


@dataclass(frozen=True)
class Member:
    """One structure (SIREN) that covers a territory. ``articles`` it answers; the four proofs of its facts; contracts it won
    in the trade, ``None`` when no contract is indexed."""

    unit: str
    articles: frozenset[str]
    turnover: float | None = None
    zone_declared: bool = True
    trade_declared: bool = True
    checked: bool = False
    contracts: int | None = None


@dataclass(frozen=True)
class Demand:
    """What is bought in a territory in the mapped CPV: euros a year of running contracts, the part that is framework maxima,
    how many contracts, and the median yearly amount of those awarded in the window when there are at least 20."""

    annual: float
    frameworks: float
    contracts: int
    median: float | None = None


@dataclass(frozen=True)
class Depth:
    """The figures of one territory. ``None`` is not known; ``masked``: known, and not shown because too few make it up."""

    count: int
    declared: int
    by_article: dict[str, int]
    partly: int
    seated: int
    known: int
    capacity: float | None
    masked: bool
    effective: float | None
    largest: dict[int, float | None]
    low: Competition
    central: Competition
    high: Competition
    reference: float | None
    level_low: Level
    level_high: Level
    contracts: int | None
    experienced: int | None
    demand: Demand | None
    tension: float | None
    confidence: str
    proofs: dict[str, float]
    quadrant: Quadrant | None = None

    @property
    def inferred(self) -> int:
        """Structures whose zone is the stated default."""
        return self.count - self.declared

    @property
    def level(self) -> str:
        """The class in French, « à confirmer » when it depends on unknown turnovers."""
        return LEVELS[self.level_low] + (" (à confirmer)" if self.level_low != self.level_high else "")

    @property
    def saturated(self) -> bool:
        """More is bought in a year than the known structures can bear."""
        return self.tension is not None and self.tension > 1


def depth(
    members: Sequence[Member],
    articles: Sequence[str],
    share: float,
    *,
    reference: float | None = None,
    demand: Demand | None = None,
    partly: int = 0,
    seated: int = 0,
) -> Depth:
    """The figures of one territory. ``members``: distinct structures that cover it; ``reference``: a yearly lot, euros."""
    lot = reference if reference is not None else None if demand is None else demand.median
    caps = bearable((one.turnover for one in members), share)
    bears = [] if lot is None else [bearing(lot, one.turnover, share) for one in members]
    able, unknown = (len(members), 0) if lot is None else (bears.count("able"), bears.count("unknown"))
    low, central, high = (_competition(able, unknown, rate) for rate in rates())
    shown = shown_sum(caps)
    contracts = [one.contracts for one in members if one.contracts is not None]
    proofs = _proofs(members)
    return Depth(
        count=len(members),
        declared=sum(one.zone_declared for one in members),
        by_article={article: sum(article in one.articles for one in members) for article in articles},
        partly=partly,
        seated=seated,
        known=len(caps),
        capacity=shown,
        masked=bool(caps) and shown is None,
        effective=effective_number(caps) if shown is not None else None,
        largest={k: largest_lot(caps, k) if shown is not None else None for k in (2, 3, 5)},
        low=low,
        central=central,
        high=high,
        reference=lot,
        level_low=level_of(able, central.low.two),
        level_high=level_of(able + unknown, central.high.two),
        contracts=sum(contracts) if contracts else None if members else 0,
        experienced=sum(n > 0 for n in contracts) if contracts else None,
        demand=demand,
        tension=demand.annual / shown if demand is not None and shown else None,
        confidence=confidence_of(proofs.values()),
        proofs=proofs,
    )


_competition = lru_cache(maxsize=4096)(competition)


def level_of(count: int, two: float) -> Level:
    """The class of ``count`` structures with odds ``two`` of at least two offers: monotone in both."""
    if count < 2:
        return "offre_unique" if count else "offre_absente"
    return "offre_fragile" if two < LIKELY else "offre_a_consolider" if two < SURE else "offre_constituee"


def shown_sum(amounts: Sequence[float]) -> float | None:
    """A sum that may be shown: of at least three, none of which makes more than 85 % of it; else ``None``."""
    total = sum(amounts)
    few = len(amounts) < value("small_cell") or max(amounts) > value("dominance") * total
    return None if few else total


def effective_number(amounts: Sequence[float]) -> float | None:
    """1 ÷ Σ shares²: how many equal structures would be as concentrated; ``None`` without any."""
    total = sum(amounts)
    return total * total / sum(amount * amount for amount in amounts) if total > 0 else None


def _proofs(members: Sequence[Member]) -> dict[str, float]:
    """Share of structures with a declared trade, a declared zone, a recent check that they are open, a known turnover."""
    n = len(members) or 1
    return {
        "trade": sum(one.trade_declared for one in members) / n,
        "zone": sum(one.zone_declared for one in members) / n,
        "active": sum(one.checked for one in members) / n,
        "capacity": sum(one.turnover is not None for one in members) / n,
    }


def confidence_of(shares: Iterable[float]) -> str:
    """A, B, C or D by the least of the shares."""
    least = min(shares, default=0.0)
    return next((letter for bound, letter in CONFIDENCES if least >= bound), "D")


def with_quadrants(rows: Sequence[Depth]) -> list[Depth]:
    """Each territory against the medians of the others: supply high or low, demand high or low. Left undefined with fewer
    than eight territories or where demand is not known."""
    known = [row for row in rows if row.demand is not None]
    if len(known) < LEAST_TERRITORIES:
        return list(rows)
    supply, bought = (median(row.count for row in known), median(row.demand.annual for row in known if row.demand))
    return [replace(row, quadrant=_quadrant(row, supply, bought)) for row in rows]


def _quadrant(row: Depth, supply: float, bought: float) -> Quadrant | None:
    if row.demand is None:
        return None
    if row.count >= supply and row.count:
        return "constituee" if row.demand.annual >= bought else "gisement_inexploite"
    return "a_renforcer" if row.demand.annual >= bought else "emergente"


__all__ = [
    "LEVELS",
    "METHOD_VERSION",
    "OVERLAP",
    "QUADRANTS",
    "Demand",
    "Depth",
    "Member",
    "depth",
    "with_quadrants",
]

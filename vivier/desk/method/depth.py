"""Measures the depth of the supply of a trade in a territory: five numbers, a class, a confidence (docs/methods.md (c)). Pure
functions.

Zones overlap: a structure counts in several départements, so no column of a depth table adds up to the figure of the country.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vivier.desk.facts.presence import seats
from vivier.desk.method.depth_classes import (
    SHOWN,
    Level,
    Quadrant,
    Shown,
    confidence_of,
    level_of,
)
from vivier.desk.method.offers import Competition, cap_of, competition, largest_lot, rates
from vivier.desk.method.small_cells import effective_number, shown_sum
from vivier.french import integer, plural
from vivier.identity import words_of

Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Figures = npt.NDArray[np.float64]

METHOD_VERSION: Final = "depth-5"
PARAMETERS: Final = words_of(
    """
    capacity_share response_low response_central response_high small_cell dominance experience_months
    calibration_contracts depth_annual depth_contracts
    """
)
OVERLAP: Final = "Les zones se recouvrent : la somme des territoires n'est pas le nombre national de structures."


@dataclass(frozen=True)
class Member:
    """One structure (SIREN) that covers a territory. ``articles``: those that it meets; ``turnover`` in euros a year; ``volume``: those
    that it declares it can take, which replace what the turnover lets suppose; ``fte``: full-time equivalents; ``stale``: the turnover is more than three years old. ``zone_declared``, ``trade_declared`` and
    ``checked`` tell which of its facts have a proof; ``in_part``: it does a narrower trade alone."""

    unit: str
    articles: frozenset[str]
    turnover: float | None = None
    zone_declared: bool = True
    trade_declared: bool = True
    checked: bool = False
    stale: bool = False
    fte: float | None = None
    volume: float | None = None
    in_part: bool = False


@dataclass(frozen=True)
class Demand:
    """Purchases in a territory in the mapped CPV. ``annual``: euros a year of running contracts, ``None`` when no amount is known;
    ``frameworks``: the part of it that is framework maxima; ``contracts``: number of running contracts; ``priced``: number of
    those with an amount. Of the contracts awarded in the window: ``awarded``, number of those with an amount; ``median``, median
    euros a year, ``None`` for fewer than 20."""

    annual: float | None
    frameworks: float
    contracts: int
    priced: int
    awarded: int = 0
    median: float | None = None


@dataclass(frozen=True)
class Won:
    """Contracts of the trades won in the window by the structures of a territory, wherever they are performed, each counted once:
    number of contracts, of structures that won them, of buyers, of reserved ones, of those with a social consideration."""

    contracts: int
    structures: int
    buyers: int
    reserved: int
    social: int


@dataclass(frozen=True)
class Around:
    """Structures that are not counted. ``partly``: those that cover a smaller part; ``seated``: those that only have their seat
    there; ``untold``: sites of the right kind that cover the territory or might, and whose trade no source gives; ``unplaced``:
    structures of the trade that have their seat there or reach a part of it, and whose zone is not published, whatever their agreement; ``seated_sites``: inclusive sites with their seat there,
    whatever their trade; ``expected``: bounds of the number of sites of ``untold`` that do the trade, by what is believed of each;
    ``to_check``: structures of the trade whose agreement is to check, as its last proof is older than its term; ``unlisted``: the lists
    read have nobody of the supply in the territory (:mod:`vivier.suppliers.unlisted`); ``sheets``: sheets of the structures counted and to check,
    one a site, as a search for them finds. ``mean_km``, ``least_km``: kilometres to the nearest structure of the trade, on average over the people
    and at least."""

    partly: int = 0
    seated: int = 0
    untold: int = 0
    mean_km: float | None = None
    least_km: float | None = None
    unplaced: int = 0
    seated_sites: int = 0
    expected: tuple[float, float] = (0.0, 0.0)
    to_check: int = 0
    unlisted: bool = False
    sheets: int = 0

    @property
    def probable(self) -> str:
        """« 2 à 5 » : how many sites of ``untold`` probably do the trade."""
        low, high = (round(bound) for bound in self.expected)
        return integer(low) if low == high else f"{integer(low)} à {integer(high)}"


@dataclass(frozen=True)
class Depth:
    """The figures of one territory. ``None`` is unknown; ``masked``: the capacity is known and not shown, because too few
    structures make it up. ``able``, ``unknown``: structures that can bear the reference lot, or might; ``in_part``: structures counted that do a narrower trade alone."""

    count: int
    declared: int
    by_article: dict[str, int]
    around: Around
    known: int
    stale: int
    capacity: float | None
    masked: bool
    effective: float | None
    largest: dict[int, float | None]
    fte_known: int
    fte: float | None
    low: Competition
    central: Competition
    high: Competition
    reference: float | None
    able: int
    unknown: int
    level_low: Level
    level_high: Level
    won: Won | None
    demand: Demand | None
    tension: float | None
    confidence: str
    proofs: dict[str, float]
    quadrant: Quadrant | None = None
    in_part: int = 0

    @property
    def inferred(self) -> int:
        """Number of structures whose zone is the assumed default."""
        return self.count - self.declared

    @property
    def waiting(self) -> bool:
        """Whether structures to ask (trade or zone not published) outnumber those counted, in a supply that is not plentiful."""
        to_ask = self.around.untold + self.around.unplaced
        return self.level_low != "offre_constituee" and to_ask > self.count

    @property
    def doubtful(self) -> bool:
        """Whether the class depends on unknown turnovers, trades or zones."""
        return self.level_low != self.level_high or self.waiting

    @property
    def to_ask(self) -> int:
        """About how many structures are to be asked: those whose agreement is to check, and those of unpublished trade that probably do it."""
        return self.around.to_check + round(sum(self.around.expected) / 2)

    @property
    def shown(self) -> Shown:
        """What is said of the territory (see ``SHOWN``)."""
        if self.count:
            return self.level_low
        return "unlisted" if self.around.unlisted else "to_ask" if self.to_ask else self.level_low

    @property
    def level(self) -> str:
        """What is said of the territory in French; a class is « à confirmer » when it is doubtful."""
        doubtful = self.doubtful and self.shown == self.level_low
        return SHOWN[self.shown] + (" (à confirmer)" if doubtful else "")

    @property
    def remarks(self) -> tuple[str, ...]:
        """French sentences that qualify the class: structures that it leaves out, and those to ask."""
        small = self.count - self.able - self.unknown
        around = self.around if self.waiting else NOTHING_AROUND
        remarks = (
            (small, f"{small} trop petite{'s' if small > 1 else ''} pour le lot de référence"),
            (self.unknown, f"{self.unknown} au chiffre d'affaires inconnu"),
            (self.around.unlisted, "nos listes n'ont personne d'ici"),
            (around.untold, _silent(around)),
            (around.unplaced, f"{plural(around.unplaced, 'structure')} de ce métier à la zone non publiée"),
            (around.seated_sites, f"tous métiers confondus, {seats(around.seated_sites)}"),
        )
        return tuple(text for count, text in remarks if count)

    @property
    def saturated(self) -> bool:
        """Whether the amount bought in a year exceeds the known capacity of the structures."""
        return self.tension is not None and self.tension > 1


NOTHING_AROUND: Final = Around()


def _silent(around: Around) -> str:
    """« 40 sites au métier inconnu, dont 2 à 5 feraient celui-ci »."""
    do = "feraient" if round(around.expected[1]) > 1 else "ferait"
    likely = "" if around.probable == "0" else f", dont {around.probable} {do} celui-ci"
    return f"{plural(around.untold, 'site')} au métier inconnu{likely}"


@dataclass(frozen=True)
class Covered:
    """The structures that each of ``territories`` territories has, as pairs: the place of a territory in ``place`` and that of a
    structure of ``members`` in ``member``. A structure stands once in each territory that it covers."""

    members: Sequence[Member]
    place: Positions
    member: Positions
    territories: int

    def counts(self, members: Mask | None = None) -> list[int]:
        """How many structures each territory has; ``members``: only some of them."""
        place = self.place if members is None else self.place[members[self.member]]
        found: list[int] = np.bincount(place, minlength=self.territories).tolist()
        return found

    def counts_where(self, is_so: Callable[[Member], bool]) -> list[int]:
        """How many structures of each territory are so."""
        return self.counts(np.array([is_so(member) for member in self.members], np.bool_))

    def figures(self, figure: Callable[[Member], float | None]) -> tuple[list[list[float]], Figures]:
        """The known figures of the structures of each territory, the largest first, and the figure of each pair, NaN when unknown."""
        known = (figure(member) for member in self.members)
        of_pair = np.array([math.nan if number is None else number for number in known], np.float64)[self.member]
        known_pairs = np.flatnonzero(~np.isnan(of_pair))
        order = known_pairs[np.lexsort((-of_pair[known_pairs], self.place[known_pairs]))]
        ends = np.searchsorted(self.place[order], np.arange(self.territories), side="right").tolist()
        sorted_figures = of_pair[order].tolist()
        return [sorted_figures[start:end] for start, end in zip([0, *ends], ends, strict=False)], of_pair


def depth(
    members: Sequence[Member],
    articles: Sequence[str],
    share: float,
    *,
    reference: float | None = None,
    demand: Demand | None = None,
    won: Won | None = None,
    around: Around = NOTHING_AROUND,
) -> Depth:
    """The figures of one territory, as :func:`depths`. ``members``: distinct structures that cover it."""
    covered = Covered(members, np.zeros(len(members), np.intp), np.arange(len(members)), 1)
    return depths(covered, articles, share, [around], reference=reference, demands=[demand], won=[won])[0]


def depths(
    covered: Covered,
    articles: Sequence[str],
    share: float,
    arounds: Sequence[Around],
    *,
    reference: float | None = None,
    demands: Sequence[Demand | None],
    won: Sequence[Won | None],
) -> list[Depth]:
    """The figures of each territory, counted for all of them together. ``reference``: a yearly lot in euros, by default the median of the
    demand of each."""
    lots = [reference if reference is not None else None if demand is None else demand.median for demand in demands]
    counts, caps, bears = _borne(covered, lots, share)
    staff, _ = covered.figures(lambda member: member.fte)
    declared, stale = (
        covered.counts_where(lambda member: member.zone_declared),
        covered.counts_where(lambda member: member.stale),
    )
    by_article = _by_article(covered, articles)
    proved = {
        "trade": covered.counts_where(lambda member: member.trade_declared),
        "zone": declared,
        "active": covered.counts_where(lambda member: member.checked),
        "capacity": covered.counts_where(lambda member: member.turnover is not None or member.volume is not None),
    }
    in_part = covered.counts_where(lambda member: member.in_part)
    responses = rates()
    found = []
    for at, (count, lot, demand) in enumerate(zip(counts, lots, demands, strict=True)):
        able, unknown = bears[at]
        low, central, high = (_competition(able, unknown, rate) for rate in responses)
        proofs = {name: n[at] / (count or 1) for name, n in proved.items()}
        found.append(
            Depth(
                count=count,
                declared=declared[at],
                by_article={article: n[at] for article, n in by_article.items()},
                around=arounds[at],
                stale=stale[at],
                **_sizes(caps[at], staff[at], demand),
                low=low,
                central=central,
                high=high,
                reference=lot,
                able=able,
                unknown=unknown,
                level_low=level_of(able, central.low.two),
                level_high=level_of(able + unknown, central.high.two),
                won=won[at],
                demand=demand,
                confidence=confidence_of(proofs.values()),
                proofs=proofs,
                in_part=in_part[at],
            )
        )
    return found


def _by_article(covered: Covered, articles: Sequence[str]) -> dict[str, list[int]]:
    """How many structures of each territory meet each article."""

    def meeting(article: str) -> list[int]:
        return covered.counts_where(lambda member: article in member.articles)

    return {article: meeting(article) for article in articles}


def _borne(
    covered: Covered, lots: Sequence[float | None], share: float
) -> tuple[list[int], list[list[float]], list[tuple[int, int]]]:
    """For each territory: how many structures it has, the known capacities, how many bear its lot and how many might
    (:func:`vivier.desk.method.offers.bearing`): everyone without a lot."""
    counts = covered.counts()
    caps, of_pair = covered.figures(lambda member: cap_of(member.turnover, share, member.volume))
    lot = np.array([math.nan if amount is None else amount for amount in lots], np.float64)[covered.place]
    able = np.bincount(covered.place[lot <= of_pair], minlength=covered.territories).tolist()
    bears = [(count, 0) if lots[at] is None else (able[at], count - len(caps[at])) for at, count in enumerate(counts)]
    return counts, caps, bears


def _sizes(caps: Sequence[float], staff: Sequence[float], demand: Demand | None) -> dict[str, Any]:
    """The figures made of turnovers and staff, where they may be shown. ``caps`` in decreasing order."""
    shown = shown_sum(caps)
    bought = None if demand is None else demand.annual
    return {
        "known": len(caps),
        "capacity": shown,
        "masked": bool(caps) and shown is None,
        "effective": None if shown is None else effective_number(caps),
        "largest": {k: None if shown is None else largest_lot(caps, k) for k in (2, 3, 5)},
        "fte_known": len(staff),
        "fte": shown_sum(staff),
        "tension": bought / shown if bought is not None and shown else None,
    }


@lru_cache(maxsize=4096)
def _competition(able: int, unknown: int, rate: float) -> Competition:
    return competition([1.0] * able, [1.0] * unknown, rate)

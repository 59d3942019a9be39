"""Estimates how many offers a lot may receive: each structure answers or not, independently (Poisson-binomial).

``P0 = Π(1−p)``, ``P1 = Σ p·Π(1−p)`` of the others, ``P2 = 1−P0−P1``, by convolution over the number of offers 0, 1, 2 and more
(docs/methods.md (c)), which subtracts no tiny terms. Response rates are an assumption, which is shown and can be changed.
Independence is a simplification, which is stated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from vivier.law.parameters import value

METHOD_VERSION: Final = "offers-3"
Bearing = Literal["able", "unable", "unknown"]
BEARINGS: Final = {"able": "supporte le lot", "unable": "lot trop grand", "unknown": "capacité inconnue"}


@dataclass(frozen=True)
class Odds:
    """Probabilities of no offer, of exactly one, and of two or more. They add up to 1."""

    none: float
    exactly_one: float
    two: float


@dataclass(frozen=True)
class Competition:
    """Odds at one response rate, when none (``low``), half (``central``) or all (``high``) of the structures of unknown capacity
    can answer."""

    rate: float
    low: Odds
    central: Odds
    high: Odds


NOBODY: Final = Odds(1.0, 0.0, 0.0)


def odds(chances: Iterable[float], before: Odds = NOBODY) -> Odds:
    """Odds from the probability that each structure answers, added to those of others looked at ``before``. Raises ``ValueError``
    outside [0, 1]."""
    none, single, two = before.none, before.exactly_one, before.two
    for p in chances:
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"a chance lies in [0, 1], not {p}")
        q = 1 - p
        two += single * p
        single = single * q + none * p
        none *= q
    return Odds(none, single, two)


def competition(able: Sequence[float], unknown: Sequence[float], rate: float, confirmed: int = 0) -> Competition:
    """Competition among ``able`` structures, ``unknown`` ones, each told by its probability to serve the place, and those that
    ``confirmed`` that they can do the lot, which are counted as offers. Structures that cannot bear the lot do not answer."""
    low = odds((*([1.0] * confirmed), *(rate * place for place in able)))
    if not unknown:
        return Competition(rate, low, low, low)
    half, whole = ([part * place for place in unknown] for part in (rate / 2, rate))
    return Competition(rate, low, central=odds(half, low), high=odds(whole, low))


def rates() -> tuple[float, float, float]:
    """The response rates shown: low, central, high."""
    return value("response_low"), value("response_central"), value("response_high")


def annual(amount: float, months: int | None) -> float:
    """Euros a year. The amount of a lot shorter than a year is not scaled up (docs/methods.md (d))."""
    return amount * 12 / max(months or 12, 12)


def bearing(annual_amount: float | None, turnover: float | None, share: float, volume: float | None = None) -> Bearing:
    """Whether a structure can bear a lot: a year of it is at most the ``volume`` that it declares, else ``share`` of its turnover. Without an
    amount, no structure is too small. A missing, null or negative turnover is unknown, never zero."""
    if volume is not None:
        return "able" if annual_amount is None or annual_amount <= volume else "unable"
    if turnover is None or not math.isfinite(turnover) or turnover <= 0:
        return "unknown"
    return "able" if annual_amount is None or annual_amount <= share * turnover else "unable"


def cap_of(turnover: float | None, share: float, volume: float | None = None) -> float | None:
    """The largest yearly lot that a structure can bear: the ``volume`` that it declares, else ``share`` of its turnover; ``None`` is unknown."""
    if volume is not None:
        return volume
    return share * turnover if turnover is not None and math.isfinite(turnover) and turnover > 0 else None


def largest_lot(caps: Sequence[float], k: int) -> float | None:
    """The largest yearly amount that at least ``k`` structures can each bear; ``None`` with fewer than ``k`` known."""
    return caps[k - 1] if 0 < k <= len(caps) else None

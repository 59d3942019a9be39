"""The score: named parts, each 0 to 1 in stated steps, weighted by one table.

A part is a ladder of conditions that an engine evaluates itself, in whole points: the order is the same on both engines, on
the first page and on the last, and a supplier's score depends on nothing but the query and itself. Weights of the parts a
query does not call for are shared out among the others. Never in the score: completeness of the profile, size for its own
sake, views, payment.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from vivier.search.operators import (
    AnyOf,
    Exists,
    Near,
    Not,
    Operator,
    Part,
    Phrase,
    Range,
    Same,
    Terms,
    Text,
    Tier,
    conjunction,
)

POINTS: Final = 10_000
"""Points of a perfect score; small enough that sums stay exact in the engines' single-precision floats."""

WEIGHTS: Final[dict[str, float]] = {
    "words": 0.20,
    "phrase": 0.05,
    "trade": 0.25,
    "coverage": 0.20,
    "distance": 0.10,
    "capacity": 0.10,
    "freshness": 0.02,
}
"""Share of each part when all are called for (docs/methods.md (g)). Freshness is light: with .05 a fresher proof outranks a
surer one (judged searches ``ev-lyon``, ``ev-lyon-petit-lot``).
``docs/relevance.md`` gives what other weights do to the judged searches."""

FIELD_VALUES: Final[dict[str, float]] = {"text_name": 1.0, "text_offers": 0.9, "text_more": 0.6}
SYNONYM_KEEPS: Final = 0.8
CORRECTION_KEEPS: Final = 0.6

EVIDENCE_STEPS: Final[dict[str, float]] = {
    "declared": 1.0,
    "certified": 0.9,
    "contract": 0.8,
    "job": 0.6,
    "text": 0.4,
    "name": 0.3,
}
UNSTATED_VALUE: Final = 0.2
"""A trade whose source does not say how it is known."""
SUPPOSED_VALUE: Final = 0.1
"""A trade only supposed, from the activity code: any other beats it."""
NARROWER_KEEPS: Final = 0.7
"""A specialisation of the trade asked, against the trade itself."""

COVERAGE_STEPS: Final[dict[str, float]] = {
    "full": 1.0,
    "wide": 0.75,
    "partial": 0.25,
    "overseas_unconfirmed": 0.2,
    "seat_only": 0.2,
    "touch": 0.05,
}
"""What is not confirmed is worth less than a part that is: with .3, « toute la France » from Orléans outranked a laundry
that serves the south of La Réunion (judged search ``linge-reunion``)."""
INFERRED_KEEPS: Final = 0.7
_DECLARED_BASES: Final = ("code", "radius", "country")

DISTANCE_SCALE_KM: Final = 30.0
DISTANCE_STEPS_KM: Final = (2.0, 5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0)
FRESHNESS_STEPS_DAYS: Final = ((90, 1.0), (180, 0.86), (365, 0.57), (545, 0.29))
CAPACITY_SHARE: Final = 0.30
"""Largest share of a year's turnover that one lot may weigh (convention of the Marché de l'inclusion)."""
SHORTEST_MONTHS: Final = 12


@dataclass(frozen=True)
class Component:
    """One part of a score: ``value`` in [0, 1], ``weight`` in this query, ``points`` brought to the total."""

    name: str
    value: float
    weight: float
    points: int


def weights_of(active: Iterable[str]) -> dict[str, float]:
    """Weights of the parts a query calls for, brought to a sum of 1."""
    called = set(active)
    kept = {name: weight for name, weight in WEIGHTS.items() if name in called}
    total = sum(kept.values())
    return {name: weight / total for name, weight in kept.items()}


def components(points: Mapping[str, int], weights: Mapping[str, float]) -> tuple[Component, ...]:
    """The parts of a hit, from the points the engine gave each; they add up to the score by construction."""
    return tuple(
        Component(name, min(1.0, points.get(name, 0) / (POINTS * weight)), weight, points.get(name, 0))
        for name, weight in weights.items()
    )


def annual_amount(amount: float, months: int | None) -> float:
    """Amount a year in euros: a lot of less than twelve months is not scaled up (docs/methods.md (d))."""
    return amount * 12 / max(months or SHORTEST_MONTHS, SHORTEST_MONTHS)


def word_points(weight: float, idf: float, idf_sum: float, value: float) -> int:
    """Points of one word found with ``value`` (best field, synonym, correction): its share of the words' weight."""
    return max(1, round(POINTS * weight * idf / idf_sum * value))


def idf(documents: int, frequency: int) -> float:
    """How telling a word is: 1 for the commonest, more for a rare one (BM25's form, never negative)."""
    return 1.0 + math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5)) if documents else 1.0


def phrase_part(
    weight: float, exact: tuple[str, ...], stems: tuple[str, ...], ladder: tuple[tuple[str, bool, float], ...]
) -> Part:
    """The words of the query side by side. ``ladder``: fields, whether they are searched as written or by roots, values."""
    told = [(field, exact if written else stems, value) for field, written, value in ladder]
    return ladder_part(
        "phrase", weight, [(Text(((Phrase(field, tokens),),)), value) for field, tokens, value in told if tokens]
    )


def trade_part(weight: float, wanted: tuple[str, ...], offer: tuple[Operator, ...]) -> Part:
    """How surely an offer that meets the query is of the trade asked. ``offer``: what the same offer must meet."""
    ladder: list[tuple[Operator, float]] = [
        (Same("offers", (*offer, Exists("trade_own"))), UNSTATED_VALUE),
        (Same("offers", offer), SUPPOSED_VALUE),
    ]
    for evidence, value in EVIDENCE_STEPS.items():
        proved = (*offer, Terms("evidence", (evidence,)))
        ladder.append((Same("offers", (*proved, Terms("trade_own", wanted))), value))
        ladder.append((Same("offers", proved), value * NARROWER_KEEPS))
    return ladder_part("trade", weight, ladder)


def coverage_part(weight: float, classes: Mapping[str, Operator], offer: tuple[Operator, ...]) -> Part:
    """How fully the zone covers the territory. ``classes``: the reach condition of each class on an offer; the seat's is
    on the supplier. A declared zone is worth more than one we assume."""
    declared = Terms("zone_basis", _DECLARED_BASES)
    ladder: list[tuple[Operator, float]] = []
    for name, reached in classes.items():
        value = COVERAGE_STEPS[name]
        if name == "seat_only":
            ladder.append((conjunction(Same("offers", offer) if offer else None, reached), value))
            continue
        ladder.append((Same("offers", (*offer, reached, declared)), value))
        ladder.append((Same("offers", (*offer, reached)), value * INFERRED_KEEPS))
    return ladder_part("coverage", weight, ladder)


def distance_part(weight: float, origins: Iterable[tuple[float, float]], inside: Operator | None = None) -> Part:
    """exp(−d/30 km) by steps: a ring is worth its outer edge; inside a ring the nearest comes first anyway. A seat ``inside`` a wide
    territory is at no distance from it, however far from its centre."""
    places = tuple(origins)
    rings: list[tuple[Operator, float]] = [
        (AnyOf(tuple(Near("location", lon, lat, km) for lon, lat in places)), math.exp(-km / DISTANCE_SCALE_KM))
        for km in DISTANCE_STEPS_KM
    ]
    return ladder_part("distance", weight, rings if inside is None else [(inside, 1.0), *rings])


def capacity_part(weight: float, annual: float) -> Part:
    """1 when a year of the lot is at most 30 % of the turnover, .5 when the turnover is unknown, 0 when it is too large."""
    able = Range("turnover", gte=annual / CAPACITY_SHARE)
    return ladder_part("capacity", weight, [(able, 1.0), (Not(Exists("turnover")), 0.5)])


def freshness_part(weight: float, as_of: date) -> Part:
    """Age of the proof of kind or label, from 1 up to 90 days to 0 from 730 days on; an undated proof is worth 0."""
    return ladder_part(
        "freshness",
        weight,
        [
            (Range("proved", gte=(as_of - timedelta(days=days)).isoformat()), value)
            for days, value in FRESHNESS_STEPS_DAYS
        ],
    )


def ladder_part(name: str, weight: float, ladder: Iterable[tuple[Operator, float]]) -> Part:
    """A part of the score from conditions and their values (0–1): equal points share a step, steps worth nothing are left out."""
    best: dict[int, list[Operator]] = {}
    for where, value in ladder:
        best.setdefault(round(POINTS * weight * value), []).append(where)
    tiers = (Tier(wheres[0] if len(wheres) == 1 else AnyOf(tuple(wheres)), points) for points, wheres in best.items())
    return Part(name, tuple(sorted((tier for tier in tiers if tier.points > 0), key=lambda tier: -tier.points)))

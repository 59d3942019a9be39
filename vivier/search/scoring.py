"""Computes the score: named parts, each from 0 to 1 in published steps, weighted by one table.

A part is a ladder of conditions, which the engine itself evaluates in whole points: the order is the same on both engines and on
every page, and the score of a supplier depends only on the query and on that supplier. The weights of the parts that a query does
not call for are shared among the others. The score never counts the completeness of the profile, size for its own sake, views or
payment.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from vivier.search import operators as ops
from vivier.search.filters import holding

POINTS: Final = 10_000
"""Points of a perfect score. They are few enough for sums to be exact in the single-precision floats of the engines."""

WEIGHTS: Final[dict[str, float]] = {
    "wish": 1.0,
    "valid": 0.5,
    "words": 0.20,
    "phrase": 0.05,
    "trade": 0.25,
    "coverage": 0.20,
    "distance": 0.10,
    "capacity": 0.10,
    "freshness": 0.02,
}
"""Weight of each part when a query calls for all of them (docs/methods.md (g)). Freshness weighs little: at .05 a fresher proof
outranked a surer one (judged searches ``ev-lyon``, ``ev-lyon-petit-lot``).
A wish counts more than all the rest together: who meets it comes first.
``docs/relevance.md`` gives what other weights do to the judged searches."""

FIELD_VALUES: Final[dict[str, float]] = {"text_name": 1.0, "text_offers": 0.9, "text_more": 0.6}
SYNONYM_KEEPS: Final = 0.8
CORRECTION_KEEPS: Final = 0.6
BEGINNING_KEEPS: Final = 0.5
"""Factor of a last word that only begins a word of the name."""

EVIDENCE_STEPS: Final[dict[str, float]] = {
    "declared": 1.0,
    "certified": 0.9,
    "contract": 0.8,
    "job": 0.6,
    "text": 0.4,
    "name": 0.3,
}
UNSTATED_VALUE: Final = 0.2
"""Value of a trade whose source does not publish how it is known."""
SUPPOSED_VALUE: Final = 0.1
"""Value of a trade that is only supposed from the activity code: any other evidence is worth more."""
NARROWER_KEEPS: Final = 0.7
"""Factor of a trade narrower than the trade of the query."""

COVERAGE_STEPS: Final[dict[str, float]] = {
    "whole": 1.0,
    "full": 0.9,
    "wide": 0.75,
    "partial": 0.25,
    "seat_only": 0.2,
    "touch": 0.05,
}
"""Value of each class of coverage; ``whole`` is the part of ``full`` that leaves nobody out."""
INFERRED_KEEPS: Final = 0.7
NAMED: Final = ops.Terms("zone_basis", ("code", "radius"))
"""Matches an offer whose zone names places."""
NATION: Final = ops.Terms("zone_basis", ("country",))
"""Matches an offer whose zone is the whole country."""
DECLARED: Final = ops.Terms("zone_basis", ("code", "radius", "country"))
"""Matches an offer whose zone is published."""
NATION_KEEPS: Final = 0.75
"""Factor of a zone that is the whole country, from a seat far from the place."""

DISTANCE_SCALE_KM: Final = 30.0
DISTANCE_STEPS_KM: Final = (2.0, 5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0)
FRESHNESS_STEPS_DAYS: Final = ((90, 1.0), (180, 0.86), (365, 0.57), (545, 0.29))
CAPACITY_SHARE: Final = 0.30
"""The largest share of a yearly turnover that one lot may be (convention of the Marché de l'inclusion)."""
SHORTEST_MONTHS: Final = 12


class Component(NamedTuple):
    """One part of a score: its ``value`` in [0, 1], its ``weight`` in this query, the ``points`` that it adds to the total."""

    name: str
    value: float
    weight: float
    points: int


def weights_of(active: Iterable[str]) -> dict[str, float]:
    """Weights of the parts that a query calls for, scaled so that their sum is 1."""
    called = set(active)
    retained = {name: weight for name, weight in WEIGHTS.items() if name in called}
    total = sum(retained.values())
    return {name: weight / total for name, weight in retained.items()}


def components(points: Mapping[str, int], weights: Mapping[str, float]) -> tuple[Component, ...]:
    """The parts of the score of a hit, from the points that the engine gave each of them. Their sum is the score."""
    given = ((name, weight, points.get(name, 0)) for name, weight in weights.items())
    return tuple(Component(name, min(1.0, of / (POINTS * weight)), weight, of) for name, weight, of in given)


def annual_amount(amount: float, months: int | None) -> float:
    """Amount of a lot for one year, in euros. The whole amount of a lot shorter than twelve months counts: it is not scaled up
    (docs/methods.md (d))."""
    return amount * 12 / max(months or SHORTEST_MONTHS, SHORTEST_MONTHS)


def word_points(weight: float, idf: float, idf_sum: float, value: float) -> int:
    """Points of one word found: its share of the weight of all the words, times ``value`` (0–1), which depends on the field and on
    whether the form found is the word itself, a synonym or a correction. At least 1."""
    return max(1, round(POINTS * weight * idf / idf_sum * value))


def idf(documents: int, frequency: int) -> float:
    """The rarity of a word that ``frequency`` of ``documents`` use: 1 at least, more for a rarer word (the formula of BM25, never
    negative)."""
    return 1.0 + math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5)) if documents else 1.0


def phrase_part(
    weight: float, exact: tuple[str, ...], stems: tuple[str, ...], ladder: tuple[tuple[str, bool, float], ...]
) -> ops.Part:
    """The part of the score for the words of the query found side by side. ``ladder``: for each field, whether it is searched by the words
    as written (else by their roots), and its value (0–1)."""
    fields = [(field, exact if written else stems, value) for field, written, value in ladder]
    return ladder_part(
        "phrase",
        weight,
        [(ops.Text(((ops.Phrase(field, tokens),),)), value) for field, tokens, value in fields if tokens],
    )


@lru_cache(maxsize=64)
def valid_part(weight: float, day: str) -> ops.Part:
    """The part of the score of the suppliers that are in force on ``day`` (ISO): one of their agreements or labels holds, or they have none."""
    proofs = (("agreements", ops.Exists("kind")), ("labels", ops.Exists("code")))
    holds = (ops.Same(path, (holding(day, known),)) for path, known in proofs)
    none = ops.conjunction(*(ops.Not(ops.Same(path, (known,))) for path, known in proofs))
    return ladder_part("valid", weight, [(ops.AnyOf((*holds, none)), 1.0)])


@lru_cache(maxsize=256)
def trade_part(weight: float, wanted: tuple[str, ...], offer: tuple[ops.Operator, ...]) -> ops.Part:
    """The part of the score for the evidence of the trade. ``wanted``: codes of the trades; ``offer``: the conditions that the same offer
    must meet."""
    ladder: list[tuple[ops.Operator, float]] = [
        (ops.Same("offers", (*offer, ops.Exists("trade_own"))), UNSTATED_VALUE),
        (ops.Same("offers", offer), SUPPOSED_VALUE),
    ]
    for evidence, value in EVIDENCE_STEPS.items():
        proved = (*offer, ops.Terms("evidence", (evidence,)))
        ladder.append((ops.Same("offers", (*proved, ops.Terms("trade_own", wanted))), value))
        ladder.append((ops.Same("offers", proved), value * NARROWER_KEEPS))
    return ladder_part("trade", weight, ladder)


def coverage_part(
    weight: float,
    classes: Mapping[str, ops.Operator],
    offer: tuple[ops.Operator, ...],
    near: ops.Operator | None = None,
) -> ops.Part:
    """The part of the score for how much of the territory the zone covers. ``classes``: the condition of each class of coverage on an
    offer. A declared zone is worth more than an assumed one. ``near``: the seats from which a zone that is the whole country is more than a
    declaration; ``None`` when the country itself is asked."""
    published = DECLARED if near is None else NAMED
    ladder: list[tuple[ops.Operator, float]] = []
    for name, reached in classes.items():
        value, covering = COVERAGE_STEPS[name], (*offer, reached)
        if name == "seat_only":
            ladder.append((ops.Same("offers", covering), value))
            continue
        ladder.append((ops.Same("offers", (*covering, published)), value))
        ladder.append((ops.Same("offers", covering), value * INFERRED_KEEPS))
        if name == "whole" and near is not None:
            national = ops.Same("offers", (*covering, NATION))
            ladder += [(ops.conjunction(national, near), value), (national, value * NATION_KEEPS)]
    return ladder_part("coverage", weight, ladder)


@lru_cache(maxsize=256)
def distance_part(
    weight: float, origins: tuple[tuple[float, float], ...], inside: ops.Operator | None = None
) -> ops.Part:
    """The part of the score for the distance to the seat: exp(−d/30 km) by steps. All the seats of a ring have the value of its outer
    edge; the sort puts the nearest of them first. A seat that meets ``inside``, in a wide territory, has the value 1, however far it
    is from the centre."""
    rings: list[tuple[ops.Operator, float]] = [
        (
            ops.AnyOf(tuple(ops.Near("location", lon, lat, km) for lon, lat in origins)),
            math.exp(-km / DISTANCE_SCALE_KM),
        )
        for km in DISTANCE_STEPS_KM
    ]
    return ladder_part("distance", weight, rings if inside is None else [(inside, 1.0), *rings])


def capacity_part(weight: float, annual: float) -> ops.Part:
    """The part of the score for capacity: 1 when a year of the lot (``annual``, euros) is at most the volume that the supplier declares it can
    take, or without one 30 % of its turnover; .5 when neither is known, 0 when the lot is too large."""
    unsaid = ops.Not(ops.Exists("volume"))
    able = ops.conjunction(unsaid, ops.Range("turnover", gte=annual / CAPACITY_SHARE))
    unknown = ops.conjunction(unsaid, ops.Not(ops.Exists("turnover")))
    return ladder_part("capacity", weight, [(ops.Range("volume", gte=annual), 1.0), (able, 1.0), (unknown, 0.5)])


@lru_cache(maxsize=64)
def freshness_part(weight: float, as_of: date) -> ops.Part:
    """The part of the score for the age of the newest proof of kind or label: 1 up to 90 days, then by steps down to .29 up to 545 days, then 0;
    an undated proof has the value 0."""
    return ladder_part(
        "freshness",
        weight,
        [
            (ops.Range("proved", gte=(as_of - timedelta(days=days)).isoformat()), value)
            for days, value in FRESHNESS_STEPS_DAYS
        ],
    )


def ladder_part(name: str, weight: float, ladder: Iterable[tuple[ops.Operator, float]]) -> ops.Part:
    """Makes a part of the score from conditions and their values (0–1). Conditions of equal points are joined in one tier; those worth no
    point are left out."""
    best: dict[int, list[ops.Operator]] = {}
    for where, value in ladder:
        best.setdefault(round(POINTS * weight * value), []).append(where)
    tiers = (
        ops.Tier(wheres[0] if len(wheres) == 1 else ops.AnyOf(tuple(wheres)), points) for points, wheres in best.items()
    )
    return ops.Part(name, tuple(sorted((tier for tier in tiers if tier.points > 0), key=lambda tier: -tier.points)))

"""Scores sealed verdicts by what became of the notices: pure counts of the lines of a register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from vivier.bodies import Body
from vivier.desk.sealed.register import Line

METHOD_VERSION: Final = "sealed-1"
KEEPING: Final = ("direct", "reserve", "reserve_if")
"""Levers by which the desk says that a lot could be kept for structures."""
EDGES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


class SealedChanceBody(Body):
    """Reserved lots whose number of offers is known, between two chances of at least two offers: ``mean`` is the chance announced, ``came`` the share that had two."""

    low: float
    high: float
    n: int
    mean: float | None
    came: float | None


class SealedOffersBody(Body):
    """« At least two offers » on reserved lots whose number of offers is known. ``base``: Brier score of their own share, the same for all."""

    n: int
    two: int
    brier: float | None
    base: float | None
    calibration: list[SealedChanceBody]


class SealedCountBody(Body):
    """Notices studied, ``reserved`` by their buyer or not, and those that the desk told could be."""

    n: int
    possible: int


class SealedMonthBody(Body):
    """The notices sealed in a month. ``studied``: read well enough for a verdict; ``settled``: awarded or given up since."""

    month: str
    sealed: int
    studied: int
    reserved: int
    settled: int


class SealedScoreBody(Body):
    """Everything the page of verdicts tells. ``unfruitful``: reserved notices given up, out of ``reserved_settled``; ``listed``: awards whose
    winner is a structure of the index, out of ``winners_known``."""

    method: str
    sealed: int
    studied: int
    settled: int
    cancelled: int
    reserved: SealedCountBody
    not_reserved: SealedCountBody
    reserved_settled: int
    unfruitful: int
    offers: SealedOffersBody
    winners_known: int
    listed: int
    months: list[SealedMonthBody]


class _Sealed(NamedTuple):
    """What is counted of a verdict; a year of lines stays small in memory."""

    month: str
    reserved: bool
    lever: str | None
    two: float | None


class _End(NamedTuple):
    """What is counted of an outcome."""

    cancelled: bool
    offers: int | None
    winners: int | None
    listed: int | None


def score(lines: Iterable[Line]) -> SealedScoreBody:
    """The score of a register. Of two verdicts on one notice the first holds, and its first outcome."""
    sealed, ends = dict[str, _Sealed](), dict[str, _End]()
    for line in lines:
        notice = line["notice"]
        if line["kind"] == "verdict":
            sealed.setdefault(
                notice, _Sealed(line["day"][:7], line["reserved"], line.get("lever"), line.get("two_offers"))
            )
        elif notice in sealed:
            ends.setdefault(
                notice, _End(line["status"] == "cancelled", line["offers"], line["winners"], line["listed"])
            )
    studied = [verdict for verdict in sealed.values() if verdict.lever is not None]
    settled = [(sealed[notice], end) for notice, end in ends.items()]
    return {
        "method": METHOD_VERSION,
        "sealed": len(sealed),
        "studied": len(studied),
        "settled": len(ends),
        "cancelled": sum(end.cancelled for end in ends.values()),
        "reserved": _counted(verdict.lever for verdict in studied if verdict.reserved),
        "not_reserved": _counted(verdict.lever for verdict in studied if not verdict.reserved),
        "reserved_settled": sum(verdict.reserved for verdict, _ in settled),
        "unfruitful": sum(verdict.reserved and end.cancelled for verdict, end in settled),
        "offers": offers_of(
            [
                (verdict.two, end.offers)
                for verdict, end in settled
                if verdict.reserved and verdict.two is not None and end.offers is not None
            ]
        ),
        "winners_known": sum(end.winners is not None for end in ends.values()),
        "listed": sum(bool(end.listed) for end in ends.values()),
        "months": _months(sealed, ends),
    }


def _counted(levers: Iterable[str | None]) -> SealedCountBody:
    every = list(levers)
    return {"n": len(every), "possible": sum(lever in KEEPING for lever in every)}


def offers_of(pairs: Sequence[tuple[float, int]]) -> SealedOffersBody:
    """The scores of chances of two offers, each with the offers that came."""
    came = [offers >= 2 for _, offers in pairs]
    n, share = len(pairs), sum(came) / len(pairs) if pairs else 0.0
    return {
        "n": n,
        "two": sum(came),
        "brier": round(sum((p - y) ** 2 for (p, _), y in zip(pairs, came, strict=True)) / n, 4) if n else None,
        "base": round(share * (1 - share), 4) if n else None,
        "calibration": [_between(low, high, pairs) for low, high in pairwise(EDGES)],
    }


def _between(low: float, high: float, pairs: Sequence[tuple[float, int]]) -> SealedChanceBody:
    inside = [(p, offers >= 2) for p, offers in pairs if low <= p < high or p == high == 1.0]
    n = len(inside)
    return {
        "low": low,
        "high": high,
        "n": n,
        "mean": round(sum(p for p, _ in inside) / n, 4) if n else None,
        "came": round(sum(y for _, y in inside) / n, 4) if n else None,
    }


def _months(sealed: Mapping[str, _Sealed], ends: Mapping[str, _End]) -> list[SealedMonthBody]:
    counts = {name: Counter[str]() for name in ("sealed", "studied", "reserved", "settled")}
    for notice, verdict in sealed.items():
        counts["sealed"][verdict.month] += 1
        counts["studied"][verdict.month] += verdict.lever is not None
        counts["reserved"][verdict.month] += verdict.reserved
        counts["settled"][verdict.month] += notice in ends
    return [
        {
            "month": month,
            "sealed": counts["sealed"][month],
            "studied": counts["studied"][month],
            "reserved": counts["reserved"][month],
            "settled": counts["settled"][month],
        }
        for month in sorted(counts["sealed"], reverse=True)
    ]

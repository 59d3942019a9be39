"""Judges the belief: ``python -m benchmarks belief_judged``, ``belief_calls``.

**belief_judged**, on three sets that a blind reader judged before it existed (``tests/relevance/SOURCES.md``), on the real lists. *Order*: of
structures that publish no trade, who probably does it; the belief (does × comes) against the distance alone. *Holders*: what inclusive
structures really won, their trade hidden: is it the first that the belief supposes, one of the first three? *Calibration*: the pairs
(structure, trade) of texts read by hand and of these contracts, by bins.

**belief_calls**, the calls after which a lot is settled. *Truths*: the structures whose text was read by hand (:mod:`benchmarks.belief`), what is
believed of each learnt from the others alone. *Lots*: for each trade that a twentieth of them do at least, :data:`LOTS` draws of :data:`AROUND`
structures at random within :data:`FARTHEST_KM`; a structure can do the lot when its text tells the trade, and it comes as the curve of its kind
draws it. *Settled*: two answered « yes », or two able are less probable than :data:`HOPELESS`. The same rule stops both orders; the desk calls in
the order of what a call changes, the other by distance. Everybody answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from statistics import fmean
from typing import Any, Final

import numpy as np

from benchmarks.belief import Figures, Sample, Weights, ece, left_out, loss, readings, sampled, with_broader
from benchmarks.cases import cases, codes
from benchmarks.options import Half
from benchmarks.rungs import suppliers
from indexer.document import known_of_supplier
from vivier.belief import Known, beliefs, clues
from vivier.belief.comes import comes
from vivier.belief.steps import LEAST, MOST
from vivier.desk.method.answers import Answer, answered
from vivier.desk.method.assessing import Ground
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.feasibility import Pool
from vivier.desk.method.prospects import Prospects
from vivier.desk.method.verdict import Lot
from vivier.law.parameters import value
from vivier.model import Supplier
from vivier.trades.table import STAFFING, Trades, load_trades

FIRST: Final = 5
GOOD: Final = 2
"""The least grade of a structure worth a call: it probably does the trade."""
BINS: Final = ((0.0, 0.02), (0.02, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.01))
LOTS: Final = 30
AROUND: Final = 25
FARTHEST_KM: Final = 40.0
HOPELESS: Final = 0.05
LEAST_SHARE: Final = 0.05
ARTICLE: Final = "L2113-14"
DAY: Final = date(2026, 11, 24)


def judged(half: Half = None) -> Iterator[str]:
    """The three judgements."""
    trades = load_trades()
    yield order_line(half, trades)
    yield holder_line(half, trades)
    yield from text_lines(trades)


@lru_cache(maxsize=1)
def by_siret() -> Mapping[str, Supplier]:
    """The suppliers of the real lists, by SIRET."""
    return {supplier.siret.value: supplier for supplier in suppliers() if supplier.siret is not None}


def silent(supplier: Supplier) -> Known:
    """What is known of a supplier when the trades that sources give are hidden."""
    return replace(known_of_supplier(supplier, frozenset()), rungs={})


def graded(half: str | None, trades: Trades) -> Iterator[tuple[list[float], list[float], list[bool]]]:
    """Of each case: the belief in its structures, their nearness (less their kilometres), whether each is good."""
    for _, group in groupby(cases("belief_order", half), key=lambda row: (row["trade"], row["commune"])):
        rows = [(row, silent(by_siret()[row["siret"]])) for row in group if row["siret"] in by_siret()]
        does = [beliefs(known, trades, 0.0)[row["trade"]] for row, known in rows]
        coming = [comes(known.kinds, float(row["km"])) or 0.0 for row, known in rows]
        predicted = [chance * come for chance, come in zip(does, coming, strict=True)]
        yield predicted, [-float(row["km"]) for row, _ in rows], [int(row["grade"]) >= GOOD for row, _ in rows]


def average_precision(keys: Sequence[float], good: Sequence[bool], first: int = FIRST) -> float:
    """Mean of the precisions at each good structure among the ``first`` of the greatest keys."""
    hits = _first(keys, good, first)
    return sum(sum(hits[: place + 1]) / (place + 1) for place, hit in enumerate(hits) if hit) / max(
        1, min(first, sum(good))
    )


def _first(keys: Sequence[float], good: Sequence[bool], first: int = FIRST) -> list[bool]:
    """Whether each structure of the greatest keys is good."""
    return [good[at] for at in sorted(range(len(keys)), key=lambda at: -keys[at])[:first]]


def order_line(half: str | None, trades: Trades) -> str:
    """Precision of the first five, by the belief and by the distance."""
    every = [(orders, good) for *orders, good in graded(half, trades) if any(good)]
    mean = [fmean(average_precision(orders[by], good) for orders, good in every) for by in (0, 1)]
    precise = [fmean(sum(_first(orders[by], good)) / FIRST for orders, good in every) for by in (0, 1)]
    return (
        f"order, {len(every)} cases: mean average precision at {FIRST} {mean[0]:.3f} by belief, {mean[1]:.3f} by distance; "
        f"precision at {FIRST} {precise[0]:.3f} and {precise[1]:.3f}"
    )


def holder_line(half: str | None, trades: Trades) -> str:
    """Of what inclusive structures won: is a trade of the contract the first supposed, one of the first three?"""
    right = []
    for row in cases("belief_holders", half):
        wanted, kinds = codes(row["trades"]), tuple(filter(None, row["kinds"].split("|")))
        if wanted and kinds and row["own_work"] != "no":
            supplier = by_siret().get(row["siret"])
            found = beliefs(silent(supplier) if supplier is not None else Known(kinds=kinds), trades, 0.0)
            ranked = sorted((code for code in found if code != STAFFING), key=lambda code: -found[code])
            right.append([_means(code, wanted, trades) for code in ranked[:3]])
    first, three = fmean(three[0] for three in right), fmean(map(any, right))
    return f"holders, {len(right)} lines: first supposed trade right {first:.2f}, one of three {three:.2f}"


def _means(code: str, wanted: frozenset[str], trades: Trades) -> bool:
    """Whether a trade is one of those wanted, a broader or a narrower one: a sibling is not."""
    return bool(wanted & with_broader(frozenset((code,)), trades)) or code in with_broader(wanted, trades)


def text_lines(trades: Trades) -> Iterator[str]:
    """Calibration on presentations read by hand, the trades that sources give hidden."""
    rows = [row for row in cases("presentations") if row["siret"] in by_siret()]
    every = [beliefs(silent(by_siret()[row["siret"]]), trades, 0.0) for row in rows]
    own = [with_broader(codes(row["trades"]), trades) for row in rows]
    p = np.array([[found[trade.code] for trade in trades] for found in every])
    d = np.array([[float(trade.code in does) for trade in trades] for does in own])
    yield f"texts, {len(rows)} structures: loss {loss(p, d):.4f}, calibration error {ece(p, d):.4f}"
    for kind in sorted({row["kind"] for row in rows}):
        mine = np.array([row["kind"] == kind for row in rows])
        yield f"  {kind}, {mine.sum()}: calibration error {ece(p[mine], d[mine]):.4f}"
    for low, high in BINS:
        inside = (p >= low) & (p < high)
        if inside.any():
            yield f"  {low:.2f}-{min(high, 1):.2f}: {inside.sum()} pairs, told {p[inside].mean():.3f}, right {d[inside].mean():.3f}"


@dataclass(frozen=True)
class Asked:
    """A structure around a lot: as the desk sees it, and what it would answer."""

    site: Candidate
    does: bool
    comes: bool

    @property
    def answer(self) -> Answer:
        """What it answers when it is called."""
        can, why = ("yes", None) if self.does and self.comes else ("no", "far" if self.does else "trade")
        return Answer(self.site.id, can, DAY, "structure", why=why)  # type: ignore[arg-type]


def lots(seed: int) -> Iterator[list[Asked]]:
    """The lots drawn."""
    trades = load_trades()
    sample = Sample.of(readings(trades), trades)
    priors, does = left_out(sample, Weights())
    believed = np.stack([_with_clues(prior, known, trades) for prior, known in zip(priors, _known(), strict=True)])
    draw = np.random.default_rng(seed)
    for trade in np.flatnonzero(does.mean(axis=0) >= LEAST_SHARE):
        for _ in range(LOTS):
            chosen = draw.choice(len(sample.kinds), AROUND, replace=False)
            distances = FARTHEST_KM * np.sqrt(draw.random(AROUND))
            yield [
                _around(
                    f"v{n:03}", sample.kinds[at], float(km), float(believed[at, trade]), bool(does[at, trade]), draw
                )
                for n, (at, km) in enumerate(zip(chosen, distances, strict=True))
            ]


def _known() -> Iterator[Known]:
    """What is known of each structure read, its trades hidden: its kind, its name and its activity code when the real lists have it."""
    for row in sampled():
        supplier = by_siret().get(row.get("siret", ""))
        listed = Known() if supplier is None else silent(supplier)
        yield Known(
            (row["kind"],), listed.naf, listed.names or tuple(row[name] for name in ("structure",) if name in row)
        )


def _with_clues(prior: Figures, known: Known, trades: Trades) -> Figures:
    """The probability of each trade: the share that the other structures of its kind give it, then the clues on the structure."""
    added = np.array([sum(clue.odds for clue in tuple(clues(known, trade.code, trades))[1:]) for trade in trades])
    found: Figures = 1 / (1 + np.exp(-(np.log(prior / (1 - prior)) + added)))
    return np.clip(found, LEAST, MOST)


def _around(id_: str, kind: str, km: float, believed: float, does: bool, draw: np.random.Generator) -> Asked:
    believes: dict[str, Any] = {"in_trade": False, "trade_known": False, "declared": False, "believed": believed}
    site = Candidate(id_, id_, kinds=(kind,), zone="wide", distance_km=km, **believes)
    return Asked(site, does, draw.random() < (comes((kind,), km) or 0.0))


def calls(around: Sequence[Asked], *, by_distance: bool) -> int:
    """How many structures are called until the lot is settled."""
    left, given = {each.site.id: each for each in around}, list[Answer]()
    nearest = sorted(left, key=lambda id_: left[id_].site.distance_km or 0.0)
    while left:
        found = _prospects(around, given)
        if _settled(found):
            break
        first = [id_ for id_ in nearest if id_ in left] if by_distance else [c.prospect.site.id for c in found.calls]
        if not first:
            break
        given.append(left.pop(first[0]).answer)
    return len(given)


def _prospects(around: Sequence[Asked], given: Sequence[Answer]) -> Prospects:
    (pool,) = answered([Pool([each.site for each in around])], given)
    ground = Ground(DAY, (), Lot(), value("capacity_share"), value("response_central"))
    return ground.assess(pool, ARTICLE).prospects


def _settled(found: Prospects) -> bool:
    confirmed = sum(prospect.can == "yes" for prospect in found.every)
    return confirmed >= value("wanted_offers") or found.able.two < HOPELESS


def counted(seed: int = 7) -> Iterator[str]:
    """The mean numbers of calls, of all lots and of those that two structures can do."""
    wanted = value("wanted_offers")
    every = [
        (
            calls(around, by_distance=False),
            calls(around, by_distance=True),
            sum(each.does and each.comes for each in around),
        )
        for around in lots(seed)
    ]
    for name, some in (("all", every), ("two can do it", [each for each in every if each[2] >= wanted])):
        desk, distance = fmean(each[0] for each in some), fmean(each[1] for each in some)
        yield f"{name}: {len(some)} lots; calls by the desk {desk:.1f}, by distance {distance:.1f}: {desk / distance:.0%}"

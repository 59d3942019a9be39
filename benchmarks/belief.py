"""Learns the priors of the belief from texts read by hand, and judges them: ``python -m benchmarks belief`` (``--write`` writes
``mappings/tables/belief_priors.csv``).

Texts that tell trades of 83 structures were read by hand for another purpose (``tests/relevance/presentations.csv``,
``esat_pages.csv``). A share is drawn three times: towards all kinds, by the group of the trade, by its parent. What is known of the
sector (``belief_expert.csv``) counts as ``EXPERT`` structures read. The weights were chosen by leaving each structure out in turn.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.cases import Case, cases, codes
from mappings import TABLES, read_table
from vivier.trades.table import Trades, load_trades

SAMPLES: Final = ("presentations", "esat_pages")
KINDS: Final = ("ACI", "AI", "EI", "ESAT", "EA", "ETTI", "EATT", "EITI", "GEIQ", "EAMP", "SEP", "other")
LIKE: Final = {"EA": "ESAT", "EAMP": "EA", "SEP": "EA"}
"""Kinds of which no text was read, and the kind whose texts they take."""
RARELY: Final = {"ETTI": 0.12, "EATT": 0.12, "EITI": 0.3, "GEIQ": 0.2, "other": 0.12}
"""Kinds that do no work themselves, or of which nothing is known: what is left of the share of all kinds, a judgement of ours."""
Figures = npt.NDArray[np.float64]


class Weights(NamedTuple):
    """Structures that count beside those read: of all kinds (``kind``), of the group (``group``), of all kinds within a group (``within``),
    of what is known of the sector (``expert``). ``narrow``: share of those who do a trade that do a narrower one, for as many structures as
    ``narrower``: a judgement, as texts leave narrower trades out."""

    kind: float = 6.0
    group: float = 12.0
    within: float = 2.0
    expert: float = 10.0
    narrow: float = 0.25
    narrower: float = 20.0


def belief(write: bool = False) -> Iterator[str]:
    """How well the priors are calibrated; ``--write`` writes their table instead."""
    trades, w = load_trades(), Weights()
    sample = Sample.of(readings(trades), trades)
    if write:
        with (TABLES / "belief_priors.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows((("kind", "trade", "share", "weight", "seen"), *rows(sample, w)))
        return
    predicted, does = left_out(sample, w)
    yield f"priors, each structure left out: loss {loss(predicted, does):.4f}, calibration error {ece(predicted, does):.4f}"
    found = held(sample, w)
    yield (
        f"intervals of nine cases in ten, half of the structures hidden {SPLITS} times, {found.pairs} pairs: they hold {found.every:.1%}; "
        f"of pairs told {LIKELY} or more, {found.likely:.1%}"
    )


class Read(NamedTuple):
    """A structure, and the trades that its text tells, with the broader ones."""

    kind: str
    trades: frozenset[str]


def sampled() -> list[Case]:
    """The rows of the two samples, of the kinds of the belief."""
    return [row for name in SAMPLES for row in cases(name) if row["kind"] in KINDS]


def readings(trades: Trades) -> tuple[Read, ...]:
    """The two samples."""
    return tuple(Read(row["kind"], with_broader(codes(row["trades"]), trades)) for row in sampled())


def with_broader(named: frozenset[str], trades: Trades) -> frozenset[str]:
    """Trades, and the broader ones."""
    return named | {above.code for code in named for above in trades.ancestors(code)}


@dataclass(frozen=True)
class Shape:
    """The trades as columns: group of each, parent of each (-1 without)."""

    codes: tuple[str, ...]
    group: npt.NDArray[np.intp]
    parent: npt.NDArray[np.intp]
    groups: int

    @classmethod
    def of(cls, trades: Trades) -> Shape:
        codes = tuple(trade.code for trade in trades)
        at = {code: place for place, code in enumerate(codes)}
        names = [group.code for group in trades.groups()]
        group = np.array([names.index(trade.group) for trade in trades], np.intp)
        parent = np.array([-1 if trade.parent is None else at[trade.parent] for trade in trades], np.intp)
        return cls(codes, group, parent, len(names))

    def matrix(self, given: Sequence[Read]) -> Figures:
        """A row a structure, a column a trade: 1 when it does it."""
        at = {code: place for place, code in enumerate(self.codes)}
        found = np.zeros((len(given), len(self.codes)))
        for row, read in enumerate(given):
            found[row, [at[code] for code in read.trades]] = 1
        return found

    def by_group(self, found: Figures) -> Figures:
        """A row a structure, a column a group: 1 when it does some trade of it."""
        return np.stack([found[:, self.group == group].max(axis=1) for group in range(self.groups)], axis=1)


@dataclass(frozen=True)
class Sample:
    """What was read: ``does`` and ``groups`` by structure, ``kinds`` of each; ``expert``: share by kind and trade that is known of the sector."""

    shape: Shape
    does: Figures
    groups: Figures
    kinds: tuple[str, ...]
    expert: Mapping[str, Figures]

    @classmethod
    def of(cls, given: Sequence[Read], trades: Trades) -> Sample:
        shape = Shape.of(trades)
        does = shape.matrix(given)
        expert = {kind: np.zeros(len(shape.codes)) for kind in {row["kind"] for row in read_table("belief_expert")}}
        for row in read_table("belief_expert"):
            of_kind, share = expert[row["kind"]], int(row["tenths"]) / 10
            for code in (row["trade"], *(above.code for above in trades.ancestors(row["trade"]))):
                of_kind[shape.codes.index(code)] = max(of_kind[shape.codes.index(code)], share)
        return cls(shape, does, shape.by_group(does), tuple(read.kind for read in given), expert)

    def without(self, place: int) -> Sample:
        """The sample but one structure."""
        return self.only(np.arange(len(self.kinds)) != place)

    def only(self, keep: npt.NDArray[np.bool_]) -> Sample:
        """Some structures of the sample."""
        kinds = tuple(kind for at, kind in enumerate(self.kinds) if keep[at])
        return Sample(self.shape, self.does[keep], self.groups[keep], kinds, self.expert)


def _alike(kind: str, sample: Sample) -> npt.NDArray[np.bool_]:
    """The structures of a sample whose texts a kind takes."""
    return np.array([LIKE.get(LIKE.get(kind, kind), LIKE.get(kind, kind)) == each for each in sample.kinds], np.bool_)


def shares(sample: Sample, kind: str, w: Weights) -> tuple[Figures, float]:
    """The share of a kind that does each trade, and the structures that it counts for."""
    shape = sample.shape
    own = _alike(kind, sample)
    every, groups = sample.does, sample.groups
    total = len(sample.kinds)
    overall_group = (groups.sum(axis=0) + 1.0 * 0.1) / (total + 1.0)
    size = np.bincount(shape.group, minlength=shape.groups)
    mean = every.sum() / max(groups.sum(), 1) / size  # how much of its group a structure does
    within = _within(every.sum(axis=0), groups.sum(axis=0), mean, shape, w)
    n_group, n_trade, read = groups[own].sum(axis=0), every[own].sum(axis=0), float(own.sum())
    known = sample.expert.get(kind, sample.expert.get(LIKE.get(kind, "")))
    if known is not None:
        apart = np.where(shape.parent < 0, known, 0.0)  # a broader trade holds its narrower ones
        held = np.stack([1 - np.prod(1 - apart[shape.group == group]) for group in range(shape.groups)])
        n_group, n_trade, read = n_group + w.expert * held, n_trade + w.expert * known, read + w.expert
    by_group = (n_group + w.kind * overall_group) / (read + w.kind)
    in_group = (n_trade + w.within * within) / (n_group[shape.group] + w.within)
    found = by_group[shape.group] * np.minimum(in_group, 1.0)
    if kind in RARELY:
        found = found * RARELY[kind]
    narrow = _narrow(every.sum(axis=0), shape, w)
    for at, parent in enumerate(shape.parent):
        if parent >= 0:  # a text that tells the broader trade often leaves the narrower one out
            part = (n_trade[at] + w.narrower * narrow[at]) / (max(n_trade[parent], n_trade[at]) + w.narrower)
            found[at] = found[parent] * min(part, 1.0)
    return np.clip(found, 0.0005, 0.95), read + w.kind


def _within(n_trade: Figures, n_group: Figures, mean: Figures, shape: Shape, w: Weights) -> Figures:
    """The share of the structures of a group that do each of its trades, whatever the kind: drawn towards the mean of the group."""
    return (n_trade + w.group * mean[shape.group]) / (n_group[shape.group] + w.group)


def _narrow(n_trade: Figures, shape: Shape, w: Weights) -> Figures:
    """The share of those who do the parent of each trade that do it too, whatever the kind."""
    return (n_trade + w.narrower * w.narrow) / (n_trade[shape.parent] + w.narrower)


def left_out(sample: Sample, w: Weights) -> tuple[Figures, Figures]:
    """For each structure: the shares that the others give it, and what it does."""
    predicted = np.stack([shares(sample.without(place), kind, w)[0] for place, kind in enumerate(sample.kinds)])
    return predicted, sample.does


def loss(predicted: Figures, does: Figures) -> float:
    """Mean logarithmic loss of a pair."""
    predicted = np.clip(predicted, 0.0005, 0.9995)
    return float(-(does * np.log(predicted) + (1 - does) * np.log(1 - predicted)).mean())


class Held(NamedTuple):
    """How often the intervals of nine cases in ten hold, over the kinds and trades of the structures hidden: of all pairs of a kind and a trade,
    and of those told ``LIKELY`` or more."""

    every: float
    likely: float
    pairs: int


SPLITS: Final = 200
LIKELY: Final = 0.05
FEWEST: Final = 4
"""Structures of a kind hidden at once, at least."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)


def held(sample: Sample, w: Weights, splits: int = SPLITS) -> Held:
    """Learns from half of the structures, drawn ``splits`` times, and looks at how many of the other half do each trade: the interval told holds
    when that number is neither among the five least nor among the five most probable hundredths. A number that lies across a bound
    counts for its part inside it, as a small count cannot be cut at five hundredths."""
    draw, inside, likely = np.random.default_rng(7), list[Figures](), list[npt.NDArray[np.bool_]]()
    for _ in range(splits):
        taken = draw.random(len(sample.kinds)) < 0.5
        learnt, hidden = sample.only(taken), sample.only(~taken)
        for kind in sorted(set(hidden.kinds)):
            own = np.array([each == kind for each in hidden.kinds], np.bool_)
            if own.sum() >= FEWEST:
                share, weight = shares(learnt, kind, w)
                inside.append(_inside(share, weight, int(own.sum()), hidden.does[own].sum(axis=0)))
                likely.append(share >= LIKELY)
    found, told = np.concatenate(inside), np.concatenate(likely)
    return Held(float(found.mean()), float(found[told].mean()), len(found) // splits)


def _inside(share: Figures, weight: float, n: int, count: Figures) -> Figures:
    """The part of each count, of ``n`` structures, that lies within the interval told of its share: the log-odds of a share have the normal law
    whose interval :func:`vivier.belief.does.belief` tells."""
    spread = 1 / np.sqrt(weight * np.maximum(share * (1 - share), 0.01))
    odds = np.log(share / (1 - share))[:, None] + spread[:, None] * _NODES[None, :]
    p, weights = 1 / (1 + np.exp(-odds)), _WEIGHTS / _WEIGHTS.sum()
    each = np.stack([math.comb(n, k) * p**k * (1 - p) ** (n - k) @ weights for k in range(n + 1)], axis=1)
    below = np.concatenate([np.zeros((len(share), 1)), np.cumsum(each, axis=1)], axis=1)
    rows, at = np.arange(len(share)), count.astype(np.intp)
    low, high = below[rows, at], below[rows, at + 1]
    part: Figures = (np.minimum(high, 0.95) - np.maximum(low, 0.05)) / (high - low)
    return np.clip(part, 0.0, 1.0)


def ece(
    predicted: Figures, does: Figures, edges: Sequence[float] = (0, 0.01, 0.03, 0.07, 0.15, 0.3, 0.5, 1.01)
) -> float:
    """Expected calibration error: the mean gap of bins of probability, weighted by their pairs."""
    gaps = 0.0
    for low, high in pairwise(edges):
        inside = (predicted >= low) & (predicted < high)
        if inside.any():
            gaps += abs(predicted[inside].mean() - does[inside].mean()) * inside.mean()
    return gaps


def rows(sample: Sample, w: Weights) -> Iterator[tuple[str, str, str, int, str]]:
    """The table: kind, trade, share, weight in structures, whether some text or what is known of the sector tells the trade of that kind."""
    for kind in KINDS:
        found, weight = shares(sample, kind, w)
        seen = sample.does[_alike(kind, sample)].sum(axis=0) > 0
        known = sample.expert.get(kind)
        for at, code in enumerate(sample.shape.codes):
            read = bool(seen[at]) or (known is not None and known[at] > 0)
            yield kind, code, f"{found[at]:.4f}", round(weight), "yes" if read else "no"

"""Learns how likely each trade is from what is known of a structure, and shows how well it is calibrated:
``python -m benchmarks.likelihood`` (real lists), ``--demo`` (the invented suppliers), ``--write`` (learns from all the known of the
real lists and writes ``mappings/tables/likelihoods.csv``).

Structures whose trade a rung tells are drawn in two halves by a hash of their id, ten times with another salt. Counts and weights
are learnt on one half and judged on the other, both ways: the pairs (structure, trade) called likely are put in bins of
probability, and the share that is right is compared with the mean probability. The expected calibration error is the mean gap,
weighted by the pairs of each bin. One halving judges a hundred structures, and its error goes from .03 to .08 with the draw: the
twenty judgements are pooled. Words that gave a trade are not read. Structures known by their name are not like the silent ones:
this is what could be measured, not the truth about these.
"""

from __future__ import annotations

import argparse
import csv
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.rungs import known, suppliers
from indexer.demo import demo_records
from indexer.document import likelihood_features
from indexer.enrich import enriched
from indexer.gather import placed
from indexer.merge import merge
from mappings import TABLES
from vivier.lexicon import Lexicon, load_lexicon
from vivier.model import Supplier
from vivier.trades.likelihood import LEAST, PRIOR, Feature, Odds, probabilities
from vivier.trades.words import load_trade_words

PARTS = ("kind", "naf", "division", "word", "departement")
LEAST_KNOWN = 3
"""A trade known of fewer structures, or a word seen in fewer, teaches nothing."""
SMOOTHING = 20.0
"""Structures that the whole counts for beside those that have a feature."""
RIDGE = 10.0
"""The two were chosen among nine pairs for their mean error over the halvings: these are no longer unseen by them."""
HALVINGS = 10
NEGLIGIBLE = 0.1
"""Log-odds below which a feature adds nothing that a tenth would show: left out of the table."""
BINS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.01)
DEMO_SIZE = 4000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """The features of a structure, and its known trades."""

    id: str
    features: tuple[Feature, ...]
    trades: frozenset[str]


@dataclass(frozen=True)
class Bin:
    """Pairs called likely between two probabilities."""

    low: float
    high: float
    pairs: int
    predicted: float
    right: float


def examples(given: Iterable[Supplier], lexicon: Lexicon) -> tuple[Example, ...]:
    """The structures whose trade is known. Words that gave a trade are left out of what is read."""
    words = load_trade_words()
    found = []
    for supplier in given:
        trades = known(supplier)
        if trades:
            names = [fact.value for fact in (supplier.name, supplier.brand) if fact is not None]
            telling = {
                token
                for name in names
                for phrases in words.names.found(name).values()
                for phrase in phrases
                for token in phrase
            }
            read = likelihood_features(supplier, lexicon)
            remaining = tuple(feature for feature in read if feature[0] != "word" or feature[1] not in telling)
            found.append(Example(supplier.sources[0].source_id + supplier.name.value + supplier.id, remaining, trades))
    return tuple(found)


class Counts:
    """Structures by trade, by feature, and by both."""

    def __init__(self, given: Sequence[Example]) -> None:
        by_trade = Counter(trade for example in given for trade in example.trades)
        self.trades = tuple(sorted(trade for trade, count in by_trade.items() if count >= LEAST_KNOWN))
        rank = {trade: place for place, trade in enumerate(self.trades)}
        self.total = len(given)
        self.by_feature: Counter[Feature] = Counter(feature for example in given for feature in example.features)
        self.both: dict[Feature, Floats] = defaultdict(lambda: np.zeros(len(self.trades)))
        self.of: dict[str, Floats] = {}
        for example in given:
            own = np.zeros(len(self.trades))
            own[[rank[trade] for trade in example.trades if trade in rank]] = 1
            self.of[example.id] = own
            for feature in example.features:
                self.both[feature] += own
        self.sums = sum(self.of.values(), np.zeros(len(self.trades)))

    def prior(self, without: Floats | None = None) -> Floats:
        """Log-odds of each trade, whatever the structure; ``without``: the trades of one left out."""
        count, total = (self.sums, self.total) if without is None else (self.sums - without, self.total - 1)
        return _logit((count + 0.5) / (total + 1))

    def shift(self, feature: Feature, without: Floats | None = None) -> Floats:
        """What a feature adds to the log-odds of each trade."""
        least = LEAST_KNOWN if feature[0] == "word" else 1
        left_out = 0 if without is None else 1
        seen = self.by_feature[feature] - left_out
        if seen < least:
            return np.zeros(len(self.trades))
        own = self.both[feature] - (0 if without is None else without)
        prior = 1 / (1 + np.exp(-self.prior(without)))
        return _logit((own + SMOOTHING * prior) / (seen + SMOOTHING)) - _logit(prior)

    def rows(self, example: Example, alone: bool) -> Floats:
        """A row a trade: 1, the prior, then what each part adds. ``alone``: as if the example had not been counted."""
        without = self.of[example.id] if alone else None
        parts = [
            sum(
                (self.shift(feature, without) for feature in example.features if feature[0] == part),
                np.zeros(len(self.trades)),
            )
            for part in PARTS
        ]
        return np.column_stack([np.ones(len(self.trades)), self.prior(without), *parts])


def _logit(share: Floats) -> Floats:
    return np.log(share / (1 - share))


def fitted(rows: Floats, right: Floats) -> Floats:
    """Weights of a logistic regression, by Newton's steps; a ridge keeps a part that teaches nothing near 0."""
    weights = np.zeros(rows.shape[1])
    weights[1] = 1.0
    ridge = np.diag([0.0, 0.0, *([RIDGE] * (rows.shape[1] - 2))])
    for _ in range(30):
        predicted = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (predicted - right) + ridge @ weights
        curve = (rows * (predicted * (1 - predicted))[:, None]).T @ rows + ridge + 1e-9 * np.eye(rows.shape[1])
        weights -= np.linalg.solve(curve, slope)
    return weights


def learnt(given: Sequence[Example]) -> tuple[Odds, dict[str, float]]:
    """The table of log-odds, rounded as it is written, and the weight of each part."""
    counts = Counts(given)
    rows = np.concatenate([counts.rows(example, alone=True) for example in given])
    weights = fitted(rows, np.concatenate([counts.of[example.id] for example in given]))
    by_part = dict(zip(PARTS, weights[2:], strict=True))
    odds: dict[Feature, dict[str, float]] = {
        PRIOR: _odds_of(counts.trades, weights[0] + weights[1] * counts.prior(), 0)
    }
    for feature in sorted(counts.by_feature):
        shifts = _odds_of(counts.trades, by_part[feature[0]] * counts.shift(feature), NEGLIGIBLE)
        if shifts:
            odds[feature] = shifts
    return odds, {
        "constant": float(weights[0]),
        "prior": float(weights[1]),
        **{name: float(weight) for name, weight in by_part.items()},
    }


def _odds_of(trades: Sequence[str], values: Floats, least: float) -> dict[str, float]:
    return {trade: round(float(value), 2) for trade, value in zip(trades, values, strict=True) if abs(value) >= least}


Judged = tuple[float, bool]
"""The probability told of a pair (structure, trade), and whether the structure does that trade."""


def judged(given: Iterable[Example], odds: Odds) -> Iterator[Judged]:
    """The pairs called likely."""
    for example in given:
        for trade, probability in probabilities(example.features, odds).items():
            if probability >= LEAST:
                yield probability, trade in example.trades


def calibration(pairs: Sequence[Judged]) -> tuple[Bin, ...]:
    """The pairs, by bins of probability."""
    bins = []
    for low, high in pairwise(BINS):
        inside = [pair for pair in pairs if low <= pair[0] < high]
        if inside:
            predicted, right = (float(np.mean([pair[place] for pair in inside])) for place in (0, 1))
            bins.append(Bin(low, min(high, 1.0), len(inside), predicted, right))
    return tuple(bins)


def error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean gap between predicted probability and observed share, weighted by pairs."""
    return sum(bin_.pairs * abs(bin_.predicted - bin_.right) for bin_ in bins) / sum(bin_.pairs for bin_ in bins)


def halvings(given: Sequence[Example]) -> Iterator[tuple[list[Example], list[Example]]]:
    """Those that teach and those that judge: each halving, both ways."""
    for salt in range(HALVINGS):
        first, second = ([one for one in given if _half(one, salt) == half] for half in (0, 1))
        yield first, second
        yield second, first


def _half(example: Example, salt: int) -> int:
    return zlib.crc32(f"{salt}{example.id}".encode()) % 2


def lines(given: Sequence[Example]) -> Iterator[str]:
    """How what is learnt on one half does on the other, over all halvings."""
    pairs: list[Judged] = []
    errors, first = [], []
    for teaching, judging in halvings(given):
        odds, _ = learnt(teaching)
        own = list(judged(judging, odds))
        errors.append(error(calibration(own)))
        first += [_likeliest(example, odds) in example.trades for example in judging]
        pairs += own
    bins = calibration(pairs)
    yield f"{len(given)} structures, {len(errors)} judgements of a half by the other"
    yield from (
        f"  {bin_.low:.2f}-{bin_.high:.2f}: {bin_.pairs} pairs, said {bin_.predicted:.3f}, right {bin_.right:.3f}"
        for bin_ in bins
    )
    yield f"expected calibration error {error(bins):.3f} pooled; of one half: mean {np.mean(errors):.3f}, worst {max(errors):.3f}"
    yield f"the likeliest trade is right {np.mean(first):.2f}"


def _likeliest(example: Example, odds: Odds) -> str:
    return max(probabilities(example.features, odds).items(), key=lambda pair: pair[1])[0]


def demo(lexicon: Lexicon) -> tuple[Supplier, ...]:
    """The invented suppliers, enriched."""
    words = load_trade_words()
    merged = merge(placed(record, lexicon.gazetteer)[0] for record in demo_records(DEMO_SIZE))
    return tuple(enriched(supplier, lexicon.trades, words) for supplier in merged.suppliers)


def write(given: Sequence[Example]) -> int:
    """Learns from all and writes the table; the number of rows."""
    odds, _ = learnt(given)
    rows = [
        (*feature, trade, f"{value:.2f}") for feature, by_trade in odds.items() for trade, value in by_trade.items()
    ]
    with (TABLES / "likelihoods.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("part", "value", "trade", "odds"))
        writer.writerows(rows)
    return len(rows)


def main() -> int:
    """Print the curve, or write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.likelihood", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="learn from the invented suppliers")
    parser.add_argument("--write", action="store_true", help="write the table learnt from the real lists")
    options = parser.parse_args()
    lexicon = load_lexicon()
    given = examples(demo(lexicon) if options.demo else suppliers(), lexicon)
    for line in lines(given):
        print(line)
    if options.write and not options.demo:
        print(f"rows written: {write(given)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

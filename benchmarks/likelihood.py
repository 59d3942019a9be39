"""Learns how likely each trade is from what is known of a structure, and shows how well it is calibrated:
``python -m benchmarks.likelihood`` (real lists), ``--demo`` (the invented suppliers), ``--write`` (learns from all the known of the
real lists and writes ``mappings/tables/likelihoods.csv``).

Structures whose trade a rung tells are drawn in two halves by a hash of their id. Counts and weights are learnt on one; on the
other, the pairs (structure, trade) called likely are put in bins of probability, and the share that is right is compared with the
mean probability: the expected calibration error is the mean gap, weighted by the pairs of each bin. Words that gave a trade are
not read. Structures known by their name are not like the silent ones: this is what could be measured, not the truth about these.
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
SMOOTHING = 5.0
"""Structures that the whole counts for beside those that have a feature."""
RIDGE = 10.0
"""The two were chosen among twelve pairs for their error in both directions: the halves are no longer unseen by them."""
NEGLIGIBLE = 0.1
"""Log-odds below which a feature adds nothing that a tenth would show: left out of the table."""
BINS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.01)
DEMO_SIZE = 4000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """What is read of a structure, and the trades it has."""

    id: str
    features: tuple[Feature, ...]
    trades: frozenset[str]

    @property
    def held(self) -> bool:
        """Whether it judges instead of teaching."""
        return zlib.crc32(self.id.encode()) % 2 == 1


@dataclass(frozen=True)
class Bin:
    """Pairs called likely between two probabilities."""

    low: float
    high: float
    pairs: int
    said: float
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
                for one in phrases
                for token in one
            }
            read = likelihood_features(supplier, lexicon)
            kept = tuple(one for one in read if one[0] != "word" or one[1] not in telling)
            found.append(Example(supplier.sources[0].source_id + supplier.name.value + supplier.id, kept, trades))
    return tuple(found)


class Counts:
    """Structures by trade, by feature, and by both."""

    def __init__(self, given: Sequence[Example]) -> None:
        by_trade = Counter(trade for one in given for trade in one.trades)
        self.trades = tuple(sorted(trade for trade, count in by_trade.items() if count >= LEAST_KNOWN))
        rank = {trade: place for place, trade in enumerate(self.trades)}
        self.total = len(given)
        self.by_feature: Counter[Feature] = Counter(one for example in given for one in example.features)
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
            sum((self.shift(one, without) for one in example.features if one[0] == part), np.zeros(len(self.trades)))
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
        said = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (said - right) + ridge @ weights
        curve = (rows * (said * (1 - said))[:, None]).T @ rows + ridge + 1e-9 * np.eye(rows.shape[1])
        weights -= np.linalg.solve(curve, slope)
    return weights


def learnt(given: Sequence[Example]) -> tuple[Odds, dict[str, float]]:
    """The table of log-odds, rounded as it is written, and the weight of each part."""
    counts = Counts(given)
    rows = np.concatenate([counts.rows(one, alone=True) for one in given])
    weights = fitted(rows, np.concatenate([counts.of[one.id] for one in given]))
    by_part = dict(zip(PARTS, weights[2:], strict=True))
    odds: dict[Feature, dict[str, float]] = {PRIOR: _named(counts.trades, weights[0] + weights[1] * counts.prior(), 0)}
    for feature in sorted(counts.by_feature):
        added = _named(counts.trades, by_part[feature[0]] * counts.shift(feature), NEGLIGIBLE)
        if added:
            odds[feature] = added
    return odds, {
        "constant": float(weights[0]),
        "prior": float(weights[1]),
        **{name: float(one) for name, one in by_part.items()},
    }


def _named(trades: Sequence[str], values: Floats, least: float) -> dict[str, float]:
    return {trade: round(float(value), 2) for trade, value in zip(trades, values, strict=True) if abs(value) >= least}


def calibration(given: Iterable[Example], odds: Odds) -> tuple[Bin, ...]:
    """The pairs called likely, by bins of probability."""
    pairs = [
        (probability, trade in one.trades)
        for one in given
        for trade, probability in probabilities(one.features, odds).items()
        if probability >= LEAST
    ]
    bins = []
    for low, high in pairwise(BINS):
        inside = [pair for pair in pairs if low <= pair[0] < high]
        if inside:
            said, right = (float(np.mean([pair[place] for pair in inside])) for place in (0, 1))
            bins.append(Bin(low, min(high, 1.0), len(inside), said, right))
    return tuple(bins)


def error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean gap between what is said and what is right, weighted by pairs."""
    return sum(one.pairs * abs(one.said - one.right) for one in bins) / sum(one.pairs for one in bins)


def halves(given: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Those that teach and those that judge."""
    return [one for one in given if not one.held], [one for one in given if one.held]


def lines(given: Sequence[Example]) -> Iterator[str]:
    """What is learnt on each half and how it does on the other."""
    first, second = halves(given)
    yield from _one_way(first, second)
    yield from _one_way(second, first)


def _one_way(teaching: Sequence[Example], judging: Sequence[Example]) -> Iterator[str]:
    odds, weights = learnt(teaching)
    bins = calibration(judging, odds)
    yield f"{len(teaching)} teach, {len(judging)} judge; {len(odds[PRIOR])} trades"
    yield "weights: " + ", ".join(f"{name} {weight:.2f}" for name, weight in weights.items())
    yield from (
        f"  {one.low:.2f}-{one.high:.2f}: {one.pairs} pairs, said {one.said:.3f}, right {one.right:.3f}" for one in bins
    )
    first = [
        max(probabilities(one.features, odds).items(), key=lambda pair: pair[1])[0] in one.trades for one in judging
    ]
    yield f"expected calibration error {error(bins):.3f}; the likeliest trade is right {np.mean(first):.2f}"


def demo(lexicon: Lexicon) -> tuple[Supplier, ...]:
    """The invented suppliers, enriched."""
    words = load_trade_words()
    merged = merge(placed(record, lexicon.gazetteer)[0] for record in demo_records(DEMO_SIZE))
    return tuple(enriched(supplier, lexicon.trades, words) for supplier in merged.suppliers)


def write(given: Sequence[Example]) -> int:
    """Learns from all and writes the table; the number of rows."""
    odds, _ = learnt(given)
    rows = [(*feature, trade, f"{value:.2f}") for feature, added in odds.items() for trade, value in added.items()]
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

"""How likely each trade is for a structure of which no rung tells one, from its kind, its activity code, its name and its
département: ``mappings/tables/likelihoods.csv``, learnt by ``benchmarks/likelihood.py`` from the structures whose trade is known.

It orders who to ask first and is never told as a fact. Log-odds of the parts add up (a naive Bayes whose parts are weighted by a
logistic regression), and several trades may be likely at once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from mappings import read_table
from vivier.text import Analysis
from vivier.trades.table import Trades

Feature = tuple[str, str]
"""A part of what is known (``kind``, ``naf``, ``division``, ``word``, ``departement``) and its value."""
Odds = Mapping[Feature, Mapping[str, float]]
"""By feature, the log-odds that it adds to each trade; ``PRIOR`` is what every structure starts from."""
PRIOR: Final[Feature] = ("prior", "")
LEAST: Final = 0.05
"""Below, a trade is not called likely: it rounds to no tenth."""


def features(
    kinds: Iterable[str], naf: str | None, names: Iterable[str], departement: str | None, analysis: Analysis
) -> Iterator[Feature]:
    """What the likelihood reads of a structure, each feature once. ``departement``: its code."""
    yield from (("kind", kind) for kind in dict.fromkeys(kinds))
    if naf is not None:
        yield from (("naf", naf), ("division", naf[:2]))
    if departement is not None:
        yield "departement", departement
    yield from dict.fromkeys(("word", token) for name in names for token in analysis.tokens("name", name))


def probabilities(given: Iterable[Feature], odds: Odds) -> dict[str, float]:
    """Probability (0 to 1) of each trade of the table."""
    found = dict(odds[PRIOR])
    for feature in given:
        for trade, added in odds.get(feature, {}).items():
            found[trade] += added
    return {trade: 1 / (1 + math.exp(-value)) for trade, value in found.items()}


def tenths(found: Mapping[str, float], trades: Trades) -> dict[str, int]:
    """Trades that are likely, in tenths (1 to 10), the likeliest first; a broader trade is as likely as the likeliest it holds."""
    whole = dict(found)
    for code, probability in found.items():
        for broader in trades.ancestors(code):
            whole[broader.code] = max(whole.get(broader.code, 0.0), probability)
    shown = sorted(
        (code for code, probability in whole.items() if probability >= LEAST), key=lambda code: (-whole[code], code)
    )
    return {code: max(1, round(10 * whole[code])) for code in shown}


def parse_odds(rows: Iterable[Mapping[str, str]], trades: Trades) -> Odds:
    """The table read. ``ValueError`` naming a row whose trade does not exist, or that adds to a trade without a prior."""
    odds: dict[Feature, dict[str, float]] = defaultdict(dict)
    for row in rows:
        feature, trade = (row["part"], row["value"]), row["trade"]
        if trade not in trades or (feature != PRIOR and trade not in odds[PRIOR]):
            raise ValueError(
                f"likelihoods.csv, {row['part']} {row['value']}: unknown trade « {trade} », or without a prior"
            )
        odds[feature][trade] = float(row["odds"])
    return dict(odds)


@lru_cache(maxsize=1)
def _load(trades: Trades) -> Odds:
    return parse_odds(read_table("likelihoods"), trades)


def likely(given: Iterable[Feature], trades: Trades) -> dict[str, int]:
    """The likely trades of a structure, in tenths, by the committed table."""
    return tenths(probabilities(given, _load(trades)), trades)

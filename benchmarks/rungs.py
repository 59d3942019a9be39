"""How far the rungs of the trade go on the real lists, and how often they are right: ``python -m benchmarks rungs``, ``presentations``.

**rungs**: the five lists are imported, merged and enriched as a build does. A rung is counted for the suppliers whose strongest it is. The
activity code is measured on suppliers whose trade another rung tells: it is right for the trade when the one it says, a broader or a narrower
one is among them, and for the family when the family is.

**presentations**: what the text rung reads in 60 presentations of the list of IAE structures, against what a person reads in them.
``tests/relevance/presentations.csv`` names the rows and the trades a reader gives (``trades``), and those that a reader might give or not, which
count neither way (``also``). The texts stay in the list. Half A is read to choose the words, half B judges.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from benchmarks.cases import Score, cases, codes
from benchmarks.homes import LISTS, load, shared
from benchmarks.options import Data
from indexer.enrich import enriched
from indexer.gather import Gathered
from indexer.merge import merge
from vivier.model import Supplier
from vivier.settings import Settings
from vivier.territory.gazetteer import load_gazetteer
from vivier.trades.naf import supposed
from vivier.trades.table import Trades, load_trades
from vivier.trades.words import TradeWords, load_trade_words
from vivier.vocabulary import EVIDENCES, WITHOUT_TRADE

LIST: Final = Path(*LISTS["siae"])
HALVES: Final = ("A", "B")


def rungs() -> Iterator[str]:
    """Suppliers by strongest rung, then how often the activity code is right."""
    yield f"suppliers of the lists: {len(suppliers())}"
    for rung, count in coverage(suppliers()).items():
        yield f"  {rung}: {count}"
    found = agreement(suppliers(), load_trades())
    yield f"activity code against the other rungs: trade {found.trade_right} of {found.trade}, family {found.family_right} of {found.family}"


@lru_cache(maxsize=1)
def suppliers() -> tuple[Supplier, ...]:
    """The suppliers of the real lists, with the trades known of them."""
    trades, words = load_trades(), load_trade_words()
    with tempfile.TemporaryDirectory(prefix="vivier-rungs-") as folder:
        settings = Settings(home=Path(folder))
        load(LISTS, shared(), settings)
        merged = merge(Gathered(settings.records, load_gazetteer())).suppliers
        return tuple(enriched(supplier, trades, words) for supplier in merged)


@dataclass(frozen=True)
class Agreement:
    """Suppliers whose activity code says a trade (or a family) and whose trade another rung tells."""

    trade: int = 0
    trade_right: int = 0
    family: int = 0
    family_right: int = 0


def agreement(given: Iterable[Supplier], trades: Trades) -> Agreement:
    """How often the activity code says what the other rungs say."""
    counts = Counter[str]()
    for supplier in given:
        supposition = supposed(supplier.naf.value) if supplier.naf is not None else None
        known = {fact.value.trade for fact in supplier.offers if fact.value.trade is not None}
        if supposition is None or not known:
            continue
        families, family = {trades.get(code).group for code in known}, supposition.family
        if supposition.trade is not None:
            near = (*trades.ancestors(supposition.trade), *trades.descendants(supposition.trade))
            counts.update(trade=1, trade_right=not known.isdisjoint(trade.code for trade in near))
            family = trades.get(supposition.trade).group
        counts.update(family=1, family_right=family in families)
    return Agreement(**counts)


def coverage(given: Iterable[Supplier]) -> dict[str, int]:
    """Suppliers by strongest rung, those that lend by statute beside, and those of which nothing is known (``unknown``)."""
    counts = Counter[str]()
    for supplier in given:
        rungs = {fact.value.evidence for fact in supplier.offers if fact.value.evidence is not None}
        telling = [rung for rung in EVIDENCES if rung in rungs and rung not in WITHOUT_TRADE]
        counts["lent by statute"] += "statute" in rungs
        counts[telling[0] if telling else "activity" if "activity" in rungs else "unknown"] += 1
    return dict(counts)


@dataclass(frozen=True)
class Presentation:
    """A text of the list, the trades a reader gives it, and those that count neither way."""

    half: str
    key: str
    text: str
    trades: frozenset[str]
    also: frozenset[str]


def presentations(shared: Path) -> tuple[Presentation, ...]:
    """The 60 presentations, with their texts from the list. Raises ``KeyError`` when a row is no longer in it."""
    with (shared / LIST).open(encoding="utf-8", newline="") as stream:
        texts = {(row["siret"], row["kind"]): row["description"] for row in csv.DictReader(stream)}
    return tuple(
        Presentation(
            row["half"],
            f"{row['siret']}-{row['kind']}",
            texts[row["siret"], row["kind"]],
            codes(row["trades"]),
            codes(row["also"]),
        )
        for row in cases("presentations")
    )


def score(given: Iterable[Presentation], words: TradeWords) -> Score:
    """The trades of all the texts together: each counts once, whatever the length of its text."""
    found = Counter[str]()
    for presentation in given:
        read = set(words.of_presentation(presentation.text))
        found["right"] += len(read & presentation.trades)
        found["wrong"] += len(read - presentation.trades - presentation.also)
        found["missed"] += len(presentation.trades - read)
    return Score(**found)


def texts(data: Data) -> Iterator[str]:
    """A line a half, then the texts where the reading differs."""
    given, words = presentations(data), load_trade_words()
    for half in HALVES:
        found = score((presentation for presentation in given if presentation.half == half), words)
        yield (
            f"half {half}: {found.right} right, {found.wrong} wrong, {found.missed} missed, "
            f"precision {found.precision:.2f}, recall {found.recall:.2f}"
        )
    for presentation in given:
        read = set(words.of_presentation(presentation.text))
        wrong, missed = sorted(read - presentation.trades - presentation.also), sorted(presentation.trades - read)
        if wrong or missed:
            yield f"{presentation.half} {presentation.key}: wrong {wrong}, missed {missed}"

"""How far the rungs of the trade go on the real lists, and how often the last one is right: ``python -m benchmarks.rungs``.

The lists given beside are imported, merged and enriched as a build does. A rung is counted for the suppliers whose strongest it
is. The activity code is measured on suppliers whose trade another rung tells: it is right for the trade when the one it says, a
broader or a narrower one is among them, and for the family when the family is.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from benchmarks.labelled import FILES, shared
from crawlers.run import import_files
from indexer.enrich import enriched
from indexer.gather import Gathered
from indexer.merge import merge
from vivier.model import Supplier
from vivier.settings import Settings
from vivier.territory.gazetteer import load_gazetteer
from vivier.trades.naf import supposed
from vivier.trades.table import Trades, load_trades
from vivier.trades.words import load_trade_words
from vivier.vocabulary import EVIDENCES, WITHOUT_TRADE


@lru_cache(maxsize=1)
def merged() -> tuple[Supplier, ...]:
    """The suppliers of the real lists, before trades are added."""
    with tempfile.TemporaryDirectory(prefix="vivier-rungs-") as folder:
        settings = Settings(home=Path(folder))
        for source, file in FILES.values():
            import_files(source, [shared() / "suppliers" / file], settings)
        return tuple(merge(Gathered(settings.records, load_gazetteer())).suppliers)


@lru_cache(maxsize=1)
def suppliers() -> tuple[Supplier, ...]:
    """The same, with the trades known of them."""
    trades, words = load_trades(), load_trade_words()
    return tuple(enriched(supplier, trades, words) for supplier in merged())


def known(supplier: Supplier) -> frozenset[str]:
    """Codes of the trades that any rung but the supposition tells."""
    return frozenset(fact.value.trade for fact in supplier.offers if fact.value.trade is not None)


@dataclass(frozen=True)
class Agreement:
    """Suppliers whose activity code says a trade (or a family) and whose trade another rung tells."""

    trade: int = 0
    trade_right: int = 0
    family: int = 0
    family_right: int = 0


def agreement(given: Iterable[Supplier], trades: Trades) -> Agreement:
    """How often the activity code says what the other rungs say."""
    counts: Counter[str] = Counter()
    for supplier in given:
        supposition, known_trades = supposed(supplier.naf.value) if supplier.naf is not None else None, known(supplier)
        if supposition is None or not known_trades:
            continue
        families = {trades.get(code).group for code in known_trades}
        if supposition.trade is not None:
            near = {
                trade.code for trade in (*trades.ancestors(supposition.trade), *trades.descendants(supposition.trade))
            }
            counts.update(trade=1, trade_right=not near.isdisjoint(known_trades))
        family = supposition.family if supposition.trade is None else trades.get(supposition.trade).group
        counts.update(family=1, family_right=family in families)
    return Agreement(**{name: counts[name] for name in ("trade", "trade_right", "family", "family_right")})


def coverage(given: Iterable[Supplier]) -> dict[str, int]:
    """Suppliers by strongest rung, those that lend by statute beside, and those of which nothing is known (``unknown``)."""
    counts: Counter[str] = Counter()
    ladder = tuple(EVIDENCES)
    for supplier in given:
        rungs = {fact.value.evidence for fact in supplier.offers if fact.value.evidence is not None}
        telling = [rung for rung in ladder if rung in rungs and rung not in WITHOUT_TRADE]
        counts["lent by statute"] += "statute" in rungs
        counts[telling[0] if telling else "activity" if "activity" in rungs else "unknown"] += 1
    return dict(counts)


def lines() -> Iterator[str]:
    """The figures, one a line."""
    given = suppliers()
    yield f"suppliers of the lists: {len(given)}"
    for rung, count in coverage(given).items():
        yield f"  {rung}: {count}"
    found = agreement(given, load_trades())
    yield f"activity code against the other rungs: trade {found.trade_right} of {found.trade}, family {found.family_right} of {found.family}"


def main() -> int:
    """Print the figures."""
    for line in lines():
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())

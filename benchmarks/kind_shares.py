"""Counts how often the structures of a kind do each trade, and shows how well the shares are calibrated:
``python -m benchmarks.kind_shares`` (``--write`` writes ``mappings/tables/kind_shares.csv``).

Two samples were read by hand, for another purpose than any lot: the 60 presentations of the real list of IAE structures
(``tests/relevance/presentations.csv``) and public pages that list the workshops of 23 ESAT (``tests/relevance/esat_pages.csv``). A structure
does a trade when its text tells it, or a narrower one. Texts leave trades out, so shares are low rather than high: public sources give an
ESAT five to eight activities, these pages four. Kinds that only lend people are left out.

A share is drawn towards that of all kinds as if ``weight`` more structures had been read. The weight is chosen by leaving each
structure out in turn, for the likeliest answer; the bins show what was said of the structure left out, and what was right.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from mappings import TABLES
from vivier.trades.table import Trades, load_trades

ROOT = Path(__file__).resolve().parent.parent
SAMPLES: Final = ("presentations.csv", "esat_pages.csv")
KINDS: Final = ("ACI", "AI", "EI", "ESAT")
WEIGHTS: Final = (1, 2, 4, 6, 8, 12, 20, 40)
LEAST: Final = 0.005
"""A smaller share is not written: it is what the methods suppose of a trade that nothing tells (``trade_least``)."""
BINS: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 1.01)


class Read(NamedTuple):
    """A structure, and the trades that its text tells, with the broader ones."""

    kind: str
    trades: frozenset[str]


def readings(trades: Trades) -> tuple[Read, ...]:
    """The two samples."""
    return tuple(read for name in SAMPLES for read in _sample(ROOT / "tests" / "relevance" / name, trades))


def _sample(path: Path, trades: Trades) -> Iterator[Read]:
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["kind"] in KINDS:
                told = [code for code in row["trades"].split("|") if code]
                broader = (above.code for code in told for above in trades.ancestors(code))
                yield Read(row["kind"], frozenset((*told, *broader)))


def share(kind: str, trade: str, given: Sequence[Read], weight: float) -> float:
    """The share of a kind that does a trade, drawn towards that of all kinds."""
    own = [read for read in given if read.kind == kind]
    everywhere = sum(trade in read.trades for read in given) / len(given)
    return (sum(trade in read.trades for read in own) + weight * everywhere) / (len(own) + weight)


def left_out(given: Sequence[Read], weight: float) -> Iterator[tuple[float, bool]]:
    """For each structure and trade of the sample: what the others say of it, and whether it does the trade."""
    told = sorted({trade for read in given for trade in read.trades})
    for place, read in enumerate(given):
        others = (*given[:place], *given[place + 1 :])
        yield from ((max(share(read.kind, trade, others, weight), LEAST), trade in read.trades) for trade in told)


def surprise(pairs: Sequence[tuple[float, bool]]) -> float:
    """Mean logarithmic loss: the lower, the likelier what was read."""
    return -sum(math.log(said if right else 1 - said) for said, right in pairs) / len(pairs)


def unseen(given: Sequence[Read], trades: int) -> float:
    """What a trade that no text tells is worth, by the trades told once (Good and Turing): the share of a structure that does it."""
    every = [trade for read in given for trade in read.trades]
    once = sum(every.count(trade) == 1 for trade in set(every))
    return once / len(given) / (trades - len(set(every)))


def lines(given: Sequence[Read], trades: int) -> Iterator[str]:
    """The samples, the weight, the calibration."""
    for kind in KINDS:
        own = [read for read in given if read.kind == kind]
        yield f"{kind}: {len(own)} structures read, {sum(len(read.trades) for read in own) / len(own):.1f} trades each"
    tried = {weight: list(left_out(given, weight)) for weight in WEIGHTS}
    best = chosen(given)
    yield "loss by weight: " + ", ".join(f"{weight}: {surprise(pairs):.4f}" for weight, pairs in tried.items())
    yield f"weight {best}; a trade that no text tells: {unseen(given, trades):.4f}"
    for low, high in pairwise(BINS):
        inside = [pair for pair in tried[best] if low <= pair[0] < high]
        if inside:
            said, right = (sum(pair[side] for pair in inside) / len(inside) for side in (0, 1))
            yield f"  {low:.2f}-{min(high, 1):.2f}: {len(inside)} pairs, said {said:.3f}, right {right:.3f}"


def chosen(given: Sequence[Read]) -> int:
    """The weight of the least surprise."""
    return min(WEIGHTS, key=lambda weight: surprise(list(left_out(given, weight))))


def rows(given: Sequence[Read]) -> Iterator[tuple[str, str, int, int, str]]:
    """The table: kind, trade, structures that do it, structures read, share."""
    weight = chosen(given)
    for kind in KINDS:
        own = [read for read in given if read.kind == kind]
        for trade in sorted({trade for read in given for trade in read.trades}):
            found = share(kind, trade, given, weight)
            if found >= LEAST:
                yield kind, trade, sum(trade in read.trades for read in own), len(own), f"{found:.3f}"


def main() -> int:
    """Print the calibration, or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table")
    options = parser.parse_args()
    trades = load_trades()
    given = readings(trades)
    print("\n".join(lines(given, len(trades))))
    if options.write:
        with (TABLES / "kind_shares.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows((("kind", "trade", "structures", "of", "share"), *rows(given)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

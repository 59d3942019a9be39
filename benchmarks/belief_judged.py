"""Judges the belief on three sets that a blind reader judged before it existed (``tests/relevance/SOURCES.md``), on the real lists:
``python -m benchmarks.belief_judged`` (``--half dev`` or ``held``).

*Order*: of structures that publish no trade, who probably does it; the belief (does × comes) against the distance alone. *Holders*: what
inclusive structures really won, their trade hidden: is it the first that the belief supposes, one of the first three? *Calibration*: the
pairs (structure, trade) of texts read by hand and of these contracts, by bins.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.belief import ece, loss
from benchmarks.rungs import suppliers
from indexer.document import known_of_supplier
from vivier.belief import Known, beliefs
from vivier.belief.comes import comes
from vivier.model import Supplier
from vivier.trades.table import Trades, load_trades

SETS: Final = Path(__file__).resolve().parent.parent / "tests" / "relevance"
FIRST: Final = 5
GOOD: Final = 2
"""The least grade of a structure worth a call: it probably does the trade."""


def rows(name: str, half: str | None) -> list[dict[str, str]]:
    """The rows of a set, of one half or of both."""
    with (SETS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if half is None or row["half"] == half]


@lru_cache(maxsize=1)
def by_siret() -> Mapping[str, Supplier]:
    """The suppliers of the real lists, by SIRET."""
    return {supplier.siret.value: supplier for supplier in suppliers() if supplier.siret is not None}


def silent(supplier: Supplier) -> Known:
    """What is known of a supplier when the trades that sources give are hidden."""
    return replace(known_of_supplier(supplier, frozenset()), rungs={})


def graded(half: str | None, trades: Trades) -> Iterator[tuple[list[float], list[float], list[int]]]:
    """Of each case: the belief, the distance and the grade of its structures."""
    held = by_siret()
    for _, group in groupby(rows("belief_order", half), key=lambda row: (row["trade"], row["commune"])):
        predicted, far, grades = [], [], []
        for row in group:
            supplier = held.get(row["siret"])
            if supplier is None:
                continue
            known, km = silent(supplier), float(row["km"])
            predicted.append(beliefs(known, trades, 0.0)[row["trade"]] * (comes(known.kinds, km) or 0.0))
            far.append(km)
            grades.append(int(row["grade"]))
        yield predicted, far, grades


def average_precision(keys: Sequence[float], good: Sequence[bool], first: int = FIRST) -> float:
    """Mean of the precisions at each good one among the ``first`` of the greatest keys."""
    order = sorted(range(len(keys)), key=lambda at: -keys[at])[:first]
    hits, total = 0, 0.0
    for place, at in enumerate(order, 1):
        if good[at]:
            hits += 1
            total += hits / place
    return total / max(1, min(first, sum(good)))


def order_lines(half: str | None, trades: Trades) -> Iterator[str]:
    """Precision of the first five, by the belief and by the distance."""
    ours, theirs, precise, near, n = 0.0, 0.0, 0.0, 0.0, 0
    for predicted, far, grades in graded(half, trades):
        good = [grade >= GOOD for grade in grades]
        if not any(good):
            continue
        n += 1
        ours += average_precision(predicted, good)
        theirs += average_precision([-km for km in far], good)
        precise += _precision(predicted, good)
        near += _precision([-km for km in far], good)
    yield (
        f"order, {n} cases: mean average precision at {FIRST} {ours / n:.3f} by belief, {theirs / n:.3f} by distance; "
        f"precision at {FIRST} {precise / n:.3f} and {near / n:.3f}"
    )


def _precision(keys: Sequence[float], good: Sequence[bool]) -> float:
    order = sorted(range(len(keys)), key=lambda at: -keys[at])[:FIRST]
    return sum(good[at] for at in order) / FIRST


def holder_lines(half: str | None, trades: Trades) -> Iterator[str]:
    """Of what inclusive structures won: is a trade of the contract the first supposed, one of the first three?"""
    held = by_siret()
    first = three = n = 0
    for row in rows("belief_holders", half):
        wanted = frozenset(code for code in row["trades"].split("|") if code)
        kinds = tuple(kind for kind in row["kinds"].split("|") if kind)
        if not wanted or row["own_work"] == "no" or not kinds:
            continue
        supplier = held.get(row["siret"])
        known = silent(supplier) if supplier is not None else Known(kinds=kinds)
        found = beliefs(known, trades, 0.0)
        ranked = sorted(
            (code for code in found if code != "mise-a-disposition-personnel"), key=lambda code: -found[code]
        )
        right = [_means(code, wanted, trades) for code in ranked[:3]]
        n += 1
        first += right[0]
        three += any(right)
    yield f"holders, {n} lines: first supposed trade right {first / n:.2f}, one of three {three / n:.2f}"


def _means(code: str, wanted: frozenset[str], trades: Trades) -> bool:
    """Whether a trade is one of those wanted, a broader or a narrower one: a sibling is not."""
    above = {broader.code for broader in trades.ancestors(code)}
    return bool(wanted & {code, *above}) or any(code in {b.code for b in trades.ancestors(each)} for each in wanted)


def text_lines(trades: Trades) -> Iterator[str]:
    """Calibration on presentations read by hand, the trades that sources give hidden."""
    held = by_siret()
    codes = [trade.code for trade in trades]
    predicted, does, kinds = [], [], []
    for row in rows("presentations", None):
        supplier = held.get(row["siret"])
        if supplier is None:
            continue
        found = beliefs(silent(supplier), trades, 0.0)
        own = {code for code in row["trades"].split("|") if code}
        own |= {above.code for code in own for above in trades.ancestors(code)}
        predicted.append([found[code] for code in codes])
        does.append([float(code in own) for code in codes])
        kinds.append(row["kind"])
    p, d = np.array(predicted), np.array(does)
    yield f"texts, {len(kinds)} structures: loss {loss(p, d):.4f}, calibration error {ece(p, d):.4f}"
    for kind in sorted(set(kinds)):
        mine = np.array([each == kind for each in kinds])
        yield f"  {kind}, {mine.sum()}: calibration error {ece(p[mine], d[mine]):.4f}"
    for low, high in ((0.0, 0.02), (0.02, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.01)):
        inside = (p >= low) & (p < high)
        if inside.any():
            yield f"  {low:.2f}-{min(high, 1):.2f}: {inside.sum()} pairs, told {p[inside].mean():.3f}, right {d[inside].mean():.3f}"


def main() -> int:
    """Print the three judgements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("dev", "held"))
    half = parser.parse_args().half
    trades = load_trades()
    lines: Iterable[str] = (*order_lines(half, trades), *holder_lines(half, trades), *text_lines(trades))
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

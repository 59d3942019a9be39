"""Judges the verdict of the desk: ``python -m benchmarks.belief_lots HOME`` (``--half dev`` or ``held``, ``--list``).

HOME is a home of the real lists (``benchmarks.rungs`` names them), indexed. *Lots*: 48 real lots that a blind reader judged before the belief
existed (``tests/relevance/belief_lots.csv``); the area under the curve is the chance that a lot that two structures could do, or that was
reserved, has a greater headline than another. *Levers*: of 51 trades, six places and three amounts, how many trades change their lever.
"""

from __future__ import annotations

import argparse
import csv
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from vivier.desk.consultation import Desk
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

LOTS: Final = Path(__file__).resolve().parent.parent / "tests" / "relevance" / "belief_lots.csv"
TRADES: Final = 51
PLACES: Final = (
    "departement:69",
    "departement:59",
    "departement:35",
    "departement:63",
    "departement:48",
    "departement:05",
)
AMOUNTS: Final = (20_000, 100_000, 400_000)
FEW: Final = 5
"""Listed structures within 40 km under which the lists say too little of a place."""


class Studied(NamedTuple):
    """A lot, its headline (probability that two structures can do it) and its lever."""

    row: dict[str, str]
    headline: float
    lever: str


def studied(half: str | None, desk: Desk, lexicon: Lexicon) -> Iterator[Studied]:
    """Each judged lot, studied with the first trade that the judge read, its place, amount and duration."""
    with LOTS.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if half is None or row["half"] == half]
    for row in rows:
        place = f"commune:{row['commune']}" if row["commune"] else f"departement:{row['departement']}"
        yield Studied(row, *_study(row["trades"].partition("|")[0], place, row["amount"], row["months"], desk, lexicon))


def _study(trades: str, place: str, amount: str, months: str, desk: Desk, lexicon: Lexicon) -> tuple[float, str]:
    given = {"trade": trades, "place": place, "amount": amount, "months": months}
    study = desk.lot(understand(Row(1, {name: text for name, text in given.items() if text}), lexicon))
    if study.feasibility is None or study.advice is None:
        return 0.0, "not read"
    return max(found.prospects.able.two for found in study.feasibility.assessments), study.advice.lever


def area(good: Sequence[float], others: Sequence[float]) -> float:
    """The chance that one of the good has a greater value than one of the others; equals count half."""
    wins = sum((a > b) + (a == b) / 2 for a in good for b in others)
    return wins / (len(good) * len(others))


def lot_lines(found: Sequence[Studied]) -> Iterator[str]:
    """The area under the curve, by what was judged able, by what was reserved, and where the lists are not empty."""
    known = [lot for lot in found if int(lot.row["listed_40km"] or 0) > FEW]
    for name, lots in (("all", found), (f"with over {FEW} listed within 40 km", known)):
        able = [lot.headline for lot in lots if lot.row["able"] == "yes"]
        unable = [lot.headline for lot in lots if lot.row["able"] == "no"]
        reserved = [lot.headline for lot in lots if lot.row["reserved"] == "yes"]
        others = [lot.headline for lot in lots if lot.row["reserved"] == "no"]
        yield (
            f"{name}: {len(lots)} lots; able {len(able)} against {len(unable)}: {area(able, unable):.2f}; "
            f"reserved {len(reserved)} against {len(others)}: {area(reserved, others):.2f}"
        )


def lever_lines(desk: Desk, lexicon: Lexicon) -> Iterator[str]:
    """The share of trades whose lever changes with the place, and with the amount."""
    trades = sorted((trade.code for trade in lexicon.trades), key=lambda code: zlib.crc32(code.encode()))[:TRADES]
    by_place = by_amount = 0
    for trade in trades:
        grid = {
            (place, amount): _study(trade, place, str(amount), "12", desk, lexicon)[1]
            for place in PLACES
            for amount in AMOUNTS
        }
        by_place += any(len({grid[place, amount] for place in PLACES}) > 1 for amount in AMOUNTS)
        by_amount += any(len({grid[place, amount] for amount in AMOUNTS}) > 1 for place in PLACES)
        yield f"  {trade}: " + " | ".join("/".join(grid[place, amount] for amount in AMOUNTS) for place in PLACES)
    yield f"levers, {len(trades)} trades: {by_place / len(trades):.0%} change with the place, {by_amount / len(trades):.0%} with the amount"


def main() -> int:
    """Print both judgements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--half", choices=("dev", "held"))
    parser.add_argument("--list", action="store_true", help="print each lot and each trade")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with closing(open_engine(Settings(home=options.home))) as engine:
        desk = Desk(Snapshot(engine), lexicon, StudySettings(date(2026, 3, 1), seed="0"))
        found = list(studied(options.half, desk, lexicon))
        levers = list(lever_lines(desk, lexicon))
    if options.list:
        for lot in sorted(found, key=lambda lot: -lot.headline):
            row = lot.row
            told = (
                row["able"],
                row["lever"],
                row["reserved"],
                row["listed_40km"],
                row["trades"][:40],
                row["object"][:50],
            )
            print(f"{lot.headline:.3f} {lot.lever:10}", *told, row["amount"], row["departement"])
    print("\n".join((*lot_lines(found), *(levers if options.list else levers[-1:]))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

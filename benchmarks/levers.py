"""Which lever the desk advises for a hundred trades in eight places: ``python -m benchmarks.levers HOME [--list]``.

HOME is a home that is indexed (``vivier demo`` fills one; ``vivier import`` and ``vivier index`` another). The trades are the first hundred
by a hash of their code, supplies and services and works together; the places are five départements, a métropole, an overseas
département and a town. Amounts go from 20,000 to 640,000 € over 12 to 48 months, drawn by the same hash. An advice that is the same for
every lot tells nothing: four levers at least, each for one lot in twenty, is what is wanted.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from vivier.desk.consultation import Desk, LotStudy
from vivier.desk.method.lever import LEVERS, lever_title
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.advice import ASK_FIRST, UNLISTED, Advice
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

TRADES: Final = 100
PLACES: Final = (
    *("departement:35", "departement:59", "departement:69", "departement:29", "departement:48"),
    *("epci:243500139", "departement:974", "commune:69123"),
)
AMOUNTS: Final = (20_000, 40_000, 80_000, 160_000, 320_000, 640_000)
MONTHS: Final = (12, 24, 36, 48)


class Advised(NamedTuple):
    """A lot and its study."""

    trade: str
    place: str
    amount: int
    months: int
    study: LotStudy


def lots(snapshot: Snapshot, lexicon: Lexicon, today: date) -> Iterator[Advised]:
    """Every lot, studied."""
    desk = Desk(snapshot, lexicon, StudySettings(today, seed="0"))
    trades = sorted((trade.code for trade in lexicon.trades), key=_drawn)[:TRADES]
    for trade in trades:
        for place in PLACES:
            drawn = _drawn(f"{trade} {place}")
            amount, months = AMOUNTS[drawn % len(AMOUNTS)], MONTHS[drawn // 7 % len(MONTHS)]
            given = {"trade": trade, "place": place, "amount": str(amount), "months": str(months)}
            yield Advised(trade, place, amount, months, desk.lot(understand(Row(1, given), lexicon)))


def _drawn(text: str) -> int:
    return zlib.crc32(text.encode())


def shares(found: list[Advised]) -> dict[str, float]:
    """The share of the lots that each lever is advised for; the last is told apart where people are to be asked first, and where the lists have
    nobody."""
    counted = Counter(_title(each.study.advice) for each in found if each.study.advice is not None)
    return {title: counted[title] / len(found) for title in (*map(lever_title, LEVERS), ASK_FIRST, UNLISTED)}


def _title(advice: Advice) -> str:
    return next((first for first in (ASK_FIRST, UNLISTED) if advice.title.startswith(first)), lever_title(advice.lever))


def main() -> int:
    """Command line: the table, and each lot with ``--list``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--list", action="store_true", help="print the advice of each lot")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with closing(open_engine(Settings(home=options.home))) as engine:
        found = list(lots(Snapshot(engine), lexicon, date.today()))
    print(f"| lever | {len(found)} lots |\n|---|---|")
    for title, share in shares(found).items():
        print(f"| {title} | {share:.0%} |")
    if options.list:
        for each in found:
            advice = each.study.advice
            assert advice is not None
            print(
                f"\n{each.trade} {each.place} {each.amount} € {each.months} months: {advice.title} ({advice.confidence})"
            )
            print(f"  {advice.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

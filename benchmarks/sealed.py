"""A quarter sealed day by day, then scored by its awards: ``python -m benchmarks.sealed HOME [--first DAY] [--last DAY] [--every N] [--list N]``.

HOME is a home where the lists of structures, the contracts and the notices are indexed (``benchmarks.stream_leads`` says which files). Each
day, the verdicts are sealed in a register of their own as ``vivier seal`` does it, on what was known that day: a notice or an award of a later
day does not exist yet. The lists of structures are of one vintage, later than the quarter: who is known then is not what was known in 2021.

The number of offers is in no award of the quarter. So « at least two offers » is scored apart too, on the reserved contracts of the home that
tell their offers, each studied as a lot of the day it was notified: nothing there was sealed before.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.real_lots import lot_of, studied
from vivier.desk.sealed.register import Line, Register
from vivier.desk.sealed.run import seal
from vivier.desk.sealed.score import SealedScoreBody, offers_of, score
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import Range, Terms, conjunction
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings


def days(first: date, last: date, every: int) -> Iterator[date]:
    """The days of a replay."""
    yield from (first + timedelta(days=n) for n in range(0, (last - first).days + 1, every))


def awarded(snapshot: Snapshot, lexicon: Lexicon) -> list[tuple[float, int]]:
    """The chance of two offers of each reserved contract whose number of offers is known, with that number."""
    found = []
    for hit in snapshot.contracts.scan(conjunction(Terms("provisions", ("reserved",)), Range("offers", gte=1))):
        lot = lot_of(hit.id, hit.record, reserved=True)
        made = None if lot is None else studied(lot, snapshot, lexicon).feasibility
        if made is not None:
            found.append((made.best.prospects.offers.two, hit.record["offers"]))
    return found


def _shown(found: SealedScoreBody) -> None:
    print(json.dumps(found, indent=1, ensure_ascii=False))


def _listed(lines: list[Line], count: int, snapshot: Snapshot) -> None:
    studied_ = [line for line in lines if line["kind"] == "verdict"]
    reserved = [line for line in studied_ if line["reserved"]]
    drawn = Random(34).sample(studied_, min(count, len(studied_))) + reserved[:count]
    ends = {line["notice"]: line for line in lines if line["kind"] == "outcome"}
    for line in drawn if count else ():
        record = snapshot.notices.get([line["notice"]])[line["notice"]]
        told = (
            f"{line['lever']:10} {line['article']} {line['verdict']:28} known {line['known']:3} likely {line['likely']:5} two {line['two_offers']:.2f}"
            if "lever" in line
            else line["state"]
        )
        end = ends.get(line["notice"], {}).get("status", "")
        mark = "RESERVED" if line["reserved"] else ""
        print(
            f"{line['day']} {mark:8} {told} {','.join(line['trades'])[:40]:40} {line['places'][:2]} | {record['title'][:100]} {end}"
        )


def main() -> int:
    """Seals, scores, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2021, 1, 1))
    parser.add_argument("--last", type=date.fromisoformat, default=date(2021, 3, 31))
    parser.add_argument("--every", type=int, default=1, help="days between two sealings")
    parser.add_argument("--list", type=int, default=0, help="verdicts drawn and reserved ones to print")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with closing(open_engine(Settings(home=options.home))) as engine, tempfile.TemporaryDirectory() as folder:
        snapshot, register = Snapshot(engine), Register(Path(folder) / "register.jsonl")
        for day in days(options.first, options.last, options.every):
            made = seal(register, snapshot, lexicon, day)
            print(f"{day}: {made.verdicts} sealed, {made.outcomes} settled, {made.left} left", flush=True)
        lines = list(register.lines())
        assert not register.check().altered
        _shown(score(lines))
        print("reserved contracts with offers:", json.dumps(offers_of(awarded(snapshot, lexicon))))
        _listed(lines, options.list, snapshot)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

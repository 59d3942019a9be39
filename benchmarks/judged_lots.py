"""What the desk advises for forty lots judged blind: ``python -m benchmarks.judged_lots HOME [--list]``.

HOME is a home where the real lists of structures are indexed. ``tests/relevance/desk_lots.jsonl`` holds the lots and what is right for each,
written by a reader who saw neither the rules nor the answers of the desk (``tests/relevance/SOURCES.md``). An advice is *right* or *arguable*
when the reader wrote it so, *forbidden* when it breaks a duty, else *wrong*. A lot out of the offer is told as such: nothing is advised.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

from vivier.desk.consultation import Desk, Glance
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

LOTS: Final = Path(__file__).parents[1] / "tests" / "relevance" / "desk_lots.jsonl"
JUDGED_ON: Final = date(2026, 11, 30)
HALVES: Final = ("dev", "held")
GRADES: Final = ("right", "arguable", "wrong", "forbidden")
_NAMES: Final = {"none": "nothing", "condition": "clause"}
"""The levers of the desk that the reader calls otherwise: the social condition due is a clause."""


def judged_lots() -> list[dict[str, Any]]:
    """The lots, as the reader wrote them."""
    return [json.loads(line) for line in LOTS.read_text("utf8").splitlines()]


def advised(glance: Glance) -> str:
    """The advice, in the words of the reader; « not read » for a line that asks to be corrected."""
    if glance.advice is not None:
        return _NAMES.get(glance.advice.lever, glance.advice.lever)
    return "nothing" if glance.line.outside else "not read"


def grade(lot: Mapping[str, Any], advice: str) -> str:
    """What the reader says of an advice."""
    return next((grade for grade in ("right", "arguable", "forbidden") if advice in lot[grade]), "wrong")


def graded(snapshot: Snapshot, lexicon: Lexicon) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each lot with the advice and its grade."""
    desk = Desk(snapshot, lexicon, StudySettings(JUDGED_ON, seed="0"))
    for lot in judged_lots():
        place = f"{lot['place']} ({lot['departement']})"
        values = {"text": lot["object"], "place": place, "amount": str(lot["amount_eur"]), "months": str(lot["months"])}
        [glance] = desk.board([understand(Row(1, values), lexicon)])
        advice = advised(glance)
        yield lot, advice, grade(lot, advice)


def main() -> int:
    """Command line: the grades by half, and each lot with ``--list``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--list", action="store_true", help="print each lot of the half on which rules were written")
    options = parser.parse_args()
    with closing(open_engine(Settings(home=options.home))) as engine:
        found = list(graded(Snapshot(engine), load_lexicon()))
    for lot, advice, made in found if options.list else ():
        if lot["half"] == "dev":
            print(
                f"{made:9} {advice:10} {'|'.join(lot['right']):20} {lot['place']} {lot['amount_eur']} {lot['object'][:90]}"
            )
    counts = {half: Counter(made for lot, _, made in found if lot["half"] == half) for half in HALVES}
    print(f"| half | lots | {' | '.join(GRADES)} |\n|---|---|{'---|' * len(GRADES)}")
    for half, count in counts.items():
        print(f"| {half} | {count.total()} | {' | '.join(str(count[made]) for made in GRADES)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

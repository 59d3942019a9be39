"""What the desk advises for forty real lots, fifteen of which were reserved: ``python -m benchmarks.real_lots HOME [--list]``.

HOME is a home where real lists of structures, contracts and notices are imported and indexed. The lots reserved are the contracts that say
so, then one lot of each notice that does, then further lots, in the order of a hash of their key, up to fifteen. The twenty-five others are
contracts without a reservation whose trade is recognised, in the same order. Each is studied with its title, CPV, place, amount and
duration, as of the day it was notified or published. The lists of structures do not follow that day: they are of one vintage.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from vivier.desk.consultation import Desk, Glance
from vivier.desk.method.lever import LEVERS, lever_title
from vivier.desk.method.prospects import SURETIES
from vivier.desk.read.line import Line
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import Collection, Not, Search, Terms
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

RESERVED: Final = 15
OTHERS: Final = 25
_ALL: Final = 5_000
_RESERVED: Final = Terms("provisions", ("reserved",))


class RealLot(NamedTuple):
    """A lot as its buyer wrote it, and whether it was reserved."""

    key: str
    day: date
    reserved: bool
    values: Mapping[str, str]


def real_lots(snapshot: Snapshot, lexicon: Lexicon) -> list[RealLot]:
    """The forty lots, or fewer when the home has fewer."""
    contracts = list(_lots(snapshot, "contracts", reserved=True))
    notices = list(_lots(snapshot, "notices", reserved=True))
    first: dict[str, RealLot] = {}
    for lot in notices:
        first.setdefault(lot.key.rpartition("-lot-")[0], lot)
    others = (lot for lot in _lots(snapshot, "contracts", reserved=False) if _line(lot, lexicon).state != "to_correct")
    reserved = _unique((*contracts, *first.values(), *notices))
    return [*islice(reserved, RESERVED), *islice(others, OTHERS)]


def _unique(lots: Iterable[RealLot]) -> Iterator[RealLot]:
    seen: set[str] = set()
    for lot in lots:
        if lot.key not in seen:
            seen.add(lot.key)
            yield lot


def _lots(snapshot: Snapshot, collection: Collection, *, reserved: bool) -> Iterator[RealLot]:
    where = _RESERVED if reserved else Not(_RESERVED)
    hits = snapshot.of(collection).search(Search(where=where, limit=_ALL)).hits
    for hit in sorted(hits, key=lambda hit: zlib.crc32(hit.id.encode())):
        lot = lot_of(hit.id, hit.record, reserved)
        if lot is not None:
            yield lot


def lot_of(id_: str, record: Mapping[str, Any], reserved: bool) -> RealLot | None:
    day = record.get("notified") or record.get("published")
    places = record.get("places") or ([record["place"]] if record.get("place") else [])
    if day is None or not places:
        return None
    cpv = record.get("cpv") or ()
    values = {
        "text": (record.get("object") or record.get("title") or "")[-400:],
        "place": "|".join(places),
        "cpv": cpv if isinstance(cpv, str) else next(iter(cpv), ""),
        "amount": str(record.get("amount") or ""),
        "months": str(record.get("months") or ""),
    }
    return RealLot(id_, date.fromisoformat(day), reserved, {name: text for name, text in values.items() if text})


def _line(lot: RealLot, lexicon: Lexicon) -> Line:
    return understand(Row(1, lot.values), lexicon)


def studied(lot: RealLot, snapshot: Snapshot, lexicon: Lexicon) -> Glance:
    """The verdict on a lot, as of its day."""
    [glance] = Desk(snapshot, lexicon, StudySettings(lot.day, seed="0")).board([_line(lot, lexicon)])
    return glance


def _state(glance: Glance) -> str:
    return "not read" if glance.advice is None else glance.advice.lever


def _listed(lot: RealLot, glance: Glance) -> str:
    best = None if glance.feasibility is None else glance.feasibility.best.prospects
    counts = "" if best is None else ", ".join(f"{best.count(surety)} {surety}" for surety in SURETIES)
    trades = ", ".join(choice.code for choice in glance.line.trades)
    marked = "reserved" if lot.reserved else "open"
    return f"{marked:8} {_state(glance):10} {lot.day} {trades[:40]:40} {counts:34} {lot.values['place'][:24]:24} {lot.values['text'][:90]}"


def main() -> int:
    """Command line: the table, and each lot with ``--list``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--list", action="store_true", help="print each lot")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with closing(open_engine(Settings(home=options.home))) as engine:
        snapshot = Snapshot(engine)
        found = [(lot, studied(lot, snapshot, lexicon)) for lot in real_lots(snapshot, lexicon)]
    if options.list:
        print("\n".join(_listed(lot, glance) for lot, glance in found))
    counts = {
        truth: Counter(_state(glance) for lot, glance in found if lot.reserved is truth) for truth in (True, False)
    }
    print(f"| state | reserved ({counts[True].total()}) | not reserved ({counts[False].total()}) |\n|---|---|---|")
    for lever in LEVERS:
        print(f"| {lever_title(lever)} | {counts[True][lever]} | {counts[False][lever]} |")
    print(f"| not read | {counts[True]['not read']} | {counts[False]['not read']} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

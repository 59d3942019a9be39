"""What « Pourquoi pas moi ? » gives to the sixty real structures whose leads are judged: ``python -m benchmarks.real_missed DATA [--home HOME]``.

Each structure is asked on the day of ``tests/relevance/leads_profiles.csv``, or all on one day (``--day``); ``--list`` prints every purchase shown.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path
from statistics import median, quantiles

from benchmarks.real_leads import _rows, real_home
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.missed import FACTS, OF_EACH, find_missed
from vivier.contracts.missed_query import MissedQuery
from vivier.contracts.objects import object_title
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot


def outcome(
    structure: str, day: date, more_km: int, snapshot: Snapshot, lexicon: Lexicon, listed: bool, seconds: list[float]
) -> Counter[str]:
    """What a structure gets: whether it has a lead, whether something was looked at and shown, lots by fact. ``seconds`` gets the time of the
    answer."""
    query = LeadsQuery(supplier=structure)
    leads = find_leads(query, profile_of(query, snapshot, lexicon, day), snapshot, lexicon, day).total
    begun = time.perf_counter()
    found = find_missed(MissedQuery(supplier=structure, more_km=more_km), snapshot, lexicon, day, OF_EACH)
    seconds.append(time.perf_counter() - begun)
    if listed:
        for missed in found.found:
            print(
                structure,
                leads,
                missed.fact,
                missed.text,
                object_title(missed.record)[:80],
                missed.distance_km,
                sep=" | ",
            )
    without = {"without a lead": 1, "of them, looked at": found.looked_at > 0, "of them, shown": bool(found.found)}
    counted = {fact: count for fact, count in found.totals.items() if count}
    return Counter(counted | {"several": found.several} | ({} if leads else without))


def main() -> int:
    """Command line: one line of figures for each distance looked at beyond the zone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--day", type=date.fromisoformat)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with real_home(options.data, options.home) as settings, closing(open_engine(settings)) as engine:
        snapshot = Snapshot(engine)
        for more_km in (50, 200):
            whole: Counter[str] = Counter()
            seconds: list[float] = []
            for row in _rows("leads_profiles"):
                day = options.day or date.fromisoformat(row["day"])
                whole += outcome(
                    row["structure"], day, more_km, snapshot, lexicon, options.list and more_km == 50, seconds
                )
            print(
                f"{more_km} km beyond the zone:",
                {name: whole[name] for name in (*FACTS, *sorted(whole.keys() - FACTS.keys()))},
            )
            middle, slow = median(seconds), quantiles(seconds, n=20)[-1]
            print(f"  {len(seconds)} answers: p50 {1000 * middle:.0f} ms, p95 {1000 * slow:.0f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

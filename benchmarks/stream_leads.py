"""Sixty real structures live a quarter of BOAMP, each Monday: ``python -m benchmarks.stream_leads DATA [--home HOME] [--day DAY] [--list]``.

``tests/relevance/stream_profiles.csv`` holds the structures: drawn before anything was read, by kind, with seed 20210104 (15 ESAT, 14 ACI,
12 EI, 10 AI, 6 ETTI, 3 GEIQ, of those whose commune is known), every second one in the held half; then two draws of sixty by the same shares, on two
Mondays each, judged by two readers who saw neither rules nor ranks: ``blind-1`` before the rules of 2026-11-30, of which it taught the half whose
``sha256(structure)`` is even, ``blind-2`` after them. ``blind-3`` and ``blind-4`` are those of two more draws of 180 that had a judged pair, each read by
one reader blind to rules and ranks, once: at most six leads a structure. The day is an argument of each question: a notice of a later day does not exist yet.

``tests/relevance/stream_judged.csv`` holds the judgements, made by hand from the title and the keywords, blind to rank and to score:

- ``strict``: this structure (its kind, its trades published or read, its size, its place) could answer this notice or one of its lots itself, or
  place people under its written clause when it lends some (AI, ETTI, a GEIQ in its branch), and would thank us for the mail. Reserved to its family
  in a trade that its kind commonly does is strict, unless what is known of it tells another. A trade supposed counts when the name or the activity
  code tells it; else a structure that publishes none has a strict lead by a reservation, a clause or a purchase of insertion alone;
- ``lenient``: worth a look: a part of what is bought, a partner is needed, far or large, its trade is not sure, a box « social » without a clause;
- ``no``: a waste of the morning. ``absurd``: makes us ridiculous: nobody of that kind would ever do it.

Until ``blind-2``, a clause was ``lenient``, and a trade honestly supposed could be ``strict``.

Only ids are kept: DATA is the folder of the shared data. A lead that nobody judged is counted apart, never as right.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.real_needs import LISTS
from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.publish import publish
from vivier.contracts.leads import Lead, find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.objects import object_title
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

RELEVANCE: Final = Path(__file__).parents[1] / "tests" / "relevance"
MONDAYS: Final = tuple(date(2021, 1, 4) + timedelta(weeks=week) for week in range(13))
FIRST: Final = 10
HALVES: Final[Mapping[str, tuple[date, ...]]] = {
    "tune": MONDAYS,
    "held": MONDAYS,
    "blind-1": (MONDAYS[5], MONDAYS[11]),
    "blind-2": (MONDAYS[3], MONDAYS[9]),
    "blind-3": (MONDAYS[2], MONDAYS[4], MONDAYS[7], MONDAYS[10]),
    "blind-4": (MONDAYS[2], MONDAYS[4], MONDAYS[7], MONDAYS[10]),
}
"""The halves, each with the Mondays on which its leads were judged."""
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "boamp": ("boamp-2021-t1-ods/*.json.gz",),
    "decp": ("decp-2019-plateformes/*.json.gz",),
}
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    """The rows of a table of judgements."""
    with (RELEVANCE / f"{name}.csv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def leads_on(day: date, structure: str, snapshot: Snapshot, lexicon: Lexicon) -> tuple[Lead, ...]:
    """The first leads of a structure on a day, as its page asks for them."""
    query = LeadsQuery(supplier=structure, as_of=day, per_page=FIRST)
    return find_leads(query, profile_of(query, snapshot, lexicon, day), snapshot, lexicon, day).leads


def judgements() -> dict[tuple[str, str], str]:
    """The grade of each lead of each structure."""
    return {(row["structure"], row["lead"]): row["grade"] for row in rows_of("stream_judged")}


@contextmanager
def stream_home(data: Path, home: Path | None) -> Iterator[Settings]:
    """A home with the real lists and the stream: the one given, else a temporary one that is built."""
    if home is not None:
        yield Settings(home=home)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings, lexicon = Settings(home=Path(folder)), load_lexicon()
        for source, name in LISTS.items():
            import_files(source, [data / "suppliers" / name], settings)
        for source, patterns in FILES.items():
            stream = data / "contracts" / "stream"
            import_files(source, [path for pattern in patterns for path in sorted(stream.glob(pattern))], settings)
        with closing(open_engine(settings)) as engine:
            publish(engine, settings, lexicon)
            publish_contracts(engine, settings, lexicon)
            publish_notices(engine, settings, lexicon)
        yield settings


def precision(grades: Counter[str]) -> str:
    """« lenient / strict (judged of shown) »."""
    judged = grades.total() - grades["unjudged"]
    if not judged:
        return f"– / – (0 of {grades.total()})"
    lenient = (grades["strict"] + grades["lenient"]) / judged
    return f"{lenient:.2f} / {grades['strict'] / judged:.2f} ({judged} of {grades.total()}, absurd {grades['absurd']})"


def main() -> int:
    """Prints, for each Monday, the structures that have a lead, by kind, and the precision of the first ten of each half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--day", type=date.fromisoformat, help="one day instead of the Mondays of the quarter")
    parser.add_argument("--list", action="store_true", help="each lead with its grade")
    options = parser.parse_args()
    lexicon, profiles, known = load_lexicon(), rows_of("stream_profiles"), judgements()
    kinds = Counter(profile["kind"] for profile in profiles)
    grades: defaultdict[str, Counter[str]] = defaultdict(Counter)
    ever: set[str] = set()
    print("| day | with a lead | " + " | ".join(f"{kind} of {count}" for kind, count in kinds.items()) + " |")
    print("|---|---|" + "---|" * len(kinds))
    with stream_home(options.data, options.home) as settings, closing(open_engine(settings)) as engine:
        snapshot = Snapshot(engine)
        for day in (options.day,) if options.day else MONDAYS:
            served: Counter[str] = Counter()
            lines: list[str] = []
            for profile in profiles:
                if options.day is None and day not in HALVES[profile["half"]]:
                    continue
                found = leads_on(day, profile["structure"], snapshot, lexicon)
                served[profile["kind"]] += bool(found)
                ever |= {profile["structure"]} if found else set()
                for lead in found:
                    grade = known.get((profile["structure"], lead.id), "unjudged")
                    grades[profile["half"]][grade] += 1
                    lines.append(
                        f"  {grade:8} {profile['structure']} {profile['kind']:4} {lead.id} {lead.kind} {object_title(lead.record)[:110]}"
                    )
            print(f"| {day} | {served.total()} | " + " | ".join(str(served[kind]) for kind in kinds) + " |")
            print("\n".join(lines) if options.list else "", end="\n" if options.list else "")
    print(f"\nAt least one lead on one of these days: {len(ever)} of {len(profiles)}")
    for half in HALVES:
        print(f"precision@{FIRST}, {half}: {precision(grades[half])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Would the leads of a structure have shown what it won? ``python -m benchmarks.won_before DATA [--home HOME] [--supposed] [--list]``.

Nobody judges, and the product does not know who holds it: each contract of the stream whose holder is a listed structure (same SIREN) is a lead that was right. The structure is asked its
leads six months before the end of that contract, or on the day it was notified when it is shorter; the contract must be among the first twenty.
Awards of 2021 name no winner, so that notices cannot be replayed the same way. DATA is the folder of the shared data.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.stream_leads import stream_home
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import Also, LeadsQuery
from vivier.contracts.months import add_months
from vivier.contracts.objects import object_title
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import All, Exists
from vivier.search.snapshot import Snapshot

FIRST: Final = 20
BEFORE_MONTHS: Final = -6


class Won(NamedTuple):
    """A contract that a listed structure holds: was it among its leads, and of how many."""

    structure: str
    kind: str
    contract: str
    title: str
    found: bool
    leads: int


def won(snapshot: Snapshot, lexicon: Lexicon, also: tuple[Also, ...] = ()) -> Iterator[Won]:
    """Each contract held by a listed structure. Of several sites of one SIREN, the one that holds it, else the first."""
    sites: dict[str, dict[str, str]] = {}
    for supplier in snapshot.suppliers.scan(All()):
        record = supplier.record
        if record["agreements"] and "siret" in record:
            siret = record["siret"]["value"]
            sites.setdefault(siret[:9], {})[siret] = record["agreements"][0]["value"]["kind"]
    for hit in snapshot.contracts.scan(Exists("ends")):
        for holder in hit.record.get("holders", ()):
            own = sites.get(holder.get("siren", ""))
            if own:
                siret = str(holder.get("siret") if holder.get("siret") in own else next(iter(own)))
                day = _asked(hit.record["ends"], hit.record.get("notified"))
                query = LeadsQuery(supplier=siret, as_of=day, per_page=FIRST, also=also)
                profile = replace(profile_of(query, snapshot, lexicon, day), siren=None)
                found = find_leads(query, profile, snapshot, lexicon, day)
                shown = {id_ for lead in found.leads for id_ in (lead.id, *(lot.id for lot in lead.lots))}
                title = object_title(hit.record)
                yield Won(siret, own[siret], hit.id, title, hit.id in shown, found.total)


def _asked(ends: str, notified: str | None) -> date:
    before = add_months(date.fromisoformat(ends), BEFORE_MONTHS)
    return before if notified is None else max(before, date.fromisoformat(notified))


def main() -> int:
    """Command line: the share found, by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--list", action="store_true", help="each contract")
    parser.add_argument(
        "--supposed", action="store_true", help="with the trades that are asked before they bring a lead"
    )
    options = parser.parse_args()
    with stream_home(options.data, options.home) as settings, closing(open_engine(settings)) as engine:
        also: tuple[Also, ...] = ("supposed",) if options.supposed else ()
        found = list(won(Snapshot(engine), load_lexicon(), also))
    for each in found if options.list else ():
        print(
            f"{'found' if each.found else 'missed':6} {each.kind:4} {each.structure} of {each.leads:3} {each.title[:110]}"
        )
    counts, shown = Counter(each.kind for each in found), Counter(each.kind for each in found if each.found)
    print(f"recall@{FIRST}: {shown.total()} of {counts.total()}")
    print(" ; ".join(f"{kind} {shown[kind]} of {n}" for kind, n in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

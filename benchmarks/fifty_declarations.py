"""What changes for searches when fifty structures say what they do: ``python -m benchmarks.fifty_declarations DATA``.

The needs are those of :mod:`benchmarks.real_needs`, asked of the real lists before and after. The structures are real; what they declare here is
invented, in a temporary home: three trades at most drawn among those that structures of their kind publish, and 40 km around their seat. They are drawn among
the silent ones that have their seat in the département of a need, without a look at its trade.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.real_needs import FIRST, Outcome, cases, outcomes, real_home
from indexer.publish import publish
from vivier.engine import open_engine
from vivier.engine.snapshot import Snapshot
from vivier.given.declared import sirets_of, write_run
from vivier.given.queue import Subject, queue_of
from vivier.lexicon import Lexicon, load_lexicon
from vivier.model.views import SupplierView
from vivier.search.operators import EVERY
from vivier.settings import Settings

STRUCTURES: Final = 50
TRADES: Final = 3
KM: Final = 40
Trades = Mapping[str, Sequence[str]]


def main() -> int:
    """Command line: a row before, a row after."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    lexicon, today = load_lexicon(), date.today()
    with real_home(options.data, None) as settings:
        with closing(open_engine(settings)) as engine:
            before, chosen = _asked(Snapshot(engine), lexicon, today), list(_declarations(Snapshot(engine), lexicon))
        declare(settings, chosen, today)
        with closing(open_engine(settings)) as engine:
            publish(engine, settings, lexicon, accept_drops=True)
            after = _asked(Snapshot(engine), lexicon, today)
    print(f"{len(chosen)} structures declare at most {TRADES} trades each\n")
    print(
        "| | needs | with a structure that answers it all in the first five | structures that answer it all | useful in the first five |"
    )
    print("|---|---|---|---|---|")
    for name, found in (("before", before), ("after", after)):
        sure = sum(any(good and result.group == "exact" for result, good in each.shown[:FIRST]) for each in found)
        answering = sum(each.totals.get("exact", 0) for each in found)
        print(f"| {name} | {len(found)} | {sure} | {answering} | {sum(each.useful for each in found)} |")
    return 0


def _asked(snapshot: Snapshot, lexicon: Lexicon, today: date) -> list[Outcome]:
    return list(outcomes(snapshot, lexicon, today))


def _declarations(snapshot: Snapshot, lexicon: Lexicon) -> Iterator[tuple[Subject, tuple[str, ...]]]:
    """The structures drawn, each with its trades."""
    wanted = {case["departement"] for case in cases()}
    known: dict[str, list[str]] = defaultdict(list)
    silent: list[tuple[SupplierView, str]] = []
    for hit in snapshot.suppliers.scan(EVERY):
        kinds = [fact["value"]["kind"] for fact in hit.record.get("agreements", ())]
        trades = [trade for fact in hit.record.get("offers", ()) if (trade := fact["value"].get("trade")) is not None]
        if kinds and trades:
            known[kinds[0]] += trades
        elif kinds and len(sirets_of(hit.record)) == 1 and _departement(hit.record, lexicon) in wanted:
            silent.append((hit.record, kinds[0]))
    draw = Random(20)
    for record, kind in draw.sample(sorted(silent, key=lambda pair: pair[0]["id"]), STRUCTURES):
        among = known[kind] or [trade for some in known.values() for trade in some]
        drawn = tuple(sorted({draw.choice(sorted(among)) for _ in range(TRADES)}))
        yield Subject(record["id"], sirets_of(record)[0], record["name"]["value"]), drawn


def _departement(record: SupplierView, lexicon: Lexicon) -> str | None:
    commune = record["address"]["value"].get("commune") if "address" in record else None
    above = () if commune is None else lexicon.gazetteer.ancestors(f"commune:{commune}")
    return next((id_ for id_ in above if id_.startswith("departement:")), None)


def declare(settings: Settings, chosen: Sequence[tuple[Subject, tuple[str, ...]]], today: date) -> None:
    """Sends the declarations and accepts them, as the form and the operator do, and makes a source of them, as a build does."""
    queue = queue_of(settings)
    with closing(queue.database):
        for subject, trades in chosen:
            content = {
                "trades": [{"trade": trade, "service_types": []} for trade in trades],
                "zone": {"type": "radius", "km": KM},
            }
            queue.send("declaration", subject, content, today)
        for request in queue.waiting():
            queue.accept(request.number, today)
        write_run(settings, queue, today)


if __name__ == "__main__":
    sys.exit(main())

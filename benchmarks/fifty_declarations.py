"""What changes for searches when fifty structures say what they do: ``python -m benchmarks.fifty_declarations DATA``.

The needs are those of :mod:`benchmarks.real_needs`, asked of the real lists before and after. The structures are real; what they declare here is
invented, in a temporary home: three trades at most drawn among those that structures of their kind publish, 40 km around their seat, a volume, and
two trades that they do not do, drawn alike. They are drawn among the silent ones that have their seat in the département of a need, without a
look at its trade.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.real_needs import FIRST, Outcome, cases, outcomes, real_home
from indexer.publish import publish
from vivier.engine import open_engine
from vivier.given.declared import write_runs
from vivier.given.queue import queue_of
from vivier.given.requests import Subject
from vivier.given.sirets import sirets_of
from vivier.lexicon import Lexicon, load_lexicon
from vivier.model.views import SupplierView
from vivier.search.operators import EVERY, AnyOf, Exists, Search, Terms, conjunction
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.refused import refused_trades

STRUCTURES: Final = 50
TRADES: Final = 3
KM: Final = 40
REFUSED: Final = 2
VOLUMES: Final = (20_000.0, 40_000.0, 80_000.0, 160_000.0, 320_000.0)
Trades = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Said:
    """What a structure declares: trades, trades that it does not do, euros a year that it can take."""

    about: Subject
    trades: tuple[str, ...]
    refused: tuple[str, ...]
    volume: float


@dataclass(frozen=True)
class Row:
    """A row of the table: the needs asked, and of the structures drawn, how many have a known capacity."""

    found: list[Outcome]
    sized: int


def main() -> int:
    """Command line: a row before, a row after."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    lexicon, today = load_lexicon(), date.today()
    with real_home(options.data, None) as settings:
        with closing(open_engine(settings)) as engine:
            chosen = list(_declarations(Snapshot(engine), lexicon))
            before = _asked(Snapshot(engine), chosen, lexicon, today)
        declare(settings, chosen, today)
        with closing(open_engine(settings)) as engine:
            publish(engine, settings, lexicon, accept_drops=True)
            after = _asked(Snapshot(engine), chosen, lexicon, today)
    print(
        f"{len(chosen)} structures declare at most {TRADES} trades each, a volume, {REFUSED} trades that they do not do\n"
    )
    print(
        "| | needs | with a structure that answers it all in the first five | structures that answer it all | useful in the first five "
        "| to ask | shown for a trade that they say they do not do | of the fifty, of known capacity |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, row in (("before", before), ("after", after)):
        print(f"| {name} | {' | '.join(map(str, _figures(row, chosen, lexicon)))} |")
    return 0


def _figures(row: Row, chosen: Sequence[Said], lexicon: Lexicon) -> tuple[int, ...]:
    found = row.found
    refused = {said.about.supplier: refused_trades(said.refused, lexicon.trades) for said in chosen}
    return (
        len(found),
        sum(any(good and result.group == "exact" for result, good in each.shown[:FIRST]) for each in found),
        sum(each.totals.get("exact", 0) for each in found),
        sum(each.useful for each in found),
        sum(each.totals.get("to_ask", 0) for each in found),
        sum(each.case["trade"] in refused.get(result.id, ()) for each in found for result, _ in each.shown),
        row.sized,
    )


def _asked(snapshot: Snapshot, chosen: Sequence[Said], lexicon: Lexicon, today: date) -> Row:
    ids = Terms("id", tuple(said.about.supplier for said in chosen))
    sized = Search(where=conjunction(ids, AnyOf((Exists("volume"), Exists("turnover")))), sort=(), limit=0)
    return Row(list(outcomes(snapshot, lexicon, today)), snapshot.suppliers.search(sized).total)


def _declarations(snapshot: Snapshot, lexicon: Lexicon) -> Iterator[Said]:
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
    draw, apart = Random(20), Random(21)
    for record, kind in draw.sample(sorted(silent, key=lambda pair: pair[0]["id"]), STRUCTURES):
        among = known[kind] or [trade for some in known.values() for trade in some]
        drawn = tuple(sorted({draw.choice(sorted(among)) for _ in range(TRADES)}))
        about = Subject(record["id"], sirets_of(record)[0], record["name"]["value"])
        yield Said(about, drawn, _refused(drawn, sorted(set(among)), apart, lexicon), apart.choice(VOLUMES))


def _refused(drawn: Sequence[str], among: Sequence[str], draw: Random, lexicon: Lexicon) -> tuple[str, ...]:
    """Trades that a structure says it does not do: none holds one that it does."""
    may = [code for code in among if refused_trades((code,), lexicon.trades).isdisjoint(drawn)]
    return tuple(draw.sample(may, min(REFUSED, len(may))))


def _departement(record: SupplierView, lexicon: Lexicon) -> str | None:
    commune = record["address"]["value"].get("commune") if "address" in record else None
    above = () if commune is None else lexicon.gazetteer.ancestors(f"commune:{commune}")
    return next((id_ for id_ in above if id_.startswith("departement:")), None)


def declare(settings: Settings, chosen: Sequence[Said], today: date) -> None:
    """Sends the declarations and accepts them, as the form and the operator do, and makes a source of them, as a build does."""
    queue = queue_of(settings)
    with closing(queue.database):
        for said in chosen:
            content = {
                "trades": [{"trade": trade, "service_types": []} for trade in said.trades],
                "zone": {"type": "radius", "km": KM},
                "refused": list(said.refused),
                "volume": said.volume,
            }
            queue.send("declaration", said.about, content, today)
        for request in queue.waiting():
            queue.accept(request.number, today)
        write_runs(settings, queue, today)


if __name__ == "__main__":
    sys.exit(main())

"""Needs typed as buyers type them, asked of the real lists: ``python -m benchmarks.real_needs DATA [--home HOME] [--list]``.

``tests/relevance/needs_real.jsonl`` holds the needs, written before the work and split in two; each says where its buyer is, the trade
and the kinds that answer it. DATA is a folder of real lists, imported and indexed in a temporary home unless one is given.

- useful: one of the first five structures (all groups, in their order) is of a kind wanted, its seat is within 50 km of the
  département or its zone covers a part of it, and it does the trade or a near one, or is shown as to be asked.
- empty: no structure is shown, though one of a kind and a label asked has its seat in the département.
- wrong: a structure of the first group does not do the trade wanted, nor a narrower or broader one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from crawlers.run import import_files
from indexer.publish import publish
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import applied, resolve_need
from vivier.search.operators import Not as Without
from vivier.search.operators import Operator, Same, Search, Terms, conjunction
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.find import find, groups
from vivier.suppliers.query import SupplierQuery, parse_query
from vivier.suppliers.result import SupplierResult
from vivier.trades.near import near_trades

NEEDS: Final = Path(__file__).parents[1] / "tests" / "relevance" / "needs_real.jsonl"
LISTS: Final[Mapping[str, str]] = {
    "esat": "esat_liste_officielle_brut.csv",
    "siae": "siae_marche_2020.csv",
    "asp": "siae_asp_2019_07.csv",
    "geiq": "geiq_2019_11.csv",
    "ess_numerique": "ess_numerique_2026_echantillon.csv",
}
NEAR_KM: Final = 50.0
FIRST: Final = 5
Case = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What one need gave: ``shown`` the first structures, each judged."""

    case: Case
    query: str
    totals: dict[str, int]
    shown: tuple[tuple[SupplierResult, bool], ...]
    empty: bool
    wrong: tuple[str, ...]

    @property
    def useful(self) -> bool:
        """At least one of the first structures is worth a call."""
        return any(good for _, good in self.shown[:FIRST])


def cases() -> list[Case]:
    """The needs of the file."""
    return [json.loads(line) for line in NEEDS.read_text(encoding="utf8").splitlines()]


def outcomes(snapshot: Snapshot, lexicon: Lexicon, today: date) -> Iterator[Outcome]:
    """Every need asked as the page asks it."""
    for case in cases():
        yield _outcome(case, snapshot, lexicon, today)


def _outcome(case: Case, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Outcome:
    search = applied(resolve_need(case["need"], lexicon), lexicon)
    query = parse_query(search.pairs, lexicon)
    found = find(query, snapshot, lexicon, today)
    answer = groups(found, snapshot, lexicon)
    shown = (*found.results, *(result for group in answer for result in group.results))
    return Outcome(
        case,
        " ".join(f"{name}={value}" for name, value in search.pairs),
        {group.code: group.total for group in answer} or {"exact": found.total},
        tuple((result, _is_useful(result, case, lexicon)) for result in shown),
        not shown and bool(_seated(case, query, snapshot)),
        tuple(result.record["name"]["value"] for result in found.results if not _does(result, case["trade"], lexicon)),
    )


def _is_useful(result: SupplierResult, case: Case, lexicon: Lexicon) -> bool:
    record = result.record
    kinds = {fact["value"]["kind"] for fact in record.get("agreements", ())}
    if not kinds or (case["kinds"] and not kinds & set(case["kinds"])):
        return False
    if not _is_near(result, case["departement"], lexicon):
        return False
    return result.group in ("to_ask", "farther") or _does(result, case["trade"], lexicon, near=True)


def _is_near(result: SupplierResult, departement: str, lexicon: Lexicon) -> bool:
    address = result.record.get("address", {}).get("value", {})
    commune = address.get("commune")
    if commune is not None and departement in lexicon.gazetteer.ancestors(f"commune:{commune}"):
        return True
    return result.distance_km is not None and result.distance_km <= NEAR_KM


def _does(result: SupplierResult, trade: str, lexicon: Lexicon, *, near: bool = False) -> bool:
    """Whether an offer is of the trade, a narrower or a broader one; ``near``: of its family too."""
    wanted = {trade, *(other.code for other in (*lexicon.trades.ancestors(trade), *lexicon.trades.descendants(trade)))}
    if near:
        close = near_trades((trade,), lexicon.trades)
        wanted |= {*close.close, *close.family}
    return any(fact["value"].get("trade") in wanted for fact in result.record.get("offers", ()))


def _seated(case: Case, query: SupplierQuery, snapshot: Snapshot) -> int:
    """Open structures of a kind and a label wanted that have their seat in the département."""
    met: list[Operator] = [Terms("seat", (case["departement"],)), Without(Terms("closed", ("yes",)))]
    if query.kind:
        met.append(Same("agreements", (Terms("kind", query.kind),)))
    if query.label:
        met.append(Same("labels", (Terms("code", query.label),)))
    return snapshot.suppliers.search(Search(where=conjunction(*met), limit=0)).total


@contextmanager
def real_home(data: Path, home: Path | None) -> Iterator[Settings]:
    """A home with the real lists indexed: the one given, else a temporary one."""
    if home is not None:
        yield Settings(home=home)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        for source, name in LISTS.items():
            import_files(source, [data / "suppliers" / name], settings)
        with closing(open_engine(settings)) as engine:
            publish(engine, settings, load_lexicon())
        yield settings


def main() -> int:
    """Command line: the table, then each need with ``--list``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--list", action="store_true", help="say what each need gave")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with real_home(options.data, options.home) as settings, closing(open_engine(settings)) as engine:
        found = list(outcomes(Snapshot(engine), lexicon, date.today()))
    print("| half | needs | useful in the first five | in the first group | empty | wrong shown as sure |")
    print("|---|---|---|---|---|---|")
    for half in ("tune", "held"):
        _row(half, [outcome for outcome in found if outcome.case["half"] == half])
    _row("all", found)
    if options.list:
        for outcome in found:
            _print(outcome)
    return 0


def _row(half: str, found: list[Outcome]) -> None:
    useful, empty = sum(outcome.useful for outcome in found), sum(outcome.empty for outcome in found)
    sure = sum(any(good and result.group == "exact" for result, good in outcome.shown[:FIRST]) for outcome in found)
    wrong = sum(bool(outcome.wrong) for outcome in found)
    print(f"| {half} | {len(found)} | {useful} ({useful / len(found):.2f}) | {sure} | {empty} | {wrong} |")


def _print(outcome: Outcome) -> None:
    mark = "useful" if outcome.useful else "NOT useful"
    print(f"\n{mark}: {outcome.case['need']}  [{outcome.query}]  {outcome.totals}")
    for result, good in outcome.shown[:FIRST]:
        print(
            f"  {'+' if good else '-'} {result.group:<10} {result.record['name']['value']} {_town(result)} {_trades(result)}"
        )
    if outcome.wrong:
        print(f"  WRONG: {', '.join(outcome.wrong[:5])}")


def _town(result: SupplierResult) -> str:
    address = result.record.get("address", {}).get("value", {})
    away = "" if result.distance_km is None else f" {result.distance_km:.0f} km"
    return f"{address.get('town', '?')}{away}"


def _trades(result: SupplierResult) -> list[str]:
    offers: Iterable[Any] = (fact["value"] for fact in result.record.get("offers", ()))
    return [offer["trade"] for offer in offers if "trade" in offer]


if __name__ == "__main__":
    sys.exit(main())

"""Needs typed as buyers type them, asked of the real lists: ``python -m benchmarks real_needs DATA [--home HOME] [--list]``.

``tests/relevance/needs_real.jsonl`` holds the needs, written before the work and split in two; each says where its buyer is, the trade
and the kinds that answer it. DATA is a folder of real lists, imported and indexed in a temporary home unless one is given.

- useful: one of the first five structures (all groups, in their order) is of a kind wanted, its seat is within 50 km of the
  département or its zone covers a part of it, and it does the trade or a near one, or is shown as to be asked.
- empty: no structure is shown, though one of a kind and a label asked has its seat in the département.
- wrong: a structure of the first group does not do the trade wanted, nor a narrower or broader one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from benchmarks.cases import Case, cases
from benchmarks.homes import LISTS, opened, real_home
from benchmarks.options import Data, Given, Listed
from scripts.docs.markdown import table
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import applied, resolve_need
from vivier.search.operators import Not as Without
from vivier.search.operators import Operator, Same, Search, Terms, conjunction
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import find, groups
from vivier.suppliers.query import SupplierQuery, parse_query
from vivier.suppliers.result import SupplierResult
from vivier.trades.near import near_trades

NEAR_KM: Final = 50.0
FIRST: Final = 5
COLUMNS: Final = ("half", "needs", "useful in the first five", "in the first group", "empty", "wrong shown as sure")


@dataclass(frozen=True)
class Outcome:
    """What one need gave. ``shown``: the structures, each with whether it is worth a call; ``wrong``: names of the first group."""

    case: Case
    query: str
    shown: tuple[tuple[SupplierResult, bool], ...]
    empty: bool
    wrong: tuple[str, ...]

    @property
    def useful(self) -> list[SupplierResult]:
        """Those of the first structures that are worth a call."""
        return [result for result, good in self.shown[:FIRST] if good]


def real_needs(data: Data, home: Given = None, listed: Listed = False) -> Iterator[str]:
    """The table, then each need with ``--list``."""
    lexicon = load_lexicon()
    with real_home(LISTS, data, home) as settings, opened(settings) as snapshot:
        found = [_outcome(case, snapshot, lexicon, date.today()) for case in cases("needs_real")]
    halves = {half: [each for each in found if half in (each.case["half"], "all")] for half in ("tune", "held", "all")}
    yield table(COLUMNS, (_row(half, some) for half, some in halves.items()))
    for outcome in found if listed else ():
        yield f"\n{'useful' if outcome.useful else 'NOT useful'}: {outcome.case['need']}  [{outcome.query}]"
        yield from (f"  {'+' if good else '-'} {_described(result)}" for result, good in outcome.shown[:FIRST])
        yield from (f"  WRONG: {name}" for name in outcome.wrong[:FIRST])


def _row(half: str, found: list[Outcome]) -> tuple[str, ...]:
    useful, empty = sum(bool(outcome.useful) for outcome in found), sum(outcome.empty for outcome in found)
    sure = sum(any(result.group == "exact" for result in outcome.useful) for outcome in found)
    wrong = sum(bool(outcome.wrong) for outcome in found)
    return half, str(len(found)), f"{useful} ({useful / len(found):.2f})", str(sure), str(empty), str(wrong)


def _outcome(case: Case, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Outcome:
    """What a need gives when it is asked as the page asks it."""
    search = applied(resolve_need(case["need"], lexicon), lexicon)
    query = parse_query(search.pairs, lexicon)
    found = find(query, snapshot, lexicon, today)
    shown = (*found.results, *(result for group in groups(found, snapshot, lexicon) for result in group.results))
    return Outcome(
        case,
        " ".join(f"{name}={value}" for name, value in search.pairs),
        tuple((result, _is_useful(result, case, lexicon)) for result in shown),
        not shown and bool(_seated(case, query, snapshot)),
        tuple(result.record["name"]["value"] for result in found.results if not _does(result, case["trade"], lexicon)),
    )


def _is_useful(result: SupplierResult, case: Case, lexicon: Lexicon) -> bool:
    kinds = {fact["value"]["kind"] for fact in result.record.get("agreements", ())}
    if not kinds or (case["kinds"] and not kinds & set(case["kinds"])):
        return False
    if not _is_near(result, case["departement"], lexicon):
        return False
    return result.group in ("to_ask", "farther") or _does(result, case["trade"], lexicon, near=True)


def _is_near(result: SupplierResult, departement: str, lexicon: Lexicon) -> bool:
    commune = result.record.get("address", {}).get("value", {}).get("commune")
    if commune is not None and departement in lexicon.gazetteer.ancestors(f"commune:{commune}"):
        return True
    return result.distance_km is not None and result.distance_km <= NEAR_KM


def _does(result: SupplierResult, trade: str, lexicon: Lexicon, *, near: bool = False) -> bool:
    """Whether an offer is of the trade, a narrower or a broader one; ``near``: of its family too."""
    wanted = {trade, *(other.code for other in (*lexicon.trades.ancestors(trade), *lexicon.trades.descendants(trade)))}
    if near:
        close = near_trades((trade,), lexicon.trades)
        wanted |= {*close.close, *close.family}
    return bool(wanted.intersection(_trades(result)))


def _trades(result: SupplierResult) -> list[str]:
    return [trade for fact in result.record.get("offers", ()) if (trade := fact["value"].get("trade")) is not None]


def _seated(case: Case, query: SupplierQuery, snapshot: Snapshot) -> int:
    """Open structures of a kind and a label wanted that have their seat in the département."""
    met: list[Operator] = [Terms("seat", (case["departement"],)), Without(Terms("closed", ("yes",)))]
    if query.kind:
        met.append(Same("agreements", (Terms("kind", query.kind),)))
    if query.label:
        met.append(Same("labels", (Terms("code", query.label),)))
    return snapshot.suppliers.search(Search(where=conjunction(*met), limit=0)).total


def _described(result: SupplierResult) -> str:
    town = result.record.get("address", {}).get("value", {}).get("town", "?")
    away = "" if result.distance_km is None else f" {result.distance_km:.0f} km"
    return f"{result.group:<10} {result.record['name']['value']} {town}{away} {_trades(result)}"

"""One table before each release: ``make judge``. Each figure has its floor or ceiling in ``benchmarks/judged.csv``; one outside stops the build.

Homes: the invented demonstration, the real one (``samples/real``), and, where the shared data is (``VIVIER_SHARED_DATA``), the real lists with a
quarter of real notices and contracts. With all three, the table is written in ``docs/judged.md``.

- **needs**: needs that readers blind to the rules wrote (``tests/relevance``): the first trade, one of three, sentences of which every field is right.
- **order**: nDCG@10 over the judged searches of ``mappings/judged``.
- **false reasons**: searches drawn by trade, place, kind and label; each reason of each result is recomputed from the record and the tables alone,
  never by the code that words it: the trade, the kind and its end, the label, the seat.
- **advice from silence**: every trade × places × amounts, studied by the desk; a lot is counted when its lever is a direct purchase, a
  reservation or a clause, and no structure has :data:`WORTH_A_CALL` to do the lot, or the hours of the clause.
- **leads**: contracts that listed structures really won, found among their twenty leads six months before; and the share of judged leads of the
  blind halves that a reader called absurd. In both demonstrations: the trades for which somebody in France has
  a lead on the day.
- **pages**: a bounded crawl (:mod:`benchmarks.crawl`): addresses that fail, words of the median page, pages that count one thing twice.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from fastapi import FastAPI
from fastapi.testclient import TestClient

from benchmarks import needs, relevance, stream
from benchmarks.cases import ROOT, cases
from benchmarks.crawl import addresses, crawl, structures
from benchmarks.homes import STREAM, index, load, opened, shared
from benchmarks.lots import by_hash, desk_on, line_of
from benchmarks.roles import gaps_of_pairs
from scripts.docs.markdown import table
from search_api.app import create_app
from tests.demo_home import TODAY, build_demo
from vivier.cli.samples import load_real
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query_profile import profile_of
from vivier.desk.consultation import Glance
from vivier.desk.method.lever import RESERVED
from vivier.desk.method.prospects import WORTH_A_CALL
from vivier.engine import open_engine
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import resolve_need
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.find import find, groups
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.result import SupplierResult

FLOORS: Final = ROOT / "benchmarks" / "judged.csv"
"""Columns: home, measure, bound (« least » or « most »), limit, about, judge (who judged)."""
TABLE: Final = ROOT / "docs" / "judged.md"
HEADING: Final = """# What it answers, judged before each release

<!-- Written by `make judge` where the shared data is: do not edit. -->

Each figure has its limit in `benchmarks/judged.csv`: one outside stops the build. `demo` is the invented demonstration,
`demo-real` the [real one](operate.md#commands), `real` the shared lists and stream, `any` needs no home.
"""
PLACES: Final = tuple(f"departement:{code}" for code in ("69", "59", "35", "63", "48", "05", "33", "2A", "974", "93"))
AMOUNTS: Final = (20_000, 150_000)
SEARCHES: Final = 150


@dataclass(frozen=True)
class Figure:
    """A measure of one home: ``value``, of ``of`` cases where it counts them."""

    home: str
    measure: str
    value: float
    of: int | None = None


def judge() -> None:
    """Prints the table; exits with 1 when a figure is outside its limit, or when a limit has no figure."""
    started, limits = time.monotonic(), _limits()
    figures = {(figure.home, figure.measure): figure for figure in _every()}
    rows, fallen = [], []
    for key, figure in figures.items():
        limit = limits.get(key, {})
        shown = f"{figure.value:.3f}".rstrip("0").rstrip(".") + (f" (of {figure.of:,})" if figure.of else "")
        rows.append((*key, shown, f"{limit['bound']} {limit['limit']}" if limit else "", *_said(limit)))
        fallen += [key] if limit and not _is_within(figure.value, limit) else []
    written = table(("home", "measure", "figure", "limit", "what it counts", "who judged"), rows)
    print(written)
    print(f"{time.monotonic() - started:.0f} s")
    unmeasured = [key for key in limits if key not in figures and (key[0] != "real" or shared().is_dir())]
    if fallen or unmeasured:
        print(f"fallen: {fallen}; limits without a figure: {unmeasured}")
        sys.exit(1)
    if shared().is_dir():
        TABLE.write_text(f"{HEADING}\n{written}\n", encoding="utf8")


def _limits() -> dict[tuple[str, str], dict[str, str]]:
    """The rows of the floors, by home and measure."""
    with FLOORS.open(encoding="utf8", newline="") as file:
        return {(row["home"], row["measure"]): row for row in csv.DictReader(file)}


def _said(limit: Mapping[str, str]) -> tuple[str, str]:
    return limit.get("about", ""), limit.get("judge", "")


def _is_within(value: float, limit: Mapping[str, str]) -> bool:
    return value >= float(limit["limit"]) if limit["bound"] == "least" else value <= float(limit["limit"])


def _every() -> Iterator[Figure]:
    lexicon = load_lexicon()
    yield from _needs(lexicon)
    yield Figure("any", "order, nDCG@10", relevance.figures(relevance.rankings_on("embedded", Settings()))["nDCG@10"])
    with TemporaryDirectory(prefix="vivier-judge-") as folder:
        demo = Settings(home=Path(folder) / "demo")
        build_demo(TODAY, demo.home)
        yield from _of_home("demo", demo, TODAY, lexicon)
        sample = Settings(home=Path(folder) / "demo-real")
        day = load_real(sample)
        index(sample, skip_judged=True)
        yield from _of_home("demo-real", sample, day, lexicon)
        if not shared().is_dir():
            print("The shared data is absent: nothing real is judged.", file=sys.stderr)
            return
        real = Settings(home=Path(folder) / "real")
        load(STREAM, shared(), real)
        index(real, skip_judged=True)
        yield from _of_home("real", real, date(2026, 12, 1), lexicon)
        with opened(real) as snapshot:
            yield from _leads(snapshot, lexicon)


def _needs(lexicon: Lexicon) -> Iterator[Figure]:
    for half, some in needs.halves().items():
        if half != "dev":
            found = needs.figures(some, lexicon)
            yield Figure("any", f"needs, {half}: first trade", found["top-1, also"], len(some))
            yield Figure("any", f"needs, {half}: one of three", found["top-3"], len(some))
    for typed in ("clean", "mistyped", "out_of_scope"):
        yield from _blind(typed, lexicon)
    pairs = gaps_of_pairs("held", lexicon)
    right = sum(not gaps for gaps in pairs.values())
    yield Figure("any", "roles, held: pairs right both ways", right / len(pairs), len(pairs))
    graded = [all(needs.graded(case, lexicon).values()) for case in cases("needs_written", "held")]
    yield Figure("any", "needs written, held: every field", sum(graded) / len(graded), len(graded))


def _blind(typed: str, lexicon: Lexicon) -> Iterator[Figure]:
    """How the held half of three hundred queries, written by somebody who saw no rule, is read."""
    some = [case for case in cases("queries_blind", "held") if case["typed"] == typed]
    if typed == "out_of_scope":
        refused = [resolve_need(case["query"], lexicon).status != "auto" for case in some]
        yield Figure("any", "blind queries, out of scope: none sure", sum(refused) / len(some), len(some))
        return
    ranks = [needs.rank(resolve_need(case["query"], lexicon), case["expect"]) for case in some]
    yield Figure("any", f"blind queries, {typed}: first trade", sum(rank == 1 for rank in ranks) / len(some), len(some))
    three = sum(rank is not None and rank <= needs.OFFERED for rank in ranks)
    yield Figure("any", f"blind queries, {typed}: one of three", three / len(some), len(some))


def _of_home(name: str, settings: Settings, day: date, lexicon: Lexicon) -> Iterator[Figure]:
    with opened(settings) as snapshot:
        reasons, false = _reasons(snapshot, lexicon, day)
        yield Figure(name, "false reasons", false, reasons)
        yield from _silence(name, snapshot, lexicon, day)
        if name != "real":
            yield _lively(name, snapshot, lexicon, day)
    with closing(open_engine(settings)) as engine:
        yield from _pages(name, create_app(engine, lexicon, today=lambda: day), Snapshot(engine))


def _lively(name: str, snapshot: Snapshot, lexicon: Lexicon, day: date) -> Figure:
    """Whether the reverse half lives on the day: the share of trades with a lead somewhere in France."""
    count, trades = 0, [trade.code for trade in lexicon.trades]
    for trade in trades:
        query = LeadsQuery(trade=(trade,), territory=("FR",), per_page=1)
        count += find_leads(query, profile_of(query, snapshot, lexicon, day), snapshot, lexicon, day).total > 0
    return Figure(name, "trades that have a lead", count / len(trades), len(trades))


def _pages(name: str, app: FastAPI, snapshot: Snapshot) -> Iterator[Figure]:
    """A bounded crawl: each page for one structure of each kind, and one link of each shape."""
    client = TestClient(app, raise_server_exceptions=False)
    met = crawl(client, addresses(client, structures(snapshot, 1)), 1)
    for line in (*met.failed, *met.contradictions):
        print(f"{name}: {line}", file=sys.stderr)
    yield Figure(name, "addresses that fail", len(met.failed), len(met.asked))
    yield Figure(name, "words of the median kind of page", met.words, len(met.pages))
    yield Figure(name, "pages that contradict themselves", len(met.contradictions), len(met.pages))


def _reasons(snapshot: Snapshot, lexicon: Lexicon, day: date) -> tuple[int, int]:
    """Reasons recomputed, and those that are false (printed)."""
    count = Counter[bool]()
    for query in _queries(lexicon):
        found = find(query, snapshot, lexicon, day)
        completing = (result for group in groups(found, snapshot, lexicon) for result in group.results)
        for result in (*found.results, *completing):
            for what, is_true in _recomputed(query, result, lexicon, day):
                count[is_true] += 1
                if not is_true:
                    print(f"false: {what} of {result.id} for {query.trade} {query.territory}", file=sys.stderr)
    return count.total(), count[False]


def _queries(lexicon: Lexicon) -> Iterator[SupplierQuery]:
    """Searches that a hash draws."""
    trades = sorted((trade.code for trade in lexicon.trades), key=by_hash)
    kinds, labels = sorted(KINDS), sorted(LABELS)
    for number in range(SEARCHES):
        drawn = by_hash(f"judge {number}")
        values: dict[str, Any] = {"trade": (trades[number % len(trades)],), "territory": (PLACES[drawn % len(PLACES)],)}
        if number % 3 == 1:
            values["kind"] = (kinds[drawn // 7 % len(kinds)],)
        if number % 3 == 2:
            values["label"] = (labels[drawn // 7 % len(labels)],)
        yield SupplierQuery(**values)


def _recomputed(
    query: SupplierQuery, result: SupplierResult, lexicon: Lexicon, day: date
) -> Iterator[tuple[str, bool]]:
    """Each reason that a record can settle alone, and whether it does."""
    record: Mapping[str, Any] = result.record
    offers = [fact["value"] for fact in record.get("offers", ())]
    agreements = {fact["value"]["kind"]: fact["value"] for fact in record.get("agreements", ())}
    labels = [fact["value"] for fact in record.get("labels", ())]
    for reason in result.reasons:
        if reason.code == "trade":
            name = reason.text.partition(" : ")[0]
            named = {trade.code for trade in lexicon.trades if trade.name == name}
            yield reason.text, any({offer.get("trade"), offer.get("supposed_trade")} & named for offer in offers)
        elif reason.code == "kind":
            code = reason.text.partition(",")[0].partition(" ")[0]
            yield reason.text, code in agreements and (not reason.fits or _in_force(agreements[code], day))
        elif reason.code == "label" and reason.fits:
            asked = [label for label in labels if label["code"] in query.label]
            unknown = "inconnu" in reason.text
            yield reason.text, not asked if unknown else any(_in_force(label, day) for label in asked)
        elif reason.code == "distance" and reason.text == "siège dans le territoire":
            commune = record["address"]["value"].get("commune", "")
            yield reason.text, _within(commune, query.territory, lexicon)


def _in_force(dated: Mapping[str, Any], day: date) -> bool:
    begins, ends = dated.get("valid_from"), dated.get("valid_until")
    return (begins is None or str(begins) <= str(day)) and (ends is None or str(ends) >= str(day))


def _within(commune: str, territories: tuple[str, ...], lexicon: Lexicon) -> bool:
    departement = lexicon.gazetteer.departement_of_seat(commune)
    return any(id_.partition(":")[2] == departement for id_ in territories)


def _silence(name: str, snapshot: Snapshot, lexicon: Lexicon, day: date) -> Iterator[Figure]:
    """Lots advised though nobody is worth a call; and the share of trades whose lever changes with the place."""
    desk, levers, silent = desk_on(day, snapshot, lexicon), dict[str, set[str]](), Counter[str]()
    lots = 0
    for trade, place, amount in product(sorted(trade.code for trade in lexicon.trades), PLACES, AMOUNTS):
        [glance] = desk.board([line_of(lexicon, trade=trade, place=place, amount=amount, months=12)])
        if glance.advice is None:
            continue
        lots += 1
        if amount == AMOUNTS[-1]:
            levers.setdefault(trade, set()).add(glance.advice.lever)
        if _best(glance) < WORTH_A_CALL:
            silent[glance.advice.lever] += 1
    yield Figure(name, "advice from silence", silent.total(), lots)
    moved = sum(len(found) > 1 for found in levers.values())
    yield Figure(name, "levers that move with the place", moved / max(1, len(levers)), len(levers))


def _best(glance: Glance) -> float:
    """The greatest probability of one structure to do what the lever asks: the lot, or the hours of a clause; 1 where it asks none."""
    assert glance.feasibility is not None and glance.advice is not None
    if glance.advice.lever == "clause":
        return max((each.probability for each in glance.feasibility.hours.first_calls), default=0.0)
    if glance.advice.lever not in RESERVED:
        return 1.0
    return max((each.able for found in glance.feasibility.assessments for each in found.prospects.every), default=0.0)


def _leads(snapshot: Snapshot, lexicon: Lexicon) -> Iterator[Figure]:
    won = list(stream.won(snapshot, lexicon))
    yield Figure("real", "wins found among twenty leads before", sum(each.found for each in won) / len(won), len(won))
    read = stream.read_on_mondays(snapshot, lexicon)
    for name, kinds in (
        ("leads or purchases to confirm", ("leads", "confirm")),
        ("something", ("leads", "confirm", "farther")),
    ):
        share = sum(read[kind] for kind in kinds) / read.total()
        yield Figure("real", f"Mondays on which a structure reads {name}", share, read.total())
    known, count = stream.judgements(), Counter[str]()
    for profile in cases("stream_profiles"):
        if profile["half"].startswith("blind"):
            for monday in stream.HALVES[profile["half"]][::2]:
                for lead in stream.leads_on(monday, profile["structure"], snapshot, lexicon):
                    count[known.get((profile["structure"], lead.id), "unjudged")] += 1
    judged = count.total() - count["unjudged"]
    yield Figure("real", "leads judged strict", count["strict"] / judged, judged)
    yield Figure("real", "leads judged absurd", count["absurd"], judged)


if __name__ == "__main__":
    judge()

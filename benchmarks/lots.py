"""What the desk advises for lots: ``python -m benchmarks levers``, ``real_lots``, ``judged_lots``, ``belief_lots``, each with a HOME.

HOME is a home where real lists of structures, contracts and notices are imported and indexed (``vivier demo`` fills one for ``levers``).

**levers**: a hundred trades, the first by a hash of their code, supplies and services and works together, in eight places: five
départements, a métropole, an overseas département and a town. Amounts go from 20,000 to 640,000 € over 12 to 48 months, drawn by the same
hash. An advice that is the same for every lot tells nothing: four levers at least, each for one lot in twenty, is what is wanted.

**real_lots**: forty real lots, fifteen of which were reserved. Those are the contracts that say so, then one lot of each notice that does, then
further lots, in the order of a hash of their key, up to fifteen. The twenty-five others are contracts without a reservation whose trade is
recognised, in the same order. Each is studied with its title, CPV, place, amount and duration, as of the day it was notified or
published. The lists of structures do not follow that day: they are of one vintage.

**judged_lots**: forty lots judged blind. ``tests/relevance/desk_lots.jsonl`` holds them and what is right for each, written by a reader who saw
neither the rules nor the answers of the desk (``tests/relevance/SOURCES.md``). An advice is *right* or *arguable* when the reader wrote it so,
*forbidden* when it breaks a duty, else *wrong*. A lot out of the offer is reported as such: nothing is advised.

**belief_lots**: 48 real lots that a blind reader judged before the belief existed (``tests/relevance/belief_lots.csv``); the area under the curve is
the chance that a lot that two structures could do, or that was reserved, has a greater headline than another. *Levers*: of 51 trades, six
places and three amounts, how many trades change their lever.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice, product
from typing import Any, Final, NamedTuple

from benchmarks.cases import Case, cases
from benchmarks.homes import opened
from benchmarks.options import Half, Home, Listed
from scripts.docs.markdown import table
from vivier.desk.consultation import Desk, Glance
from vivier.desk.method.lever import LEVERS, lever_title
from vivier.desk.method.prospects import SURETIES
from vivier.desk.read.line import Line
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.advice import ASK_FIRST, UNLISTED, Advice
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import Collection, Not, Search, Terms
from vivier.search.snapshot import Snapshot

TRADES: Final = 100
PLACES: Final = (
    *("departement:35", "departement:59", "departement:69", "departement:29", "departement:48"),
    *("epci:243500139", "departement:974", "commune:69123"),
)
AMOUNTS: Final = (20_000, 40_000, 80_000, 160_000, 320_000, 640_000)
MONTHS: Final = (12, 24, 36, 48)

RESERVED: Final = 15
OTHERS: Final = 25
_ALL: Final = 5_000
_RESERVED: Final = Terms("provisions", ("reserved",))

JUDGED_ON: Final = date(2026, 11, 30)
HALVES: Final = ("dev", "held")
GRADES: Final = ("right", "arguable", "wrong", "forbidden")
_NAMES: Final = {"none": "nothing", "condition": "clause"}
"""The levers of the desk that the reader calls otherwise: the social condition due is a clause."""

BELIEVED_ON: Final = date(2026, 3, 1)
GRID_TRADES: Final = 51
GRID_PLACES: Final = tuple(f"departement:{code}" for code in ("69", "59", "35", "63", "48", "05"))
GRID_AMOUNTS: Final = (20_000, 100_000, 400_000)
FEW: Final = 5
"""Listed structures within 40 km under which the lists say too little of a place."""


def line_of(lexicon: Lexicon, **values: object) -> Line:
    """A lot of these cells; those that say nothing are left out."""
    return understand(Row(1, {name: str(value) for name, value in values.items() if value}), lexicon)


def desk_on(day: date, snapshot: Snapshot, lexicon: Lexicon) -> Desk:
    """The desk as of a day."""
    return Desk(snapshot, lexicon, StudySettings(day, seed="0"))


def by_hash(text: str) -> int:
    """A number that draws the same each time."""
    return zlib.crc32(text.encode())


def levers(home: Home, listed: Listed = False) -> Iterator[str]:
    """The share of the lots that each lever is advised for; the last is apart where people are to be asked first, and where the lists have nobody."""
    lexicon, lines, counted = load_lexicon(), list[str](), Counter[str]()
    with opened(home) as snapshot:
        desk = desk_on(date.today(), snapshot, lexicon)
        trades = sorted((trade.code for trade in lexicon.trades), key=by_hash)[:TRADES]
        for trade, place in product(trades, PLACES):
            drawn = by_hash(f"{trade} {place}")
            amount, months = AMOUNTS[drawn % len(AMOUNTS)], MONTHS[drawn // 7 % len(MONTHS)]
            advice = desk.lot(line_of(lexicon, trade=trade, place=place, amount=amount, months=months)).advice
            if advice is not None:
                counted[_title(advice)] += 1
                lines.append(
                    f"{trade} {place} {amount} € {months} months: {advice.title} ({advice.confidence})\n  {advice.reason}"
                )
    titles = (*map(lever_title, LEVERS), ASK_FIRST, UNLISTED)
    whole = len(trades) * len(PLACES)
    yield table(("lever", f"{whole} lots"), ((title, f"{counted[title] / whole:.0%}") for title in titles))
    yield from lines if listed else ()


def _title(advice: Advice) -> str:
    return next((first for first in (ASK_FIRST, UNLISTED) if advice.title.startswith(first)), lever_title(advice.lever))


class RealLot(NamedTuple):
    """A lot as its buyer wrote it, and whether it was reserved."""

    key: str
    day: date
    reserved: bool
    values: Mapping[str, Any]

    def studied(self, snapshot: Snapshot, lexicon: Lexicon) -> Glance:
        """The verdict on the lot, as of its day."""
        [glance] = desk_on(self.day, snapshot, lexicon).board([line_of(lexicon, **self.values)])
        return glance


def real_lots(home: Home, listed: Listed = False) -> Iterator[str]:
    """How many lots that were reserved, and others, have each lever."""
    lexicon, counts = load_lexicon(), Counter[tuple[str, bool]]()
    with opened(home) as snapshot:
        for lot in drawn_lots(snapshot, lexicon):
            glance = lot.studied(snapshot, lexicon)
            lever = "not read" if glance.advice is None else glance.advice.lever
            counts[lever, lot.reserved] += 1
            if listed:
                yield f"{'reserved' if lot.reserved else 'open':8} {lever:10} {lot.day} {_around(lot, glance)} {lot.values['text'][:90]}"
    whole = (sum(count for (_, reserved), count in counts.items() if reserved is truth) for truth in (True, False))
    titles = [*((lever, lever_title(lever)) for lever in LEVERS), ("not read", "not read")]
    rows = ((title, str(counts[lever, True]), str(counts[lever, False])) for lever, title in titles)
    yield table(("state", *map("{} ({})".format, ("reserved", "not reserved"), whole)), rows)


def _around(lot: RealLot, glance: Glance) -> str:
    """The trades read, who could come by how sure that is, and the place."""
    trades = ", ".join(choice.code for choice in glance.line.trades)
    best = None if glance.feasibility is None else glance.feasibility.best.prospects
    counts = "" if best is None else ", ".join(f"{best.count(surety)} {surety}" for surety in SURETIES)
    return f"{trades[:40]:40} {counts:34} {lot.values['place'][:24]:24}"


def drawn_lots(snapshot: Snapshot, lexicon: Lexicon) -> list[RealLot]:
    """The forty lots, or fewer when the home has fewer."""
    notices = list(_lots(snapshot, "notices", reserved=True))
    first = dict[str, RealLot]()
    for lot in notices:
        first.setdefault(lot.key.rpartition("-lot-")[0], lot)
    reserved = {lot.key: lot for lot in (*_lots(snapshot, "contracts", reserved=True), *first.values(), *notices)}
    others = _lots(snapshot, "contracts", reserved=False)
    read = (lot for lot in others if line_of(lexicon, **lot.values).state != "to_correct")
    return [*islice(reserved.values(), RESERVED), *islice(read, OTHERS)]


def _lots(snapshot: Snapshot, collection: Collection, *, reserved: bool) -> Iterator[RealLot]:
    where = _RESERVED if reserved else Not(_RESERVED)
    hits = snapshot.of(collection).search(Search(where=where, limit=_ALL)).hits
    found = (lot_of(hit.id, hit.record, reserved) for hit in sorted(hits, key=lambda hit: by_hash(hit.id)))
    yield from (lot for lot in found if lot is not None)


def lot_of(id_: str, record: Mapping[str, Any], reserved: bool) -> RealLot | None:
    """The lot of a contract or notice; ``None`` without a day or a place."""
    day = record.get("notified") or record.get("published")
    places = record.get("places") or ([record["place"]] if record.get("place") else [])
    if day is None or not places:
        return None
    cpv, text = record.get("cpv") or (), record.get("object") or record.get("title") or ""
    values = {
        "text": text[-400:],
        "place": "|".join(places),
        "cpv": cpv if isinstance(cpv, str) else next(iter(cpv), ""),
    }
    return RealLot(
        id_, date.fromisoformat(day), reserved, values | {name: record.get(name) for name in ("amount", "months")}
    )


def judged_lots(home: Home, listed: Listed = False) -> Iterator[str]:
    """The grades by half; ``--list``: each lot of the half on which rules were written."""
    with opened(home) as snapshot:
        found = list(graded(snapshot, load_lexicon()))
    for lot, advice, made in found if listed else ():
        if lot["half"] == "dev":
            yield f"{made:9} {advice:10} {'|'.join(lot['right']):20} {lot['place']} {lot['amount_eur']} {lot['object'][:90]}"
    counts = {half: Counter(made for lot, _, made in found if lot["half"] == half) for half in HALVES}
    rows = ((half, str(count.total()), *(str(count[made]) for made in GRADES)) for half, count in counts.items())
    yield table(("half", "lots", *GRADES), rows)


def graded(snapshot: Snapshot, lexicon: Lexicon) -> Iterator[tuple[Case, str, str]]:
    """Each lot with the advice in the words of the reader (« not read » for a line that asks to be corrected) and its grade."""
    desk = desk_on(JUDGED_ON, snapshot, lexicon)
    for lot in cases("desk_lots"):
        place = f"{lot['place']} ({lot['departement']})"
        line = line_of(lexicon, text=lot["object"], place=place, amount=lot["amount_eur"], months=lot["months"])
        [glance] = desk.board([line])
        advice = "nothing" if glance.line.outside else "not read"
        if glance.advice is not None:
            advice = _NAMES.get(glance.advice.lever, glance.advice.lever)
        yield lot, advice, next((grade for grade in GRADES if advice in lot.get(grade, ())), "wrong")


class Studied(NamedTuple):
    """A lot, its headline (probability that two structures can do it) and its lever."""

    row: Case
    headline: float
    lever: str


def belief_lots(home: Home, half: Half = None, listed: Listed = False) -> Iterator[str]:
    """Both judgements; ``--list``: each lot and each trade."""
    lexicon = load_lexicon()
    with opened(home) as snapshot:
        desk = desk_on(BELIEVED_ON, snapshot, lexicon)
        found = list(_believed(half, desk, lexicon))
        changes = list(_lever_lines(desk, lexicon))
    for lot in sorted(found, key=lambda lot: -lot.headline) if listed else ():
        row = lot.row
        judged = " ".join(row[name] for name in ("able", "lever", "reserved", "listed_40km", "amount", "departement"))
        yield f"{lot.headline:.3f} {lot.lever:10} {judged} {row['trades'][:40]} {row['object'][:50]}"
    known = [lot for lot in found if int(lot.row["listed_40km"] or 0) > FEW]
    for name, lots in (("all", found), (f"with over {FEW} listed within 40 km", known)):
        yield f"{name}: {len(lots)} lots; {_against(lots, 'able')}; {_against(lots, 'reserved')}"
    yield from changes if listed else changes[-1:]


def _believed(half: str | None, desk: Desk, lexicon: Lexicon) -> Iterator[Studied]:
    """Each judged lot, studied with the first trade that the judge read, its place, amount and duration."""
    for row in cases("belief_lots", half):
        place = f"commune:{row['commune']}" if row["commune"] else f"departement:{row['departement']}"
        trade = row["trades"].partition("|")[0]
        yield Studied(row, *_headline(desk, lexicon, trade, place, row["amount"], row["months"]))


def _headline(
    desk: Desk, lexicon: Lexicon, trade: str, place: str, amount: object, months: object
) -> tuple[float, str]:
    study = desk.lot(line_of(lexicon, trade=trade, place=place, amount=amount, months=months))
    if study.feasibility is None or study.advice is None:
        return 0.0, "not read"
    return max(found.prospects.able.two for found in study.feasibility.assessments), study.advice.lever


def _against(lots: Sequence[Studied], truth: str) -> str:
    """The area under the curve: the chance that a lot that is so has a greater headline than another; equals count half."""
    good, others = ([lot.headline for lot in lots if lot.row[truth] == value] for value in ("yes", "no"))
    wins = sum((a > b) + (a == b) / 2 for a in good for b in others)
    return f"{truth} {len(good)} against {len(others)}: {wins / (len(good) * len(others)):.2f}"


def _lever_lines(desk: Desk, lexicon: Lexicon) -> Iterator[str]:
    """The levers of each trade, then the share of trades whose lever changes with the place, and with the amount."""
    trades = sorted((trade.code for trade in lexicon.trades), key=by_hash)[:GRID_TRADES]
    by_place = by_amount = 0
    for trade in trades:
        grid = [
            [_headline(desk, lexicon, trade, place, amount, 12)[1] for amount in GRID_AMOUNTS] for place in GRID_PLACES
        ]
        by_place += any(len(set(column)) > 1 for column in zip(*grid, strict=True))
        by_amount += any(len(set(row)) > 1 for row in grid)
        yield f"  {trade}: {' | '.join(map('/'.join, grid))}"
    yield f"levers, {len(trades)} trades: {by_place / len(trades):.0%} change with the place, {by_amount / len(trades):.0%} with the amount"

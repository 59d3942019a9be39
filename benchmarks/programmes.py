"""What a whole programme gains over its lines decided in turn, on real purchases: ``python -m benchmarks programmes HOME``.

HOME is a home where real lists of structures and contracts are indexed. A programme is what the public buyers of one département notified in
the collection: title, CPV, place, amount and duration as they published them, the day of notification as the day of launch, written as a
purchaser does (« 120 k€ », « 4 ans », « 3 x 12 mois »…) in the order of a hash, so that cells are messy and lines are in no order. The
départements with the most lines that can be studied are taken; 300 lines at most. Both ways spend the capacity of each structure once, under
the same levers and odds: only the choice differs.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from benchmarks.homes import opened
from benchmarks.lots import JUDGED_ON, by_hash, desk_on
from benchmarks.options import Home
from scripts.docs.markdown import table
from vivier.desk.programme.decide import SECONDS, solved
from vivier.desk.programme.in_turn import in_turn
from vivier.desk.programme.options import PlannedLine, planned
from vivier.desk.programme.plan import Plan, Targets
from vivier.desk.read.line import Line
from vivier.desk.read.programme import MOST_LINES, Row
from vivier.desk.read.understanding import understand
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import Search
from vivier.search.snapshot import Snapshot

LEAST_LINES: Final = 40
_PAGE: Final = 5_000


def programmes(home: Home, programmes: int = 6) -> Iterator[str]:
    """Each programme (as many départements as asked) without a limit, then with as many rounds as a tenth of its lines."""
    lexicon = load_lexicon()
    with opened(home) as snapshot:
        made = purchases(snapshot, lexicon, programmes)
        found = [case for name, lines in made for case in cases(name, lines, snapshot, lexicon)]
    yield table(
        ("programme", "lines", "studied", "rounds", "in turn, h", "whole, h", "gain", "gap", "lines that differ", "s"),
        (case.cells() for case in found),
    )


class Case(NamedTuple):
    """A programme solved both ways. ``rounds``: the most lines to confirm, ``None`` without a limit."""

    name: str
    lines: int
    studied: int
    rounds: int | None
    turn: float
    plan: Plan
    changed: int
    seconds: float

    def cells(self) -> tuple[str, ...]:
        """The row of its figures; « gain »: useful hours of the plan over those of the lines in turn, less one."""
        rounds = "any" if self.rounds is None else str(self.rounds)
        gain = f"{self.plan.best / self.turn - 1:+.1%}" if self.turn else "–"
        hours = f"{self.turn:.0f}", f"{self.plan.best:.0f}", gain, f"{self.plan.gap:.4%}"
        return self.name, str(self.lines), str(self.studied), rounds, *hours, str(self.changed), f"{self.seconds:.1f}"


def purchases(snapshot: Snapshot, lexicon: Lexicon, most: int) -> list[tuple[str, list[Line]]]:
    """The programmes of the départements that have the most lines to study, largest first."""
    rows: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for hit in sorted(snapshot.contracts.search(Search(limit=_PAGE)).hits, key=lambda hit: by_hash(hit.id)):
        record: Mapping[str, Any] = hit.record
        place = next(iter(record.get("places") or ()), "") or record.get("place") or ""
        found = next(iter(lexicon.gazetteer.departements(place)), None) if place else None
        if found is not None and record.get("notified"):
            rows[found].append(_cells(hit.id, record, place))
    largest = sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))
    made = []
    for name, cells in largest:
        lines = [understand(Row(number, values), lexicon) for number, values in enumerate(cells[:MOST_LINES], 1)]
        if sum(line.counted for line in lines) >= LEAST_LINES:
            made.append((name, lines))
        if len(made) == most:
            break
    return made


def _cells(key: str, record: Mapping[str, Any], place: str) -> Mapping[str, str]:
    """A contract as a purchaser writes it in a table."""
    turn, cpv = by_hash(key), record.get("cpv") or ""
    values = {
        "text": (record.get("object") or record.get("title") or "")[:300],
        "place": place,
        "cpv": cpv if isinstance(cpv, str) else next(iter(cpv), ""),
        "amount": _amount(record.get("amount"), turn),
        "months": _months(record.get("months"), turn),
        "launched": str(record["notified"])[:10],
    }
    return {name: text for name, text in values.items() if text}


def _amount(amount: float | None, turn: int) -> str:
    if not amount:
        return ""
    return (f"{amount:.0f}", f"{amount / 1000:.1f} k€".replace(".", ","), f"{amount:,.0f} € HT".replace(",", " "))[
        turn % 3
    ]


def _months(months: float | None, turn: int) -> str:
    if not months:
        return ""
    whole = round(months)
    if whole % 12 == 0 and turn % 2:
        return f"{whole // 12} ans" if turn % 4 == 1 or whole == 12 else f"{whole // 12} x 12 mois"
    return f"{whole} mois"


def cases(name: str, lines: Sequence[Line], snapshot: Snapshot, lexicon: Lexicon) -> Iterator[Case]:
    """One programme without a limit, then with as many rounds as a tenth of its lines."""
    days = [line.launched for line in lines if line.launched is not None]
    desk, begun = desk_on(max(days, default=JUDGED_ON), snapshot, lexicon), time.perf_counter()
    found = planned(desk.board(lines), desk.settings)
    read = time.perf_counter() - begun
    for rounds in (None, max(len(found) // 10, 1)):
        yield _case(name, len(lines), found, Targets(rounds=rounds), read)


def _case(name: str, count: int, lines: Sequence[PlannedLine], targets: Targets, read: float) -> Case:
    begun = time.perf_counter()
    plan = solved(lines, targets, SECONDS)
    seconds = read + time.perf_counter() - begun
    turn = in_turn(lines, targets)
    changed = sum(a != b for a, b in zip(plan.levers, turn.levers, strict=True))
    return Case(name, count, len(lines), targets.rounds, turn.best, plan, changed, seconds)

"""Studies the open notices of a day as the desk does, and reads what became of those sealed before: two kinds of lines of the register."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any, Final

from vivier.contracts.status import CALLS, status_condition
from vivier.desk.consultation import METHOD_VERSION as CONSULTATION
from vivier.desk.consultation import Desk, Glance
from vivier.desk.method.feasibility import Feasibility
from vivier.desk.method.verdict import Assessment
from vivier.desk.read.line import Line as LotLine
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.sealed.register import Line
from vivier.desk.study_settings import StudySettings
from vivier.errors import NotFound
from vivier.law.articles import ARTICLES
from vivier.lexicon import Lexicon
from vivier.model.views import NoticeView
from vivier.search.operators import Not, Range, Search, Sort, Terms, conjunction
from vivier.search.port import Hit
from vivier.search.snapshot import Snapshot
from vivier.trades.descriptors import trades_of

RECENT: Final = timedelta(days=15)
"""Age from which an open notice is sealed no more: its award may be known elsewhere."""
MOST: Final = 2_000
"""Notices studied in one run; the others wait for the next."""
_LONGEST: Final = 400
"""Characters of a title that are studied."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Waiting:
    """The notices to seal, newest first, and how many wait for the next run."""

    hits: tuple[Hit[NoticeView], ...]
    left: int


def waiting(snapshot: Snapshot, day: date, sealed: Collection[str], most: int = MOST) -> Waiting:
    """The calls open on a day, published in the last fifteen, that are not sealed yet. Raises ``NotFound`` when no notice is indexed."""
    where = conjunction(
        status_condition("open", day),
        Terms("nature", CALLS),
        Range("published", gte=(day - RECENT).isoformat(), lte=day.isoformat()),
        Not(Terms("twin", ("yes",))),
    )
    newest = Search(where=where, sort=(Sort("published", descending=True), Sort("id")))
    new = [hit for hit in snapshot.notices.stream(newest) if hit.id not in sealed]
    return Waiting(tuple(new[:most]), max(0, len(new) - most))


def verdicts(
    hits: Sequence[Hit[NoticeView]],
    snapshot: Snapshot,
    lexicon: Lexicon,
    day: date,
    progress: Progress = lambda done, of: None,
) -> Iterator[Line]:
    """The verdict on each notice, as the desk gives it to a buyer who studies that lot on that day."""
    desk = Desk(snapshot, lexicon, StudySettings(day, seed="0"))
    generations = {name: snapshot.of(name).generation.version for name in ("suppliers", "notices")}
    made_by = {"code": version("vivier"), "method": CONSULTATION, "generations": generations}
    for done, hit in enumerate(hits, 1):
        [glance] = desk.board([lot_of(hit.record, lexicon)])
        yield {
            "kind": "verdict",
            "day": day.isoformat(),
            "notice": hit.id,
            **_facts(hit.record),
            **_described(glance, hit.record),
            **made_by,
        }
        progress(done, len(hits))


def lot_of(record: NoticeView, lexicon: Lexicon) -> LotLine:
    """A notice as a line of a programme: its title, its places, its CPV, its amount and its duration; without CPV, the trade that its
    keywords mean when they mean one."""
    named = trades_of(record.get("descriptors", ())) if not record.get("cpv") else ()
    values = {
        "text": record["title"][:_LONGEST],
        "place": ";".join(record.get("places") or [record.get("buyer_seat") or ""]),
        "cpv": next(iter(record.get("cpv", ())), ""),
        "trade": lexicon.trades.get(named[0]).name if len(named) == 1 else "",
        "category": record.get("category") or "",
        "amount": str(record.get("amount_max") or ""),
        "months": str(record.get("months") or ""),
    }
    return understand(Row(1, {name: text for name, text in values.items() if text}), lexicon)


def is_reserved(record: NoticeView) -> bool:
    return any(piece["provision"] == "reserved" for piece in record.get("evidence", ()))


def _facts(record: NoticeView) -> dict[str, object]:
    return {
        "published": record.get("published"),
        "deadline": (record.get("deadline") or "")[:10] or None,
        "reserved": is_reserved(record),
        "reserved_for": list(record.get("reserved_for", ())),
    }


def _described(glance: Glance, record: NoticeView) -> dict[str, Any]:
    """What the desk says; for a lot that could not be read, only why."""
    line, made = glance.line, glance.feasibility
    read = {
        "state": line.state,
        "trades": [choice.code for choice in line.trades],
        "places": [choice.code for choice in line.territories],
    }
    if made is None or glance.advice is None:
        return read
    under = _under(made, record)
    likely = under.prospects
    return {
        **read,
        "lever": glance.advice.lever,
        "article": under.code,
        "verdict": under.verdict,
        "known": under.supply.count,
        "likely": round(likely.expected, 2),
        "two_able": round(likely.able.two, 4),
        "no_offer": round(likely.offers.none, 4),
        "two_offers": round(likely.offers.two, 4),
    }


def _under(made: Feasibility, record: NoticeView) -> Assessment:
    """The assessment of the article that a notice reserves by, else of the best."""
    families = set(record.get("reserved_for", ()))
    same = [found for found in made.assessments if families and set(ARTICLES[found.code].families) == families]
    return same[0] if same else made.best


def outcomes(sealed: Collection[str], snapshot: Snapshot, day: date) -> Iterator[Line]:
    """What became of notices by a day: the award or the cancellation that settles them. ``offers`` and ``winners`` are ``None`` when it does
    not say; ``listed``: how many winners are structures of the index. A notice settled by a mere correction is not over."""
    settled = conjunction(Terms("status", ("awarded", "cancelled")), Range("settled", lte=day.isoformat()))
    try:
        hits = [hit for hit in snapshot.notices.scan(settled) if hit.id in sealed]
    except NotFound:
        return
    for hit in sorted(hits, key=lambda hit: (hit.record.get("settled", ""), hit.id)):
        linked = snapshot.notices.get(hit.record.get("linked", ())).values()
        awards = [record for record in linked if record["nature"] == "award" and _by(record, day)]
        offers = [record["offers"] for record in awards if "offers" in record]
        winners = {winner["siren"] for record in awards for winner in record.get("winners", ()) if winner.get("siren")}
        yield {
            "kind": "outcome",
            "day": day.isoformat(),
            "notice": hit.id,
            "settled": hit.record.get("settled"),
            "status": hit.record.get("status"),
            "awards": sorted(record["key"] for record in awards),
            "offers": offers[0] if len(set(offers)) == 1 else None,
            "winners": len(winners) or None,
            "listed": sum(_is_listed(siren, snapshot) for siren in winners) if winners else None,
        }


def _by(record: NoticeView, day: date) -> bool:
    return record.get("published", "") <= day.isoformat()


def _is_listed(siren: str, snapshot: Snapshot) -> bool:
    return snapshot.suppliers.search(Search(where=Terms("identifiers", (siren,)), limit=0)).total > 0

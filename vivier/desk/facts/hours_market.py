"""Reads the hours that contracts with a clause owe in the départements of a place, and the staff of the structures seated there."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from datetime import date
from typing import Final

from vivier.clausier.hours import HoursAsked, insertion_hours
from vivier.desk.facts.candidates import Sites
from vivier.desk.facts.experience import indexed
from vivier.desk.facts.past import departements
from vivier.desk.facts.presence import INCLUSIVE
from vivier.desk.facts.remembered import on
from vivier.desk.method.hours_market import HoursMarket, Owed, hours_market, months_of
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.model.views import ContractView
from vivier.search.operators import Range, Search, Sort, Terms, conjunction
from vivier.search.snapshot import Snapshot

_STATED: Final = re.compile(
    r"(\d{1,3}(?:[ \u00a0\u202f.]?\d{3})*|\d+)\s*heures?\s+(?:de travail\s+)?d['’]insertion", re.IGNORECASE
)
_REMEMBERED: Final[Room[Hashable, HoursMarket]] = Room()


def market_of(territories: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon) -> HoursMarket:
    """The hours market of some places on a day, read once for two generations. Raises ``NotFound`` when nothing is indexed."""
    basin = departements(territories, lexicon)
    known = indexed(snapshot)
    key = basin, on(snapshot, as_of, "suppliers", *(("contracts",) if known else ()))
    return _REMEMBERED.of(key, lambda: _read(basin, as_of, snapshot, lexicon, known))


def _read(basin: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon, known: bool) -> HoursMarket:
    owed, unknown = _owed(basin, as_of, snapshot, lexicon) if known else (None, 0)
    seated = Search(where=conjunction(INCLUSIVE, Terms("seat", basin)), sort=(Sort("name_sort"),))
    read = Sites.of(snapshot, as_of).candidate
    units: dict[str, list[tuple[float | None, float | None]]] = {}
    for site in map(read, snapshot.suppliers.stream(seated)):
        units.setdefault(site.unit, []).append((site.fte, site.volume))
    staff = [_sum(fte for fte, _ in sites) for sites in units.values()]
    volumes = sum(any(volume is not None for _, volume in sites) for sites in units.values())
    return hours_market(owed, unknown, staff, volumes, as_of)


def _owed(basin: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon) -> tuple[list[Owed], int]:
    """What the contracts with a clause that run in a basin owe, and how many owe hours that no figure gives."""
    running = conjunction(
        Terms("territory", basin),
        Terms("provisions", ("clause",)),
        Range("notified", lte=as_of.isoformat()),
        Range("ends", gte=as_of.replace(day=1).isoformat(), missing=True),
    )
    owed: list[Owed] = []
    unknown = 0
    for hit in snapshot.contracts.stream(Search(where=running, sort=(Sort("notified"),))):
        found = owed_by(hit.record, lexicon)
        if found is None:
            unknown += 1
        else:
            owed.append(found)
    return owed, unknown


def _sum(found: Iterable[float | None]) -> float | None:
    known = [people for people in found if people is not None]
    return sum(known) if known else None


def owed_by(contract: ContractView, lexicon: Lexicon) -> Owed | None:
    """The hours that a contract owes: those its notice states, else what its amount gives; a framework, which may order nothing, owes from
    none. ``None`` when neither is known."""
    notified, end = contract.get("starts") or contract.get("notified"), contract.get("ends")
    if notified is None or end is None or end < notified:
        return None
    first, last = date.fromisoformat(notified[:10]), date.fromisoformat(end[:10])
    stated = _stated(contract)
    if stated is not None:
        return Owed(first, last, stated, stated, "declared")
    amount, cpv = contract.get("amount"), contract.get("cpv")
    if amount is None or amount <= 1 or cpv is None:
        return None
    trades = tuple(trade.code for trade, _ in lexicon.trades.by_cpv(cpv))[:1]
    months = months_of(first, last)
    try:
        hours = insertion_hours(HoursAsked(amount, min(months, 180), trades=trades))
    except InvalidRequest:  # no share of labour is known for its trade
        return None
    assert hours.low is not None and hours.high is not None
    low = 0.0 if contract.get("framework") else hours.low.insertion
    return Owed(first, last, low, hours.high.insertion, "estimated")


def _stated(contract: ContractView) -> float | None:
    """The hours that the words of a clause state, the most of several."""
    words = (each.get("excerpt", "") for each in contract.get("evidence", ()) if each["provision"] == "clause")
    found = [float(re.sub(r"\D", "", match.group(1))) for text in words for match in _STATED.finditer(text)]
    return max((hours for hours in found if hours > 0), default=None)

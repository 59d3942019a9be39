"""The holders worth a call: those who owe hours by a social clause, with what is left, who facilitates there and when to call; those who declare
to subcontract in a trade, with whom. Read for a structure that lends people, for who could be the partner of a holder, and for a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from vivier.contracts.eligible import TRIAL, clauses_to_call, inside, not_refused, of_trade
from vivier.contracts.months import add_months
from vivier.contracts.profile import Profile
from vivier.contracts.status import day_of
from vivier.desk.facts.owed import owed_by
from vivier.desk.method.hours_left import Calls, Owed, calls_of, hours_left
from vivier.desk.read.holders import HoldersQuery, Work
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, SubcontractView
from vivier.resources import Resource
from vivier.search.operators import AnyOf, Exists, Not, Operator, Range, Search, Sort, conjunction
from vivier.search.port import Hit
from vivier.search.snapshot import Snapshot
from vivier.support import Support, support

LOOKED_BACK_MONTHS: Final = 36
"""Months of subcontracting contracts that are looked at: who subcontracted then may again [ours]."""
_SERVED: Final = ("commune", "epci", "departement", "region")
"""Levels of a place whose facilitators are named: the whole country has all of them."""


@dataclass(frozen=True)
class ToCall:
    """One contract whose holders are worth a call. ``owed``: the hours that its clause owes, ``None`` when no figure gives them; ``left``: the least
    and the most that are left; ``calls``: when to call, ``None`` when its end is unknown; ``acts``: its declared subcontracting acts, with an
    organisation each."""

    id: str
    record: ContractView
    distance_km: float | None
    owed: Owed | None = None
    left: tuple[float, float] | None = None
    calls: Calls | None = None
    acts: tuple[SubcontractView, ...] = ()


@dataclass(frozen=True)
class HoldersToCall:
    """A page of holders to call; ``totals``: how many of each kind there are; ``lends``: the profile lends people, so that a clause of any trade
    concerns it."""

    as_of: date
    found: tuple[ToCall, ...]
    totals: dict[Work, int]
    lends: bool


def holders_to_call(
    query: HoldersQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> HoldersToCall:
    """The page of a query. Clauses: the most hours left first, unknown ones last, the nearest end first; subcontracts: the newest first. Raises
    ``NotFound`` when no contract is indexed."""
    as_of = query.as_of or today
    wheres: dict[Work, Operator] = {
        "clause": clauses_to_call(profile, lexicon, as_of),
        "subcontract": _subcontracting(profile, lexicon, as_of),
    }
    counted = Search(where=AnyOf(()), sort=(), counts=tuple(wheres.items()), limit=0)
    totals = snapshot.contracts.search(counted).counts
    origins = () if profile.zone.point is None else (profile.zone.point,)
    hits = snapshot.contracts.stream(Search(where=wheres[query.work], sort=(Sort("notified"),), origins=origins))
    if query.work == "clause":
        every = sorted((_owing(hit, lexicon, as_of) for hit in hits), key=_most_left)
    else:
        every = sorted(map(_sharing, hits), key=_newest, reverse=True)
    start = (query.page - 1) * query.per_page
    found = tuple(every[start : start + query.per_page])
    return HoldersToCall(as_of, found, {work: totals[work] for work in wheres}, profile.staffing)


def _subcontracting(profile: Profile, lexicon: Lexicon, as_of: date) -> Operator:
    """The contracts of the trades of the profile a part of which is declared subcontracted."""
    since = add_months(as_of, -LOOKED_BACK_MONTHS)
    return conjunction(
        Exists("subcontractors"),
        of_trade(profile, lexicon, "contracts"),
        not_refused(profile, lexicon),
        inside(profile, "contracts"),
        Exists("holders"),
        Range("notified", gte=since.isoformat(), lte=as_of.isoformat()),
        Not(TRIAL),
    )


def _owing(hit: Hit[Any], lexicon: Lexicon, as_of: date) -> ToCall:
    record: ContractView = hit.record
    owed = owed_by(record, lexicon)
    return ToCall(
        hit.id,
        record,
        hit.distance_km,
        owed,
        None if owed is None else hours_left(owed, as_of),
        calls_of(day_of(record.get("starts") or record.get("notified")), day_of(record.get("ends"))),
    )


def _sharing(hit: Hit[Any]) -> ToCall:
    acts = hit.record.get("subcontracts", ())
    return ToCall(
        hit.id, hit.record, hit.distance_km, acts=tuple(act for act in acts if act["subcontractor"].get("siren"))
    )


def _most_left(row: ToCall) -> tuple[bool, float, str, str]:
    left = row.left
    return left is None, 0.0 if left is None else -sum(left), row.record.get("ends") or "9999", row.id


def _newest(row: ToCall) -> tuple[str, str]:
    return max((act.get("notified") or "" for act in row.acts), default="") or row.record.get("notified", ""), row.id


class Facilitating:
    """Who facilitates where a contract is performed, read once for each place."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[str, Support | None] = {}

    def of(self, record: ContractView) -> Support | None:
        """Who can help in the place of a contract, else at the seat of its buyer; ``None`` when neither is known more closely than the country."""
        place = record.get("place") or record.get("buyer_seat")
        if place is None or place.partition(":")[0] not in _SERVED:
            return None
        if place not in self._known:
            self._known[place] = support(self._lexicon.gazetteer.get(place), self._lexicon)
        return self._known[place]


def facilitators(found: Support | None) -> Iterator[Resource]:
    """The facilitators of a place, else the network that names them."""
    if found is not None:
        yield from found.facilitators or found.national_facilitators

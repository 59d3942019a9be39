"""What a director reads beside the leads: how many are to act on this week, what comes nearest when there is none, and the one question
whose answer would change the list most (docs/contracts.md, « Leads »)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vivier.contracts.acts import MEETING, PREPARING
from vivier.contracts.eligible import inside, open_to
from vivier.contracts.lead_search import COLLECTIONS, lead_search
from vivier.contracts.leads import Leads, find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.months import TENDER_MONTHS, add_months
from vivier.contracts.opportunities import count
from vivier.contracts.profile import Profile, Zone
from vivier.contracts.query_profile import own_profile, profile_with
from vivier.contracts.status import CALLS
from vivier.errors import NotFound
from vivier.french import kilometres, plural
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.procurement import LEAD_NAMES, LeadKind
from vivier.search.operators import Measure, Operator, Range, Search, Terms, conjunction
from vivier.search.snapshot import Snapshot
from vivier.suppliers.believed import probable

STEPS_KM: Final = (30.0, 60.0, 100.0)
"""Radii tried around a structure that has no lead in its own zone, in km; then its région [ours]."""
WEEK: Final = timedelta(days=7)
YEAR: Final = timedelta(days=365)
LEAST_ASKED: Final = 2
"""Purchases of a year from which a trade is worth a question."""
_LEAST_BELIEVED: Final = 0.02


@dataclass(frozen=True)
class Volume:
    """Leads whose day to act is in the next seven days or past (an answer to prepare, a buyer to call before it ends or publishes), and those after."""

    this_week: int
    coming: int

    @property
    def text(self) -> str:
        """« 3 à traiter cette semaine, 11 à venir »."""
        return f"{self.this_week} à traiter cette semaine, {self.coming} à venir"


@dataclass(frozen=True)
class NextBest:
    """The leads nearest to a structure that has none in its zone, and the sentence that says how far they are."""

    leads: Leads
    text: str


@dataclass(frozen=True)
class Question:
    """One trade to ask about. ``purchases``: those of the last year in the zone; ``probability``: that the structure does it; ``expected``:
    how many leads the answer is expected to add, or to take away."""

    trade: str
    name: str
    purchases: int
    probability: float
    expected: float

    @property
    def text(self) -> str:
        """« Faites-vous « Imprimerie » ? 4 marchés en un an près de vous. »."""
        return f"Faites-vous « {self.name} » ? {plural(self.purchases, 'marché', 'marchés')} en un an près de vous."


def volume(query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Volume:
    """The leads of a query by their day to act. A lead without a day is counted among those to come."""
    as_of = query.as_of or today
    soon = total = 0
    for kind in query.lead or tuple(LEAD_NAMES):
        where = lead_search(kind, query, profile, lexicon, as_of).where
        total += _count(kind, where, snapshot)
        soon += _count(kind, conjunction(where, _soon(kind, as_of)), snapshot)
    return Volume(soon, total - soon)


def _count(kind: LeadKind, where: Operator, snapshot: Snapshot) -> int:
    try:
        reader = snapshot.of(COLLECTIONS[kind])
    except NotFound:
        return 0
    return count(reader, where, reader.search(Search(where=where, limit=0)).total)


def _soon(kind: LeadKind, as_of: date) -> Operator:
    """The condition that the day to act is at most a week away. The hours of a clause are placed from its first day on."""
    last = as_of + WEEK
    match kind:
        case "open_notice":
            return Range("deadline", lte=(last + PREPARING).isoformat())
        case "planned_project":
            return Range("planned", lte=(last + MEETING).isoformat())
        case "expiring_contract":
            return Range("ends", lte=add_months(last, TENDER_MONTHS[0]).isoformat())
        case "clause_holder":
            return Range("notified", gte=(as_of - WEEK).isoformat())


def next_best(
    query: LeadsQuery, profile: Profile, found: Leads, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> NextBest | None:
    """The leads of the first wider circle that has some, then of the région; ``None`` when the structure has leads, when its zone is no
    circle, or when there is nothing there either."""
    zone = profile.zone
    if found.total or profile.supplier is None or zone.point is None or zone.km is None or not zone.local:
        return None
    for wider, place in _wider(zone, lexicon):
        leads = find_leads(query, replace(profile, zone=wider), snapshot, lexicon, today)
        if leads.total:
            near = f"Rien à moins de {kilometres(zone.km)}"
            return NextBest(leads, f"{near} : voici {plural(leads.total, 'opportunité', 'opportunités')} {place}.")
    return None


def _wider(zone: Zone, lexicon: Lexicon) -> Iterator[tuple[Zone, str]]:
    assert zone.point is not None and zone.km is not None
    for km in STEPS_KM:
        if km > zone.km:
            yield replace(zone, km=km), f"à moins de {kilometres(km)}"
    commune = lexicon.gazetteer.commune_at(*zone.point)
    above = () if commune is None else lexicon.gazetteer.ancestors(commune.id)
    for region in (id_ for id_ in above if id_.startswith("region:")):
        yield Zone(territories=(region,), inferred=True), f"dans votre région ({lexicon.gazetteer.get(region).name})"


def best_question(
    query: LeadsQuery, snapshot: Snapshot, lexicon: Lexicon, today: date, answered: Collection[str] = ()
) -> Question | None:
    """The trade whose answer would change the leads of a supplier most, those ``answered`` left out; ``None`` for a profile told by
    hand, or when no trade is bought near it. Raises what :func:`vivier.contracts.query_profile.own_profile` does."""
    own, record = own_profile(query, snapshot, lexicon, today)
    if own is None or record is None:
        return None
    profile = profile_with(query, own, lexicon)
    found = [
        question
        for question in _questions(profile, record, snapshot, lexicon, query.as_of or today)
        if question.trade not in answered
    ]
    return max(found, key=lambda question: (question.expected, question.trade), default=None)


def _questions(
    profile: Profile, record: SupplierView, snapshot: Snapshot, lexicon: Lexicon, as_of: date
) -> Iterator[Question]:
    bought = _bought(profile, snapshot, as_of)
    believed = {code: found.probability for code, found in probable(record, lexicon, as_of, _LEAST_BELIEVED)}
    for code, probability in believed.items():
        purchases = bought.get(code, 0)
        if purchases < LEAST_ASKED or code in profile.trades:
            continue
        # a yes adds the leads of a trade that is not searched; a no takes away those of a trade that is only supposed
        change = 1 - probability if code in profile.wanted else probability
        yield Question(code, lexicon.trades.get(code).name, purchases, probability, change * purchases)


def _bought(profile: Profile, snapshot: Snapshot, as_of: date) -> dict[str, int]:
    """The calls of the last year in the zone of a supplier, by trade that they mean."""
    where = conjunction(
        Terms("nature", CALLS),
        Range("published", gte=(as_of - YEAR).isoformat(), lte=as_of.isoformat()),
        inside(profile, "notices"),
        open_to(profile),
    )
    try:
        groups = snapshot.of("notices").group(where, "meant_trades", (Measure("n"),))
    except NotFound:
        return {}
    return groups.counts("n")

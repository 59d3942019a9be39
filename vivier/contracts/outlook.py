"""What a director reads beside the leads: how many are to act on this week, what comes nearest when there is none, and the one question
whose answer would change the list most (docs/contracts.md, « Leads »)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vivier.contracts.acts import MEETING, PREPARING, act_day
from vivier.contracts.eligible import inside, open_to
from vivier.contracts.lead_search import COLLECTIONS, lead_search
from vivier.contracts.leads import Lead, Leads, find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.months import TENDER_MONTHS, add_months
from vivier.contracts.opportunities import count, meant_trades
from vivier.contracts.profile import Profile, Zone, with_broader
from vivier.contracts.query_profile import own_profile, profile_with
from vivier.contracts.status import CALLS, day_of
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
"""Purchases of a year from which a trade that no lead means is worth a question."""
LISTED: Final = 20
"""First leads that a question is about: what one reads in a morning."""
OPEN_SHARE: Final = 0.1
"""Share of the calls of a year that is open on a day: they stay so for five weeks [ours]."""
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
    """One trade to ask about. ``listed``: the first leads that mean it; ``purchases``: those of the last year in the zone; ``probability``: that the
    structure does it; ``expected``: how many leads the answer is expected to add, or to take away."""

    trade: str
    name: str
    listed: int
    purchases: int
    probability: float
    expected: float

    @property
    def text(self) -> str:
        """« Faites-vous « Imprimerie » ? 4 marchés en un an près de vous. »."""
        return question_text(self.name, self.listed, self.purchases)


def question_text(name: str, listed: int, purchases: int) -> str:
    """The question and why it is asked: the leads that depend on it, else the purchases of a year."""
    if listed:
        those, depend = ("Une", "dépend") if listed == 1 else (listed, "dépendent")
        return f"Faites-vous « {name} » ? {those} de vos premières opportunités en {depend}."
    return f"Faites-vous « {name} » ? {plural(purchases, 'marché', 'marchés')} en un an près de vous."


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


def act_first(leads: Iterable[Lead], as_of: date) -> tuple[Lead, ...]:
    """The leads of a page in the order in which a person acts on them: those of this week first, then the others; each part by score."""
    return tuple(sorted(leads, key=lambda lead: not _is_soon(lead, as_of)))


def _is_soon(lead: Lead, as_of: date) -> bool:
    """Whether :func:`volume` counts a lead in this week. A call that has closed waits for nobody."""
    if lead.kind == "clause_holder":
        notified = day_of(lead.record.get("notified"))
        return notified is not None and notified >= as_of - WEEK
    act = act_day(lead.kind, lead.due, lead.call)
    return act is not None and act <= as_of + WEEK and lead.due is not None and lead.due >= as_of


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
    query: LeadsQuery,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    answered: Collection[str] = (),
    leads: Leads | None = None,
) -> Question | None:
    """The trade whose answer would change the leads of a supplier most, those ``answered`` left out; ``None`` for a profile told by
    hand, or when no trade is bought near it. ``leads``: the first ones, when they are known already. Raises what
    :func:`vivier.contracts.query_profile.own_profile` does."""
    own, record = own_profile(query, snapshot, lexicon, today)
    if own is None or record is None:
        return None
    profile = profile_with(query, own, lexicon)
    first = query.model_copy(update={"page": 1, "per_page": LISTED})
    found = leads or find_leads(first, profile, snapshot, lexicon, today)
    listed: Counter[str] = Counter()
    for collection in dict.fromkeys(COLLECTIONS.values()):
        ids = [
            lead.id
            for lead in found.leads[:LISTED]
            if COLLECTIONS[lead.kind] == collection and not _is_mine(lead, profile)
        ]
        listed.update(meant_trades(snapshot.of(collection), ids) if ids else {})
    questions = _questions(profile, record, listed, snapshot, lexicon, query.as_of or today)
    return max(
        (question for question in questions if question.trade not in answered),
        key=lambda question: (question.expected, question.trade),
        default=None,
    )


def _is_mine(lead: Lead, profile: Profile) -> bool:
    """Whether a lead is in a known trade of the profile: it depends on no other trade, whatever else it means."""
    return bool(profile.trades) and any(reason.code == "sector" and not reason.inferred for reason in lead.reasons)


def _questions(
    profile: Profile,
    record: SupplierView,
    listed: Mapping[str, int],
    snapshot: Snapshot,
    lexicon: Lexicon,
    as_of: date,
) -> Iterator[Question]:
    """The trades that the first leads mean, and those that are believed of the supplier, but those that are known."""
    bought = _bought(profile, snapshot, as_of)
    believed = {code: found.probability for code, found in probable(record, lexicon, as_of, _LEAST_BELIEVED)}
    known = {*with_broader(profile.trades, lexicon), *profile.trades, *profile.answered, *profile.refused}
    for code in {**believed, **listed}:
        here, purchases = listed.get(code, 0), bought.get(code, 0)
        if code in known or code not in lexicon.trades or (not here and purchases < LEAST_ASKED):
            continue
        probability = believed.get(code, _LEAST_BELIEVED)
        # a no takes leads away; a yes adds those of a trade that is not searched, of which a part is open on a given day
        added = 0 if code in profile.sure.wanted else probability * OPEN_SHARE * purchases
        expected = (1 - probability) * here + added
        yield Question(code, lexicon.trades.get(code).name, here, purchases, probability, expected)


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

"""Leads: open notices, contracts about to end, planned purchases and holders who owe social clauses, in one list.

``score = Σ w·x`` over sector, territory, provision, size, timing and evidence (docs/methods.md (i)). As for suppliers, each
part is a ladder of conditions that the engine evaluates in whole points, so that both engines rank alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from vivier.contracts.leads_query import LeadKind, LeadsQuery
from vivier.contracts.months import add_months
from vivier.contracts.profile import Profile, with_broader, with_narrower
from vivier.contracts.query_profile import own_filters
from vivier.contracts.reasons import MAY_NEED, contract_reasons, last_time, notice_reasons
from vivier.contracts.status import day_of, not_renewed, status_condition
from vivier.engine.port import Hit
from vivier.engine.snapshot import Snapshot
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, NoticeView
from vivier.search.find import Reason
from vivier.search.operators import (
    All,
    AnyOf,
    Collection,
    Exists,
    Near,
    Not,
    Operator,
    Part,
    Range,
    Search,
    Sort,
    Terms,
    conjunction,
)
from vivier.search.scoring import CAPACITY_SHARE, Component, components, ladder_part

METHOD_VERSION: Final = "leads-4"
WEIGHTS: Final[Mapping[str, float]] = {
    "sector": 0.30,
    "territory": 0.20,
    "provision": 0.20,
    "size": 0.15,
    "timing": 0.10,
    "evidence": 0.05,
}
COMPONENT_NAMES: Final[Mapping[str, str]] = {
    "sector": "métier",
    "territory": "proximité",
    "provision": "considération",
    "size": "taille du lot",
    "timing": "moment",
    "evidence": "sûreté de l'indice",
}
LEAD_NAMES: Final[Mapping[LeadKind, str]] = {
    "open_notice": "Avis ouvert",
    "expiring_contract": "Marché bientôt fini",
    "planned_project": "Projet d'achat",
    "clause_holder": "Titulaire d'une clause sociale en cours",
}
COLLECTIONS: Final[Mapping[LeadKind, Collection]] = {
    "open_notice": "notices",
    "expiring_contract": "contracts",
    "planned_project": "notices",
    "clause_holder": "contracts",
}
_SOCIAL: Final = ("reserved", "criterion", "clause", "social_unspecified")
_ONE_OFF: Final = All((Terms("category", ("travaux",)), Terms("framework", ("no",))))
"""Works without a framework: a building once built is not built again [ours, from the reading of real leads]."""
_OWN_HOLDER: Final = Terms("quality", ("buyer_is_holder",))
"""The buyer is a holder of its own contract, in-house or by an error of the source: the data names no third party who would owe
a clause or need help (docs/contracts.md, « Leads »)."""
_TRIAL: Final = Terms("quality", ("object_trial",))
"""Nothing was bought: the object is that of a trial or of an example, by a closed list (``crawlers/contracts/trials.py``)."""
_INCLUSIVE: Final = Terms("inclusive", ("siret",))
"""The holder is an inclusive structure: it fulfils its clause itself and needs no partner."""
_STEPS_KM: Final = (5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0)


@dataclass(frozen=True)
class Lead:
    """One opportunity. ``record``: the contract or notice as indexed; ``due`` the date that matters (deadline, latest end,
    planned publication), ``None`` when unknown; ``components`` add up to ``score`` (points of 10,000)."""

    id: str
    kind: LeadKind
    record: ContractView | NoticeView
    due: date | None
    distance_km: float | None
    reasons: tuple[Reason, ...]
    score: int
    components: tuple[Component, ...]


@dataclass(frozen=True)
class Leads:
    """A page of leads, best first; ``totals`` by kind, ``missing`` the collections that are not indexed. Three counts say
    what is left out: ``one_off`` the contracts about to end for works without a framework, which nobody tenders again;
    ``own_holder`` the running social clauses whose declared holder is the buyer itself; ``trial`` the records whose object is
    that of a trial or an example."""

    profile: Profile
    as_of: date
    leads: tuple[Lead, ...]
    totals: dict[LeadKind, int]
    missing: tuple[Collection, ...] = ()
    one_off: int = 0
    own_holder: int = 0
    trial: int = 0

    @property
    def total(self) -> int:
        """Number of leads, of all the kinds of the query."""
        return sum(self.totals.values())


def find_leads(query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Leads:
    """The page of leads of a query. A collection not indexed yet gives no lead and is named in ``missing``."""
    as_of = query.as_of or today
    wanted = query.page * query.per_page
    hits: list[tuple[LeadKind, Hit[Any]]] = []
    totals: dict[LeadKind, int] = {}
    missing: dict[Collection, None] = {}
    beside: Counter[str] = Counter()
    for kind in query.lead or tuple(LEAD_NAMES):
        search = lead_search(kind, query, profile, lexicon, as_of)
        try:
            answer = snapshot.of(COLLECTIONS[kind]).search(replace(search, limit=wanted))
        except NotFound:
            missing[COLLECTIONS[kind]] = None
            continue
        totals[kind] = answer.total
        beside.update(answer.counts)
        hits += [(kind, hit) for hit in answer.hits]
    hits.sort(key=lambda lead: (-lead[1].score, lead[1].id, lead[0]))
    page = hits[wanted - query.per_page : wanted]
    leads = tuple(lead_of(kind, hit, profile, as_of, lexicon) for kind, hit in page)
    left_out = (beside[name] for name in ("one_off", "own_holder", "trial"))
    return Leads(profile, as_of, leads, totals, tuple(missing), *left_out)


def lead_search(kind: LeadKind, query: LeadsQuery, profile: Profile, lexicon: Lexicon, as_of: date) -> Search:
    """The search of one kind of lead."""
    conditions: list[Operator | None] = [
        profile.zone.where(),
        _sector_condition(kind, profile, lexicon),
        own_filters(query, lexicon, as_of),
        _since(kind, query),
    ]
    origins = () if profile.zone.point is None else (profile.zone.point,)
    return Search(
        where=conjunction(*conditions, _kind_condition(kind, query, as_of)),
        counts=tuple((name, conjunction(*conditions, condition)) for name, condition in _beside(kind, query, as_of)),
        parts=tuple(_parts(kind, profile, lexicon, as_of)),
        sort=(Sort("score"),),
        origins=origins,
    )


def _kind_condition(kind: LeadKind, query: LeadsQuery, as_of: date) -> Operator:
    day = as_of.isoformat()
    match kind:
        case "open_notice":
            # A TED notice that BOAMP publishes too is listed once.
            return All((status_condition("open", as_of), _no_twin()))
        case "planned_project":
            return All((status_condition("planned", as_of), Range("planned", gte=day, missing=True)))
        case "expiring_contract":
            return All((_tendered_again(query, as_of), Not(_TRIAL)))
        case "clause_holder":
            return All((_owed(query, as_of), Not(_TRIAL)))


def _tendered_again(query: LeadsQuery, as_of: date) -> Operator:
    return All((_ending(query, as_of), Not(_ONE_OFF)))


def _owed(query: LeadsQuery, as_of: date) -> Operator:
    return All((_clause_running(query, as_of), Not(_OWN_HOLDER), Not(_INCLUSIVE)))


def _clause_running(query: LeadsQuery, as_of: date) -> Operator:
    """Contracts that run on the day of the query with a holder and a social clause. Those already listed as about to end are
    left out."""
    day = as_of.isoformat()
    running = (Range("ends", gte=day), Range("notified", lte=day))
    ending = "expiring_contract" in (query.lead or tuple(LEAD_NAMES))
    not_ending = (Not(_tendered_again(query, as_of)),) if ending else ()
    return All((*running, Terms("provisions", ("clause",)), Exists("holders"), *not_ending))


def _beside(kind: LeadKind, query: LeadsQuery, as_of: date) -> Iterator[tuple[str, Operator]]:
    """Conditions of the records that look like a lead of a kind and are left out, to be counted: (name of the count, condition)."""
    if kind == "expiring_contract":
        yield "one_off", All((_ending(query, as_of), _ONE_OFF))
        yield "trial", All((_tendered_again(query, as_of), _TRIAL))
    if kind == "clause_holder":
        yield "own_holder", All((_clause_running(query, as_of), _OWN_HOLDER))
        yield "trial", All((_owed(query, as_of), _TRIAL))


def _ending(query: LeadsQuery, as_of: date) -> Operator:
    """Contracts that end in the window and are not renewed yet."""
    first, last = add_months(as_of, query.ends_after_months), add_months(as_of, query.ends_before_months)
    return All(
        (
            Range("ends", gte=first.isoformat(), lte=last.isoformat()),
            Range("notified", lte=as_of.isoformat()),
            not_renewed(as_of),
        )
    )


def _no_twin() -> Operator:
    return Not(Terms("twin", ("yes",)))


def _sector_condition(kind: LeadKind, profile: Profile, lexicon: Lexicon) -> Operator | None:
    """Restricts leads to the trades of the profile. A clause of any trade concerns a supplier that lends people; a record
    reserved to the family of the supplier is included even when its trade is unknown."""
    if not profile.trades or (kind == "clause_holder" and profile.staffing):
        return None
    mine = Terms("trades", with_narrower(profile.trades, lexicon))
    if not profile.families:
        return mine
    reserved = All((Terms("reserved_for", (*profile.families, "unknown")), Not(Exists("trades"))))
    return AnyOf((mine, reserved))


def _since(kind: LeadKind, query: LeadsQuery) -> Operator | None:
    if query.since is None:
        return None
    since = query.since.isoformat()
    if COLLECTIONS[kind] == "contracts":
        return AnyOf((Range("notified", gte=since), Range("changed_on", gte=since)))
    return Range("published", gte=since)


def _parts(kind: LeadKind, profile: Profile, lexicon: Lexicon, as_of: date) -> Iterator[Part]:
    yield ladder_part("sector", WEIGHTS["sector"], _sector_steps(profile, lexicon))
    yield ladder_part("territory", WEIGHTS["territory"], _territory_steps(profile))
    yield ladder_part("provision", WEIGHTS["provision"], _provision_steps(profile))
    yield ladder_part("size", WEIGHTS["size"], _size_steps(COLLECTIONS[kind], profile))
    yield ladder_part("timing", WEIGHTS["timing"], _timing_steps(kind, as_of))
    yield ladder_part("evidence", WEIGHTS["evidence"], _evidence_steps(COLLECTIONS[kind]))


def _sector_steps(profile: Profile, lexicon: Lexicon) -> Iterator[tuple[Operator, float]]:
    if not profile.trades:
        yield All(), 0.5  # the profile names no trade: neither for nor against
        return
    yield Terms("trades", profile.trades), 1.0
    broader = with_broader(profile.trades, lexicon)
    if broader:
        yield Terms("trades", broader), 0.5


def _territory_steps(profile: Profile) -> Iterator[tuple[Operator, float]]:
    zone = profile.zone
    if zone.point is not None:
        for km in _STEPS_KM:
            yield Near("location", *zone.point, km), math.exp(-km / 50)
        if zone.territories:
            yield Terms("territory", zone.territories), 0.3
        return
    yield (Terms("territory", zone.territories), 1.0) if zone.territories else (All(), 0.5)


def _provision_steps(profile: Profile) -> Iterator[tuple[Operator, float]]:
    if profile.families:
        yield Terms("reserved_for", profile.families), 1.0
    yield Terms("reserved_for", ("unknown",)), 0.8
    yield Terms("provisions", ("criterion",)), 0.6
    yield Terms("provisions", ("clause", "social_unspecified")), 0.5
    if profile.labelled:
        yield Terms("provisions", ("environmental",)), 0.5


def _size_steps(collection: Collection, profile: Profile) -> Iterator[tuple[Operator, float]]:
    """Compares a year of the lot with 30 % of the turnover. When one of the two is unknown, the part counts half."""
    field = "annual_amount" if collection == "contracts" else "amount_max"
    if profile.turnover is None:
        yield All(), 0.5
        return
    yield Range(field, lte=profile.turnover * CAPACITY_SHARE), 1.0
    yield Not(Exists(field)), 0.5


def _timing_steps(kind: LeadKind, as_of: date) -> Iterator[tuple[Operator, float]]:
    match kind:
        case "open_notice":
            for days, value in ((21, 1.0), (10, 0.7), (0, 0.3)):
                yield Range("deadline", gte=(as_of + timedelta(days=days)).isoformat()), value
        case "planned_project":
            yield Range("planned", lte=add_months(as_of, 6).isoformat()), 1.0
            yield All(), 0.5
        case "expiring_contract":
            for months, value in ((9, 1.0), (12, 0.7), (18, 0.4)):
                yield Range("ends", lte=add_months(as_of, months).isoformat()), value
        case "clause_holder":
            yield Range("ends", gte=add_months(as_of, 6).isoformat()), 1.0
            yield All(), 0.4


def _evidence_steps(collection: Collection) -> Iterator[tuple[Operator, float]]:
    if collection == "contracts":
        yield Terms("declared_provisions", (*_SOCIAL, "environmental")), 1.0
    yield Exists("provisions"), 0.6


def lead_of(kind: LeadKind, hit: Hit[Any], profile: Profile, as_of: date, lexicon: Lexicon) -> Lead:
    """One hit as a lead of a kind, with the reasons why it suits the profile."""
    distance = None if hit.distance_km is None else round(hit.distance_km, 2)
    of_record = (contract_reasons if COLLECTIONS[kind] == "contracts" else notice_reasons)(
        hit.record, distance, as_of, lexicon
    )
    reasons = (*_for_me(hit, kind, profile, lexicon), *of_record)
    found = components(hit.parts, WEIGHTS)
    return Lead(hit.id, kind, hit.record, _due(kind, hit.record), distance, reasons, hit.score, found)


def _for_me(hit: Hit[Any], kind: LeadKind, profile: Profile, lexicon: Lexicon) -> Iterator[Reason]:
    """Reasons why a lead suits the profile: trade, size against turnover, today's holder and the number of offers received."""
    record = hit.record
    sector = hit.parts.get("sector", 0)
    if profile.trades and sector:
        yield Reason("sector", "dans vos métiers" if sector >= 3000 else "proche de vos métiers", sector < 3000)
    if kind == "clause_holder":
        yield Reason("clause_holder", MAY_NEED, True)
    if COLLECTIONS[kind] == "contracts":
        yield from last_time(record, ending=kind == "expiring_contract")
    size = hit.parts.get("size", 0)
    if profile.turnover is not None and size == 0:
        yield Reason("too_large", "dépasse 30 % de votre chiffre d'affaires annuel : groupement à envisager")


def _due(kind: LeadKind, record: Mapping[str, Any]) -> date | None:
    field = {"open_notice": "deadline", "planned_project": "planned"}.get(kind, "ends")
    return day_of(record.get(field))

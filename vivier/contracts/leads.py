"""Leads: open notices, contracts about to end, planned purchases and holders who owe social clauses, in one list.

One lead is one opportunity: the lots of a consultation stand together (:mod:`vivier.contracts.opportunities`).
:mod:`vivier.contracts.lead_search` says what is a lead, and how leads are ranked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from vivier.contracts.lead_search import COLLECTIONS, WEIGHTS, lead_search
from vivier.contracts.leads_query import LeadKind, LeadsQuery
from vivier.contracts.objects import object_title
from vivier.contracts.opportunities import Opportunity, opportunities
from vivier.contracts.profile import Profile
from vivier.contracts.reasons import MAY_NEED, contract_reasons, last_time, notice_reasons
from vivier.contracts.status import day_of
from vivier.engine.port import Hit
from vivier.engine.snapshot import Snapshot
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, NoticeView
from vivier.search.find import Reason
from vivier.search.operators import Collection
from vivier.search.scoring import Component, components

METHOD_VERSION: Final = "leads-5"
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


@dataclass(frozen=True)
class Lot:
    """Another lot of the same consultation that suits the profile as well."""

    id: str
    title: str
    due: date | None


@dataclass(frozen=True)
class Lead:
    """One opportunity. ``record``: the contract or notice as indexed, that of the best lot when there are several, ``lots`` the
    others; ``due`` the date that matters (deadline, latest end, planned publication), ``None`` when unknown; ``components`` add up
    to ``score`` (points of 10,000)."""

    id: str
    kind: LeadKind
    record: ContractView | NoticeView
    due: date | None
    distance_km: float | None
    reasons: tuple[Reason, ...]
    score: int
    components: tuple[Component, ...]
    lots: tuple[Lot, ...] = ()


@dataclass(frozen=True)
class Leads:
    """A page of leads, best first; ``totals`` by kind, ``missing`` the collections that are not indexed.

    ``left_out`` counts the records that a rule leaves out, by rule: ``one_off`` works that nobody tenders again, ``own_holder``
    running clauses whose declared holder is the buyer itself, ``trial`` objects of a trial or an example, ``national`` purchases
    for the whole country, ``too_large`` lots worth more in a year than the structure itself.
    """

    profile: Profile
    as_of: date
    leads: tuple[Lead, ...]
    totals: dict[LeadKind, int]
    missing: tuple[Collection, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Number of leads, of all the kinds of the query."""
        return sum(self.totals.values())


def find_leads(query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Leads:
    """The page of leads of a query. A collection not indexed yet gives no lead and is named in ``missing``."""
    as_of = query.as_of or today
    wanted = query.page * query.per_page
    hits: list[tuple[LeadKind, Opportunity]] = []
    totals: dict[LeadKind, int] = {}
    missing: dict[Collection, None] = {}
    left_out: Counter[str] = Counter()
    for kind in query.lead or tuple(LEAD_NAMES):
        search = lead_search(kind, query, profile, lexicon, as_of)
        try:
            answer = opportunities(snapshot.of(COLLECTIONS[kind]), search, wanted)
        except NotFound:
            missing[COLLECTIONS[kind]] = None
            continue
        totals[kind] = answer.total
        left_out.update(answer.counts)
        hits += [(kind, opportunity) for opportunity in answer.found]
    hits.sort(key=lambda lead: (-lead[1].first.score, lead[1].first.id, lead[0]))
    page = hits[wanted - query.per_page : wanted]
    leads = tuple(
        lead_of(kind, opportunity.first, profile, as_of, lexicon, opportunity.others) for kind, opportunity in page
    )
    return Leads(profile, as_of, leads, totals, tuple(missing), left_out)


def lead_of(
    kind: LeadKind,
    hit: Hit[Any],
    profile: Profile,
    as_of: date,
    lexicon: Lexicon,
    others: tuple[Hit[Any], ...] = (),
) -> Lead:
    """One hit as a lead of a kind, with the reasons why it suits the profile."""
    distance = None if hit.distance_km is None else round(hit.distance_km, 2)
    of_record = (contract_reasons if COLLECTIONS[kind] == "contracts" else notice_reasons)(
        hit.record, distance, as_of, lexicon
    )
    reasons = (*_for_me(hit, kind, profile, lexicon), *of_record)
    found = components(hit.parts, WEIGHTS)
    lots = tuple(Lot(other.id, object_title(other.record), _due(kind, other.record)) for other in others)
    return Lead(hit.id, kind, hit.record, _due(kind, hit.record), distance, reasons, hit.score, found, lots)


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

"""Leads: open notices, contracts about to end, planned purchases and holders who owe social clauses, in one list.

One lead is one opportunity: the lots of a consultation stand together (:mod:`vivier.contracts.opportunities`).
:mod:`vivier.contracts.lead_search` says what is a lead, and how leads are ranked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from vivier.contracts.acts import lead_day
from vivier.contracts.announced import announced_for, announced_reason
from vivier.contracts.held_labels import label_reason
from vivier.contracts.insertion import insertion_reason
from vivier.contracts.lead_search import ANY_TRADE, COLLECTIONS, SURE_SECTOR, WEIGHTS, lead_search
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.months import call_day
from vivier.contracts.objects import object_title, trades_first_meant, trades_of
from vivier.contracts.opportunities import Opportunities, Opportunity, opportunities
from vivier.contracts.profile import Profile
from vivier.contracts.ranking_rules import Rule
from vivier.contracts.reasons import MAY_NEED, contract_reasons, last_time, notice_reasons, place_of
from vivier.contracts.renewal import AnnouncedBody, RenewalBody, following_of
from vivier.errors import NotFound
from vivier.french import plural
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, NoticeView
from vivier.procurement import LEAD_NAMES, LeadKind
from vivier.search.find import Reason
from vivier.search.operators import Collection
from vivier.search.port import Hit
from vivier.search.scoring import Component, components
from vivier.search.snapshot import Snapshot
from vivier.trades.words import load_trade_words

METHOD_VERSION: Final = "leads-8"
COMPONENT_NAMES: Final[Mapping[str, str]] = {
    "sector": "métier",
    "territory": "proximité",
    "provision": "considération",
    "size": "taille du lot",
    "timing": "moment",
    "evidence": "sûreté de l'indice",
}
LEFT_OUT: Final[Mapping[str, tuple[str, str]]] = {
    "one_off": (
        "marché de travaux sans accord-cadre finit aussi, sans être proposé : un ouvrage ponctuel n'est pas remis en concurrence",
        "marchés de travaux sans accord-cadre finissent aussi, sans être proposés : un ouvrage ponctuel n'est pas remis en concurrence",
    ),
    "own_holder": (
        "marché à clause sociale n'est pas proposé : son acheteur s'en déclare titulaire, en régie ou par erreur",
        "marchés à clause sociale ne sont pas proposés : leur acheteur s'en déclare titulaire, en régie ou par erreur",
    ),
    "no_open_post": (
        "marché à clause sociale n'est pas proposé : ses métiers demandent un diplôme, ou il achète des produits",
        "marchés à clause sociale ne sont pas proposés : leurs métiers demandent un diplôme, ou ils achètent des produits",
    ),
    "trial": (
        "marché n'est pas proposé : son objet est celui d'un essai ou d'un exemple",
        "marchés ne sont pas proposés : leur objet est celui d'un essai ou d'un exemple",
    ),
    "national": (
        "achat pour toute la France n'est pas proposé à une structure locale",
        "achats pour toute la France ne sont pas proposés à une structure locale",
    ),
    "public_body": (
        "opportunité n'est pas proposée : une collectivité ne répond pas aux appels d'une autre",
        "opportunités ne sont pas proposées : une collectivité ne répond pas aux appels d'une autre",
    ),
    "supposed": (
        "opportunité attend votre réponse : elle dépend d'un métier que nous supposons",
        "opportunités attendent votre réponse : elles dépendent d'un métier que nous supposons",
    ),
    "too_large": (
        "lot n'est pas proposé : il pèse par an plus de la moitié du chiffre d'affaires, connu ou supposé",
        "lots ne sont pas proposés : ils pèsent par an plus de la moitié du chiffre d'affaires, connu ou supposé",
    ),
    "expired": (
        "appel n'est pas proposé : sa date limite est passée",
        "appels ne sont pas proposés : leur date limite est passée",
    ),
}
"""What a rule leaves out, in French, for one record and for several. Those of ``Also`` come back by ``also``."""


OWN_ENDS: Final = "Votre marché se termine"

_FIRST: Final = {"ends": 0, "place": 1, "amount": 2}
"""What one reads first of a contract: when to call its buyer, where, for how much."""

ANSWERED_POINTS: Final = round(10_000 * WEIGHTS["sector"] * SURE_SECTOR)
"""Points of the trade that a structure says it does."""
ANY_TRADE_POINTS: Final = round(10_000 * WEIGHTS["sector"] * ANY_TRADE)
"""Points of a lead that was searched in every trade: it is in none of those supposed."""


@dataclass(frozen=True)
class Lot:
    """Another lot of the same consultation that suits the profile as well."""

    id: str
    title: str
    due: date | None


@dataclass(frozen=True)
class Lead:
    """One opportunity. ``record``: the contract or notice as indexed, that of the best lot when there are several, ``lots`` the
    others; ``due`` the date that matters (deadline, latest end, planned publication), ``None`` when unknown; ``call`` the day to call the
    buyer of a contract that is to be renewed, ``renewal`` when its next call may be published; ``components`` add up to ``score`` (points of 10,000);
    ``mine``: the supplier holds the contract that ends."""

    id: str
    kind: LeadKind
    record: ContractView | NoticeView
    due: date | None
    distance_km: float | None
    reasons: tuple[Reason, ...]
    score: int
    components: tuple[Component, ...]
    lots: tuple[Lot, ...] = ()
    call: date | None = None
    renewal: RenewalBody | None = None
    mine: bool = False

    @property
    def kind_fr(self) -> str:
        """Its kind in French. A call brought back by ``also`` after its deadline is not called open."""
        if self.mine:
            return OWN_ENDS
        closed = any(reason.code == "closed" for reason in self.reasons)
        return "Avis clos" if closed else LEAD_NAMES[self.kind]


@dataclass(frozen=True)
class Leads:
    """A page of leads, best first; ``totals`` by kind, ``missing`` the collections that are not indexed.

    ``left_out`` counts the records that look like leads and that a rule of :data:`LEFT_OUT` leaves out.
    """

    profile: Profile
    as_of: date
    leads: tuple[Lead, ...]
    totals: dict[LeadKind, int]
    missing: tuple[Collection, ...] = ()
    left_out: tuple[Rule, ...] = ()

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
    kinds = query.lead or tuple(LEAD_NAMES)

    def found(kind: LeadKind) -> Opportunities | None:
        search = lead_search(kind, query, profile, lexicon, as_of)
        try:
            return opportunities(snapshot, COLLECTIONS[kind], search, wanted)
        except NotFound:
            return None

    answers = snapshot.together(*(partial(found, kind) for kind in kinds))
    for kind, answer in zip(kinds, answers, strict=True):
        if answer is None:
            missing[COLLECTIONS[kind]] = None
            continue
        totals[kind] = answer.total
        left_out.update(answer.counts)
        hits += [(kind, opportunity) for opportunity in answer.found]
    # Equals stay in the order of the engine, by which each page is cut.
    hits.sort(key=lambda lead: -lead[1].first.score)
    page = hits[wanted - query.per_page : wanted]
    announced = announced_for(
        (each.first.record for kind, each in page if kind == "expiring_contract"), snapshot, as_of
    )
    leads = tuple(
        lead_of(kind, each.first, profile, as_of, lexicon, each.others, announced.get(each.first.id))
        for kind, each in page
    )
    return Leads(profile, as_of, leads, totals, tuple(missing), tuple(_rules(left_out)))


def _rules(counts: Mapping[str, int]) -> Iterator[Rule]:
    for code, (singular, several) in LEFT_OUT.items():
        if counts.get(code):
            yield Rule(code, plural(counts[code], singular, several), counts[code])


def lead_of(
    kind: LeadKind,
    hit: Hit[Any],
    profile: Profile,
    as_of: date,
    lexicon: Lexicon,
    others: tuple[Hit[Any], ...] = (),
    announced: AnnouncedBody | None = None,
) -> Lead:
    """One hit as a lead of a kind, with the reasons why it suits the profile."""
    distance = None if hit.distance_km is None else round(hit.distance_km, 2)
    of_record = (contract_reasons if COLLECTIONS[kind] == "contracts" else notice_reasons)(
        hit.record, distance, as_of, lexicon
    )
    # The holder of a running clause has hours to place until its due date: when a successor is prepared is another matter.
    useful = (reason for reason in of_record if kind != "clause_holder" or reason.code not in ("ends", "renewal"))
    fitting = (reason._replace(fits=_fits(reason, hit.record, profile)) for reason in useful)
    reasons = (*_for_me(hit, kind, profile, lexicon), *fitting)
    if COLLECTIONS[kind] == "contracts":
        places = (reason._replace(fits=False) for reason in place_of(hit.record, lexicon))
        reasons = tuple(sorted((*places, *reasons), key=lambda reason: _FIRST.get(reason.code, len(_FIRST))))
    found = components(hit.parts, WEIGHTS)
    lots = tuple(Lot(other.id, object_title(other.record), lead_day(kind, other.record)) for other in others)
    due = lead_day(kind, hit.record)
    ending = kind == "expiring_contract"
    call = call_day(due, as_of) if ending and due is not None else None
    following = following_of(hit.record, as_of, announced) if ending else None
    reasons = (*reasons, *announced_reason(following))
    mine = any(reason.code == "mine" for reason in reasons)
    return Lead(hit.id, kind, hit.record, due, distance, reasons, hit.score, found, lots, call, following, mine)


def _for_me(hit: Hit[Any], kind: LeadKind, profile: Profile, lexicon: Lexicon) -> Iterator[Reason]:
    """Reasons why a lead suits the profile: trade, label, size against turnover, today's holder and the number of offers received."""
    record = hit.record
    if kind == "expiring_contract" and _holds(profile, record):
        yield Reason("mine", "vous en êtes titulaire", fits=False)
    yield from _sector(hit, profile, lexicon)
    yield from label_reason(record, profile.labels, profile.wanted, lexicon)
    yield from insertion_reason(record, profile.families, lexicon)
    if kind == "clause_holder":
        yield Reason("clause_holder", MAY_NEED, True, fits=False)
    if COLLECTIONS[kind] == "contracts":
        yield from (fact._replace(fits=False) for fact in last_time(record, ending=kind == "expiring_contract"))
    size = hit.parts.get("size", 0)
    if profile.turnover is not None and size == 0 and kind != "clause_holder":
        yield Reason(
            "too_large", "dépasse 30 % de votre chiffre d'affaires annuel : groupement à envisager", fits=False
        )


def _holds(profile: Profile, record: ContractView) -> bool:
    """Whether the supplier of the profile is a known holder of a contract."""
    held_by = (holder for holder in record.get("inclusive", ()) if not holder.get("subcontractor"))
    return profile.supplier is not None and any(holder["supplier_id"] == profile.supplier for holder in held_by)


def _fits(reason: Reason, record: Mapping[str, Any], profile: Profile) -> bool:
    """Whether a fact of the record is a match with the profile: it is near, or reserved to its family."""
    if reason.code == "reserved":
        return not set(profile.families).isdisjoint(record.get("reserved_for", ()))
    return reason.code == "distance"


def _sector(hit: Hit[Any], profile: Profile, lexicon: Lexicon) -> Iterator[Reason]:
    """The trade, known, near, or supposed and said as such."""
    points = hit.parts.get("sector", 0)
    if profile.trades and points:
        sure = points >= 3000 and _first_meant(hit.record, profile, lexicon)
        yield Reason("sector", "dans vos métiers" if sure else "proche de vos métiers", not sure)
    elif profile.answered and points >= ANSWERED_POINTS:
        yield Reason("sector", "dans un métier que vous dites faire")
    elif profile.supposed and points:
        meant = {*trades_of(hit.record, lexicon), *_named(hit.record, lexicon)}
        names = [lexicon.trades.get(code).name for code, _ in profile.supposed if code in meant]
        if not names and points == ANY_TRADE_POINTS:
            return
        what = f" : {names[0]}" if names else ""
        yield Reason("sector", f"métier supposé{what} (vous n'en publiez pas)", True)


def _first_meant(record: Mapping[str, Any], profile: Profile, lexicon: Lexicon) -> bool:
    """Whether a record means a trade of the profile before any other, by its CPV, or names it; whether its words alone mean trades."""
    first = set(trades_first_meant(record, lexicon))
    if not first or not first.isdisjoint(profile.trades):
        return True
    return not _named(record, lexicon).isdisjoint(profile.trades)


def _named(record: Mapping[str, Any], lexicon: Lexicon) -> Set[str]:
    """The trades that the object of a record names."""
    return load_trade_words().texts.found_in(tuple(lexicon.analysis.tokens("french", object_title(record)))).keys()

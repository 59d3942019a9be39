"""« Pourquoi pas moi ? »: reserved and clause contracts within reach that a supplier did not win, each with the one fact that would have
opened it. Method ``missed-1``: docs/methods.md (i), « What was not won ».

Five conditions decide whether a purchase is open to a profile: its trade, its place, its kind, its size and its labels. A purchase that one
condition alone closes is opened by one fact; the fact is then verified by asking again with it. One that two conditions close is counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from vivier.contracts.lead_search import OWN_HOLDER, TRIAL, larger_than, open_to, provision_steps, territory_steps
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.months import add_months
from vivier.contracts.objects import object_title
from vivier.contracts.opportunities import consultation_of
from vivier.contracts.profile import Profile, with_narrower
from vivier.contracts.query import RESERVED_FOR
from vivier.contracts.query_profile import profile_of
from vivier.contracts.status import status_condition
from vivier.engine.port import Hit
from vivier.engine.snapshot import Snapshot
from vivier.errors import NotFound
from vivier.french import kilometres, plural
from vivier.law.kinds import FAMILY_OF_KIND
from vivier.law.labels import LABELS
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, NoticeView, SupplierView
from vivier.needs import resolve_need
from vivier.search.codes import trades_meant_by_cpv
from vivier.search.operators import (
    All,
    AnyOf,
    Collection,
    Exists,
    Near,
    Not,
    Operator,
    Part,
    Phrase,
    Range,
    Search,
    Sort,
    Terms,
    Text,
    conjunction,
)
from vivier.search.query import changed
from vivier.search.scoring import ladder_part
from vivier.trades.near import near_trades

METHOD_VERSION: Final = "missed-1"
FACTS: Final[Mapping[Fact, str]] = {
    "nothing": "Rien ne manquait, d'après ce que l'index sait",
    "supposed": "Il suffisait de publier un métier, aujourd'hui supposé",
    "trade": "Un métier de plus",
    "farther": "Quelques kilomètres de plus",
    "partner": "Un ou plusieurs partenaires",
    "kind": "Un autre agrément",
    "label": "Un label",
}
COLLECTIONS: Final[tuple[Collection, ...]] = ("contracts", "notices")
MOST_PARTNERS: Final = 4
"""Structures of the same size that answer together at most [ours]."""
STEP_KM: Final = 5
"""Kilometres are told in steps of five."""
SHOWN: Final = 5
"""Purchases shown of each fact, when the query names none."""
_LOTS: Final = 4
"""Lots read for each purchase shown: those of one consultation stand together."""
_PROVISIONS: Final = ("reserved", "clause")
_WEIGHTS: Final = {"provision": 0.4, "sector": 0.3, "territory": 0.2, "recency": 0.1}
_LABEL_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "RGE": ("RGE", "reconnu garant de l'environnement"),
    "BIO": ("agriculture biologique", "produits biologiques", "denrées biologiques"),
    "EU_ECOLABEL": ("écolabel",),
    "IMPRIM_VERT": ("Imprim'vert",),
    "FSC": ("FSC",),
    "PEFC": ("PEFC",),
}
"""Words of an object that ask for a label [ours]: contracts publish no other requirement."""
_KIND_OF: Final = {"EA_ESAT": "EA", "SIAE": "EI", "PRISON": "SEP", "ESS": "ESS"}
"""A kind of each family, to ask again with."""
_CONDITION_OF: Final[Mapping[Fact, str]] = {
    "trade": "sector",
    "farther": "place",
    "partner": "size",
    "kind": "kind",
    "label": "label",
}


@dataclass(frozen=True)
class Missed:
    """One purchase that was not won. ``fact`` and its French ``text``; ``query``: the same question with that fact, ``None`` when no fact was
    missing; ``distance_km`` from the supplier, when both places are known; ``lots``: other lots of its consultation, of the same fact."""

    id: str
    collection: Collection
    record: ContractView | NoticeView
    fact: Fact
    text: str
    query: MissedQuery | None
    distance_km: float | None
    score: int
    lots: int = 0


@dataclass(frozen=True)
class MissedFound:
    """The purchases of a query, the likeliest of each fact first. ``totals``: how many each fact opens by its condition alone; ``found``: those
    shown, each verified; ``unverified``: those read for the page of which no single fact was verified; ``several``: closed by two
    conditions or more; ``looked_at``: all of them; ``missing``: collections not indexed."""

    profile: Profile
    as_of: date
    looked_at: int
    totals: Mapping[Fact, int]
    found: tuple[Missed, ...]
    unverified: int
    several: int
    missing: tuple[Collection, ...]

    @property
    def total(self) -> int:
        """Purchases that one fact opens, or none was missing for."""
        return sum(self.totals.values())


def find_missed(query: MissedQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> MissedFound:
    """What the supplier of a query did not win. Raises the errors of :func:`~vivier.contracts.query_profile.profile_of`."""
    as_of = query.as_of or today
    profile = profile_of(query, snapshot, lexicon, today)
    record = snapshot.suppliers.get([profile.supplier]).get(profile.supplier) if profile.supplier else None
    question = _Question(query, profile, record, lexicon, as_of)
    totals: dict[Fact, int] = dict.fromkeys(question.facts(), 0)
    found: list[Missed] = []
    missing: list[Collection] = []
    looked_at = unverified = 0
    for collection in COLLECTIONS:
        try:
            reader = snapshot.of(collection)
        except NotFound:
            missing.append(collection)
            continue
        counts = reader.search(question.counted(collection)).counts
        looked_at += counts["all"]
        for fact in totals:
            totals[fact] += counts[fact]
        for fact in query.fact or tuple(totals):
            if fact in totals and counts[fact]:
                made = question.verified(fact, collection, snapshot, today)
                found += made.values()
                unverified += question.unverified
    order = list(FACTS)
    found.sort(key=lambda missed: (order.index(missed.fact), -missed.score, missed.id))
    page = _page(found, query)
    several = looked_at - sum(totals.values())
    return MissedFound(profile, as_of, looked_at, totals, page, unverified, several, tuple(missing))


def _page(found: Sequence[Missed], query: MissedQuery) -> tuple[Missed, ...]:
    """The page of one fact, or the first purchases of each."""
    if query.fact:
        return tuple(found[(query.page - 1) * query.per_page : query.page * query.per_page])
    shown: dict[Fact, list[Missed]] = {}
    for missed in found:
        shown.setdefault(missed.fact, []).append(missed)
    return tuple(missed for several in shown.values() for missed in several[:SHOWN])


class _Question:
    """A question on what was not won: the purchases looked at, and the five conditions that a profile meets or not."""

    def __init__(
        self, query: MissedQuery, profile: Profile, record: SupplierView | None, lexicon: Lexicon, as_of: date
    ) -> None:
        self._query, self._profile, self._record, self._lexicon, self._as_of = query, profile, record, lexicon, as_of
        self.unverified = 0

    def facts(self) -> tuple[Fact, ...]:
        """The facts that this profile may lack. A profile that publishes no trade never lacks « nothing »."""
        first: Fact = "nothing" if self._profile.trades else "supposed"
        return (first, *_CONDITION_OF)

    def counted(self, collection: Collection) -> Search:
        """The counts: all the purchases looked at, then those that each fact opens."""
        around = self._around(collection)
        counts = [("all", around), *((fact, self._where(fact, collection)) for fact in self.facts())]
        return Search(where=around, sort=(), counts=tuple(counts), limit=0)

    def shown(self, fact: Fact, collection: Collection) -> Search:
        """The purchases that a fact opens, the likeliest first."""
        origins = () if self._profile.zone.point is None else (self._profile.zone.point,)
        wanted = self._query.page * self._query.per_page if self._query.fact else SHOWN * _LOTS
        parts = tuple(self._parts(collection))
        where = self._where(fact, collection)
        return Search(where=where, parts=parts, sort=(Sort("score"),), origins=origins, limit=wanted)

    def verified(self, fact: Fact, collection: Collection, snapshot: Snapshot, today: date) -> dict[str, Missed]:
        """The purchases that a fact opens, by consultation: its first lot, with the number of the others. ``unverified`` counts those of which
        no fact is verified."""
        made: dict[str, Missed] = {}
        self.unverified = 0
        for hit in snapshot.of(collection).search(self.shown(fact, collection)).hits:
            name = consultation_of(hit.record) or hit.id
            if name in made:
                made[name] = replace(made[name], lots=made[name].lots + 1)
                continue
            missed = self.opened(hit, fact, collection, snapshot, today)
            if missed is None:
                self.unverified += 1
            else:
                made[name] = missed
        return made

    def opened(
        self, hit: Hit[Any], fact: Fact, collection: Collection, snapshot: Snapshot, today: date
    ) -> Missed | None:
        """A purchase with the fact that opens it, verified by asking again; ``None`` when no candidate of that sort is verified."""
        distance = None if hit.distance_km is None else round(hit.distance_km, 1)
        if fact == "nothing":
            return Missed(hit.id, collection, hit.record, fact, FACTS[fact], None, distance, hit.score)
        for query, text in self._changes(hit, fact):
            profile = profile_of(query, snapshot, self._lexicon, today)
            again = _Question(query, profile, self._record, self._lexicon, self._as_of)
            where = conjunction(Terms("id", (hit.id,)), *again.conditions(collection).values())
            if snapshot.of(collection).search(Search(where=where, sort=(), limit=0)).total:
                return Missed(hit.id, collection, hit.record, fact, text, query, distance, hit.score)
        return None

    def conditions(self, collection: Collection) -> dict[str, Operator]:
        """The five conditions of being open to the profile."""
        means = self._profile.means
        return {
            "sector": self._sector(),
            "place": self._profile.zone.where(),
            "kind": open_to(self._profile) or All(),
            "size": All() if means is None else Not(larger_than(means * value("largest_lot"), collection)),
            "label": self._labels(collection),
        }

    def _where(self, fact: Fact, collection: Collection) -> Operator:
        """The purchases looked at that the condition of a fact alone closes; for the first fact, those that none closes."""
        met = self.conditions(collection)
        closing = _CONDITION_OF.get(fact)
        read = (Not(condition) if name == closing else condition for name, condition in met.items())
        return conjunction(self._around(collection), *read)

    def _sector(self) -> Operator:
        profile = self._profile
        if not profile.wanted:
            return All()
        field = "trades" if profile.trades else "meant_trades"
        return Terms(field, with_narrower(profile.wanted, self._lexicon))

    def _labels(self, collection: Collection) -> Operator:
        """The object asks for no label that the supplier does not hold."""
        lacking = [code for code in _LABEL_WORDS if code not in self._own_labels()]
        named = [self._asks_for(code, collection) for code in lacking]
        return Not(AnyOf(tuple(named))) if named else All()

    def _own_labels(self) -> set[str]:
        labels = () if self._record is None else self._record.get("labels", ())
        return {fact["value"]["code"] for fact in labels} | set(self._query.label)

    def _asks_for(self, label: str, collection: Collection) -> Operator:
        field = "text_object" if collection == "contracts" else "text_title"
        read = (self._lexicon.analysis.tokens("french", words) for words in _LABEL_WORDS[label])
        return Text((tuple(Phrase(field, tuple(words)) for words in read),))

    def _around(self, collection: Collection) -> Operator:
        """The purchases looked at: reserved or with a social clause, in the time asked, near the zone, not won by the supplier."""
        day, first = self._as_of.isoformat(), add_months(self._as_of, -self._query.months).isoformat()
        social = Terms("provisions", _PROVISIONS)
        if collection == "contracts":
            siren = self._siren()
            own = Not(Terms("holders", (siren,))) if siren else All()
            won = (Range("notified", gte=first, lte=day), Exists("holders"), own, Not(TRIAL), Not(OWN_HOLDER))
            return conjunction(social, *won, self._near())
        called = (status_condition("closed", self._as_of), status_condition("awarded", self._as_of))
        since = (AnyOf(called), Range("published", gte=first, lte=day), Not(Terms("twin", ("yes",))))
        return conjunction(social, *since, self._near())

    def _near(self) -> Operator:
        """The zone, and ``more_km`` beyond it; beyond a zone told by territories, their régions."""
        zone = self._profile.zone
        if not zone.local:
            return All()
        if zone.point is not None and zone.km is not None:
            return AnyOf((zone.where(), Near("location", *zone.point, zone.km + self._query.more_km)))
        gazetteer = self._lexicon.gazetteer
        above = (id_ for own in zone.territories for id_ in gazetteer.ancestors(own) if id_.startswith("region:"))
        return Terms("territory", tuple(dict.fromkeys((*zone.territories, *above))))

    def _siren(self) -> str | None:
        if self._record is None:
            return None
        if "siren" in self._record:
            return self._record["siren"]["value"]
        return self._record["siret"]["value"][:9] if "siret" in self._record else None

    def _parts(self, collection: Collection) -> Iterator[Part]:
        near = near_trades(self._profile.wanted, self._lexicon.trades)
        steps = [
            (self._sector(), 1.0),
            *(
                (Terms("meant_trades", codes), worth)
                for codes, worth in ((near.close, 0.8), (near.family, 0.5))
                if codes
            ),
        ]
        day = "notified" if collection == "contracts" else "published"
        recent = ((6, 1.0), (12, 0.7), (24, 0.4))
        yield ladder_part("provision", _WEIGHTS["provision"], provision_steps(self._profile))
        yield ladder_part("sector", _WEIGHTS["sector"], steps)
        yield ladder_part("territory", _WEIGHTS["territory"], territory_steps(self._profile))
        yield ladder_part(
            "recency",
            _WEIGHTS["recency"],
            [(Range(day, gte=add_months(self._as_of, -months).isoformat()), worth) for months, worth in recent],
        )

    # -- the facts to ask again with -----------------------------------------------------------------------------------

    def _changes(self, hit: Hit[Any], fact: Fact) -> Iterator[tuple[MissedQuery, str]]:
        """The candidates of a fact: the question with it, and its French text."""
        match fact:
            case "supposed" | "trade":
                yield from self._trades(hit, fact)
            case "farther":
                yield from self._farther(hit)
            case "partner":
                yield from self._partners(hit)
            case "kind":
                yield from self._kinds(hit)
            case _:
                yield from self._labels_asked()

    def _trades(self, hit: Hit[Any], fact: Fact) -> Iterator[tuple[MissedQuery, str]]:
        own = self._profile.trades
        supposed = [code for code, _ in self._profile.supposed]
        meant = list(dict.fromkeys(_trades_of(hit.record, self._lexicon)))
        mine = set(with_narrower(supposed, self._lexicon))
        read = {sector.id for sector in resolve_need(object_title(hit.record), self._lexicon).sectors}
        for code in sorted(meant, key=lambda code: (code not in mine, code not in read)):
            name = self._lexicon.trades.get(code).name
            supposedly = (
                "publier ce métier, que votre type ou votre nom laisse supposer"
                if code in mine and not own
                else "un métier non publié"
            )
            yield changed(self._query, trade=(*own, code)), f"{supposedly} : {name}"

    def _farther(self, hit: Hit[Any]) -> Iterator[tuple[MissedQuery, str]]:
        zone = self._profile.zone
        if zone.point is not None and zone.km is not None and hit.distance_km is not None:
            km = max(1, math.ceil(hit.distance_km / STEP_KM)) * STEP_KM
            if km <= 200:
                more = kilometres(round(km - zone.km, 1))
                text = f"{more} de plus : un rayon de {kilometres(km)} au lieu de {kilometres(zone.km)}"
                yield changed(self._query, near=zone.point, radius_km=float(km), territory=()), text
        elif zone.territories:
            for id_ in _departements_of(hit.record, self._lexicon):
                name = self._lexicon.gazetteer.get(id_).name
                yield changed(self._query, territory=(*zone.territories, id_)), f"servir aussi un département : {name}"

    def _partners(self, hit: Hit[Any]) -> Iterator[tuple[MissedQuery, str]]:
        means = self._profile.means
        for members in range(2, MOST_PARTNERS + 1):
            if means is not None:
                partners = plural(members - 1, "partenaire de votre taille", "partenaires de votre taille")
                yield (
                    changed(self._query, turnover=means * members),
                    f"répondre à {members} : {partners}, en cotraitance",
                )

    def _kinds(self, hit: Hit[Any]) -> Iterator[tuple[MissedQuery, str]]:
        for family in hit.record.get("reserved_for", ()):
            kind = _KIND_OF.get(family)
            if kind is not None and kind in FAMILY_OF_KIND:
                own = ", ".join(self._profile.kinds)
                text = f"réservé à d'autres : {RESERVED_FOR[family]} (vous êtes {own})"
                yield changed(self._query, kind=(*self._profile.kinds, kind)), text

    def _labels_asked(self) -> Iterator[tuple[MissedQuery, str]]:
        for code in _LABEL_WORDS:
            if code not in self._own_labels():
                yield (
                    changed(self._query, label=(*self._query.label, code)),
                    f"un label nommé dans l'objet : {LABELS[code].name}",
                )


def _trades_of(record: Mapping[str, Any], lexicon: Lexicon) -> Iterator[str]:
    """The trades that the CPV of a record means."""
    cpv = record.get("cpv") or ()
    for code in (cpv,) if isinstance(cpv, str) else cpv:
        yield from trades_meant_by_cpv(lexicon, code)


def _departements_of(record: Mapping[str, Any], lexicon: Lexicon) -> Iterator[str]:
    """The départements of the places of a record, else of the seat of its buyer."""
    places = record.get("places") or [record[name] for name in ("place", "buyer_seat") if name in record][:1]
    for place in places:
        yield from (id_ for id_ in lexicon.gazetteer.ancestors(place) if id_.startswith("departement:"))


__all__ = ["FACTS", "METHOD_VERSION", "Missed", "MissedFound", "find_missed"]

"""The purchases among which a supplier looks for what it did not win, and the five conditions that decide whether one is open to it: its trade,
its place, its kind, its size and its labels. Method ``missed-1``: docs/methods.md (i), « What was not won »."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from vivier.contracts.lead_search import OWN_HOLDER, TRIAL, larger_than, open_to, provision_steps, territory_steps
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.months import add_months
from vivier.contracts.profile import Profile, with_narrower
from vivier.contracts.query_profile import profile_with
from vivier.contracts.status import status_condition
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
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
from vivier.search.scoring import ladder_part
from vivier.suppliers.refused import refused_trades
from vivier.trades.near import near_trades

SHOWN: Final = 5
"""Purchases shown of each fact, when the query names none."""
_LOTS: Final = 4
"""Lots read for each purchase shown: those of one consultation stand together."""
_PROVISIONS: Final = ("reserved", "clause")
_WEIGHTS: Final = {"provision": 0.4, "sector": 0.3, "territory": 0.2, "recency": 0.1}
LABEL_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "RGE": ("RGE", "reconnu garant de l'environnement"),
    "BIO": ("agriculture biologique", "produits biologiques", "denrées biologiques"),
    "EU_ECOLABEL": ("écolabel",),
    "IMPRIM_VERT": ("Imprim'vert",),
    "FSC": ("FSC",),
    "PEFC": ("PEFC",),
}
"""Words of an object that ask for a label [ours]: contracts publish no other requirement."""
_CONDITION_OF: Final[Mapping[Fact, str]] = {
    "trade": "sector",
    "farther": "place",
    "partner": "size",
    "kind": "kind",
    "label": "label",
}


class Question:
    """A question on what was not won: the purchases looked at, and the five conditions that a profile meets or not."""

    def __init__(
        self, query: MissedQuery, own: Profile | None, record: SupplierView | None, lexicon: Lexicon, as_of: date
    ) -> None:
        """``own``, ``record``: the profile and the record that the index holds of the supplier; ``None`` for a profile told by hand."""
        self.query, self._own, self.record, self.lexicon, self.as_of = query, own, record, lexicon, as_of
        self.profile = profile_with(query, own, lexicon)

    def again(self, query: MissedQuery) -> Question:
        """The same question with another query of the same supplier and day."""
        return Question(query, self._own, self.record, self.lexicon, self.as_of)

    def facts(self) -> tuple[Fact, ...]:
        """The facts that this profile may lack. A profile that publishes no trade never lacks « nothing »."""
        first: Fact = "nothing" if self.profile.trades else "supposed"
        return (first, *_CONDITION_OF)

    def counted(self, collection: Collection) -> Search:
        """The counts: all the purchases looked at, then those that each fact opens."""
        around = self._around(collection)
        counts = [("all", around), *((fact, self._where(fact, collection)) for fact in self.facts())]
        return Search(where=around, sort=(), counts=tuple(counts), limit=0)

    @property
    def wanted(self) -> int:
        """How many purchases of each fact fill the page, and those before it."""
        return self.query.page * self.query.per_page if self.query.fact else SHOWN

    def shown(self, fact: Fact, collection: Collection) -> Search:
        """The purchases that a fact opens, the likeliest first."""
        origins = () if self.profile.zone.point is None else (self.profile.zone.point,)
        read = self.wanted if self.query.fact else SHOWN * _LOTS
        parts = tuple(self._parts(collection))
        where = self._where(fact, collection)
        return Search(where=where, parts=parts, sort=(Sort("score"),), origins=origins, limit=read)

    def conditions(self, collection: Collection) -> dict[str, Operator]:
        """The five conditions of being open to the profile."""
        means = self.profile.means
        return {
            "sector": self._sector(),
            "place": self.profile.zone.where(),
            "kind": open_to(self.profile) or All(),
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
        profile = self.profile
        if not profile.wanted:
            return All()
        field = "trades" if profile.trades else "meant_trades"
        return Terms(field, with_narrower(profile.wanted, self.lexicon))

    def _labels(self, collection: Collection) -> Operator:
        """The object asks for no label that the supplier does not hold."""
        lacking = [code for code in LABEL_WORDS if code not in self.own_labels()]
        named = [self._asks_for(code, collection) for code in lacking]
        return Not(AnyOf(tuple(named))) if named else All()

    def own_labels(self) -> set[str]:
        """Codes of the labels that the supplier holds, or says that it holds."""
        labels = () if self.record is None else self.record.get("labels", ())
        return {fact["value"]["code"] for fact in labels} | set(self.query.label)

    def refused(self) -> frozenset[str]:
        """Codes of the trades that the supplier declares not to do: nobody tells it to publish them."""
        declared = () if self.record is None else self.record.get("not_offered", ())
        return refused_trades((fact["value"].get("trade") for fact in declared), self.lexicon.trades)

    def _asks_for(self, label: str, collection: Collection) -> Operator:
        field = "text_object" if collection == "contracts" else "text_title"
        read = (self.lexicon.analysis.tokens("french", words) for words in LABEL_WORDS[label])
        return Text((tuple(Phrase(field, tuple(words)) for words in read),))

    def _around(self, collection: Collection) -> Operator:
        """The purchases looked at: reserved or with a social clause, in the time asked, near the zone, not won by the supplier."""
        day, first = self.as_of.isoformat(), add_months(self.as_of, -self.query.months).isoformat()
        social = Terms("provisions", _PROVISIONS)
        if collection == "contracts":
            siren = self._siren()
            own = Not(Terms("holders", (siren,))) if siren else All()
            won = (Range("notified", gte=first, lte=day), Exists("holders"), own, Not(TRIAL), Not(OWN_HOLDER))
            return conjunction(social, *won, self._near())
        called = (status_condition("closed", self.as_of), status_condition("awarded", self.as_of))
        since = (AnyOf(called), Range("published", gte=first, lte=day), Not(Terms("twin", ("yes",))))
        return conjunction(social, *since, self._near())

    def _near(self) -> Operator:
        """The zone, and ``more_km`` beyond it; beyond a zone told by territories, their régions."""
        zone = self.profile.zone
        if not zone.local:
            return All()
        if zone.point is not None and zone.km is not None:
            return AnyOf((zone.where(), Near("location", *zone.point, zone.km + self.query.more_km)))
        gazetteer = self.lexicon.gazetteer
        above = (id_ for own in zone.territories for id_ in gazetteer.ancestors(own) if id_.startswith("region:"))
        return Terms("territory", tuple(dict.fromkeys((*zone.territories, *above))))

    def _siren(self) -> str | None:
        if self.record is None:
            return None
        if "siren" in self.record:
            return self.record["siren"]["value"]
        return self.record["siret"]["value"][:9] if "siret" in self.record else None

    def _parts(self, collection: Collection) -> Iterator[Part]:
        near = near_trades(self.profile.wanted, self.lexicon.trades)
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
        yield ladder_part("provision", _WEIGHTS["provision"], provision_steps(self.profile))
        yield ladder_part("sector", _WEIGHTS["sector"], steps)
        yield ladder_part("territory", _WEIGHTS["territory"], territory_steps(self.profile))
        yield ladder_part(
            "recency",
            _WEIGHTS["recency"],
            [(Range(day, gte=add_months(self.as_of, -months).isoformat()), worth) for months, worth in recent],
        )

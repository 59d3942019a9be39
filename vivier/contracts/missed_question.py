"""The purchases among which a supplier looks for what it did not win, and the five conditions that decide whether one is open to it: its trade,
its place, its kind, its size and its labels. Method ``missed-3``: docs/methods.md (i), « What was not won »."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from vivier.contracts.eligible import (
    OWN_HOLDER,
    RESERVED,
    TRIAL,
    bearable,
    hours_lent,
    inside,
    of_trade,
    open_to,
    unfit,
)
from vivier.contracts.held_labels import GREEN, names_label
from vivier.contracts.lead_search import provision_steps, territory_steps
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.months import add_months
from vivier.contracts.profile import NATIONAL, Profile, with_narrower
from vivier.contracts.query_profile import profile_with
from vivier.contracts.status import status_condition
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
    Range,
    Search,
    Sort,
    Terms,
    conjunction,
)
from vivier.search.scoring import ladder_part
from vivier.suppliers.refused import refused_trades
from vivier.trades.near import near_trades

MOST_PARTNERS: Final = 4
"""Structures of the same size that answer together at most [ours]."""
FARTHEST_KM: Final = 200.0
"""Kilometres from the point of a zone beyond which « quelques kilomètres de plus » means nothing [ours]."""
KIND_OF: Final = {"EA_ESAT": "EA", "SIAE": "EI", "PRISON": "SEP", "ESS": "ESS"}
"""A kind of each family, to ask again with."""
_PROVISIONS: Final = ("reserved", "clause")
_WEIGHTS: Final = {"provision": 0.4, "sector": 0.3, "territory": 0.2, "recency": 0.1}
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
        self,
        query: MissedQuery,
        own: Profile | None,
        record: SupplierView | None,
        lexicon: Lexicon,
        as_of: date,
        named: Mapping[Collection, Sequence[str]],
    ) -> None:
        """``own``, ``record``: the profile and the record that the index holds of the supplier; ``None`` for a profile told by hand. ``named``: codes
        of the labels that the objects of each collection name: conditions on the others would only weigh."""
        self.query, self._own, self.record, self.lexicon, self.as_of = query, own, record, lexicon, as_of
        self._named = named
        self.profile = profile_with(query, own, lexicon)
        self._conditions: dict[Collection, dict[str, Operator]] = {}

    def again(self, query: MissedQuery) -> Question:
        """The same question with another query of the same supplier and day."""
        return Question(query, self._own, self.record, self.lexicon, self.as_of, self._named)

    def facts(self) -> tuple[Fact, ...]:
        """The facts that this profile may lack. A profile that publishes no trade lacks « nothing » only where it lends people: a clause of
        any trade is then open to it. An ordinary company is not told to change its kind."""
        others = tuple(fact for fact in _CONDITION_OF if fact != "kind" or not self.profile.ordinary)
        if self.profile.trades:
            return ("nothing", *others)
        return (*(("nothing",) if self.profile.staffing else ()), "supposed", *others)

    def counted(self, collection: Collection) -> Search:
        """The counts: all the lots looked at, then those that each fact opens."""
        around = self._around(collection)
        counts = [("all", around), *((fact, self.where(fact, collection)) for fact in self.facts())]
        return Search(where=around, sort=(), counts=tuple(counts), limit=0)

    def shown(self, fact: Fact, collection: Collection) -> Search:
        """The lots that a fact opens, the likeliest first."""
        origins = () if self.profile.zone.point is None else (self.profile.zone.point,)
        parts = tuple(self._parts(collection))
        return Search(where=self.where(fact, collection), parts=parts, sort=(Sort("score"),), origins=origins)

    def conditions(self, collection: Collection) -> dict[str, Operator]:
        """The five conditions of being open to the profile: those of a lead, and the labels that the object asks for."""
        if collection not in self._conditions:
            self._conditions[collection] = self._read_conditions(collection)
        return self._conditions[collection]

    def _read_conditions(self, collection: Collection) -> dict[str, Operator]:
        hours = self._hours(collection)
        sector = of_trade(self.profile, self.lexicon, collection) or All()
        size = bearable(self.profile, collection) or All()
        return {
            "sector": sector if hours is None else AnyOf((hours, sector)),
            "place": inside(self.profile, collection),
            "kind": open_to(self.profile) or All(),
            "size": size if hours is None else AnyOf((hours, size)),
            "label": self._labels(collection),
        }

    def where(self, fact: Fact, collection: Collection) -> Operator:
        """The lots looked at that the condition of a fact alone closes, and that this fact can open; for the first fact, those that none
        closes."""
        met = self.conditions(collection)
        closing = _CONDITION_OF.get(fact)
        read = (Not(condition) if name == closing else condition for name, condition in met.items())
        return conjunction(self._around(collection), *read, self._can_open(fact, collection))

    def several(self, collection: Collection) -> Operator:
        """The lots looked at that no fact alone opens."""
        opened = tuple(self.where(fact, collection) for fact in self.facts())
        return conjunction(self._around(collection), Not(AnyOf(opened)))

    def _can_open(self, fact: Fact, collection: Collection) -> Operator | None:
        """What a lot must be for one fact to open it."""
        zone = self.profile.zone
        match fact:
            case "nothing":
                return None if self.profile.trades else self._hours(collection) or AnyOf(())
            case "supposed":
                hours = self._hours(collection)
                return None if hours is None else Not(hours)
            case "trade":
                return Terms("meant_trades", self.near())
            case "farther" if zone.point is not None and zone.km is not None:
                return Near("location", *zone.point, FARTHEST_KM)
            case "farther":
                return Exists("departement")
            case "partner":
                return bearable(self.profile, collection, MOST_PARTNERS)
            case "kind":
                return Terms("reserved_for", tuple(KIND_OF))
            case _:
                return self._one_label(collection)

    def _hours(self, collection: Collection) -> Operator | None:
        """Contracts whose hours a supplier that lends people may work, of any trade and size: they are leads for it."""
        return hours_lent(self.profile, self.lexicon) if collection == "contracts" else None

    def near(self) -> tuple[str, ...]:
        """The trades like those of the profile that it does not refuse, the nearest first: no other trade makes a missed contract."""
        near = near_trades(self.profile.wanted, self.lexicon.trades)
        refused = self.refused()
        return tuple(code for code in (*near.close, *near.family) if code not in refused)

    def _like(self, collection: Collection) -> Operator | None:
        """The lots of the trades of the profile, of a like trade, or of a trade that is not known."""
        wanted = self.profile.wanted
        if not wanted:
            return None
        hours = self._hours(collection)
        own = Terms("trades", with_narrower(wanted, self.lexicon))
        like = (own, Terms("meant_trades", self.near()), Not(Exists("trades")))
        return AnyOf(like if hours is None else (*like, hours))

    def _labels(self, collection: Collection) -> Operator:
        """The object asks for no label that the supplier does not hold."""
        named = [names_label(code, self.lexicon, collection) for code in self._lacking(collection)]
        return Not(AnyOf(tuple(named))) if named else All()

    def _one_label(self, collection: Collection) -> Operator:
        """The object asks for one label only that the supplier does not hold."""
        return _exactly_one([names_label(code, self.lexicon, collection) for code in self._lacking(collection)])

    def _lacking(self, collection: Collection) -> list[str]:
        own = self.own_labels()
        return [code for code in self._named.get(collection, ()) if code not in own]

    def own_labels(self) -> set[str]:
        """Codes of the labels that the supplier holds, or says that it holds."""
        labels = () if self.record is None else self.record.get("labels", ())
        return {fact["value"]["code"] for fact in labels} | set(self.query.label)

    def refused(self) -> frozenset[str]:
        """Codes of the trades that the supplier declares not to do: nobody tells it to publish them."""
        declared = () if self.record is None else self.record.get("not_offered", ())
        return refused_trades((fact["value"].get("trade") for fact in declared), self.lexicon.trades)

    def _around(self, collection: Collection) -> Operator:
        """The purchases looked at: reserved or with a social clause, in the time asked, near the zone, not won by the supplier; for an ordinary company,
        with an environmental provision and not reserved."""
        fit = Not(unfit(self.profile, self.lexicon, collection))
        day, first = self.as_of.isoformat(), add_months(self.as_of, -self.query.months).isoformat()
        bearing = All((GREEN, Not(RESERVED))) if self.profile.ordinary else Terms("provisions", _PROVISIONS)
        if collection == "contracts":
            siren = self._siren()
            own = Not(Terms("holders", (siren,))) if siren else All()
            won = (Range("notified", gte=first, lte=day), Exists("holders"), own, Not(TRIAL), Not(OWN_HOLDER))
            return conjunction(bearing, fit, *won, self._near(), self._like(collection))
        called = (status_condition("closed", self.as_of), status_condition("awarded", self.as_of))
        since = (AnyOf(called), Range("published", gte=first, lte=day), Not(Terms("twin", ("yes",))))
        national = Not(NATIONAL) if self.profile.zone.local else None
        return conjunction(bearing, fit, *since, national, self._near(), self._like(collection))

    def _near(self) -> Operator:
        """The zone, and ``more_km`` beyond it; beyond a zone told by territories, their régions."""
        zone = self.profile.zone
        if not zone.local:
            return zone.where()
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
            (of_trade(self.profile, self.lexicon, collection) or All(), 1.0),
            *(
                (Terms("meant_trades", codes), worth)
                for codes, worth in ((near.close, 0.8), (near.family, 0.5))
                if codes
            ),
        ]
        day = "notified" if collection == "contracts" else "published"
        recent = ((6, 1.0), (12, 0.7), (24, 0.4))
        yield ladder_part("provision", _WEIGHTS["provision"], provision_steps(self.profile, self.lexicon, collection))
        yield ladder_part("sector", _WEIGHTS["sector"], steps)
        yield ladder_part("territory", _WEIGHTS["territory"], territory_steps(self.profile))
        yield ladder_part(
            "recency",
            _WEIGHTS["recency"],
            [(Range(day, gte=add_months(self.as_of, -months).isoformat()), worth) for months, worth in recent],
        )


def _exactly_one(operators: Sequence[Operator]) -> Operator:
    """One of the operators holds and no other: in groups, as a pair by pair condition has as many clauses as the square of them, which an engine
    refuses."""
    size = max(1, math.isqrt(len(operators)))
    groups = [tuple(operators[at : at + size]) for at in range(0, len(operators), size)]
    found: list[Operator] = []
    for group in groups:
        alone = [conjunction(own, *(Not(other) for other in group if other is not own)) for own in group]
        outside = tuple(other for others in groups if others is not group for other in others)
        found.append(conjunction(AnyOf(tuple(alone)), *((Not(AnyOf(outside)),) if outside else ())))
    return AnyOf(tuple(found))

"""The plans of a query by the ways to read its words: as they are written, else so that some supplier has them
(:mod:`vivier.suppliers.fewer_words`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar

from vivier.lexicon import Lexicon
from vivier.search.find import vocabulary_for
from vivier.search.operators import AnyOf, Search
from vivier.search.snapshot import Snapshot
from vivier.suppliers.farther import pinned
from vivier.suppliers.fewer_words import readings
from vivier.suppliers.plan import SupplierPlan, plan_search
from vivier.suppliers.query import SupplierQuery

T = TypeVar("T")


@dataclass(frozen=True)
class Readings:
    """``plain``: the plan of the words as they are; ``first``: that of the first way to read them; ``others``: makes those of the other ways."""

    plain: SupplierPlan
    first: SupplierPlan
    others: Callable[[], Sequence[SupplierPlan]]
    snapshot: Snapshot

    def searched(self, search: Callable[[SupplierPlan], T]) -> tuple[SupplierPlan, T]:
        """The plan whose words some supplier meets, and what ``search`` finds with it. The first plan, nearly always met, is searched while it is
        checked."""
        plan = self._as_grouped(self.first)
        if _is_surely_met(plan):
            return plan, search(plan)
        answer, met = self.snapshot.together(lambda: search(plan), lambda: self._is_met(plan))
        if met:
            return plan, answer
        plan = self._as_grouped(self._first_met() or self.plain)
        return plan, search(plan)

    def plan(self) -> SupplierPlan:
        """The plan whose words some supplier meets."""
        met = _is_surely_met(self.first) or self._is_met(self.first)
        return self._as_grouped(self.first if met else self._first_met() or self.plain)

    def _as_grouped(self, plan: SupplierPlan) -> SupplierPlan:
        """The plan with its group *farther* made of who is the nearest, when the query chooses that group."""
        return pinned(plan, self.snapshot) if "farther" in plan.query.group else plan

    def _is_met(self, plan: SupplierPlan) -> bool:
        """Whether some supplier meets the words of a plan, whatever its other filters."""
        where = plan.conditions.whole["q"]
        return self.snapshot.suppliers.search(Search(where=where, sort=(), limit=0)).total > 0

    def _first_met(self) -> SupplierPlan | None:
        """The first of the other plans whose words some supplier meets, whatever its other filters; all of them are asked in one search."""
        tried = {str(place): plan for place, plan in enumerate(self.others())}
        counts = tuple((place, plan.conditions.whole["q"]) for place, plan in tried.items())
        found = self.snapshot.suppliers.search(Search(where=AnyOf(()), sort=(), counts=counts, limit=0)).counts
        return next((plan for place, plan in tried.items() if found[place]), None)


def read(query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Readings:
    """Plans a query; its unknown words are corrected from the words of the generation. Raises ``InvalidRequest``."""
    plain = plan_search(query, lexicon, today, vocabulary_for(query, snapshot))
    if query.q is None or plain.words is None:
        return Readings(plain, plain, tuple, snapshot)
    ways = readings(plain.words, query.q, lexicon)
    first = next(ways)
    plan = plain if first is plain.words else plan_search(query, lexicon, today, words=first)
    others = cache(lambda: [plan_search(query, lexicon, today, words=words) for words in ways])
    return Readings(plain, plan, others, snapshot)


def plan_of(query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> SupplierPlan:
    """The plan by which a query is searched. Raises ``InvalidRequest``."""
    return read(query, snapshot, lexicon, today).plan()


def _is_surely_met(plan: SupplierPlan) -> bool:
    """Whether some supplier meets the words of a plan without a search: it has none, or a single one that the generation has."""
    words = plan.words
    return words is None or (len(words.groups) == 1 and not words.unused and not words.notices)

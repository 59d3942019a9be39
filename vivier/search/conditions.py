"""Joins the conditions of a query: a single offer must meet all those on offers, and serve the territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vivier.search.filters import holding
from vivier.search.operators import All, AnyOf, Operator, Same, conjunction


@dataclass(frozen=True)
class Conditions:
    """The conditions of a query, by parameter. The record must meet those of ``whole``; one of its offers, valid on ``day`` (ISO),
    must meet all those of ``offer``. ``served``: the condition by which an offer serves the territory, for each class of
    coverage; empty when the query has no territory, or when the territory is a condition on the record.

    ``ended``: offers that are not valid on ``day`` count too.

    When the query filters offers by their territory alone, offers that have expired count too: a supplier still works in a
    place when its certificate ends.
    """

    whole: Mapping[str, Operator]
    day: str
    offer: Mapping[str, Operator] = field(default_factory=dict)
    served: Mapping[str, Operator] = field(default_factory=dict)
    ended: bool = False
    _made: dict[frozenset[str], Operator] = field(default_factory=dict, init=False, repr=False, compare=False)

    def where(self, *without: str) -> Operator:
        """The conjunction of all conditions, those of the parameters ``without`` left out. Calls that leave out the same
        conditions return the same operator: an engine evaluates it once for all the facets of a request."""
        left = self.names.intersection(without)
        if left not in self._made:
            place = self._joined(() if "territory" in left else self._served, *left)
            others = (operator for name, operator in self.whole.items() if name not in left)
            self._made[left] = conjunction(*others, place)
        return self._made[left]

    def apart(self) -> dict[str, Operator]:
        """Each condition alone, by parameter; then, as ``same_offer``, those on offers and the territory joined on one offer. A supplier
        may meet each of them on a different offer, and fail only when they are joined."""
        alone = dict(self.whole)
        alone |= {name: Same("offers", (holding(self.day, operator),)) for name, operator in self.offer.items()}
        if self.served:
            alone["territory"] = AnyOf(tuple(Same("offers", (operator,)) for operator in self.served.values()))
        joined = self._joined(self._served)
        if joined is not None and len(self.offer) + bool(self.served) > 1:
            alone["same_offer"] = joined
        return alone

    def together(self, *without: str) -> tuple[Operator, ...]:
        """The filters on offers as one operator, those of the parameters ``without`` left out; empty when none remains."""
        filters = self._filters(without)
        return (self._lasting(*filters),) if filters else ()

    def entry(self, without: str) -> Operator:
        """The conditions that an offer must meet for its values to be counted in the facet ``without``: the other filters on offers and
        the territory."""
        return self._lasting(*self._filters((without,)), *self._served)

    def _lasting(self, *operators: Operator) -> Operator:
        return All(operators) if self.ended else holding(self.day, *operators)

    def _joined(self, served: tuple[Operator, ...], *without: str) -> Operator | None:
        operators = (*self.together(*without), *served)
        return Same("offers", operators) if operators else None

    def _filters(self, without: tuple[str, ...]) -> tuple[Operator, ...]:
        return tuple(operator for name, operator in self.offer.items() if name not in without)

    @cached_property
    def _served(self) -> tuple[Operator, ...]:
        """The condition that the offer serves one of the territories, in any class requested; empty without a territory."""
        return (AnyOf(tuple(self.served.values())),) if self.served else ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The parameters of the query that add a condition."""
        return frozenset((*self.whole, *self.offer, *(("territory",) if self.served else ())))

"""The conditions of a query: those of offers hold together on one offer, and there the territory is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vivier.search.filters import holding
from vivier.search.operators import AnyOf, Operator, Same, conjunction


@dataclass(frozen=True)
class Conditions:
    """The conditions of a query by parameter: ``whole`` ones on the record, ``offer`` ones together on one of its offers, which
    holds on ``day`` (ISO). ``served``: how an offer serves the territory asked, by class; empty when none is, or when the
    territory is a condition of the record.

    A territory alone is asked of every offer: where a supplier works does not end with a certificate.
    """

    whole: Mapping[str, Operator]
    day: str
    offer: Mapping[str, Operator] = field(default_factory=dict)
    served: Mapping[str, Operator] = field(default_factory=dict)
    _made: dict[frozenset[str], Operator] = field(default_factory=dict, init=False, repr=False, compare=False)

    def where(self, *without: str) -> Operator:
        """All conditions but those of some parameters. The same operator for all that leave nothing out: an engine that meets
        it again, facet after facet, has it already."""
        left = self.names.intersection(without)
        if left not in self._made:
            place = self._joined(() if "territory" in left else self._served, *left)
            others = (operator for name, operator in self.whole.items() if name not in left)
            self._made[left] = conjunction(*others, place)
        return self._made[left]

    def apart(self) -> dict[str, Operator]:
        """Each condition alone, then those of offers and territory together: where they part is where a supplier fails."""
        alone = dict(self.whole)
        alone |= {name: Same("offers", (holding(self.day, operator),)) for name, operator in self.offer.items()}
        if self.served:
            alone["territory"] = AnyOf(tuple(Same("offers", (operator,)) for operator in self.served.values()))
        joined = self._joined(self._served)
        if joined is not None and len(self.offer) + bool(self.served) > 1:
            alone["same_offer"] = joined
        return alone

    def together(self, *without: str) -> tuple[Operator, ...]:
        """All that is asked of an offer, as one operator; nothing when no filter of offers is given."""
        filters = self._filters(without)
        return (holding(self.day, *filters),) if filters else ()

    def entry(self, without: str) -> Operator:
        """What an offer must meet to give its values to the facet of ``without``: the territory too, on that very offer."""
        return holding(self.day, *self._filters((without,)), *self._served)

    def _joined(self, served: tuple[Operator, ...], *without: str) -> Operator | None:
        operators = (*self.together(*without), *served)
        return Same("offers", operators) if operators else None

    def _filters(self, without: tuple[str, ...]) -> tuple[Operator, ...]:
        return tuple(operator for name, operator in self.offer.items() if name not in without)

    @cached_property
    def _served(self) -> tuple[Operator, ...]:
        """The offer serves one of the territories, in any of the classes wanted; nothing when no territory is asked."""
        return (AnyOf(tuple(self.served.values())),) if self.served else ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The parameters that make a condition."""
        return frozenset((*self.whole, *self.offer, *(("territory",) if self.served else ())))

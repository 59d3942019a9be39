"""The conditions of a query: those of offers hold together on one offer, and there the territory is served."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from vivier.search.filters import holding
from vivier.search.operators import AnyOf, Operator, Part, Same, Terms, conjunction
from vivier.search.scoring import coverage_part, trade_part
from vivier.territory import Gazetteer, Territory

CLASSES: dict[str | None, tuple[str, ...]] = {
    None: ("full", "wide", "partial", "overseas_unconfirmed", "seat_only"),
    "full": ("full",),
    "wide": ("full", "wide"),
    "partial": ("full", "wide", "partial"),
    "any": ("full", "wide", "partial", "overseas_unconfirmed", "seat_only", "touch"),
}
"""Coverage classes admitted by each value of the parameter; the default leaves out what a circle only touches."""


@dataclass(frozen=True)
class Conditions:
    """The conditions of a query by parameter: those of offers hold together on one offer, which holds on ``day`` (ISO).

    A territory alone is asked of every offer: where a supplier works does not end with a certificate.
    """

    supplier: dict[str, Operator]
    offer: dict[str, Operator]
    territories: tuple[Territory, ...]
    classes: tuple[str, ...]
    gazetteer: Gazetteer = field(repr=False)
    day: str
    _made: dict[str | None, Operator] = field(default_factory=dict, init=False, repr=False, compare=False)

    def where(self, without: str | None = None) -> Operator:
        """All conditions but those of one parameter. The same operator for all that leave nothing out: an engine that meets it
        again, facet after facet, has it already."""
        kept = without if without in self.supplier or without in self.offer or without == "territory" else None
        if kept not in self._made:
            self._made[kept] = self._where(kept)
        return self._made[kept]

    def _where(self, without: str | None) -> Operator:
        offers = self._together(without)
        place = None if without == "territory" else self._territory(offers)
        if place is None and offers:
            place = Same("offers", offers)
        return conjunction(*(operator for name, operator in self.supplier.items() if name != without), place)

    def apart(self) -> tuple[tuple[str, Operator], ...]:
        """Each condition alone, then those of offers and territory together: where they part is where a supplier fails."""
        alone = [
            *self.supplier.items(),
            *((name, Same("offers", (holding(self.day, operator),))) for name, operator in self.offer.items()),
        ]
        offers = self._together()
        if self.territories:
            alone.append(("territory", AnyOf(tuple(self._in_class(name, ()) for name in self.classes))))
        joined = self._territory(offers) if self.territories else Same("offers", offers)
        together = len(self.offer) + bool(self.territories)
        return (*alone, *((("same_offer", joined),) if together > 1 and joined is not None else ()))

    def coverage(self, weight: float) -> Part:
        """Points by coverage class, on the offers that meet the other filters."""
        ids = tuple(territory.id for territory in self.territories)
        classes = {
            name: Terms("seat", ids) if name == "seat_only" else reach(name, self.territories, self.gazetteer)
            for name in self.classes
        }
        return coverage_part(weight, classes, self._together())

    def trade(self, weight: float, wanted: tuple[str, ...]) -> Part:
        """Points by evidence of the trade, on the offers that meet every filter."""
        return trade_part(weight, wanted, self._together())

    def entry(self, without: str) -> Operator:
        """What an offer must meet to give its values to the facet of ``without``: the territory too, on that very offer."""
        asked = self._asked(without)
        return holding(self.day, *asked, *((self._served,) if self.territories else ()))

    def _asked(self, without: str | None = None) -> tuple[Operator, ...]:
        return tuple(operator for name, operator in self.offer.items() if name != without)

    def _together(self, without: str | None = None) -> tuple[Operator, ...]:
        """All that is asked of an offer, as one operator; nothing when no filter of offers is given."""
        asked = self._asked(without)
        return (holding(self.day, *asked),) if asked else ()

    def _territory(self, offers: tuple[Operator, ...]) -> Operator | None:
        return Same("offers", (*offers, self._served)) if self.territories else None

    def _in_class(self, name: str, offers: tuple[Operator, ...]) -> Operator:
        return Same("offers", (*offers, self._at(name)))

    @cached_property
    def _served(self) -> Operator:
        """The offer serves one of the territories, in any of the classes wanted."""
        return AnyOf(tuple(self._at(name) for name in self.classes))

    def _at(self, name: str) -> Operator:
        if name == "seat_only":
            return Terms("seat", tuple(territory.id for territory in self.territories))
        return reach(name, self.territories, self.gazetteer)


def reach(name: str, territories: Iterable[Territory], gazetteer: Gazetteer) -> Operator:
    """An offer covers one of the territories in the class ``name``, by the codes the indexer computed."""
    whole: list[str] = []
    own: list[str] = []
    blocks: list[str] = []
    for territory in territories:
        own.append(territory.id)
        if territory.kind in ("commune", "arrondissement"):
            whole += gazetteer.ancestors(territory.id)
        block = gazetteer.block(territory.id)
        if block is not None:
            blocks.append(f"bloc:{block}")
            whole.append(f"bloc:{block}")
    if name == "full":
        return AnyOf((Terms("reach_all", tuple(dict.fromkeys(whole))), Terms("reach_full", tuple(own))))
    if name == "overseas_unconfirmed":
        return Terms("reach_overseas", tuple(dict.fromkeys(blocks)))
    return Terms(f"reach_{name}", tuple(own))

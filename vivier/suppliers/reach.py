"""How an offer reaches a territory, by the codes the indexer computed: one condition a class of coverage."""

from __future__ import annotations

from collections.abc import Iterable

from vivier.search.operators import AnyOf, Operator, Terms
from vivier.territory import Gazetteer, Territory

CLASSES: dict[str | None, tuple[str, ...]] = {
    None: ("full", "wide", "partial", "overseas_unconfirmed", "seat_only"),
    "full": ("full",),
    "wide": ("full", "wide"),
    "partial": ("full", "wide", "partial"),
    "any": ("full", "wide", "partial", "overseas_unconfirmed", "seat_only", "touch"),
}
"""Coverage classes admitted by each value of the parameter; the default leaves out what a circle only touches."""


def served(territories: tuple[Territory, ...], coverage: str | None, gazetteer: Gazetteer) -> dict[str, Operator]:
    """How an offer serves one of the territories, by class, best first, for a value of ``coverage``; empty without territory."""
    return {name: reach(name, territories, gazetteer) for name in CLASSES[coverage]} if territories else {}


def reach(name: str, territories: Iterable[Territory], gazetteer: Gazetteer) -> Operator:
    """An offer covers one of the territories in the class ``name``."""
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
    return Terms("seat" if name == "seat_only" else f"reach_{name}", tuple(own))

"""Makes the condition by which an offer serves a territory, for each class of coverage, from the codes that the indexer computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vivier.search.operators import AnyOf, Not, Operator, Terms, conjunction
from vivier.search.scoring import DECLARED
from vivier.territory import Gazetteer, Territory

CLASSES: dict[str | None, tuple[str, ...]] = {
    None: ("full", "wide", "partial", "seat_only"),
    "full": ("full",),
    "wide": ("full", "wide"),
    "partial": ("full", "wide", "partial"),
    "seat": ("full", "wide", "partial", "seat_only"),
    "any": ("full", "wide", "partial", "seat_only", "touch"),
}
"""The classes that each value of ``coverage`` accepts. The default (``None``) leaves out a territory that a circle only touches, and a seat
inside the territory when a zone is declared elsewhere; ``seat`` accepts this seat."""


def served(territories: tuple[Territory, ...], coverage: str | None, gazetteer: Gazetteer) -> dict[str, Operator]:
    """The condition by which an offer serves one of the territories, for each class that ``coverage`` accepts, best class first; empty
    without a territory."""
    if not territories:
        return {}
    classes = {name: reach(name, territories, gazetteer) for name in CLASSES[coverage]}
    if coverage is None:
        classes["seat_only"] = conjunction(classes["seat_only"], Not(DECLARED))
    return classes


def graded(
    served: Mapping[str, Operator], territories: tuple[Territory, ...], gazetteer: Gazetteer
) -> dict[str, Operator]:
    """The condition of each class of coverage for the score: those of :func:`served`, after ``whole``, an offer that leaves nobody out. Class
    ``full`` begins at 95 % of the people."""
    return {"whole": reach("whole", territories, gazetteer), **served} if "full" in served else dict(served)


def reach(name: str, territories: Iterable[Territory], gazetteer: Gazetteer) -> Operator:
    """The condition that an offer covers one of the territories in the class ``name``, or all of it for ``whole``."""
    whole: list[str] = []
    own: list[str] = []
    for territory in territories:
        own.append(territory.id)
        if name == "whole" or territory.kind in ("commune", "arrondissement"):
            whole += gazetteer.ancestors(territory.id)
        block = gazetteer.block(territory.id)
        if block is not None:
            whole.append(f"bloc:{block}")
    if name == "whole":
        return Terms("reach_all", tuple(dict.fromkeys(whole)))
    if name == "full":
        return AnyOf((Terms("reach_all", tuple(dict.fromkeys(whole))), Terms("reach_full", tuple(own))))
    return Terms("seat" if name == "seat_only" else f"reach_{name}", tuple(own))

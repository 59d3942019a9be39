"""Finds who is « trop loin »: the nearest suppliers of the group *farther*, within the first ring around the place that has somebody.

A seat in the territory of the query is at no distance from it, and the order is by distance alone, on both engines: a page may write
« les plus proches d'abord ».
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from vivier.model.views import SupplierView
from vivier.search.operators import Operator, Part, Search, Sort, Tier, conjunction
from vivier.search.port import Hit
from vivier.search.snapshot import Snapshot
from vivier.suppliers.groups import FARTHEST_KM, RINGS_KM, inside, within
from vivier.suppliers.plan import SupplierPlan, with_nearest

NEAREST: Final = 20
"""The most suppliers of the group *farther*."""
_INSIDE: Final = "inside"


@dataclass(frozen=True)
class Farther:
    """The group *farther*: its ``total``, at most :data:`NEAREST`, the ring that it is in (kilometres from the place), its ``hits`` when they are
    known, the nearest first."""

    total: int
    km: float
    hits: tuple[Hit[SupplierView], ...] = ()


NOBODY: Final = Farther(0, FARTHEST_KM)


def farther(plan: SupplierPlan, snapshot: Snapshot) -> Farther:
    """The group *farther* of a plan, by one search."""
    search = Search(
        where=plan.groups["farther"],
        parts=(Part(_INSIDE, (Tier(inside(plan.reading), 1),)),),
        sort=(Sort("score"), Sort("distance")),
        origins=plan.reading.origins,
        limit=NEAREST,
    )
    hits = snapshot.suppliers.search(search).hits
    km = next((ring for ring in RINGS_KM if hits and _distance(hits[0]) <= ring), FARTHEST_KM)
    near = tuple(hit for hit in hits if _distance(hit) <= km)
    return Farther(len(near), km, near)


def ring_counts(plan: SupplierPlan) -> Iterator[tuple[str, Operator]]:
    """The condition of the group *farther* in each ring, by its name: what :func:`counted` reads."""
    where = plan.groups["farther"]
    yield from ((_ring(km), conjunction(where, within(km, plan.reading))) for km in RINGS_KM)


def counted(counts: Mapping[str, int]) -> Farther:
    """The group *farther* from the counts of its rings, without its suppliers."""
    km = next((ring for ring in RINGS_KM if counts[_ring(ring)]), FARTHEST_KM)
    return Farther(min(NEAREST, counts[_ring(km)]), km)


def pinned(plan: SupplierPlan, snapshot: Snapshot) -> SupplierPlan:
    """The plan whose group *farther* is made of those that :func:`farther` finds: a search for it, its pages, its files and its map then have the
    same suppliers. The same plan when it has no such group."""
    if "farther" not in plan.ways or plan.nearest is not None:
        return plan
    return with_nearest(plan, tuple(hit.id for hit in farther(plan, snapshot).hits))


def _ring(km: float) -> str:
    return f"farther within {km:g} km"


def _distance(hit: Hit[SupplierView]) -> float:
    """Kilometres from the place: none for a seat in it."""
    if hit.parts[_INSIDE] or hit.distance_km is None:
        return 0.0
    return hit.distance_km

"""What a row of a depth map takes from the other rows: its quadrant, and the sums that another hidden one would reveal (docs/methods.md (c))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from vivier.desk.method.depth import Depth
from vivier.desk.method.depth_classes import IN_PLACE, Quadrant
from vivier.desk.method.small_cells import telltale
from vivier.law.parameters import value

LEAST_TERRITORIES: Final = 8


def with_quadrants(rows: Sequence[Depth]) -> list[Depth]:
    """Gives each territory its quadrant: its supply by its class, its purchases by the median of the rows and by absolute floors. The
    quadrant is left undefined with fewer than eight territories, or where demand is unknown."""
    known = [row.demand.annual for row in rows if row.demand is not None and row.demand.annual is not None]
    if len(known) < LEAST_TERRITORIES:
        return list(rows)
    bought = median(known)
    return [replace(row, quadrant=_quadrant(row, bought)) for row in rows]


def _quadrant(row: Depth, bought: float) -> Quadrant | None:
    """The quadrant of a row. Purchases are « en place » from the median of the rows on, when they reach ``depth_annual`` euros a year over
    ``depth_contracts`` contracts. A row with neither supply nor demand has no quadrant."""
    demand = row.demand
    if demand is None or demand.annual is None or not (demand.annual or row.count):
        return None
    wanted = demand.annual >= max(bought, value("depth_annual")) and demand.contracts >= value("depth_contracts")
    if row.level_low in IN_PLACE:
        return "constituee" if wanted else "gisement_inexploite"
    return "a_renforcer" if wanted else "emergente"


def protected(rows: Sequence[Depth], country: Depth) -> list[Depth]:
    """The rows with a second sum masked when exactly one is masked and the country's is shown: a subtraction would reveal it."""
    shown = list(rows)
    if country.capacity is not None:
        place = telltale([row.masked for row in shown], [row.known for row in shown])
        if place is not None:
            nothing = dict.fromkeys(shown[place].largest)
            shown[place] = replace(
                shown[place], capacity=None, masked=True, effective=None, largest=nothing, tension=None
            )
    if country.fte is not None:
        hidden = [row.fte_known > 0 and row.fte is None for row in shown]
        place = telltale(hidden, [row.fte_known for row in shown])
        if place is not None:
            shown[place] = replace(shown[place], fte=None)
    return shown

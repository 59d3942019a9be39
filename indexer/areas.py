"""Finds the priority areas of a seat: by its commune (FRR, ZRR), or by its point when the point is that of the address
(QPV)."""

from __future__ import annotations

from collections.abc import Iterable

import shapely
from shapely.geometry import shape

from vivier.model import Address
from vivier.model.context import Area
from vivier.territory import Gazetteer


class Areas:
    """Communes by area code, and the contours of the QPV."""

    def __init__(self, areas: Iterable[Area], gazetteer: Gazetteer) -> None:
        listed = list(areas)
        self._communes = {area.zone: _of_today(area, gazetteer) for area in listed if area.communes}
        contours = [shape(area.contour) for area in listed if area.contour is not None]
        self._tree = shapely.STRtree(contours) if contours else None

    @property
    def known(self) -> bool:
        """Whether any area was read."""
        return bool(self._communes) or self._tree is not None

    def of(self, address: Address) -> tuple[str, ...]:
        """Codes of the areas the seat is in, sorted. A point that is not that of the address proves nothing about a QPV."""
        found = {zone for zone, communes in self._communes.items() if address.commune in communes}
        if self._tree is not None and address.point is not None and address.precision == "address":
            point = shapely.Point(address.point.lon, address.point.lat)
            found |= {"qpv"} if len(self._tree.query(point, predicate="intersects")) else set()
        return tuple(sorted(found))


def _of_today(area: Area, gazetteer: Gazetteer) -> frozenset[str]:
    """Communes of today that are wholly in the area. A commune born of communes in and out of the list is only partly
    in the area, hence left out."""
    inside, outside = (
        {gazetteer.successors.get(code, code) for code in codes} for codes in (area.communes, area.outside)
    )
    return frozenset(inside - outside)

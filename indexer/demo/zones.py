"""Zones of intervention of the fictitious suppliers: every form the domain knows, most often none published."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import numpy as np

from indexer.demo.dice import Dice, Weighted
from indexer.demo.places import Seat
from vivier.model import Zone
from vivier.model.place import CountryZone, RadiusZone, TerritoriesZone, UndeclaredZone
from vivier.territory import Gazetteer
from vivier.territory.communes import haversine_km

Form = Literal["undeclared", "radius", "communes", "epci", "departements", "region", "country"]

FORMS: Weighted[Form] = Weighted(
    {"undeclared": 58, "radius": 14, "communes": 4, "epci": 8, "departements": 10, "region": 4, "country": 2}
)
DECLARED: Weighted[Form] = Weighted(
    {"radius": 14, "communes": 4, "epci": 8, "departements": 10, "region": 4, "country": 2}
)
RADII_KM = tuple(RadiusZone(km=km) for km in (10, 15, 20, 20, 25, 30, 30, 40, 50, 50, 60, 75, 80, 100))
NEIGHBOURS = 4
COUNTRY, UNDECLARED = CountryZone(), UndeclaredZone()


class Zones:
    """Draws zones around a seat."""

    def __init__(self, gazetteer: Gazetteer, dice: Dice) -> None:
        self._communes = gazetteer.communes
        self._dice = dice
        self._near = lru_cache(maxsize=None)(self._neighbours)
        self._epci_in = lru_cache(maxsize=None)(self._epci_of)
        self._points = self._departement_points()
        self._makers: dict[Form, Callable[[Seat], Zone]] = {
            "undeclared": lambda seat: UNDECLARED,
            "country": lambda seat: COUNTRY,
            "radius": self._radius,
            "communes": self._of_communes,
            "epci": self._of_epci,
            "departements": self._of_departements,
            "region": self._of_region,
        }

    def draw(self, seat: Seat) -> Zone:
        """The zone of a supplier, undeclared more often than not."""
        return self._makers[self._dice.weighted(FORMS)](seat)

    def draw_declared(self, seat: Seat) -> Zone:
        return self._makers[self._dice.weighted(DECLARED)](seat)

    def _radius(self, seat: Seat) -> Zone:
        """A radius needs a seat: without an address the whole département is served."""
        placed = seat.address.point is not None or seat.address.town is not None
        return self._dice.pick(RADII_KM) if placed else _territories(f"departement:{seat.departement}")

    def _of_communes(self, seat: Seat) -> Zone:
        own = self._commune(seat)
        epci = self._communes.epci.at(own)
        around = self._communes.epci.rows(epci) if epci is not None else np.array([own], np.intp)
        drawn = {own, *map(int, self._dice.some(around.tolist(), self._dice.between(1, 6)))}
        return _territories(*(f"commune:{self._communes.codes[row]}" for row in sorted(drawn)))

    def _of_epci(self, seat: Seat) -> Zone:
        own = self._communes.epci.at(self._commune(seat))
        if own is None:
            return _territories(f"departement:{seat.departement}")
        codes = dict.fromkeys([own, *self._dice.some(self._epci_in(seat.departement), self._dice.between(0, 2))])
        return _territories(*(f"epci:{code}" for code in codes))

    def _of_departements(self, seat: Seat) -> Zone:
        count = self._dice.pick((0, 0, 0, 1, 1, 2, 3))
        return _territories(
            *(f"departement:{code}" for code in (seat.departement, *self._near(seat.departement)[:count]))
        )

    def _of_region(self, seat: Seat) -> Zone:
        region = self._communes.region.at(seat.row)
        return _territories(f"region:{region}" if region is not None else f"departement:{seat.departement}")

    def _commune(self, seat: Seat) -> int:
        parent = int(self._communes.parent[seat.row])
        return parent if parent >= 0 else seat.row

    def _epci_of(self, departement: str) -> tuple[str, ...]:
        """EPCI with a commune in the département."""
        values = np.unique(self._communes.epci.values[self._communes.departement.rows(departement)])
        return tuple(self._communes.epci.codes[value] for value in values if value >= 0)

    def _neighbours(self, departement: str) -> tuple[str, ...]:
        """The nearest départements, none across the sea."""
        if departement.startswith(("97", "98")):
            return ()
        lon, lat = self._points[departement]
        island = departement in ("2A", "2B")
        codes = [c for c in self._points if c != departement and (c in ("2A", "2B")) == island]
        lons, lats = np.array([self._points[code] for code in codes]).T
        order = np.argsort(haversine_km(lon, lat, lons, lats), kind="stable")
        return tuple(codes[place] for place in order[:NEIGHBOURS])

    def _departement_points(self) -> dict[str, tuple[float, float]]:
        communes = self._communes
        points = {}
        for code in communes.departement.codes:
            rows = communes.departement.rows(code)
            if not code.startswith(("97", "98")):
                points[code] = (float(np.nanmean(communes.lon[rows])), float(np.nanmean(communes.lat[rows])))
        return points


@lru_cache(maxsize=4096)
def _territories(*ids: str) -> Zone:
    return TerritoriesZone(territories=ids)

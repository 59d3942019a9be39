"""Zones worked on together reach what each reaches alone, in whatever order they come."""

from __future__ import annotations

from itertools import permutations

import pytest

from vivier.model import Address, Point, RadiusZone, TerritoriesZone, Zone
from vivier.territory.covers import Cover, Covers
from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.units import Units

pytestmark = pytest.mark.slow

RENNES = Address(commune="35238", point=Point(lon=-1.68, lat=48.11))
LYON = Address(commune="69123", point=Point(lon=4.84, lat=45.74))
ZONES: dict[str, tuple[Zone, Address]] = {
    "an arrondissement beside a département": (
        TerritoriesZone(territories=("arrondissement:69387", "departement:38")),
        LYON,
    ),
    "some arrondissements beside a commune": (
        TerritoriesZone(territories=("arrondissement:75111", "arrondissement:75112", "commune:13055")),
        LYON,
    ),
    "30 km round Rennes": (RadiusZone(km=30), RENNES),
    "5 km round Lyon": (RadiusZone(km=5), LYON),
}


@pytest.fixture(scope="module")
def units() -> Units:
    covers = Covers(load_gazetteer())
    return Units(covers.communes, covers.discs)


@pytest.fixture(scope="module")
def covers() -> dict[str, Cover]:
    made = Covers(load_gazetteer())
    return {name: made.cover(made.claim(zone, seat, 30.0)) for name, (zone, seat) in ZONES.items()}


def test_the_order_of_zones_changes_nothing(units: Units, covers: dict[str, Cover]) -> None:
    alone = {name: units.reaches([cover])[0] for name, cover in covers.items()}
    for names in permutations(covers):
        assert units.reaches([covers[name] for name in names]) == [alone[name] for name in names]

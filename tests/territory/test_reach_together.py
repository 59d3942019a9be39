"""Zones worked on together reach what each reaches alone, in whatever order they come."""

from __future__ import annotations

from itertools import permutations

import pytest

from vivier.model import Address, Point, RadiusZone, TerritoriesZone, Zone
from vivier.territory.covers import Covers
from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.units import Units

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
def units(covers: Covers) -> Units:
    return Units(covers.communes, covers.discs)


def test_the_order_of_zones_changes_nothing(units: Units, covers: Covers) -> None:
    zones = {name: covers.cover(covers.claim(zone, seat, 30.0)) for name, (zone, seat) in ZONES.items()}
    alone = {name: units.reaches([cover])[0] for name, cover in zones.items()}
    for names in permutations(zones):
        assert units.reaches([zones[name] for name in names]) == [alone[name] for name in names]


def test_what_contains_a_touched_commune_is_touched_or_covered(units: Units, covers: Covers) -> None:
    """A circle that holds a thousandth of a commune holds far less of its région: were the région not touched, a search there would
    lose a supplier that a search in the commune finds."""
    gazetteer = load_gazetteer()
    for commune, seat in (("35238", RENNES), ("69123", LYON), ("05023", Address(commune="05023"))):
        for km in (0.5, 2, 15):
            reach = units.reaches([covers.cover(covers.claim(RadiusZone(km=km), seat, 30.0))])[0]
            reached = {*reach.all, *reach.full, *reach.wide, *reach.partial, *reach.touch}
            touched = [id_ for id_ in reach.touch if id_.startswith("commune:")]
            above = {id_ for touched_id in touched for id_ in gazetteer.ancestors(touched_id)}
            assert above <= reached, (commune, km, above - reached)

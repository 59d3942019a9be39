"""How much of a territory zones cover. « Toute la France » said from one shore of it does not cross the sea: the mainland and Corse go together."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from vivier.model import Address, CountryZone, Point, RadiusZone, TerritoriesZone, UndeclaredZone, Zone
from vivier.territory import load_gazetteer
from vivier.territory import reach as reaching
from vivier.territory.coverage import Circle, best_coverage, coverage, read_zones
from vivier.territory.reach import load_reach_index

PARIS, AJACCIO, SAINT_DENIS = (Address(commune=code) for code in ("75056", "2A004", "97411"))
LON, LAT = -1.68, 48.11
RENNES, LYON = Address(commune="35238", point=Point(lon=LON, lat=LAT)), Address(commune="69123")
BOX, YARD = (shapely.box(LON - size, LAT - size / 2, LON + size, LAT + size / 2) for size in (0.2, 0.002))


def listed(*ids: str) -> TerritoriesZone:
    return TerritoriesZone(territories=ids)


def test_a_country_is_the_side_of_the_sea_of_its_seat() -> None:
    covers = load_reach_index().covers
    european, island = (covers.side(seat) for seat in (RENNES, SAINT_DENIS))
    assert covers.side(AJACCIO) == european and island == ("region:04", "departement:974")
    assert [len([id_ for id_ in european if id_.startswith(kind)]) for kind in ("region:", "departement:")] == [13, 96]


def test_a_zone_that_was_read_is_remembered_and_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    index = load_reach_index()
    monkeypatch.setattr(reaching, "REMEMBERED", 2)
    zones = [RadiusZone(km=km) for km in (1, 2, 3)]
    found = [index.reach(zone, RENNES, 30.0) for zone in zones]
    assert len(index._known) == 2 and found[2] == reaching.reach(zones[2], RENNES, 30.0, load_gazetteer())
    assert [reach.basis for reach in found] == ["radius"] * 3


WHOLE: dict[str, Any] = {"area": True}
COVERED: list[tuple[tuple[Zone, ...], Address, Any, dict[str, Any], str]] = [
    ((RadiusZone(km=5),), RENNES, "commune:35238", {}, "full radius radius:5 1.000 1.000 None None"),
    ((RadiusZone(km=30),), RENNES, "departement:35", WHOLE, "wide radius radius:30 0.644 0.644 0.415 True"),
    ((RadiusZone(km=6),), RENNES, "commune:35051", {}, "touch radius radius:6 0.000 0.000 None None"),
    ((RadiusZone(km=1),), RENNES, "commune:35288", {}, "none none None 0.000 0.000 None None"),
    ((RadiusZone(km=5),), RENNES, BOX, WHOLE, "wide radius radius:5 0.527 0.527 0.119 True"),
    ((listed("commune:35238"),), RENNES, BOX, WHOLE, "partial code commune:35238 0.497 0.497 0.076 False"),
    ((RadiusZone(km=1),), RENNES, YARD, {}, "full radius radius:1 1.000 None 1.000 None"),
    ((listed("commune:35238"),), RENNES, YARD, {}, "full code commune:35238 1.000 None 1.000 None"),
    ((RadiusZone(km=1),), LYON, YARD, {}, "none none None 0.000 None 0.000 None"),
    ((listed("commune:35238"),), RENNES, Circle(LON, LAT, 10.0), {}, "wide code commune:35238 0.620 0.620 None None"),
    (
        (listed("commune:35051"), listed("departement:35")),
        RENNES,
        "departement:35",
        WHOLE,
        "full code departement:35 1.000 1.000 1.000 False",
    ),
    (
        (listed("commune:35051", "commune:69123"),),
        RENNES,
        "departement:35",
        {},
        "partial code commune:35051 0.017 0.017 None None",
    ),
    (
        (CountryZone(), RadiusZone(km=5)),
        SAINT_DENIS,
        "departement:35",
        {},
        "overseas_unconfirmed country country 0.000 0.000 None None",
    ),
    ((CountryZone(),), SAINT_DENIS, BOX, {}, "overseas_unconfirmed country country 0.000 0.000 None None"),
    ((listed("departement:69"),), RENNES, "departement:35", {}, "seat_only seat None 0.000 0.000 None None"),
    ((UndeclaredZone(),), RENNES, "departement:35", {}, "wide inferred radius:30 0.644 0.644 None None"),
    ((UndeclaredZone(),), Address(), "departement:35", {}, "none none None 0.000 0.000 None None"),
    (
        (listed("arrondissement:69387"),),
        PARIS,
        "commune:69123",
        WHOLE,
        "partial code arrondissement:69387 0.170 0.170 0.201 False",
    ),
]


@pytest.mark.parametrize(("zones", "seat", "territory", "options", "expected"), COVERED)
def test_what_zones_cover_of_a_territory(
    zones: tuple[Zone, ...], seat: Address, territory: Any, options: dict[str, Any], expected: str
) -> None:
    found = coverage(zones, seat, territory, load_gazetteer(), default_km=30.0, **options)
    shares = [
        None if share is None else f"{share:.3f}" for share in (found.share, found.share_population, found.share_area)
    ]
    assert " ".join(map(str, (found.cls, found.basis, found.matched_zone, *shares, found.borderline))) == expected


def test_why_no_zone_covers_and_how_far_the_seat_is() -> None:
    found = [
        coverage(zones, seat, "departement:35", load_gazetteer())
        for zones, seat in (
            ((UndeclaredZone(),), Address()),
            ((listed("departement:69"),), LYON),
            ((RadiusZone(km=1),), LYON),
        )
    ]
    assert [(each.reason, each.seat_in_territory) for each in found] == [
        ("no_location", False),
        (None, False),
        (None, False),
    ]
    assert found[0].distance_km is None and 540 < (found[1].distance_km or 0) < 580
    assert coverage((RadiusZone(km=1),), RENNES, "departement:35", load_gazetteer()).distance_km == 0.0


@pytest.mark.parametrize(
    ("territories", "cls", "share", "is_in", "km"),
    [
        (("departement:35", "departement:22"), "wide", 0.516, True, 0.0),
        (("departement:22", "commune:35051"), "full", 1.0, False, 6.25),
        (("departement:22", "departement:56"), "none", 0.0, False, 94.6),
        (("commune:35051",), "full", 1.0, False, 6.25),
    ],
)
def test_of_several_territories_the_best_covered_counts(
    territories: tuple[str, ...], cls: str, share: float, is_in: bool, km: float
) -> None:
    zones = read_zones((listed("commune:35051"), RadiusZone(km=20)), RENNES, load_gazetteer())
    found = best_coverage(zones, territories)
    assert (found.cls, round(found.share, 3), found.seat_in_territory) == (cls, share, is_in)
    assert found.distance_km == pytest.approx(km, abs=0.01)


@pytest.mark.parametrize(
    ("seat", "territory", "covered"),
    [
        (PARIS, "departement:2A", True),
        (AJACCIO, "departement:35", True),
        (PARIS, "departement:974", False),
        (SAINT_DENIS, "departement:2A", False),
        (SAINT_DENIS, "departement:974", True),
    ],
)
def test_the_country_is_the_mainland_and_corse(seat: Address, territory: str, covered: bool) -> None:
    gazetteer = load_gazetteer()
    found = coverage((CountryZone(),), seat, territory, gazetteer, default_km=30.0)
    assert found.cls == ("full" if covered else "overseas_unconfirmed")
    reach = load_reach_index().reach(CountryZone(), seat, 30.0)
    assert (f"bloc:{gazetteer.block(territory)}" in reach.all) is covered


@pytest.mark.parametrize(("seat", "covered"), [(PARIS, "full"), (SAINT_DENIS, "partial")])
def test_the_whole_country_is_covered_but_for_what_is_beyond_the_sea(seat: Address, covered: str) -> None:
    gazetteer, reach = load_gazetteer(), load_reach_index().reach(CountryZone(), seat, 30.0)
    found = coverage((CountryZone(),), seat, "FR", gazetteer)
    assert found.cls == covered
    assert found.share == pytest.approx(reach.shares["FR"], abs=1e-4)
    assert (reach.full if covered == "full" else reach.partial) == ("FR",)

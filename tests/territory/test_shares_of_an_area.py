"""How much of a searched territory zones cover, and which territory a drawn shape is, against what a map would say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from vivier.errors import InvalidRequest
from vivier.model import Address, CountryZone, Point, RadiusZone, TerritoriesZone, Zone
from vivier.territory.contours import layer
from vivier.territory.covers import Cover, Covers
from vivier.territory.discs import Circle
from vivier.territory.overlaps import share_area
from vivier.territory.targets import around, holds, read_target

LON, LAT = -1.68, 48.11
RENNES = Address(commune="35238", point=Point(lon=LON, lat=LAT))
BOX = shapely.box(LON - 0.2, LAT - 0.1, LON + 0.2, LAT + 0.1)
KM_LON, KM_LAT = 111.19 * math.cos(math.radians(LAT)), 111.19
"""Kilometres of a degree at Rennes."""


def zone(covers: Covers, zone: Zone, seat: Address = RENNES) -> Cover:
    return covers.cover(covers.claim(zone, seat, 30.0))


def listed(covers: Covers, *ids: str) -> Cover:
    return zone(covers, TerritoriesZone(territories=ids))


def area(shape: shapely.Geometry) -> float:
    """km² of a shape near Rennes, on a flat map."""
    return float(shapely.area(shape)) * KM_LON * KM_LAT


def contour(*codes: str) -> shapely.Geometry:
    contours = layer("communes")
    return shapely.union_all([contours.shapes[list(contours.codes).index(code)] for code in codes])


def share(covers: Covers, target: object, *claimed: Cover) -> float:
    found = share_area(read_target(target, covers), claimed, covers)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_listed_communes_cover_their_part_of_a_departement_once(covers: Covers) -> None:
    codes = ("35238", "35051")
    part = area(contour(*codes)) / area(shapely.union_all([contour(*codes), contour("35047", "35024")]))
    target = "departement:35"
    both, one = listed(covers, *(f"commune:{code}" for code in codes)), listed(covers, "commune:35238")
    whole = share(covers, target, both)
    four = share(covers, target, listed(covers, *(f"commune:{code}" for code in (*codes, "35047", "35024"))))
    assert whole / four == pytest.approx(part, rel=1e-3)
    assert share(covers, target, one, both, one) == whole
    assert share(covers, target, listed(covers, target)) == share(covers, target, zone(covers, CountryZone())) == 1.0
    assert share(covers, target, listed(covers, "departement:29")) == 0.0


def test_arrondissements_cover_their_part_of_their_commune(covers: Covers) -> None:
    some, city = contour("75111", "75112"), contour("75056")
    expected = float(shapely.area(some) / shapely.area(city))
    claimed = listed(covers, "arrondissement:75111", "arrondissement:75112")
    assert share(covers, "commune:75056", claimed) == pytest.approx(expected, rel=1e-2)
    assert share(covers, "arrondissement:75111", listed(covers, "commune:75056")) == 1.0


def test_the_largest_circle_covers_its_part_and_listed_communes_add_what_is_beyond(covers: Covers) -> None:
    circles = [zone(covers, RadiusZone(km=km)) for km in (3, 8, 5)]
    assert share(covers, BOX, *circles) == pytest.approx(math.pi * 64 / area(BOX), rel=5e-3)
    disc = shapely.transform(shapely.Point(0, 0).buffer(8, quad_segs=64), lambda xy: xy / (KM_LON, KM_LAT) + (LON, LAT))
    town = shapely.intersection(contour("35051"), BOX)
    beyond = area(shapely.union(disc, town)) / area(BOX)
    assert share(covers, BOX, *circles, listed(covers, "commune:35051")) == pytest.approx(beyond, rel=5e-3)
    assert share(covers, BOX, listed(covers, "commune:35051")) == pytest.approx(area(town) / area(BOX), rel=5e-3)
    assert share(covers, BOX, listed(covers, "departement:35")) == pytest.approx(1.0, abs=2e-3)
    rennes = contour("35238")
    expected = area(shapely.intersection(disc, rennes)) / area(rennes)
    assert share(covers, "commune:35238", *circles) == pytest.approx(expected, rel=5e-3)


def test_a_circle_is_the_territory_of_the_communes_whose_point_it_holds(covers: Covers) -> None:
    communes, circle = covers.communes, Circle(LON, LAT, 12.0)
    target = read_target(circle, covers)
    east, north = (communes.lon - LON) * KM_LON, (communes.lat - LAT) * KM_LAT
    assert target.rows.tolist() == np.flatnonzero((np.hypot(east, north) <= 12) & ~communes.is_arrondissement).tolist()
    assert target.shape is not None and area(target.shape) == pytest.approx(math.pi * 144, rel=5e-3)
    assert (target.point, target.circle, target.by_law) == ((LON, LAT), circle, False)
    assert target.blocks == read_target("commune:35238", covers).blocks and len(target.blocks) == 1
    (right, top) = around(circle, np.array([0.0, math.pi / 2]))
    assert right == pytest.approx((LON + 12 / KM_LON, LAT), abs=2e-3)
    assert top == pytest.approx((LON, LAT + 12 / KM_LAT), abs=2e-3)


def test_a_drawn_shape_is_the_territory_of_the_communes_whose_point_it_holds(covers: Covers) -> None:
    communes, target = covers.communes, read_target(BOX, covers)
    within = (abs(communes.lon - LON) < 0.2) & (abs(communes.lat - LAT) < 0.1) & ~communes.is_arrondissement
    assert target.rows.tolist() == np.flatnonzero(within).tolist()
    assert target.point == pytest.approx((LON, LAT))
    small = read_target(shapely.box(LON, LAT + 0.02, LON + 0.001, LAT + 0.021), covers)
    assert not len(small.rows) and small.blocks == target.blocks


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (Circle(LON, LAT, 0), "out_of_range"),
        (Circle(LON, LAT, 1000.1), "out_of_range"),
        (Circle(-180.1, LAT, 1), "out_of_range"),
        (Circle(180.1, LAT, 1), "out_of_range"),
        (Circle(LON, 90.1, 1), "out_of_range"),
        (Circle(LON, -90.1, 1), "out_of_range"),
        (Circle(-180, -90, 1), "outside_france"),
        (Circle(180, 90, 1), "outside_france"),
        (shapely.Polygon(((0, 45), (1, 46), (1, 45), (0, 46))), "invalid_polygon"),
        (shapely.LineString(((0, 45), (1, 46))), "invalid_polygon"),
        (shapely.Polygon(), "invalid_polygon"),
        (shapely.box(-30, 45, -29, 46), "outside_france"),
    ],
)
def test_a_shape_that_is_no_territory_is_refused(covers: Covers, shape: object, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_target(shape, covers)  # type: ignore[arg-type]
    assert [(error.field, error.code) for error in refused.value.errors] == [("territory", code)]


def test_the_largest_circle_is_a_territory(covers: Covers) -> None:
    assert len(read_target(Circle(2.5, 46.5, 1000), covers).rows) > 30_000


def test_a_seat_is_in_a_territory_by_its_commune_or_by_its_point(covers: Covers) -> None:
    paris = Address(commune="75111", point=Point(lon=2.38, lat=48.86))
    nowhere = Address()
    held = {
        (target, place): holds(read_target(shape, covers), covers.seats.read(seat), covers)
        for target, shape in (
            ("35", "departement:35"),
            ("Paris", "commune:75056"),
            ("11e", "arrondissement:75111"),
            ("box", BOX),
            ("circle", Circle(LON + 12 / KM_LON, LAT, 12.1)),
            ("less", Circle(LON + 12 / KM_LON, LAT, 11.9)),
        )
        for place, seat in (("Rennes", RENNES), ("Paris", paris), ("nowhere", nowhere))
    }
    assert {both for both, inside in held.items() if inside} == {
        ("35", "Rennes"),
        ("Paris", "Paris"),
        ("11e", "Paris"),
        ("box", "Rennes"),
        ("circle", "Rennes"),
    }

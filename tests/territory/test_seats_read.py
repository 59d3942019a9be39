"""Where a supplier starts from, when its address says little: a point, a post code, or nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from vivier.lexicon import Lexicon
from vivier.model.place import Address, Point
from vivier.territory.communes import EARTH_RADIUS_KM
from vivier.territory.discs import Circle, Discs, unit_vector
from vivier.territory.seats import METROPOLE, Seats


@pytest.fixture(scope="module")
def discs(lexicon: Lexicon) -> Discs:
    return Discs(lexicon.gazetteer.communes)


@pytest.fixture(scope="module")
def seats(lexicon: Lexicon, discs: Discs) -> Seats:
    return Seats(lexicon.gazetteer, discs)


@pytest.mark.parametrize(
    ("address", "departements", "block"),
    [
        (Address(), (), METROPOLE),
        (Address(post_code="35 000"), ("35",), METROPOLE),
        (Address(post_code="35999"), ("35",), METROPOLE),
        (Address(post_code="20070"), ("2A",), "corse"),
        (Address(post_code="20190"), ("2A",), "corse"),
        (Address(post_code="20299"), ("2B",), "corse"),
        (Address(post_code="97499"), ("974",), "974"),
        (Address(post_code="99999"), (), METROPOLE),
        (Address(post_code="3500"), (), METROPOLE),
        (Address(post_code="3500A"), (), METROPOLE),
        (Address(point=Point(lon=55.45, lat=-20.88)), (), "974"),
        (Address(commune="35238", post_code="97499"), ("35",), METROPOLE),
    ],
)
def test_a_seat_is_read_from_its_commune_its_point_or_its_post_code(
    lexicon: Lexicon, seats: Seats, address: Address, departements: tuple[str, ...], block: str
) -> None:
    seat = seats.read(address)
    blocks = lexicon.gazetteer.communes.block.codes
    assert (seat.departements, seat.point is not None) == (departements, bool(address.point or address.commune))
    assert blocks[seat.block] == block


def test_a_place_that_nobody_counted_has_no_people(lexicon: Lexicon) -> None:
    rennes = lexicon.gazetteer.get("commune:35238")
    assert rennes.people == rennes.population and replace(rennes, population=None).people == 0


@pytest.mark.parametrize("code", ["35051", "35281", "35047", "44109", "22278"])
def test_a_commune_at_the_very_radius_is_covered(code: str, lexicon: Lexicon, discs: Discs) -> None:
    communes = lexicon.gazetteer.communes
    here, row = communes.index["35238"], communes.index[code]
    lon, lat, block = float(communes.lon[here]), float(communes.lat[here]), int(communes.block.values[here])
    km = math.acos(float(np.array(unit_vector(lon, lat)) @ discs.anchors[row])) * EARTH_RADIUS_KM
    inside, _ = discs.split(Circle(lon, lat, km), block)
    assert row in inside and discs.within(Circle(lon, lat, km))[row]
    assert row not in discs.split(Circle(lon, lat, km - 0.001), block)[0]
    assert not discs.within(Circle(lon, lat, km - 0.001))[row]

"""Where a supplier starts from, when its address says little: a point, a post code, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vivier.lexicon import Lexicon
from vivier.model.place import Address, Point
from vivier.territory.discs import Discs
from vivier.territory.seats import METROPOLE, Seats


@pytest.fixture(scope="module")
def seats(lexicon: Lexicon) -> Seats:
    return Seats(lexicon.gazetteer, Discs(lexicon.gazetteer.communes))


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

"""A zone that is the whole country stays on the side of the sea of the seat, unless the record itself names what is beyond."""

from __future__ import annotations

import pytest

from tests.suppliers.conftest import House, serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Record, TerritoriesZone
from vivier.suppliers.groups import TITLES
from vivier.suppliers.judged import judged_records
from vivier.suppliers.query import parse_query

pytestmark = pytest.mark.slow

NATIONAL = "Grand Linge National"


def proposed(house: House, trade: str, territory: str, coverage: str) -> set[str]:
    """The names of those that an answer proposes in any of its groups."""
    every = [("group", group) for group in TITLES]
    pairs = [("trade", trade), ("territory", territory), ("coverage", coverage), ("per_page", "100"), *every]
    return {result.record["name"]["value"] for result in house.find(parse_query(pairs, house.lexicon)).results}


@pytest.mark.slow
@pytest.mark.parametrize("coverage", ["partial", "seat", "any"])
@pytest.mark.parametrize("trade", ["blanchisserie", "repassage"])
def test_a_country_declared_on_the_mainland_is_proposed_on_the_mainland_alone(
    judged: House, trade: str, coverage: str
) -> None:
    assert NATIONAL in proposed(judged, trade, "commune:93066", coverage)
    assert NATIONAL not in proposed(judged, trade, "departement:974", coverage)


@pytest.mark.slow
def test_a_place_that_the_record_names_beyond_the_sea_counts(embedded: EmbeddedStore, lexicon: Lexicon) -> None:
    house = serve(embedded, map(_naming_la_reunion, judged_records()), lexicon)
    assert NATIONAL in proposed(house, "blanchisserie", "departement:974", "full")


def _naming_la_reunion(record: Record) -> Record:
    if record.name != NATIONAL:
        return record
    there = TerritoriesZone(territories=("departement:974",))
    return record.model_copy(
        update={"offers": (*record.offers, *(offer.model_copy(update={"zone": there}) for offer in record.offers))}
    )

"""A zone that is the whole country is a declaration: who is near and serves the place comes before who declares it from afar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.suppliers.conftest import House, serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Record
from vivier.model.place import Address, CountryZone, UndeclaredZone, Zone
from vivier.suppliers.judged import judged_records

pytestmark = pytest.mark.slow

VIENNE, LILLE, LYON = "38544", "59350", "69123"


def twins() -> Iterator[Record]:
    """One laundry of which no zone is published, 26 km from Lyon; and its like in Lille and in Lyon, which declare the whole country."""
    (model,) = (record for record in judged_records() if record.name == "Grand Linge National")
    for place, (name, commune, zone) in enumerate(
        (("Près", VIENNE, UndeclaredZone()), ("Loin", LILLE, CountryZone()), ("Ici", LYON, CountryZone()))
    ):
        yield _placed(model, f"v{place}", name, commune, zone)


def _placed(model: Record, key: str, name: str, commune: str, zone: Zone) -> Record:
    offers = tuple(offer.model_copy(update={"zone": zone}) for offer in model.offers)
    unnumbered = {"source_id": key, "siren": None, "siret": None, "name": name}
    return model.model_copy(update={**unnumbered, "address": Address(commune=commune), "offers": offers})


@pytest.fixture
def laundries(embedded: EmbeddedStore, lexicon: Lexicon) -> House:
    return serve(embedded, twins(), lexicon)


def names(house: House, territory: str) -> list[str]:
    return [result.record["name"]["value"] for result in house.ask(trade="blanchisserie", territory=territory).results]


@pytest.mark.slow
def test_who_is_near_comes_before_who_declares_the_whole_country_from_afar(laundries: House) -> None:
    assert names(laundries, f"commune:{LYON}") == ["Ici", "Près", "Loin"]


@pytest.mark.slow
def test_the_whole_country_asked_is_served_from_anywhere(laundries: House) -> None:
    found = laundries.ask(trade="blanchisserie", territory="FR").results
    assert {result.score for result in found if result.coverage and result.coverage.basis == "country"} == {
        found[0].score
    }

"""Who serves a place: the zone declared decides; a zone that nobody published counts by the seat, and is counted as to be asked."""

from __future__ import annotations

import pytest

from tests.suppliers.conftest import TODAY, House, serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Address, Offer, Provenance, Record, TerritoriesZone
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import groups

pytestmark = pytest.mark.slow

LYON = "commune:69123"
SOURCE = Provenance(
    source_id="essai",
    producer="Liste d'essai (fictive)",
    dataset="Liste d'essai (fictive)",
    licence="fictif",
    basis="declared",
)


def structure(name: str, *offers: Offer, commune: str | None = "69123", **more: object) -> Record:
    address = Address(commune=commune) if commune is not None else Address(post_code="69001")
    return Record(source_id=name, provenance=SOURCE, name=name, address=address, offers=offers, **more)  # type: ignore[arg-type]


def green(*territories: str) -> Offer:
    zone = {"zone": TerritoriesZone(territories=territories)} if territories else {}
    return Offer(trade="entretien-espaces-verts", evidence="declared", **zone)  # type: ignore[arg-type]


@pytest.fixture
def house(embedded: EmbeddedStore, lexicon: Lexicon) -> House:
    records = [
        structure("Dehors", green("departement:38")),
        structure("Ici", green(LYON)),
        structure("Sans zone", green()),
        structure("Sans adresse exacte", green(), commune=None),
        structure("Les deux", green("departement:38"), green()),
    ]
    return serve(embedded, records, lexicon)


def names(house: House, **parameters: str) -> set[str]:
    return {result.record["name"]["value"] for result in house.ask(**parameters, per_page="100").results}


@pytest.mark.slow
def test_a_zone_declared_elsewhere_is_not_returned_for_its_seat(house: House) -> None:
    found = names(house, territory=LYON, trade="entretien-espaces-verts")
    assert found == {"Ici", "Sans zone", "Sans adresse exacte", "Les deux"}
    assert names(house, territory=LYON) == found


@pytest.mark.slow
@pytest.mark.parametrize("coverage", ["seat", "any"])
def test_the_seat_counts_when_it_is_asked_for(house: House, coverage: str) -> None:
    assert "Dehors" in names(house, territory=LYON, coverage=coverage)
    assert "Dehors" in names(house, seat=LYON)


@pytest.mark.slow
def test_who_sits_there_and_serves_elsewhere_is_a_little_farther(house: House) -> None:
    answer = house.ask(territory=LYON, trade="entretien-espaces-verts")
    farther = next(g for g in groups(answer, Snapshot(house.engine), house.lexicon) if g.code == "farther")
    assert [result.record["name"]["value"] for result in farther.results] == ["Dehors"]


@pytest.mark.slow
def test_zones_that_nobody_published_are_counted_and_said(house: House) -> None:
    answer = house.ask(territory=LYON, trade="entretien-espaces-verts")
    exact = groups(answer, Snapshot(house.engine), house.lexicon)[0]
    assert (exact.total, exact.zone_unpublished) == (4, 3)
    assert exact.sentence == "4 structures font ce métier. Demandez à 3 d’entre elles si elles se déplacent."


@pytest.mark.slow
def test_the_reason_says_that_the_zone_is_not_published(house: House) -> None:
    (one,) = (
        result
        for result in house.ask(territory=LYON, trade="entretien-espaces-verts").results
        if result.record["name"]["value"] == "Sans zone"
    )
    said = next(reason for reason in one.reasons if reason.code.startswith("coverage"))
    assert said.inferred
    assert "zone non publiée" in said.text


@pytest.mark.slow
def test_the_answer_offers_the_seats_left_out(house: House) -> None:
    from vivier.suppliers.beyond import relaxed

    found = house.ask(territory=LYON, trade="entretien-espaces-verts")
    changes = {
        change.query.coverage: change.total for change in relaxed(found, Snapshot(house.engine), house.lexicon, TODAY)
    }
    assert changes["seat"] == 5


@pytest.mark.slow
def test_the_whole_territory_is_said_only_when_it_is_covered(judged: House) -> None:
    said = set()
    for territory in ("departement:69", "departement:35", "departement:51", LYON):
        for result in judged.ask(territory=territory, per_page="100").results:
            if result.coverage is None or result.coverage.cls != "full":
                continue
            (text,) = (reason.text for reason in result.reasons if reason.code == "coverage_full")
            whole = result.coverage.share >= 0.9995
            assert ("tout le territoire" in text) is whole
            assert ("%" in text) is not whole
            said.add(whole)
    assert said == {True, False}

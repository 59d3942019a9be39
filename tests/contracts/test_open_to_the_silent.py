"""What is a lead of a structure whose trade is not known: what buys insertion, what is reserved, and what is near or social; no works, no whole service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import pytest

from tests.demo_home import TODAY, demo_home
from vivier.contracts.eligible import of_trade
from vivier.contracts.insertion import insertion_reason
from vivier.contracts.objects import has_words
from vivier.contracts.profile import Profile, Zone, profile_of_record
from vivier.contracts.provisions import reservations_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.snapshot import Snapshot
from vivier.territory import load_gazetteer

GREEN = "entretien-espaces-verts"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(open_engine(demo_home(tmp_path_factory.mktemp("silent")))) as engine:
        yield Snapshot(engine)


def silent(**known: object) -> Profile:
    near = load_gazetteer().reference_point("commune:69123")
    return Profile(**{"trades": (), "zone": Zone(near, 30.0), "kinds": ("ESAT",), "supplier": "one", **known})  # type: ignore[arg-type]


def found(profile: Profile, snapshot: Snapshot, lexicon: Lexicon) -> list[dict[str, Any]]:
    where = of_trade(profile, lexicon, "notices")
    assert where is not None
    return [dict(hit.record) for hit in snapshot.notices.scan(where)]


def test_a_supposed_trade_brings_no_works_and_no_goods(snapshot: Snapshot, lexicon: Lexicon) -> None:
    every = found(silent(supposed=((GREEN, 0.55),)), snapshot, lexicon)
    assert every
    own = [record for record in every if "EA_ESAT" not in (record.get("reserved_for") or ())]
    assert all(record.get("category") not in ("travaux", "fournitures") for record in own)


def test_a_clause_opens_the_trades_that_a_structure_may_do_and_every_open_trade_to_who_lends(
    snapshot: Snapshot, lexicon: Lexicon
) -> None:
    some = {str(record["key"]) for record in found(silent(kinds=("EI",), possible=(GREEN,)), snapshot, lexicon)}
    every = {str(record["key"]) for record in found(silent(kinds=("AI",), possible=(GREEN,)), snapshot, lexicon)}
    assert some < every


@pytest.mark.parametrize(
    ("title", "bought"),
    [
        ("Marché de services d'insertion et de qualification professionnelle, support : nettoyage", True),
        ("Prestations d'insertion sociale et professionnelle pour diverses missions", True),
        ("Travaux avec clause d'insertion", False),
        ("Insertion d'annonces légales", False),
        ("Hangar pour le chantier d'insertion de la commune", False),
    ],
)
def test_what_buys_insertion_suits_siae_alone(title: str, bought: bool, lexicon: Lexicon) -> None:
    record = {"title": title}
    assert bool(list(insertion_reason(record, ("SIAE",), lexicon))) is bought
    assert not list(insertion_reason(record, ("EA_ESAT",), lexicon))


def test_words_are_found_as_the_engines_find_them(lexicon: Lexicon) -> None:
    assert has_words(("prestation d'insertion",), "PRESTATIONS D’INSERTION diverses", lexicon)
    assert not has_words(("prestation d'insertion",), "prestation de nettoyage d'insertion", lexicon)


def test_a_reservation_said_for_nobody_is_a_reservation() -> None:
    (made,) = reservations_of("Marché réservé d'entretien des espaces verts de la Caf de Paris")
    assert (made.provision, made.reserved_for) == ("reserved", ())


def test_what_is_bought_for_a_departement_covered_at_half_is_within_the_zone(lexicon: Lexicon) -> None:
    """From Créteil, 30 km hold all of Paris and its near départements, and not half of the people of Seine-et-Marne."""
    commune = {"commune": "94028", "point": {"lon": 2.45479, "lat": 48.78356}}
    record = {"id": "one", "name": {"value": "Atelier"}, "address": {"value": commune}, "offers": [], "agreements": []}
    zone = profile_of_record(cast(SupplierView, record), lexicon, TODAY).zone
    assert zone.km == 30 and zone.inferred
    assert {"departement:94", "departement:75", "departement:92", "departement:93"} <= set(zone.territories)
    assert "departement:77" not in zone.territories

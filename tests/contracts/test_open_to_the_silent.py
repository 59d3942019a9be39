"""What is a lead of a structure whose trade is not known: what buys insertion, what is reserved, what a clause opens to who lends
people, what its name or its activity tells; no works, no whole service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import pytest

from tests.demo_home import TODAY, demo_home
from vivier.contracts.eligible import of_trade
from vivier.contracts.insertion import insertion_reason
from vivier.contracts.objects import has_words
from vivier.contracts.profile import LEAST_SHOWN, Profile, Zone, profile_of_record
from vivier.contracts.provisions import reservations_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
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


def test_only_who_lends_people_is_shown_a_clause_without_a_known_trade(snapshot: Snapshot, lexicon: Lexicon) -> None:
    def shown(kind: str) -> set[str]:
        records = found(silent(kinds=(kind,), possible=(GREEN,)), snapshot, lexicon)
        return {str(record["key"]) for record in records if not record.get("reserved_for")}

    clauses = [record for record in found(silent(kinds=("ETTI",)), snapshot, lexicon) if not record.get("reserved_for")]
    assert clauses and all("clause" in {piece["provision"] for piece in record["evidence"]} for record in clauses)
    assert not shown("ESAT") and shown("ETTI")


def test_a_trade_supposed_weakly_is_asked_before_it_brings_a_lead() -> None:
    weak, strong = ((GREEN, LEAST_SHOWN - 0.05),), ((GREEN, LEAST_SHOWN),)
    assert not silent(supposed=weak).sure.supposed and silent(supposed=strong).sure.supposed == strong


def test_a_public_body_answers_no_call_of_another(snapshot: Snapshot, lexicon: Lexicon) -> None:
    assert not found(silent(public=True, supposed=((GREEN, 0.9),)), snapshot, lexicon)


@pytest.mark.parametrize(
    ("name", "activity", "public"),
    [
        ("MAIRIE DE HAGONDANGE", None, True),
        ("COMMUNAUTE D'AGGLOMERATION DU SOISSONNAIS", None, True),
        ("CENTRE COMMUNAL D' ACTION SOCIALE PONT A MOUSSON", "8899B", True),
        ("CHARLIEU BELMONT", "8411Z", True),
        ("ASSOC RELAIS TRAVAIL", "8413Z", False),
        ("COMMUNAUTE EMMAUS", None, False),
        ("ASSOC EMPLOI DES COMMUNES D ARTOIS", None, False),
    ],
)
def test_a_public_body_is_told_by_its_activity_or_its_name(name: str, activity: str | None, public: bool) -> None:
    naf = {} if activity is None else {"naf": {"value": activity}}
    record = {"id": "one", "name": {"value": name}, "offers": [], "agreements": [], **naf}
    assert profile_of_record(cast(SupplierView, record), load_lexicon(), TODAY).public is public


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

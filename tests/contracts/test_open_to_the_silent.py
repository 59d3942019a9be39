"""What is a lead of a structure whose trade is not known: what buys insertion, what is reserved, what a clause opens to who lends
people, what its name or its activity tells; no works, no whole service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from crawlers.run import import_files
from indexer.contracts.marks import Marks
from indexer.contracts.notices.publish import publish_notices
from tests.demo_home import TODAY, demo_home
from vivier.contracts.eligible import of_trade
from vivier.contracts.insertion import INSERTION_CPV, insertion_bought, insertion_reason
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.objects import has_words, object_title
from vivier.contracts.profile import LEAST_SHOWN, Profile, Zone, profile_of_record
from vivier.contracts.provisions import reservations_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.model.views import SupplierView
from vivier.search.operators import AnyOf, Terms
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
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


def test_an_agency_of_temporary_work_is_shown_no_service_that_is_reserved(snapshot: Snapshot, lexicon: Lexicon) -> None:
    def reserved(kind: str) -> list[dict[str, Any]]:
        every = found(silent(kinds=(kind,), possible=tuple(trade.code for trade in lexicon.trades)), snapshot, lexicon)
        written = [record for record in every if record.get("reserved_for")]
        return [record for record in written if not any(each["provision"] == "clause" for each in record["evidence"])]

    assert reserved("ACI") and reserved("AI") and not reserved("ETTI")


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


@pytest.mark.parametrize("cpv", INSERTION_CPV)
def test_a_code_of_insertion_is_indexed_under_its_stem_and_means_no_trade(cpv: str, lexicon: Lexicon) -> None:
    indexed = Marks(lexicon).cpv(cpv)
    bought = insertion_bought(lexicon, "contracts")
    assert isinstance(bought, AnyOf) and isinstance(bought.of[0], Terms)
    assert set(bought.of[0].values) & set(indexed["cpv"])
    assert indexed["trades"] == indexed["meant_trades"] == []


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "keywords", "shown"),
    [
        ("Entretien des espaces verts", ["Espaces verts"], True),
        ("Construction d'un hôpital de 80 lits", ["Espaces verts", "Gros oeuvre", "Ascenseur"], False),
        ("Aménagement de la place", ["Espaces verts", "Voirie"], False),
        ("Acquisition de tondeuses", ["Espaces verts"], False),
        ("Création de deux structures de loisirs", ["Terrain de sport", "Aire de jeux"], False),
    ],
)
def test_who_mows_answers_for_no_site_that_has_a_lawn(
    title: str, keywords: list[str], shown: bool, tmp_path: Path, lexicon: Lexicon
) -> None:
    profile = silent(trades=(GREEN,))
    assert (title in leads(notices(tmp_path, title, keywords), profile, lexicon)) is shown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "keywords", "trade"),
    [
        ("Restauration de vingt-deux tableaux", ["Peinture (travaux)"], "petits-travaux-batiment"),
        ("Fourniture et pose de rideaux et stores", ["Revêtements muraux"], "petits-travaux-batiment"),
        ("Fourniture de viandes fraîches", ["Produits de l'agriculture"], "maraichage"),
        ("Mise à disposition d'autocars avec chauffeurs", ["Transport"], "mise-a-disposition-personnel"),
        ("Activités périscolaires", ["Mise à disposition de personnel"], "mise-a-disposition-personnel"),
        ("Mise à disposition de personnel médical", ["Prestations de services"], "mise-a-disposition-personnel"),
    ],
)
def test_a_look_alike_of_a_trade_is_no_lead_of_it(
    title: str, keywords: list[str], trade: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    assert not leads(notices(tmp_path, title, keywords), silent(trades=(trade,), kinds=("ACI",)), lexicon)


def notices(home: Path, title: str, keywords: list[str]) -> Settings:
    """A home with one call of Lyon."""
    call = {
        "idweb": "26-1", "objet": title, "nature": "APPEL_OFFRE", "etat": "INITIAL", "dateparution": str(TODAY),
        "datelimitereponse": "2099-01-01T11:00:00+00:00", "descripteur_libelle": keywords, "code_departement": ["69"],
        "donnees": json.dumps({"IDENTITE": {"DENOMINATION": "Ville de Lyon", "CP": "69001", "VILLE": "Lyon"}}),
    }  # fmt: skip
    settings = Settings(home=home)
    path = home / "records.json"
    path.write_text(json.dumps({"total_count": 1, "results": [call]}), encoding="utf8")
    import_files("boamp", [path], settings)
    return settings


def leads(settings: Settings, profile: Profile, lexicon: Lexicon) -> set[str]:
    with closing(open_engine(settings)) as engine:
        publish_notices(engine, settings, lexicon)
        asked = find_leads(LeadsQuery(supplier="one"), profile, Snapshot(engine), lexicon, TODAY)
        return {str(lead.record.get("title")) for lead in asked.leads}


def test_a_title_that_is_a_number_is_told_with_its_keywords() -> None:
    assert object_title({"title": "21CP05", "descriptors": ("Espaces verts",)}) == "21CP05 – Espaces verts"
    assert object_title({"title": "Tonte des stades", "descriptors": ("Espaces verts",)}) == "Tonte des stades"


@pytest.mark.parametrize(("name", "lent"), [("GEIQ BTP 37", True), ("GEIQ PROPRETE 49", False), ("GEIQ 41", False)])
def test_a_geiq_lends_in_the_branch_that_its_name_tells(name: str, lent: bool, lexicon: Lexicon) -> None:
    where = of_trade(silent(kinds=("GEIQ",), name=name), lexicon, "notices")
    assert ("maconnerie-gros-oeuvre" in repr(where)) is lent

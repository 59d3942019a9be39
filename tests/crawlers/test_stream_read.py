"""Every file of the stream of real services is read whole: counts made apart from the product agree. What was wrong before stays right."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.contracts.values import read_amount, restored
from crawlers.gather import gathered
from crawlers.kit import Intake, Skip
from crawlers.registry import source_of
from crawlers.run import import_files
from crawlers.sources.boamp import flat
from crawlers.sources.decp_buyer_csv import recognises
from tests.crawlers.samples import SAMPLES
from tests.crawlers.stream_apart import FILES, apart, by_the_product, differences
from tests.shared_data import shared_data
from vivier.contracts.provisions import aims_of, reservations_of
from vivier.model import ContractRecord, Notice
from vivier.runs.records import current_run, read_models
from vivier.settings import Settings

NOW = datetime(2026, 11, 29, tzinfo=UTC)
CALL: dict[str, Any] = {
    "idweb": "21-1", "objet": "Entretien des espaces verts", "nature": "APPEL_OFFRE", "etat": "INITIAL", "donnees": "{}",
    "dateparution": "2021-02-01", "datefindiffusion": "2021-02-28", "descripteur_libelle": ["Espaces verts"],
}  # fmt: skip


def read(source_id: str, *files: Path) -> list[Any]:
    source = source_of(source_id)
    return [draft.outcome for draft in source.read(files, Intake(source.card, NOW))]


def notice_of(tmp_path: Path, **changes: object) -> Any:
    path = tmp_path / "records.json"
    path.write_text(json.dumps({"total_count": 1, "results": [CALL | changes]}), encoding="utf8")
    (found,) = read("boamp", path)
    return found


@pytest.mark.long
@pytest.mark.parametrize(
    ("source", "pattern"), [(source, pattern) for source, some in FILES.items() for pattern in some]
)
def test_counts_made_apart_agree_on_every_file(source: str, pattern: str) -> None:
    files = sorted(shared_data("contracts", "stream").glob(pattern))
    assert files
    assert {path.name: differences(apart(source, path), by_the_product(source, path)) for path in files} == {
        path.name: [] for path in files
    }


def test_a_new_notice_without_a_nature_that_follows_no_other_is_a_call(tmp_path: Path) -> None:
    found = notice_of(tmp_path, nature=None)
    assert (found.nature, "nature_deduced" in found.issues) == ("call", True)


def test_a_notice_without_a_nature_that_follows_another_stays_aside(tmp_path: Path) -> None:
    assert notice_of(tmp_path, nature=None, annonce_lie=["20-1"]).reason == "nature_unknown"


def test_a_call_without_a_day_to_answer_by_takes_the_end_of_its_diffusion_and_says_so(tmp_path: Path) -> None:
    found = notice_of(tmp_path)
    assert found.deadline is not None and found.deadline.date().isoformat() == "2021-02-28"
    assert "deadline_supposed" in found.issues


def test_two_lines_of_a_title_that_the_source_joins_are_read_apart(tmp_path: Path) -> None:
    glued = notice_of(tmp_path, objet="Accord réservé aux entreprises adaptéesCet accord est un lot unique de ImmoVert")
    assert glued.title == "Accord réservé aux entreprises adaptées Cet accord est un lot unique de ImmoVert"
    assert [piece.reserved_for for piece in glued.evidence] == [("EA_ESAT",)]


def test_a_correction_without_a_day_supposes_none(tmp_path: Path) -> None:
    assert notice_of(tmp_path, nature="RECTIFICATIF", etat="RECTIFICATIF").deadline is None


def test_keywords_are_kept_and_say_the_category(tmp_path: Path) -> None:
    found = notice_of(tmp_path, descripteur_libelle=["Electricité (travaux)", "Gros oeuvre"])
    assert (found.descriptors, found.category) == (("Electricité (travaux)", "Gros oeuvre"), "travaux")


def test_the_architect_of_a_building_is_a_service(tmp_path: Path) -> None:
    assert notice_of(tmp_path, descripteur_libelle=["Maîtrise d'oeuvre", "Gros oeuvre"]).category == "services"


@pytest.mark.parametrize(
    ("text", "provision"),
    [
        ("Consultation comportant des conditions d'exécution à caractère social détaillées dans le CCAP.", "clause"),
        ("Consultation comportant une clause obligatoire d'insertion par l'activité économique.", "clause"),
        ("cette consultation est réservée uniquement à des entreprises adaptées", "reserved"),
    ],
)
def test_the_particular_conditions_of_2021_give_clauses_and_reservations(
    tmp_path: Path, text: str, provision: str
) -> None:
    body = json.dumps({"CONDITION_RELATIVE_MARCHE": {"AUTRES_CONDITIONS_PART_OUI": text}})
    assert provision in {piece.provision for piece in notice_of(tmp_path, donnees=body).evidence}


def test_a_lot_named_reserved_in_a_notice_without_lots_reserves_a_part_of_it(tmp_path: Path) -> None:
    body = json.dumps(
        {"CONDITION_RELATIVE_MARCHE": {"AUTRES_CONDITIONS_PART_OUI": "lot 2 réservé à une structure d'insertion"}}
    )
    assert notice_of(tmp_path, donnees=body).evidence[0].reserved_for == ("SIAE",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Prestations de services divers réservées aux EA et ESAT", True),
        ("Fourniture de prestations réservées à des structures employant des personnes handicapées", True),
        ("En vertu de la loi, les prestations du présent accord-cadre sont réservées à la profession d'avocat", False),
        ("Construction de 12 logements réservés aux personnes handicapées", False),
        ("10% des heures travaillées devront être réservées à du public en insertion", False),
    ],
)
def test_a_purchase_is_reserved_to_structures_and_neither_to_a_profession_nor_to_residents(
    text: str, found: bool
) -> None:
    assert bool(reservations_of(text)) is found


def test_a_clause_of_a_training_is_a_clause_when_it_is_stated_as_such() -> None:
    text = "Consultation comportant des conditions d'exécution à caractère social détaillées dans le CCP"
    assert [aim.provision for aim in aims_of(text, "clause", services=True)] == ["clause"]
    assert not list(aims_of("Actions d'insertion professionnelle", "clause", services=True))


def test_a_third_of_a_million_is_an_amount_and_a_row_of_nines_is_none() -> None:
    assert [read_amount(raw)[1] for raw in ("333333.33", "666666.67", "33333", "99999999")] == [
        None,
        None,
        "amount_suspect",
        "amount_suspect",
    ]


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        ("March\ufffd de prestations d'am\ufffdnagement", "Marché de prestations d'aménagement"),
        ("R\ufffdnovation de l\ufffdcole \ufffdl\ufffdmentaire", "Rénovation de l\ufffdcole élémentaire"),
        ("MARCHE N\ufffd 5017", "MARCHE N° 5017"),
        ("v\ufffdhicules destin\ufffds \ufffd la collecte", "véhicules destinés à la collecte"),
        ("entretien \ufffd Meaux", "entretien \ufffd Meaux"),
    ],
)
def test_lost_letters_come_back_where_one_word_alone_has_the_others(lost: str, found: str) -> None:
    assert restored(lost) == found


def test_an_archive_of_notices_gives_each_of_them_and_a_buyer_profile_is_out_of_scope(tmp_path: Path) -> None:
    path = tmp_path / "ted.zip"
    form = '<TED_EXPORT DOC_ID="{0}-2018"><FORM_SECTION><{1}_2014 FORM="{1}" LG="FR"><OBJECT_CONTRACT><TITLE><P>Tonte</P></TITLE></OBJECT_CONTRACT></{1}_2014></FORM_SECTION></TED_EXPORT>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/1.xml", form.format("000817", "F02"))
        archive.writestr("b/1.xml", form.format("000818", "F08"))
    with gathered([path], source_of("ted").recognises) as given:
        first, second = read("ted", *given.files)
    assert isinstance(first, Notice) and second == Skip("buyer_profile")


def test_the_flat_json_of_data_economie_keeps_winners_and_considerations_by_either_name(tmp_path: Path) -> None:
    row = {
        "id": "1", "acheteur_id": "21220295600018", "titulaire_id_1": "30102983100031", "titulaire_typeidentifiant_1": "SIRET",
        "titulaire_id_2": "CDL", "objet": "Plomberie", "montant": 57988.0, "datenotification": "2026-08-17", "dureemois": 14,
        "considerationssociales": "Clause sociale", "considerationsenvironnementales": "Clause environnementale",
    }  # fmt: skip
    path = tmp_path / "records.json"
    path.write_text(json.dumps({"total_count": 1, "results": [row]}), encoding="utf8")
    for source in ("decp", "decp_economie"):
        (found,) = read(source, path)
        assert isinstance(found, ContractRecord)
        assert ([holder.siret for holder in found.holders], found.social.values) == (["30102983100031"], ("clause",))


def test_titles_alone_are_contracts_without_a_holder(tmp_path: Path) -> None:
    path = tmp_path / "decp.csv"
    path.write_text(
        "id_marche,date_notification,objet_marche,montant_marche,id_acheteur,code_postal_acheteur\n2024-1,2024-01-02,Nettoyage des écoles,53433.7500,21220295600018,22000\n",
        encoding="utf8",
    )
    (found,) = read("decp_buyer_csv", path)
    assert (found.object, found.amount, found.holders, "cpv_absent" in found.issues) == (
        "Nettoyage des écoles",
        53433.75,
        (),
        True,
    )


def test_a_planned_purchase_of_the_api_says_yes_no_or_nothing(tmp_path: Path) -> None:
    project = {
        "url": "https://projets-achats.marches-publics.gouv.fr/project/7/main", "label": "Nettoyage", "publicationTargetDate": "2023-01-02T00:00:00.000Z",
        "marketEstimatedAmount": 999.0, "socialConsiderationsConcerned": "yes", "environmentalConsiderationsConcerned": "dont_know",
        "reservedPublicMarkets": [{"label": "EESS", "code": "eess"}], "departments": [{"department": "FR"}], "status": "close",
    }  # fmt: skip
    path = tmp_path / "projets.json"
    path.write_text(json.dumps([project]), encoding="utf8")
    settings = Settings(home=tmp_path / "home")
    import_files("approch", [path], settings)
    (found,) = read_models(current_run(settings.records, "approch"), Notice)
    assert (found.number, found.national, found.amount_max) == ("7", True, None)
    assert {piece.provision: piece.reserved_for for piece in found.evidence} == {
        "reserved": ("ESS",),
        "social_unspecified": (),
    }
    assert {"project_closed", "amount_suspect"} <= set(found.issues)


def test_the_flat_record_of_an_archive_of_2021_without_its_buyer_is_still_read() -> None:
    source = source_of("boamp")
    raw = flat(
        CALL | {"donnees": json.dumps({"PROCEDURE": {"TYPE_PROCEDURE": {"PROCEDURE_ADAPTE": ""}}})},
        Intake(source.card, NOW),
    )
    assert (raw.form, raw.procedure) == ("boamp_legacy", "adaptee")


def test_the_files_of_a_buyer_are_told_from_the_tables_that_have_more_columns() -> None:
    files = {
        name: next((SAMPLES / name).glob("sample*.csv")) for name in ("decp_buyer_csv", "decp_tabular", "decp_economie")
    }
    assert {name: recognises(path) for name, path in files.items()} == {
        "decp_buyer_csv": True,
        "decp_tabular": False,
        "decp_economie": False,
    }

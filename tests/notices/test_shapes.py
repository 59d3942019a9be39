"""Every shape of a BOAMP announcement is read: what is bought, by whom, until when, for whom it is reserved, never who to call."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.contracts.notices.legacy_v1 import read_v1
from crawlers.contracts.notices.tree import from_xml
from crawlers.run import import_files
from indexer.contracts.notices.places import NoticePlaces
from tests.crawlers.samples import NOW
from vivier.model import Notice
from vivier.runs.records import RunStatistics, current_run, read_models
from vivier.settings import Settings
from vivier.territory import load_gazetteer

SHAPES = Path(__file__).parents[1] / "fixtures" / "notices"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def records() -> list[dict[str, Any]]:
    """The fictitious flat records, their bodies as objects."""
    results: list[dict[str, Any]] = json.loads((SHAPES / "boamp-national.json").read_text(encoding="utf8"))["results"]
    return results


def imported(settings: Settings, tmp_path: Path, *flat: dict[str, Any]) -> tuple[RunStatistics, dict[str, Notice]]:
    """Flat records as the API writes them, body and handling as texts, imported."""
    path = tmp_path / "records.json"
    texts = [{key: as_text(key, value) for key, value in one.items()} for one in flat]
    path.write_text(json.dumps({"results": texts}, ensure_ascii=False), encoding="utf8")
    return taken(settings, path)


def as_text(key: str, value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if key in ("donnees", "gestion") and value is not None else value


def taken(settings: Settings, *files: Path, source: str = "boamp") -> tuple[RunStatistics, dict[str, Notice]]:
    report = import_files(source, files, settings, now=NOW)
    return report, {one.source_id: one for one in read_models(current_run(settings.records, source), Notice)}


@pytest.fixture
def told(settings: Settings, tmp_path: Path) -> dict[str, Notice]:
    return imported(settings, tmp_path, *records())[1]


def changed(number: int, change: Any) -> dict[str, Any]:
    """One of the records, its body changed."""
    record = records()[number - 1]
    change(record["donnees"])
    return record


def boxes(notice: Notice) -> set[tuple[str, str | None]]:
    return {(one.provision, one.value) for one in notice.evidence if one.signal in ("notice_code", "boamp_criteria")}


def aims(notice: Notice) -> set[str]:
    return {one.provision for one in notice.evidence}


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.slow
def test_every_shape_is_kept_and_nothing_of_anybody_is(settings: Settings, tmp_path: Path) -> None:
    report, told = imported(settings, tmp_path, *records())
    assert report.set_aside == {} and {one.form for one in told.values()} == {
        "boamp_fnsimple",
        "boamp_mapa",
        "boamp_dsp",
        "boamp_divers",
        "boamp_legacy",
    }
    assert "FICTIF" not in "".join(one.model_dump_json() for one in told.values()).replace("FICTIVE", "")
    assert "PERSONNE" not in "".join(one.model_dump_json() for one in told.values())


@pytest.mark.slow
def test_lots_of_a_simple_form_stand_under_lots_and_begin_with_their_number(told: dict[str, Notice]) -> None:
    gardens, graves = told["26-910001-lot-1"], told["26-910001-lot-2"]
    assert (gardens.title, gardens.cpv) == ("Entretien des jardins et des cimetières — Lot 1 : Jardins", ("77311000",))
    assert (graves.title, graves.cpv) == ("Entretien des jardins et des cimetières — Lot 2 : Cimetières", ("98371111",))
    assert gardens.description is not None and gardens.description.startswith("Tonte, taille et ramassage.")


@pytest.mark.slow
def test_a_simple_form_tells_its_buyer_its_length_its_criteria_and_its_clause(told: dict[str, Notice]) -> None:
    one = told["26-910001-lot-1"]
    assert (one.buyer.siret, one.months, one.category, one.procedure) == ("99935001000016", 24, "services", "adaptee")
    assert [(c.name, c.weight) for c in one.criteria][:2] == [("Prix", 60.0), ("Valeur technique", 30.0)]
    assert one.conditions == "Une clause sociale d'insertion oblige le titulaire du lot 1." and "clause" in aims(one)


@pytest.mark.slow
def test_the_box_of_a_simple_form_is_for_the_lot_that_its_words_name(told: dict[str, Notice]) -> None:
    assert ("reserved", "reservationMarche") in boxes(told["26-910001-lot-2"])
    assert "reserved" not in aims(told["26-910001-lot-1"])
    assert ("SIAE",) in [one.reserved_for for one in told["26-910001-lot-2"].evidence]


@pytest.mark.parametrize(
    ("box", "values"),
    [
        ({"non": ""}, set()),
        ({"oui": "false"}, set()),
        ({"oui": False}, set()),
        ({"oui": None}, set()),
        ({"oui": True}, {("reserved", "reservationMarche")}),
        ({"oui": {"uneCase": "", "autreCase": "false"}}, {("reserved", "uneCase")}),
        ([{"oui": ""}, {"non": ""}], {("reserved", "reservationMarche")}),
        ("oui", set()),
    ],
)
def test_a_box_says_reserved_by_its_yes_whatever_stands_below(
    settings: Settings, tmp_path: Path, box: object, values: set[tuple[str, str]]
) -> None:
    def change(body: dict[str, Any]) -> None:
        del body["FNSimple"]["initial"]["lots"], body["FNSimple"]["initial"]["procedure"]["capaciteExercice"]
        body["FNSimple"]["initial"]["natureMarche"]["reservationMarche"] = box

    told = imported(settings, tmp_path, changed(1, change))[1]["26-910001"]
    assert {one for one in boxes(told) if one[0] == "reserved"} == values


def test_a_simple_form_keeps_the_least_and_the_greatest_value(settings: Settings, tmp_path: Path) -> None:
    one = imported(settings, tmp_path, changed(1, lambda body: body["FNSimple"]["initial"].pop("lots")))[1]["26-910001"]
    assert (one.amount_min, one.amount_max) == (20000.0, 90000.0)
    assert one.cpv == ("77310000", "77314000")


@pytest.mark.slow
def test_the_hour_of_the_body_is_of_paris_though_the_flat_field_calls_it_greenwich(told: dict[str, Notice]) -> None:
    assert told["26-910001-lot-1"].deadline == at(2026, 12, 15, 11, 0)


def test_without_a_body_the_flat_deadline_is_all_there_is(settings: Settings, tmp_path: Path) -> None:
    record = records()[0] | {"donnees": {}, "gestion": None}
    told = imported(settings, tmp_path, record)[1]["26-910001"]
    assert told.deadline == at(2026, 12, 15, 12, 0) and "notice_body_unreadable" in told.issues


def test_what_stands_around_a_body_gives_its_deadline_before_the_flat_field(settings: Settings, tmp_path: Path) -> None:
    record = changed(1, lambda body: body["FNSimple"]["initial"]["procedure"].pop("dateReceptionOffres"))
    assert imported(settings, tmp_path, record)[1]["26-910001-lot-1"].deadline == at(2026, 12, 15, 11, 0)


def test_lots_of_a_body_keep_each_their_own_deadline(settings: Settings, tmp_path: Path) -> None:
    from tests.crawlers.samples import samples

    results = json.loads(samples("boamp")[0].read_text(encoding="utf8"))["results"]
    body = json.loads(results[1]["donnees"])
    lots = body["EFORMS"]["ContractNotice"]["cac:ProcurementProjectLot"]
    for day, lot in zip(("2026-12-07", "2026-12-08"), lots, strict=True):
        lot["cac:TenderingProcess"] = {
            "cac:TenderSubmissionDeadlinePeriod": {"cbc:EndDate": f"{day}+01:00", "cbc:EndTime": "12:00:00+01:00"}
        }
    told = imported(settings, tmp_path, results[1] | {"donnees": body})[1]
    assert [told[f"26-900002-lot-{lot}"].deadline for lot in (1, 2)] == [at(2026, 12, 7, 11), at(2026, 12, 8, 11)]


@pytest.mark.slow
def test_a_correction_in_words_gives_the_new_deadline_not_that_of_a_visit(told: dict[str, Notice]) -> None:
    one = told["26-910002"]
    assert (one.nature, one.deadline, one.follows) == ("correction", at(2026, 12, 22, 15, 30), ("26-910001",))


@pytest.mark.slow
def test_a_correction_by_fields_gives_the_date_to_read(told: dict[str, Notice]) -> None:
    assert told["26-910005"].deadline == at(2026, 12, 18, 16, 0) and told["26-910005"].follows == ("26-910004",)


@pytest.mark.parametrize(
    "text",
    [
        "La visite du site est reportée au 22/12/2026 à 16h30.",
        "Date limite de réception des offres : des précisions seront données.",
        "La date limite des questions est reportée au 22/12/2026 à 16h30.",
        "Date limite de remise des offres : lire le 22 brumaire 2026 à 16h30.",
        "Date limite de remise des offres : lire le 32/13/2026 à 16h30.",
        "",
    ],
)
def test_a_correction_that_does_not_tell_a_deadline_gives_none(settings: Settings, tmp_path: Path, text: str) -> None:
    record = changed(2, lambda body: body["FNSimple"]["rectificatif"].update(infosRectif=text))
    assert imported(settings, tmp_path, record)[1]["26-910002"].deadline is None


@pytest.mark.slow
def test_an_award_of_a_simple_form_names_its_holder_by_the_flat_field(told: dict[str, Notice]) -> None:
    one = told["26-910003"]
    assert [w.name for w in one.winners] == ["Paysages fictifs SARL"]
    assert [(c.name, c.weight) for c in one.criteria] == [("Prix", 60.0), ("technique", 40.0)]


@pytest.mark.slow
def test_an_adapted_procedure_has_neither_title_nor_cpv_and_is_read_by_its_object(told: dict[str, Notice]) -> None:
    one = told["26-910004-lot-1"]
    assert one.title == "Réfection de la salle des fêtes — Lot 1 : Peinture"
    assert (one.cpv, one.months, one.category, one.deadline) == ((), 12, "travaux", at(2026, 12, 11, 11, 0))
    assert next((c.name, c.weight) for c in one.criteria) == ("Prix des prestations", 60.0)
    assert one.conditions is not None and "cpv_absent" in one.issues
    assert one.buyer.name == "Syndicat fictif des Marais" and one.buyer_place is not None
    assert one.buyer_place.post_code == "44350"


@pytest.mark.slow
def test_an_adapted_procedure_tells_in_words_which_lot_is_reserved(told: dict[str, Notice]) -> None:
    assert "reserved" in aims(told["26-910004-lot-2"]) and "reserved" not in aims(told["26-910004-lot-1"])


def test_a_long_object_is_a_description_and_the_flat_record_gives_the_title(settings: Settings, tmp_path: Path) -> None:
    long = "Réfection complète. " * 20
    record = changed(4, lambda body: body["MAPA"]["initial"]["description"].update(objet=long))
    told = imported(settings, tmp_path, record)[1]["26-910004-lot-1"]
    assert told.title.startswith("Réfection de la salle des fêtes")
    assert told.description is not None and "Réfection complète" in told.description


@pytest.mark.slow
def test_a_purchase_given_up_is_called_off_though_it_says_award(told: dict[str, Notice]) -> None:
    assert told["26-910006"].nature == "cancellation" and told["26-910006"].follows == ("26-910004",)


@pytest.mark.slow
def test_a_delegation_of_one_lot_is_one_notice_with_what_its_lot_says(told: dict[str, Notice]) -> None:
    one = told["26-910007"]
    assert (one.lot, one.months, one.amount_max, one.nuts) == (None, 60, 250000.0, ("FRI34",))
    assert one.cpv == ("55300000", "55320000") and one.deadline == at(2026, 12, 20, 11, 0)
    assert ("reserved", "marcheReserve") in boxes(one) and "clause" in aims(one)
    assert ("SIAE",) in [e.reserved_for for e in one.evidence]


def test_a_delegation_that_says_no_is_not_reserved(settings: Settings, tmp_path: Path) -> None:
    def change(body: dict[str, Any]) -> None:
        body["DSP"]["initial"]["situation"] = {"marcheReserve": {"marcheReserveNON": ""}}

    assert "reserved" not in aims(imported(settings, tmp_path, changed(7, change))[1]["26-910007"])


@pytest.mark.slow
def test_a_miscellaneous_announcement_gives_what_it_has(told: dict[str, Notice]) -> None:
    one = told["26-910008"]
    assert (one.title, one.form, one.cpv) == ("Location d'un local communal", "boamp_divers", ())
    assert one.buyer.name == "Commune fictive de Bellerive"


@pytest.mark.slow
def test_an_older_announcement_has_its_box_its_days_its_framework_and_its_labelled_number(
    told: dict[str, Notice],
) -> None:
    one = told["26-910009-lot-1"]
    assert (one.months, one.amount_min, one.amount_max) == (24, 10000.0, 80000.0)
    assert (one.buyer.siret, one.deadline) == ("99929001800012", at(2026, 12, 18, 11, 0))
    assert boxes(one) == {
        ("reserved", "ATELIERS_PROTEGES"),
        ("social_unspecified", "sociaux"),
        ("environmental", "environnementaux"),
    }


def test_a_profession_reserved_is_no_reserved_market(settings: Settings, tmp_path: Path) -> None:
    record = changed(9, lambda body: body["CONDITION_PARTICIPATION"].pop("MARCHE_RESERVE_OUI"))
    assert "reserved" not in aims(imported(settings, tmp_path, record)[1]["26-910009-lot-1"])


def test_a_body_of_the_first_schema_is_read_lot_by_lot(told: dict[str, Notice]) -> None:
    north, south = told["26-910010-lot-1"], told["26-910010-lot-2"]
    assert (north.cpv, south.cpv, north.months) == (("77311000",), ("77312000",), 24)
    assert north.title == "Espaces verts — Lot 1 : Nord" and north.deadline == at(2015, 6, 10, 10, 0)
    assert boxes(north) == {("reserved", "ATELIERS_PROTEGES"), ("social_unspecified", "sociaux")}


def test_lots_of_the_first_schema_follow_one_another_in_xml() -> None:
    from lxml import etree  # type: ignore[import-untyped]

    lots = "<NUM_LOT>1</NUM_LOT><INTITULE>Nord</INTITULE><NUM_LOT>2</NUM_LOT><DUREE_JOURS>365</DUREE_JOURS>"
    body = etree.fromstring(f"<DONNEES><IDENT><NOM>Ville</NOM></IDENT><LOTS>{lots}</LOTS></DONNEES>")
    read = read_v1(from_xml(body)).lots
    assert [(one.number, one.title, one.months) for one in read] == [("1", "Nord", None), ("2", None, 12.0)]


def test_a_daily_file_of_the_journal_is_read_without_its_pages(settings: Settings) -> None:
    told = taken(settings, SHAPES / "boamp-daily.xml")[1]["26-920001"]
    assert (told.form, told.nature, told.cpv) == ("boamp_fnsimple", "call", ("90911300",))
    assert (told.deadline, told.departements) == (at(2026, 12, 10, 11, 0), ("02",))
    assert ("reserved", "reservationMarche") in boxes(told)
    assert "FICTIVE" not in told.model_dump_json().upper().replace("COMMUNE FICTIVE", "")


@pytest.mark.slow
@pytest.mark.parametrize(("written", "place"), [("2", "02"), ("20A", "2A"), ("2B", "2B"), ("974", "974"), ("99", None)])
def test_a_departement_is_found_however_the_journal_writes_it(
    told: dict[str, Notice], written: str, place: str | None
) -> None:
    notice = told["26-910008"].model_copy(update={"departements": (written,)})
    found = NoticePlaces(load_gazetteer()).of(notice)
    assert (f"departement:{place}" in found) if place is not None else found == ()

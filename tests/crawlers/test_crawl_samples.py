"""Each source's authored sample gives exactly its expected records, and no contact survives."""

from __future__ import annotations

import re

import pytest

from crawlers.run import import_files, sources
from crawlers.words import ASIDES, ISSUES, SKIPS
from tests.crawlers.samples import NOW, SAMPLES, counts, records_of, samples, told_of
from vivier.runs import MODELS, current_run, read_statistics
from vivier.settings import Settings

EXPECTED = {
    "agence_bio": (8, 4, {"operator_number_missing": 1}, {"duplicate": 1, "not_certified": 2}),
    "decp": (9, 7, {"buyer_missing": 1, "record_unreadable": 1}, {}),
    "decp_buyer_csv": (3, 3, {}, {}),
    "decp_economie": (3, 3, {}, {}),
    "decp_tabular": (5, 4, {"cells_count": 1}, {}),
    "bilan_ges": (5, 3, {"siren_missing": 1, "siren_invalid": 1}, {}),
    "ea2": (9, 5, {"cells_count": 1, "kind_unknown": 1, "siret_invalid": 1}, {"duplicate": 1}),
    "epv": (7, 4, {"siret_missing": 1, "siret_invalid": 1}, {"duplicate": 1}),
    "ess_france": (5, 2, {"siren_missing": 1, "siren_invalid": 1}, {"duplicate": 1}),
    "ess_numerique": (5, 2, {}, {"not_concerned": 1, "sole_trader": 1, "unit_ceased": 1}),
    "esus": (8, 6, {"siren_missing": 1, "siren_invalid": 1}, {}),
    "eu_ecolabel": (9, 6, {"field_missing": 1, "identity_missing": 1}, {"abroad": 1}),
    "hosmoz": (6, 4, {"kind_unknown": 1, "name_missing": 1}, {}),
    "imprim_vert": (7, 5, {"identity_missing": 1, "name_missing": 1}, {}),
    "marche": (5, 3, {"kind_unknown": 1}, {"inactive": 1}),
    "nf_environnement": (4, 3, {"identity_missing": 1}, {}),
    "rfar": (6, 4, {"siren_missing": 1, "siren_invalid": 1}, {}),
    "societe_mission": (
        9,
        2,
        {"siren_invalid": 1},
        {"duplicate": 1, "not_concerned": 2, "not_public": 1, "sole_trader": 1, "unit_ceased": 1},
    ),
    "asp": (10, 6, {"kind_unknown": 1, "siret_scientific": 1}, {"duplicate": 1, "sole_trader": 1}),
    "data_inclusion": (7, 4, {"field_missing": 1}, {"not_a_supplier": 2}),
    "emplois": (5, 3, {"kind_unknown": 1}, {"not_a_supplier": 1}),
    "esat": (4, 3, {"finess_invalid": 1}, {}),
    "finess": (8, 4, {"finess_invalid": 1}, {"closed": 1, "inactive": 1, "other_category": 1}),
    "finess_legacy": (5, 3, {"finess_invalid": 1}, {"other_category": 1}),
    "fluxiae": (
        14,
        4,
        {"kind_unknown": 1, "structure_missing": 1},
        {
            "agreement_inactive": 2,
            "agreement_older": 1,
            "no_agreement": 2,
            "prison_agreement": 1,
            "sole_trader": 1,
            "subsidy": 1,
        },
    ),
    "geiq": (4, 2, {"siret_invalid": 1}, {"duplicate": 1}),
    "list": (6, 4, {"kind_unknown": 1, "value_invalid": 1}, {}),
    "rge": (10, 5, {"siret_invalid": 1}, {"gathered": 4}),
    "website": (
        11,
        2,
        {"json_invalid": 1, "site_not_recognised": 1, "site_unreachable": 1, "site_unread": 1},
        {"not_own_site": 1, "nothing_told": 1, "robots_forbidden": 1, "website_shared": 2},
    ),
    "siae": (4, 3, {"siret_invalid": 1}, {}),
    "approch": (3, 2, {"field_missing": 1}, {}),
    "boamp": (11, 9, {"nature_unknown": 1, "record_unreadable": 1}, {}),
    "ted": (4, 3, {"record_unreadable": 1}, {}),
}


def test_every_source_has_a_sample() -> None:
    assert set(sources()) == set(EXPECTED)


@pytest.mark.parametrize("source_id", sorted(EXPECTED))
def test_a_sample_gives_its_expected_records(settings: Settings, source_id: str) -> None:
    report = import_files(source_id, samples(source_id), settings, now=NOW)
    lines = (SAMPLES / source_id / "expected.jsonl").read_text(encoding="utf8").splitlines()
    expected = [MODELS[report.source.content].model_validate_json(line) for line in lines]
    assert counts(report) == EXPECTED[source_id]
    assert told_of(settings, source_id) == expected


@pytest.mark.parametrize("source_id", sorted(EXPECTED))
def test_no_contact_is_written_under_records(settings: Settings, source_id: str) -> None:
    import_files(source_id, samples(source_id), settings)
    files = [path for path in settings.records.rglob("*") if path.is_file()]
    written = "\n".join(path.read_text(encoding="utf8") for path in files)
    assert len(files) == 4
    assert not re.search(r"TELEPHONE-FICTIF|COURRIEL-FICTIF|PERSONNE-FICTIVE|@", written)


@pytest.mark.parametrize("source_id", sorted(EXPECTED))
def test_raw_bytes_are_kept_and_every_word_of_the_report_is_known(settings: Settings, source_id: str) -> None:
    report = import_files(source_id, samples(source_id), settings)
    raw = settings.raw / source_id / report.run
    assert [(raw / path.name).read_bytes() for path in samples(source_id)] == [
        p.read_bytes() for p in samples(source_id)
    ]
    assert read_statistics(current_run(settings.records, source_id)) == report
    assert set(report.set_aside) <= set(ASIDES)
    assert set(report.skipped) <= set(SKIPS)
    assert set(report.issues) <= set(ISSUES)


@pytest.mark.parametrize("source_id", sorted(EXPECTED))
def test_a_card_says_what_a_reader_wants_to_know(source_id: str) -> None:
    card = sources()[source_id].card
    assert card.id == source_id
    assert all((card.title, card.producer, card.dataset, card.licence, card.covers, card.limits))


def test_progress_is_told_as_rows_go_by(settings: Settings) -> None:
    told: list[int] = []
    import_files("finess", samples("finess"), settings, progress=told.append)
    assert told[-1] == 8


def test_the_order_of_the_two_finess_files_does_not_matter(settings: Settings) -> None:
    import_files("finess", samples("finess"), settings, now=NOW)
    one = records_of(settings, "finess")
    import_files("finess", samples("finess")[::-1], settings, now=NOW)
    assert records_of(settings, "finess") == one

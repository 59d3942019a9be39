"""The real lists and the fictitious official layouts given beside the repository: exact counts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from crawlers.run import import_files
from tests.crawlers.samples import counts, records_of
from tests.shared_data import shared_data
from vivier.settings import Settings


def suppliers(*names: str) -> list[Path]:
    return [shared_data("suppliers", *name.split("/")) for name in names]


@pytest.mark.slow
def test_the_official_esat_list_is_read_whole(settings: Settings) -> None:
    report = import_files("esat", suppliers("esat_liste_officielle_brut.csv"), settings)
    assert counts(report) == (760, 760, {}, {})
    assert report.issues == {"capacity_unknown": 20, "siret_absent": 41, "siret_zeros": 1}
    assert report.columns_unknown == ()


@pytest.mark.slow
def test_lost_zeros_are_put_back_in_the_esat_list(settings: Settings) -> None:
    import_files("esat", suppliers("esat_liste_officielle_brut.csv"), settings)
    site = records_of(settings, "esat")["010008951"]
    assert (site.finess, site.siret, site.address.post_code, site.address.commune) == (
        "010008951",
        "77554456201361",
        "01150",
        "01047",
    )
    assert site.address.line == "385 ALL DU PRUNNUS"
    assert (site.capacities[0].value, site.capacities[0].unit, site.capacities[0].status) == (9, "places", "autorisée")


@pytest.mark.slow
def test_sites_that_share_a_siret_stay_distinct(settings: Settings) -> None:
    import_files("esat", suppliers("esat_liste_officielle_brut.csv"), settings)
    shared = Counter(record.siret for record in records_of(settings, "esat").values() if record.siret)
    assert shared["31301609900019"] == 3


@pytest.mark.slow
def test_the_siae_list_sets_three_impossible_sirets_aside(settings: Settings) -> None:
    report = import_files("siae", suppliers("siae_marche_2020.csv"), settings)
    assert counts(report) == (1929, 1926, {"siret_invalid": 3}, {})
    kinds = Counter(record.agreements[0].kind for record in records_of(settings, "siae").values())
    assert kinds == {"ACI": 918, "EI": 434, "AI": 336, "ETTI": 158, "GEIQ": 80}


@pytest.mark.slow
def test_two_kinds_on_one_siret_are_two_records_of_one_site(settings: Settings) -> None:
    import_files("siae", suppliers("siae_marche_2020.csv"), settings)
    records = [record for record in records_of(settings, "siae").values() if record.siret == "40765547100057"]
    assert len(records) == 2
    assert len({record.agreements[0].kind for record in records}) == 2


@pytest.fixture
def finess(settings: Settings) -> Settings:
    files = suppliers("layouts/finess_plus_structures.json", "layouts/finess_plus_activites.json")
    report = import_files("finess", files, settings)
    assert counts(report) == (16, 13, {}, {"closed": 1, "inactive": 1, "other_category": 1})
    assert report.columns_unknown == ()
    return settings


def test_finess_keeps_eleven_esat_and_two_ea(finess: Settings) -> None:
    records = records_of(finess, "finess").values()
    assert Counter(record.agreements[0].kind for record in records) == {"ESAT": 11, "EA": 2}


def test_finess_places_follow_the_rule_of_statuses(finess: Settings) -> None:
    found = {key: record.capacities for key, record in records_of(finess, "finess").items()}
    expected = {
        "359000102": (60, "08"),
        "359000110": (20, "09"),
        "359000128": (35, "08"),
        "499000103": (55, "08"),
        "149000105": (24, "09"),
    }
    assert {key: (c[0].value, c[0].status) for key, c in found.items() if c} == expected


def test_finess_points_are_decided_by_value(finess: Settings) -> None:
    points = {key: record.address.point for key, record in records_of(finess, "finess").items()}
    lonlat = {key: (p.lon, p.lat) for key, p in points.items() if p is not None}
    assert lonlat["149000105"] == (0.0, 49.31)
    assert lonlat["979400104"] == (55.45087, -20.93)
    assert lonlat["499000103"] == (-0.55216, 47.47962)
    assert lonlat["759000115"] == (2.387, 48.887)
    assert set(points) - set(lonlat) == {"149000113"}


def test_finess_arrondissements_precisions_and_odd_sirets(finess: Settings) -> None:
    records = records_of(finess, "finess")
    paris = records["759000107"].address
    assert (paris.commune, paris.arrondissement, paris.precision) == ("75056", "75120", "commune")
    assert records["2A9000106"].address.commune == "2A004"
    assert records["359000128"].address.line == "9 R DES TILLEULS"
    assert records["149000121"].address.line == "MONEIEUX"
    assert (records["149000121"].siret, records["149000121"].siren) == (None, "999000045")
    assert (records["759000115"].siret, records["759000115"].issues) == (None, ("siret_invalid",))
    assert str(records["759000123"].agreements[0].valid_until) == "2026-12-31"


def test_the_spelling_of_the_published_schema_is_read_too(settings: Settings) -> None:
    report = import_files("finess", suppliers("layouts/finess_plus_structures_variante_schema.json"), settings)
    assert counts(report) == (5, 3, {}, {"closed": 1, "other_category": 1})
    assert report.columns_unknown == ()
    assert records_of(settings, "finess")["359000912"].siret == "99900001100018"


def test_les_emplois_pages_are_one_run(settings: Settings) -> None:
    files = suppliers("layouts/emplois_siaes_dept35_page1.json", "layouts/emplois_siaes_dept35_page2.json")
    report = import_files("emplois", files, settings)
    assert counts(report) == (9, 8, {}, {"not_a_supplier": 1})
    assert report.issues == {"agreement_not_stated": 7, "siret_antenna": 1}
    records = records_of(settings, "emplois").values()
    assert sorted(r.agreements[0].kind for r in records if r.siret == "99900302300010") == ["ACI", "EI"]
    antenna = next(record for record in records if "siret_antenna" in record.issues)
    assert antenna.siret is None and antenna.siren is not None


def test_an_open_job_is_evidence_of_a_trade_and_a_closed_one_is_not(settings: Settings) -> None:
    files = suppliers("layouts/emplois_siaes_dept35_page1.json", "layouts/emplois_siaes_dept35_page2.json")
    import_files("emplois", files, settings)
    cleaning = records_of(settings, "emplois")["00000000-0000-4000-8000-000000000001"]
    assert cleaning.offers[0].trade == "nettoyage-locaux"
    assert {offer.evidence for offer in cleaning.offers} == {"job"}
    assert {offer.title for offer in cleaning.offers} == {"Nettoyage de locaux (H/F)"}


def test_a_page_left_out_is_said(settings: Settings) -> None:
    report = import_files("emplois", suppliers("layouts/emplois_siaes_dept35_page1.json"), settings)
    assert report.issues["page_missing"] == 1


@pytest.mark.slow
def test_no_contact_marker_of_the_official_layouts_is_written(finess: Settings) -> None:
    import_files("emplois", suppliers("layouts/emplois_siaes_dept35_page1.json"), finess)
    import_files("siae", suppliers("siae_marche_2020.csv"), finess)
    import_files("esat", suppliers("esat_liste_officielle_brut.csv"), finess)
    written = "\n".join(p.read_text(encoding="utf8") for p in finess.records.rglob("*") if p.is_file())
    assert not re.search(
        r"TELEPHONE-FICTIF|COURRIEL-FICTIF|PERSONNE-FICTIVE|@|(?<!\d)0[1-9](?:[ .]\d\d){4}(?!\d)", written
    )

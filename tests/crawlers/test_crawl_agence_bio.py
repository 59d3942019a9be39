"""Agence Bio: state of certificates, place of activity, conversion, names of persons, pages by offset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawlers.kit.sole import is_person
from crawlers.run import import_files
from crawlers.sources.agence_bio import trades_of_production
from tests.crawlers.partial import crawl
from tests.crawlers.samples import NOW, SAMPLES, counts, records_of, samples
from tests.shared_data import shared_data
from tests.world import World, served
from vivier.model import Record
from vivier.settings import Settings

OPERATOR = json.loads((SAMPLES / "agence_bio" / "sample-debut0.json").read_text(encoding="utf8"))["items"][0]
ENGAGED = OPERATOR["certificats"][0]


def read(settings: Settings, folder: Path, **changed: Any) -> Record | None:
    """The record of one operator of the sample, changed."""
    file = folder / "page.json"
    other = {**OPERATOR, "numeroBio": 1}
    file.write_text(json.dumps({"nbTotal": "2", "items": [{**OPERATOR, **changed}, other]}), encoding="utf8")
    import_files("agence_bio", [file], settings, now=NOW)
    return records_of(settings, "agence_bio").get("910001")


@pytest.mark.parametrize(
    ("certificate", "state"),
    [
        ({"etatCertification": "SUSPENDUE"}, "suspended"),
        ({"etatCertification": "ARRETEE", "dateArret": "2026-01-01"}, "ended"),
        ({"dateEngagement": "2027-01-01"}, "coming"),
    ],
)
def test_a_certificate_that_is_not_engaged_today_proves_only_what_its_dates_say(
    settings: Settings, tmp_path: Path, certificate: dict[str, str], state: str
) -> None:
    record = read(settings, tmp_path, certificats=[{**ENGAGED, **certificate}])
    assert record is not None
    (label,) = record.labels
    assert label.suspended is (state == "suspended")
    proved = {(o.valid_from, o.valid_until) for o in record.offers if o.evidence == "certified"}
    assert proved == (set() if label.suspended else {(label.valid_from, label.valid_until)})


def test_one_engaged_certificate_among_others_is_enough(settings: Settings, tmp_path: Path) -> None:
    stopped = {**ENGAGED, "etatCertification": "ARRETEE", "dateArret": "2020-01-01"}
    record = read(settings, tmp_path, certificats=[stopped, ENGAGED])
    assert record is not None
    assert len(record.labels) == 2
    assert "maraichage" in {offer.trade for offer in record.offers if offer.evidence == "certified"}


@pytest.mark.parametrize("state", [None, "NON ENGAGEE"])
def test_an_operator_without_a_certificate_is_no_supplier(settings: Settings, tmp_path: Path, state: object) -> None:
    assert read(settings, tmp_path, certificats=[{**ENGAGED, "etatCertification": state}]) is None


def test_a_stopped_certificate_without_its_day_is_not_kept_as_valid(settings: Settings, tmp_path: Path) -> None:
    stopped = {**ENGAGED, "etatCertification": "ARRETEE", "dateArret": None}
    record = read(settings, tmp_path, certificats=[stopped, {**ENGAGED, "etatCertification": "SUSPENDUE"}])
    assert record is not None
    assert [label.suspended for label in record.labels] == [True]
    assert "certificate_end_unknown" in record.issues


def test_what_is_in_conversion_is_declared_and_bears_no_label(settings: Settings, tmp_path: Path) -> None:
    converting = [{"code": "01.24", "nom": "Fruits", "etatProductions": [{"etatProduction": "C2"}]}]
    record = read(settings, tmp_path, productions=converting)
    assert record is not None
    assert record.labels == ()
    assert [(offer.evidence, offer.title) for offer in record.offers] == [("declared", "Fruits (en conversion)")]


def test_the_address_is_where_it_works_never_the_first_one(settings: Settings, tmp_path: Path) -> None:
    record = read(settings, tmp_path)
    assert record is not None and record.address.town == "HALLUIN"
    seats = [{**address, "active": False} for address in OPERATOR["adressesOperateurs"]]
    assert read(settings, tmp_path, adressesOperateurs=seats).address.town is None  # type: ignore[union-attr]


def test_an_operator_without_siret_is_kept(settings: Settings, tmp_path: Path) -> None:
    record = read(settings, tmp_path, siret=None)
    assert record is not None and "siret_absent" in record.issues


def test_the_manager_s_name_is_nowhere_even_as_the_name_of_the_business(settings: Settings, tmp_path: Path) -> None:
    record = read(
        settings, tmp_path, raisonSociale="INVENTEE Jeanne", denominationcourante="", gerant="Jeanne Inventée"
    )
    assert record is not None and record.name == "Opérateur bio n° 910001"
    written = "".join(path.read_text(encoding="utf8") for path in settings.records.rglob("*.json*"))
    assert "nvent" not in written.lower().replace("sans", "")


@pytest.mark.parametrize(
    ("name", "manager", "person"),
    [
        ("M. Dupont Jean", None, True),
        ("MADAME INVENTEE JEANNE", None, True),
        ("Mr Bricolage", None, False),
        ("M Interim", None, False),
        ("GAEC INVENTEE", "Inventée Jeanne", False),
        ("Inventée", "Inventée", False),
        ("M2 CONSEIL", None, False),
        ("MAISON M", None, False),
    ],
)
def test_a_person_is_known_by_a_civility_or_by_the_manager(name: str, manager: str | None, person: bool) -> None:
    assert is_person(name, manager) is person


@pytest.mark.parametrize(
    ("name", "code", "trade"),
    [
        ("Légumes", "", "maraichage"),
        ("Fruits à coque", "01.25.31", "maraichage"),
        ("Pain d'épices", "10.71.9", "boulangerie-patisserie"),
        ("Inclassable", "", None),
    ],
)
def test_a_production_is_known_by_its_name_else_by_its_code(name: str, code: str, trade: str | None) -> None:
    assert trades_of_production(name, code) == ((trade,) if trade else ())


@pytest.mark.slow
def test_pages_are_asked_by_what_was_received_until_an_empty_one(settings: Settings) -> None:
    pages = {
        f"/api/gouv/operateurs/?nb=1000&debut={start}": file.read_bytes()
        for start, file in zip((0, 4, 8), samples("agence_bio"), strict=True)
    }
    world = World(pages=pages)
    with served(world):
        report = crawl("agence_bio", settings, mirror=world.url)
    assert report.seen == 8
    assert [path for path, _ in world.requests if "debut" in path] == list(pages)


def test_the_shared_layout_is_read_as_its_notice_says(settings: Settings) -> None:
    pages = [shared_data("suppliers", "layouts", f"agence_bio_operateurs_debut{n}.json") for n in (0, 7, 9)]
    report = import_files("agence_bio", pages, settings, now=NOW)
    assert counts(report) == (9, 8, {}, {"not_certified": 1})
    records = records_of(settings, "agence_bio")
    assert records["900002"].address.town == "MELUN"
    assert [label.issuer for label in records["900004"].labels] == ["Organisme Fictif Bio", "Autre Organisme Fictif"]
    assert records["900005"].labels == ()
    assert records["900006"].labels[0].suspended
    assert records["900008"].address.line == "9 MIN FICTIF"
    assert records["900009"].siret is None


ODD = [None, True, 0, -1, 1e300, "", "x" * 5_000, [], [1, {"a": []}], {}, {"id": {"nom": []}}]


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_shapes_at_any_depth_never_stop_the_import(settings: Settings, tmp_path: Path, odd: object) -> None:
    lists = [name for name, value in OPERATOR.items() if isinstance(value, list) and value]
    items = [{**OPERATOR, name: odd} for name in OPERATOR]
    items += [{**OPERATOR, name: [odd]} for name in lists]
    items += [{**OPERATOR, name: [{**OPERATOR[name][0], key: odd}]} for name in lists for key in OPERATOR[name][0]]
    numbered = [{**item, **({"numeroBio": n} if item["numeroBio"] == 910001 else {})} for n, item in enumerate(items)]
    file = tmp_path / "page.json"
    file.write_text(json.dumps({"nbTotal": odd, "items": numbered}), encoding="utf8")
    report = import_files("agence_bio", [file], settings, now=NOW)
    assert counts(report)[0] == len(items)


@pytest.mark.parametrize(
    ("name", "phone"), [("EARL DES ROSEAUX", "0199003102"), ("POTAGER DES ROSEAUX", None), ("Martin INVENTEE", None)]
)
def test_the_number_of_a_company_is_read_and_that_of_a_farmer_is_not(
    settings: Settings, tmp_path: Path, name: str, phone: str | None
) -> None:
    record = read(settings, tmp_path, raisonSociale=name, denominationcourante=name, telephone="01 99 00 31 02")
    assert record is not None and record.phone == phone

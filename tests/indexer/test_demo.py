"""The fictitious suppliers: deterministic, marked, varied, valid."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from indexer.demo import TODAY, demo_records, write_demo
from indexer.demo.identifiers import siren, siret
from indexer.demo.labels import COMMONEST
from indexer.demo.texts import GROUP_SENTENCES, OPENING
from tests.indexer.demo_report import Report, state, zone_form
from tests.shared_data import shared_data
from vivier.identity import is_antenna_siret, is_finess, is_siren, is_siret, name_key
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.model import Agreement, Label, Record, TerritoriesZone
from vivier.runs.records import current_run, read_records, read_statistics
from vivier.settings import Settings
from vivier.territory import load_gazetteer
from vivier.territory.address import resolve_address
from vivier.trades.table import load_trades
from vivier.vocabulary import EVIDENCES, SERVICE_TYPES, WITHOUT_TRADE

COUNT = 2400


@lru_cache(maxsize=1)
def records() -> tuple[Record, ...]:
    return tuple(demo_records(COUNT))


@lru_cache(maxsize=1)
def report() -> Report:
    return Report(records(), TODAY)


@pytest.mark.slow
def test_the_same_seed_makes_the_same_suppliers_and_a_short_run_begins_a_long_one() -> None:
    assert tuple(demo_records(300)) == records()[:300]
    assert tuple(demo_records(50, seed=7)) != records()[:50]


@pytest.mark.slow
def test_the_count_is_the_one_asked_and_no_key_comes_twice() -> None:
    assert len(records()) == COUNT
    assert len({record.source_id for record in records()}) == COUNT


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="count"):
        list(demo_records(-1))


@pytest.mark.slow
def test_every_record_reads_back_from_its_own_json() -> None:
    for record in records():
        assert Record.model_validate_json(record.model_dump_json(exclude_none=True)) == record


@pytest.mark.slow
def test_the_run_written_is_the_same_byte_for_byte_and_is_read_back(tmp_path: Path) -> None:
    homes = [Settings(home=tmp_path / name) for name in ("one", "two")]
    for settings in homes:
        write_demo(settings, 200)
    write_demo(homes[0], 200)
    folders = [current_run(settings.records, "demo") for settings in homes]
    for name in ("records.jsonl", "rejected.jsonl", "statistics.json"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
    assert tuple(read_records(folders[0])) == records()[:200]
    assert sorted(path.name for path in folders[0].iterdir()) == ["records.jsonl", "rejected.jsonl", "statistics.json"]


@pytest.mark.slow
def test_the_statistics_say_it_is_fictitious_and_add_up(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    written = write_demo(settings, 200)
    read = read_statistics(current_run(settings.records, "demo"))
    assert read == written
    assert (read.source.id, read.source.licence, read.source.producer) == ("demo", "fictif", "Vivier (fictif)")
    assert read.seen == read.kept == 200
    assert read.issues["siret_absent"] == sum(record.siret is None for record in records()[:200])


def test_an_empty_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="count"):
        write_demo(Settings(home=tmp_path), 0)


def test_every_supplier_is_marked_fictitious() -> None:
    for record in records():
        assert record.name.casefold().endswith("(fictif)")
        assert record.description is None or record.description.startswith(OPENING)
        assert record.website is None or record.website.endswith(".example")
        assert record.provenance.source_id == "demo"
        for text in (*record.networks, *(reference.client for reference in record.references)):
            assert text.endswith("(fictif)")


@pytest.mark.slow
def test_no_name_is_that_of_a_real_supplier() -> None:
    real = {name_key(name) for name in real_names()}
    assert len(real) > 2000
    ours = {
        name for record in records() for name in (record.name.lower().removesuffix("(fictif)"), record.brand) if name
    }
    assert not {name_key(name) for name in ours} & real


def real_names() -> set[str]:
    columns = {
        "esat_liste_officielle_brut.csv": (",", ("EJ-Raison sociale", "ET-Raison sociale")),
        "siae_marche_2020.csv": (",", ("name", "brand")),
        "siae_asp_2019_07.csv": (";", ("DENOMINATION_SOCIALE",)),
        "geiq_2019_11.csv": (";", ("GEIQ",)),
        "ess_numerique_2026_echantillon.csv": (",", ("denomination",)),
    }
    names: set[str] = set()
    for file, (delimiter, wanted) in columns.items():
        with shared_data("suppliers", file).open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream, delimiter=delimiter):
                names.update(row[column] for column in wanted if row[column])
    return names


@pytest.mark.slow
def test_every_kind_is_there_and_some_suppliers_hold_two() -> None:
    kinds = report().counts["Types"]
    assert set(kinds) == set(KINDS)
    assert kinds["ACI"] > kinds["GEIQ"] > kinds["EAMP"]
    assert report().counts["Nombre de types"]["2"] > 50


def test_agreements_are_valid_expired_future_and_undated() -> None:
    assert min(report().counts["Agréments"][name] for name in ("valid", "expired", "future", "undated")) >= 20


def test_every_label_is_there_in_every_state() -> None:
    assert set(report().counts["Labels"]) == set(list(LABELS)[:COMMONEST])
    states = report().counts["État des labels"]
    assert min(states[name] for name in ("valid", "expired", "suspended", "undated", "future")) >= 5
    domains = {label.domain for record in records() for label in record.labels if label.code == "RGE"}
    assert len(domains - {None}) >= 10


def test_something_ends_on_the_very_day_of_reference() -> None:
    dated: list[Agreement | Label] = []
    for record in records():
        dated += (*record.agreements, *record.labels)
    last = [fact for fact in dated if fact.valid_until == TODAY]
    assert last
    assert all(state(fact, TODAY) in ("valid", "suspended") for fact in last)


@pytest.mark.slow
def test_another_day_of_reference_moves_the_dates() -> None:
    day = date(2024, 2, 29)
    moved = Report(demo_records(400, today=day), day)
    assert min(moved.counts["Agréments"][name] for name in ("valid", "expired", "future", "undated")) > 0


def test_every_form_of_zone_is_there_and_undeclared_is_the_common_one() -> None:
    forms = report().counts["Zones des offres"]
    assert set(forms) == {"undeclared", "country", "radius", "commune", "epci", "departement", "region"}
    assert forms.most_common(1)[0][0] == "undeclared"
    radii = {offer.zone.km for record in records() for offer in record.offers if offer.zone.type == "radius"}
    assert min(radii) == 10
    assert max(radii) == 100


def test_some_suppliers_have_several_offers_with_different_zones() -> None:
    assert sum(len({offer.zone for offer in record.offers}) > 1 for record in records()) > 100


def test_a_radius_never_goes_without_a_seat() -> None:
    for record in records():
        if any(offer.zone.type == "radius" for offer in record.offers):
            assert record.address.point is not None or record.address.town is not None


@pytest.mark.slow
def test_every_territory_of_a_zone_is_in_the_gazetteer() -> None:
    gazetteer = load_gazetteer()
    zones = {offer.zone for record in records() for offer in record.offers}
    for zone in zones:
        if isinstance(zone, TerritoriesZone):
            assert all(gazetteer.get(territory).id == territory for territory in zone.territories)
            assert len({territory.partition(":")[0] for territory in zone.territories}) == 1
            assert zone_form(zone) != "country"


def test_trades_are_those_of_the_table_nearly_all_used_and_a_third_unknown() -> None:
    used = Counter(offer.trade for record in records() for offer in record.offers if offer.trade is not None)
    trades = load_trades()
    assert set(used) <= {trade.code for trade in trades}
    assert len(used) >= 0.95 * len(trades)
    assert {trades.get(code).group for code in used} == {group.code for group in trades.groups()}
    assert 0.25 < report().counts["Inconnus"]["métier"] / COUNT < 0.4


def test_service_types_follow_the_nature_of_the_trade() -> None:
    trades = load_trades()
    types = {service for record in records() for offer in record.offers for service in offer.service_types}
    assert types == set(SERVICE_TYPES)
    for record in records():
        for offer in record.offers:
            if "goods" in offer.service_types and offer.trade is not None:
                assert "goods" in trades.get(offer.trade).nature


def test_every_level_of_evidence_is_there_and_certified_goes_with_a_label() -> None:
    assert set(report().counts["Preuves des métiers"]) == {*EVIDENCES, "inconnue"} - {*WITHOUT_TRADE}
    for record in records():
        if any(offer.evidence == "certified" for offer in record.offers):
            assert {"RGE", "BIO", "IMPRIM_VERT"} & {label.code for label in record.labels}


def test_every_group_of_trades_has_its_sentences() -> None:
    assert set(GROUP_SENTENCES) == {group.code for group in load_trades().groups()}


def test_what_can_be_unknown_is_sometimes_unknown_and_sometimes_known() -> None:
    for name, count in report().counts["Inconnus"].items():
        assert 0 < count < COUNT, name
    assert {"métier", "zone", "point", "tout identifiant", "effectif", "description", "closed"} <= set(
        report().counts["Inconnus"]
    )


def test_some_are_closed_and_most_sources_do_not_say() -> None:
    closed = Counter(record.closed for record in records())
    assert closed[None] > closed[False] > closed[True] > 20


def test_sizes_keep_their_units_and_turnover_has_a_year() -> None:
    sizes = [capacity for record in records() for capacity in record.capacities]
    assert {size.unit for size in sizes} == {"places", "etp", "etp_insertion", "persons", "eur_year", "volume_eur_year"}
    assert all(size.year is not None for size in sizes if size.unit == "eur_year")


def test_numbers_are_invented_and_of_valid_form() -> None:
    for record in records():
        if record.siren is not None:
            assert is_siren(record.siren)
            assert record.siren.startswith("999")
        if record.siret is not None:
            assert is_siret(record.siret)
            assert record.siret[:9] == record.siren
            assert not is_antenna_siret(record.siret)
        assert record.finess is None or is_finess(record.finess)


def test_no_siret_is_shared_but_by_finess_sites() -> None:
    holders = Counter(record.siret for record in records() if record.siret is not None)
    shared = {number for number, count in holders.items() if count > 1}
    assert 10 <= len(shared) <= 100
    assert all(record.finess is not None for record in records() if record.siret in shared)
    finess = [record.finess for record in records() if record.finess is not None]
    assert len(finess) == len(set(finess))


def test_numbers_stay_apart_when_the_sirens_have_gone_round() -> None:
    units = (0, 1, 2, 99_999, 100_000, 100_001, 199_999)
    numbers = [siret(unit, site) for unit in units for site in (1, 2, 60)]
    assert len(set(numbers)) == len(numbers)
    assert all(is_siret(number) for number in numbers)
    assert siren(0) == siren(100_000)


def test_suppliers_are_spread_over_all_of_france() -> None:
    departements = report().counts["Départements"]
    assert len(set(departements) - {"inconnu"}) >= 101
    assert {"2A", "2B", "971", "972", "973", "974", "976"} <= set(departements)
    assert {"975", "977", "978", "987", "988"} & set(departements)
    assert departements["59"] > departements["48"]


def test_some_sit_on_the_greenwich_meridian() -> None:
    points = [record.address.point for record in records() if record.address.point is not None]
    assert sum(point.lon == 0 for point in points) >= 5


def test_a_commune_point_is_the_reference_point_itself() -> None:
    communes = load_gazetteer().communes
    for record in records():
        address = record.address
        if address.precision == "commune" and address.point is not None and address.commune is not None:
            row = communes.index[address.arrondissement or address.commune]
            assert (address.point.lon, address.point.lat) == (communes.lon[row], communes.lat[row])


@pytest.mark.slow
def test_the_resolver_finds_the_commune_of_every_address_and_keeps_its_point() -> None:
    gazetteer = load_gazetteer()
    for record in records():
        if record.address.town is not None:
            placed, issues = resolve_address(record.address, gazetteer)
            assert placed.commune is not None
            assert not [issue for issue in issues if issue.startswith("point")]


def test_precision_says_unknown_when_there_is_no_point() -> None:
    assert set(report().counts["Précision du point"]) == {"address", "street", "commune", "unknown"}
    assert all((record.address.point is None) == (record.address.precision == "unknown") for record in records())


def test_the_report_gives_every_heading_in_french() -> None:
    text = "\n".join(report().lines())
    assert text.startswith("2400 fournisseurs fictifs")
    for heading in ("Types", "Départements", "Zones des offres", "État des labels", "Inconnus"):
        assert f"\n{heading} (" in text

"""ASP, fluxIAE, GEIQ, data.inclusion, FINESS until 2026, pages with a token: real lists, official layouts, traps of each."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawlers.run import import_files
from crawlers.sources.asp import departement, is_in
from crawlers.sources.data_inclusion import kinds_of, updated_on
from crawlers.sources.finess_legacy import commune_code
from tests.crawlers.bad_inputs import zipped
from tests.crawlers.partial import crawl
from tests.crawlers.samples import NOW, SAMPLES, counts, records_of, samples
from tests.shared_data import shared_data
from tests.world import World, served
from tests.world.datagouv import resource
from vivier.errors import ImportRefused
from vivier.model import Capacity
from vivier.settings import Settings

FLUX = ("layouts/fluxIAE_Structure_07092026_092352.csv", "layouts/fluxIAE_AnnexeFinanciere_07092026_092352.csv")


def suppliers(*names: str) -> list[Path]:
    return [shared_data("suppliers", *name.split("/")) for name in names]


@pytest.mark.slow
def test_the_asp_list_is_read_whole(settings: Settings) -> None:
    report = import_files("asp", suppliers("siae_asp_2019_07.csv"), settings)
    assert counts(report) == (1958, 1918, {}, {"duplicate": 40})
    assert report.issues == {"agreement_elsewhere": 8, "name_cut": 32}
    assert report.columns_unknown == ()
    kinds = Counter(record.agreements[0].kind for record in records_of(settings, "asp").values())
    assert kinds == {"ACI": 954, "EI": 455, "AI": 359, "ETTI": 150}


def test_the_geiq_list_is_read_whole_with_its_stray_tabs(settings: Settings) -> None:
    report = import_files("geiq", suppliers("geiq_2019_11.csv"), settings)
    assert (counts(report), report.issues) == ((80, 80, {}, {}), {})
    assert records_of(settings, "geiq")["84302481100013"].name == "GEIQ INDUSTRIE AUVERGNE"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("001", "01"),
        ("02A", "2A"),
        ("59L", "59"),
        ("59V", "59"),
        ("974", "974"),
        ("01", None),
        ("59X", None),
        ("", None),
        (None, None),
    ],
)
def test_departements_of_the_asp_have_three_characters(written: str | None, code: str | None) -> None:
    assert departement(written) == code


def test_both_corsicas_have_post_codes_in_20() -> None:
    assert is_in("20000", "2A") and is_in("20200", "2B") and is_in("97400", "974")
    assert not is_in("63200", "03")


def test_fluxiae_joins_structures_and_agreements_in_force(settings: Settings) -> None:
    report = import_files("fluxiae", suppliers(*FLUX), settings, now=NOW)
    skipped = {"agreement_inactive": 2, "no_agreement": 2, "prison_agreement": 1, "subsidy": 1}
    assert counts(report) == (11, 5, {}, skipped)
    assert (report.updated_at, report.columns_unknown) == ("2026-09-07", ())
    records = records_of(settings, "fluxiae")
    assert {key: [c.value for c in record.capacities] for key, record in records.items()} == {
        "191-EI": [12.5],
        "192-ACI": [24],
        "192-EI": [6],
        "193-AI": [],
        "194-ETTI": [31.2],
    }
    assert records["193-AI"].siret == "99900303100021"
    assert records["193-AI"].agreements[0].valid_until == date(2025, 12, 31)


def test_fluxiae_files_come_in_any_order_and_a_zip_called_gz_is_read(tmp_path: Path, settings: Settings) -> None:
    import_files("fluxiae", samples("fluxiae"), settings, now=NOW)
    expected = records_of(settings, "fluxiae")
    annexes, structures = samples("fluxiae")
    zip_called_gz, packed = tmp_path / "structures.csv.gz", tmp_path / "annexes.csv.gz"
    zip_called_gz.write_bytes(zipped(structures=structures.read_bytes()))
    packed.write_bytes(gzip.compress(annexes.read_bytes()))
    import_files("fluxiae", [zip_called_gz, packed], settings, now=NOW)
    assert records_of(settings, "fluxiae") == expected


@pytest.mark.parametrize(("position", "missing"), [(0, "des structures"), (1, "des annexes")])
def test_one_of_the_two_fluxiae_files_is_not_enough(settings: Settings, position: int, missing: str) -> None:
    with pytest.raises(ImportRefused, match=missing):
        import_files("fluxiae", [samples("fluxiae")[position]], settings)


def test_an_agreement_not_begun_or_ended_gives_no_capacity(settings: Settings) -> None:
    for day, expected in ((datetime(2025, 12, 31, tzinfo=UTC), ()), (datetime(2027, 1, 1, tzinfo=UTC), ())):
        import_files("fluxiae", samples("fluxiae"), settings, now=day, accept=["capacity"])
        assert records_of(settings, "fluxiae")["501-EI"].capacities == expected
    import_files("fluxiae", samples("fluxiae"), settings, now=datetime(2026, 12, 31, tzinfo=UTC), accept=["capacity"])
    capacity = Capacity(value=12.5, unit="etp_insertion", status="VALIDE", year=2026)
    assert records_of(settings, "fluxiae")["501-EI"].capacities == (capacity,)


def test_the_count_of_the_last_line_is_checked(tmp_path: Path, settings: Settings) -> None:
    annexes, structures = samples("fluxiae")
    cut = tmp_path / "annexes.csv"
    cut.write_text(annexes.read_text(encoding="utf8").replace("FIN12", "FIN13"), encoding="utf8")
    with pytest.raises(ImportRefused, match="annonce 13 lignes, 12 ont été lues"):
        import_files("fluxiae", [cut, structures], settings)


@pytest.mark.parametrize(
    ("written", "expected", "issues"),
    [
        (1754006400000, date(2025, 8, 1), []),  # the dump is a pandas export
        (1754006400000.0, date(2025, 8, 1), []),
        ("1754006400000", date(2025, 8, 1), []),
        ("2025-08-01", date(2025, 8, 1), []),
        (None, None, []),
        (45870, None, ["date_invalid"]),  # a spreadsheet's number
        (10**30, None, ["date_invalid"]),
    ],
)
def test_a_day_of_data_inclusion_may_be_milliseconds(written: object, expected: date | None, issues: list[str]) -> None:
    doubted: list[str] = []
    assert updated_on(written, doubted) == expected
    assert doubted == issues


def test_the_dump_of_data_inclusion_keeps_suppliers_only(settings: Settings) -> None:
    report = import_files("data_inclusion", suppliers("layouts/data_inclusion_structures.json"), settings)
    assert counts(report) == (8, 6, {}, {"not_a_supplier": 2})
    assert (report.issues, report.columns_unknown) == ({"agreement_stale": 1}, ())
    records = records_of(settings, "data_inclusion")
    assert [a.kind for a in records["emplois-de-linclusion--7"].agreements] == ["ACI", "EI"]
    assert records["emplois-de-linclusion--8"].issues == ("agreement_stale",)
    assert all(record.address.point for record in records.values())


def test_a_network_of_suppliers_among_the_networks_is_kept(settings: Settings) -> None:
    import_files("data_inclusion", samples("data_inclusion"), settings)
    records = records_of(settings, "data_inclusion")
    assert records["emplois-de-linclusion--a1"].networks == ("Coorace",)
    assert records["finess--d4"].networks == ()


@pytest.mark.parametrize("written", ['["ei", "coorace", "aci"]', "{ei,coorace,aci}", "ei|aci", "['EI', 'aci', 'ei']"])
def test_networks_of_a_csv_say_their_kinds_however_the_list_is_written(written: str) -> None:
    assert kinds_of(written) == ("EI", "ACI")
    assert kinds_of(["ccas-cias"]) == kinds_of(None) == ()


@pytest.mark.slow
def test_the_dump_is_fetched_where_the_catalogue_says_it_is(settings: Settings) -> None:
    body = samples("data_inclusion")[0].read_bytes()
    with served(World(pages=resource("4fc64287-e869-4550-8fb9-b1e0b7809ffa", "structures.json", body))) as world:
        report = crawl("data_inclusion", settings, mirror=world.url)
    assert counts(report) == (4, 2, {"field_missing": 1}, {"not_a_supplier": 1})
    assert report.files == ("structures-inclusion.json",)


def test_finess_until_2026_is_read_in_latin_1_with_overseas_codes(settings: Settings) -> None:
    name = "layouts/finess_legacy_etalab-cs1100502-stock-20260512-0339.csv"
    report = import_files("finess_legacy", suppliers(name), settings)
    assert counts(report) == (6, 5, {}, {"other_category": 1})
    assert report.issues == {"encoding_fallback": 1, "siret_absent": 1}
    assert report.updated_at == "2026-05-12"
    records = records_of(settings, "finess_legacy")
    assert records["359000102"].name == "ESAT LES TROIS CHÊNES"
    assert records["979400104"].address.commune == "97411"
    assert (records["759000107"].address.commune, records["759000107"].address.arrondissement) == ("75056", "75120")
    assert commune_code("9A", "105") == "97105"


@pytest.mark.slow
def test_points_of_finess_until_2026_follow_the_projection_they_name(settings: Settings) -> None:
    report = import_files("finess_legacy", samples("finess_legacy"), settings)
    records = records_of(settings, "finess_legacy")
    reunion = records["970400104"].address.point
    assert reunion is not None and reunion.lon == pytest.approx(55.452, abs=0.001)
    assert records["750000107"].address.point is None
    assert (report.issues["coordinates_lambert93"], report.issues["coordinates_utm"]) == (1, 1)


def test_pages_with_a_token_keep_agreements_in_force_and_never_the_administrator(settings: Settings) -> None:
    report = import_files("emplois", [SAMPLES / "emplois" / "marche.json"], settings)
    assert counts(report) == (4, 2, {"kind_unknown": 1}, {"agreement_inactive": 1})
    assert report.issues == {"point_invalid": 1}
    assert report.columns_unknown == ()
    records = records_of(settings, "emplois")
    assert records["501"].brand == "Les Relais inventés"
    assert records["501"].address.point is not None
    assert "FICTI" not in (records["501"].model_dump_json() + records["503"].model_dump_json())

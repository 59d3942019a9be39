"""The committed reference tables say what mappings/tables/SOURCES.md expects of them."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely

import mappings
from tests.shared_data import shared_data
from vivier.territory.communes import haversine_km
from vivier.territory.contours import layer

Rows = tuple[dict[str, str], ...]


@cache
def table(name: str) -> Rows:
    return tuple(mappings.read_table(name))


def communes(kind: str = "commune") -> list[dict[str, str]]:
    return [row for row in table("communes") if row["type"] == kind]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("communes", 35014),
        ("former_communes", 4824),
        ("epci", 1266),
        ("departements", 109),
        ("regions", 26),
        ("regions_2015", 22),
        ("commune_aliases", 33),
        ("territory_aliases", 147),
        ("cpv", 9454),
        ("cpv_social", 115),
        ("cpv_social_ranges", 25),
        ("naf", 1707),
        ("nuts", 146),
        ("nuts_2010", 146),
        ("glossary", 60),
    ],
)
def test_every_table_has_its_rows_and_the_count_written_in_sources(name: str, rows: int) -> None:
    assert len(table(name)) == rows
    sources = mappings.table_path("SOURCES.md").read_text(encoding="utf-8")
    assert f"| `{mappings.table_path(name).name}` | {rows} |" in sources


def test_a_table_that_does_not_exist_is_named_in_the_error() -> None:
    with pytest.raises(FileNotFoundError, match="no table named 'comunes'"):
        mappings.table_path("comunes")


def test_columns_and_rows_read_the_same_values() -> None:
    columns = mappings.read_columns("departements")
    assert columns["nom"] == [row["nom"] for row in table("departements")]


def test_there_are_34969_communes_and_45_arrondissements() -> None:
    assert (len(communes()), len(communes("arrondissement"))) == (34969, 45)


def test_codes_are_never_repeated() -> None:
    for name in ("communes", "epci", "departements", "regions", "cpv", "naf", "nuts"):
        codes = [next(iter(row.values())) for row in table(name)]
        assert len(set(codes)) == len(codes), name


def test_exactly_eight_communes_have_no_point() -> None:
    assert {row["nom"] for row in table("communes") if not row["lon"]} == {
        "Conques-en-Rouergue",
        "Aurseulles",
        "Celles",
        "Chalinargues",
        "Chavagnac",
        "Sainte-Anastasie",
        "Orée d'Anjou",
        "Porte des Pierres Dorées",
    }


def test_34871_rows_have_an_epci() -> None:
    assert sum(bool(row["epci"]) for row in table("communes")) == 34871


def test_the_communes_of_an_ept_are_also_in_the_metropole_of_paris() -> None:
    inside = [row for row in table("communes") if row["ept"]]
    assert {row["epci"] for row in inside} == {"200054781"}
    assert len({row["ept"] for row in inside}) == 11


def test_postcodes_are_counted_as_expected() -> None:
    shared = Counter(postcode for row in communes() for postcode in row["codes_postaux"].split())
    assert (len(shared), sum(count > 1 for count in shared.values()), max(shared.values())) == (6310, 4205, 46)
    assert sum(not row["codes_postaux"] for row in table("communes")) == 5


def test_names_borne_by_several_communes_are_counted_as_expected() -> None:
    repeated = {name: count for name, count in Counter(row["nom"] for row in communes()).items() if count > 1}
    assert (len(repeated), sum(repeated.values()), repeated["Sainte-Colombe"]) == (1441, 3675, 12)


def test_the_population_of_communes_is_that_of_france() -> None:
    assert sum(int(row["population"] or 0) for row in communes()) == pytest.approx(68.95e6, abs=1e4)


def test_an_unknown_population_is_not_zero() -> None:
    assert {row["departement"] for row in communes() if not row["population"]} <= {"984", "989"}
    assert sum(row["population"] == "0" for row in communes()) >= 6


def test_the_departement_is_the_prefix_of_the_commune_code() -> None:
    for row in table("communes"):
        code = row["code_insee"]
        assert row["departement"] == (code[:3] if code.startswith(("97", "98")) else code[:2])


def test_every_commune_points_to_known_places() -> None:
    known = {name: {row["code"] for row in table(name)} for name in ("departements", "regions")}
    groups = {row["siren"] for row in table("epci")} | {""}
    for row in table("communes"):
        assert row["departement"] in known["departements"]
        assert row["region"] in known["regions"]
        assert {row["epci"], row["ept"]} <= groups


def test_an_arrondissement_names_its_commune() -> None:
    assert {row["commune"] for row in communes("arrondissement")} == {"75056", "69123", "13055"}
    assert not any(row["commune"] for row in communes())


def test_there_are_points_on_both_sides_of_the_meridian_and_on_it() -> None:
    lons = np.array([float(row["lon"]) for row in communes() if row["lon"]])
    assert (lons < 0).any() and (lons > 0).any() and (np.abs(lons) < 0.01).any()


def test_every_former_commune_leads_to_a_commune_of_today() -> None:
    current = {row["code_insee"] for row in communes()}
    assert {row["code_actuel"] for row in table("former_communes")} <= current
    kinds = Counter(row["type"] for row in table("former_communes"))
    assert kinds == {"deleguee": 2105, "associee": 471, "ancien_code": 2248}


def test_epci_are_of_the_expected_kinds_and_their_members_exist() -> None:
    kinds = Counter(row["type"] for row in table("epci"))
    assert kinds == {"CC": 989, "CA": 230, "CU": 14, "METRO": 21, "MET69": 1, "EPT": 11}
    current = {row["code_insee"] for row in communes()}
    assert all(set(row["membres"].split()) <= current for row in table("epci"))


def test_01_is_ain_as_a_departement_and_guadeloupe_as_a_region() -> None:
    names = {name: {row["code"]: row["nom"] for row in table(name)} for name in ("departements", "regions")}
    assert (names["departements"]["01"], names["regions"]["01"]) == ("Ain", "Guadeloupe")


def test_old_regions_share_out_the_metropolitan_departements() -> None:
    owners = {row["code"]: row["region"] for row in table("departements") if row["zone"] == "metro"}
    found = {dep: row["region"] for row in table("regions_2015") for dep in row["departements"].split()}
    assert found == owners
    assert sum(len(row["departements"].split()) for row in table("regions_2015")) == 96


@pytest.mark.parametrize(
    ("level", "count"), [("regions", 18), ("departements", 101), ("epci", 1266), ("communes", 34916)]
)
def test_every_contour_is_valid_and_not_empty(level: str, count: int) -> None:
    shapes = layer(level).shapes
    assert len(shapes) == count
    assert shapely.is_valid(shapes).all() and not shapely.is_empty(shapes).any()


def test_commune_contours_stay_small() -> None:
    assert mappings.table_path("contours_communes.npz").stat().st_size < 6_000_000


def test_commune_points_fall_in_the_contour_of_their_departement() -> None:
    rows = [row for row in communes() if row["lon"]]
    points = shapely.points([[float(row["lon"]), float(row["lat"])] for row in rows])
    departements = layer("departements")
    own = [departements.get(row["departement"]) for row in rows]
    inside = shapely.intersects(np.array(own, dtype=object), points)
    assert inside.mean() >= 0.995


def test_cpv_labels_are_never_empty_and_levels_are_counted() -> None:
    rows = table("cpv")
    assert all(re.fullmatch(r"\d{8}", row["code"]) and row["label_fr"] and row["label_en"] for row in rows)
    digits = Counter(max(2, len(row["code"].rstrip("0"))) for row in rows)
    assert digits == {2: 45, 3: 272, 4: 1002, 5: 2379, 6: 3140, 7: 1811, 8: 805}


def test_35_cpv_codes_have_no_direct_parent() -> None:
    codes = {row["code"] for row in table("cpv")}
    significant = [code[: max(2, len(code.rstrip("0")))] for code in codes]
    assert sum(len(digits) > 2 and digits[:-1].ljust(8, "0") not in codes for digits in significant) == 35


def test_known_cpv_labels_are_those_of_eforms() -> None:
    labels = {row["code"]: row["label_fr"] for row in table("cpv")}
    assert labels["77310000"] == "Réalisation et entretien d'espaces verts"
    assert labels["55520000"] == "Services traiteur"


def test_social_cpv_are_in_the_expected_divisions_and_say_which_may_be_reserved() -> None:
    rows = table("cpv_social")
    assert Counter(row["code"][:2] for row in rows) == {"85": 98, "80": 7, "75": 3, "79": 3, "92": 2, "98": 2}
    assert {row["code"] for row in rows} <= {row["code"] for row in table("cpv")}
    assert {row["reservable_a_verifier"] for row in rows} == {"oui"}  # the unverified list holds them all


def test_naf_levels_are_counted() -> None:
    levels = Counter(row["level"] for row in table("naf"))
    assert levels == {"division": 88, "groupe": 272, "classe": 615, "sous-classe": 732}


@pytest.mark.parametrize("name", ["nuts", "nuts_2010"])
def test_nuts_3_reaches_every_departement(name: str) -> None:
    level3 = [row["departements"] for row in table(name) if row["level"] == "3" and "Z" not in row["code"]]
    assert set(level3) == {row["code"] for row in table("departements") if row["zone"] != "com"}


def test_nuts_levels_are_counted_and_old_codes_do_not_contradict_new_ones() -> None:
    new = {row["code"]: row["departements"] for row in table("nuts")}
    assert (new["FRH03"], new["FRH0"], new["FRZZZ"]) == ("35", "22 29 35 56", "")
    old = {row["code"]: row["departements"] for row in table("nuts_2010")}
    assert (old["FR523"], old["FR52"], old["FRA50"]) == ("35", "22 29 35 56", "976")
    assert all(old[code] == new[code] for code in set(old) & set(new))


def read_shared(*parts: str) -> dict[str, dict[str, str]]:
    path = shared_data(*parts)
    opener = gzip.open if path.suffix == ".gz" else Path.open
    with opener(path, mode="rt", encoding="utf-8", newline="") as stream:
        return {next(iter(row.values())): row for row in csv.DictReader(stream)}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("epci", ("geo", "epci_2026.csv")),
        ("departements", ("geo", "departements_2026.csv")),
        ("regions", ("geo", "regions_2026.csv")),
        ("cpv", ("nomenclatures", "cpv_2008_fr.csv.gz")),
        ("cpv_social", ("nomenclatures", "cpv_services_sociaux.csv")),
        ("naf", ("nomenclatures", "naf_rev2_fr.csv")),
        ("nuts", ("nomenclatures", "nuts_fr.csv")),
    ],
)
def test_our_table_agrees_with_the_reference_one(name: str, parts: tuple[str, str]) -> None:
    theirs = read_shared(*parts)
    ours = {next(iter(row.values())): row for row in table(name)}
    assert ours.keys() == theirs.keys()
    assert all(ours[code].items() >= row.items() for code, row in theirs.items())


@pytest.mark.slow
def test_our_communes_agree_with_the_reference_ones() -> None:
    theirs = read_shared("geo", "communes_2026.csv.gz")
    measured = {"lon", "lat", "mairie_lon", "mairie_lat", "population"}
    for row in table("communes"):
        other = theirs[row["code_insee"]]
        assert all(row[column] == value for column, value in other.items() if column not in measured)
        assert int(row["population"] or 0) == int(other["population"] or 0)


@pytest.mark.slow
def test_our_points_agree_with_the_reference_ones_where_contours_exist() -> None:
    theirs = read_shared("geo", "communes_2026.csv.gz")
    ours = {row["code_insee"]: row for row in table("communes") if row["lon"] and row["code_insee"] < "975"}
    gaps = [kilometres(row, theirs[code]) for code, row in ours.items()]
    assert max(gaps) < 0.01


@pytest.mark.slow
def test_our_points_of_overseas_collectivities_are_near_the_reference_ones() -> None:
    """Ours is the main settlement, theirs the middle of an archipelago: Maupiti and Gambier spread over 200 km."""
    theirs = read_shared("geo", "communes_2026.csv.gz")
    ours = [row for row in communes() if row["departement"] in ("975", "977", "978", "986", "987", "988", "989")]
    gaps = [kilometres(row, theirs[row["code_insee"]]) for row in ours]
    assert np.median(gaps) < 10 and max(gaps) < 200


def kilometres(row: dict[str, str], other: dict[str, str]) -> float:
    lons, lats = np.array([float(other["lon"])]), np.array([float(other["lat"])])
    return float(haversine_km(float(row["lon"]), float(row["lat"]), lons, lats)[0])


@pytest.mark.slow
def test_our_contours_cover_the_same_ground_as_the_reference_ones() -> None:
    """Ours have no hole where a commune of 2025 has no contour of its own (2 % of Maine-et-Loire)."""
    for level in ("regions", "departements"):
        features = json.loads(shared_data("geo", f"{level}_simplifie.geojson").read_text(encoding="utf-8"))["features"]
        for feature in features:
            theirs = shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
            ours = layer(level).get(feature["properties"]["code"])
            overlap = shapely.area(shapely.intersection(ours, theirs)) / shapely.area(shapely.union(ours, theirs))
            assert overlap > 0.97, feature["properties"]["nom"]


def test_every_product_group_leads_to_a_trade_there_is_or_to_none() -> None:
    rows = table("eu_ecolabel_groups")
    trades = {row["code"] for row in table("trades")}
    assert {row["trade"] for row in rows} - {""} <= trades
    assert {row["nature"] for row in rows} == {"goods", "service"}
    sources = mappings.table_path("SOURCES.md").read_text(encoding="utf-8")
    assert f"| `eu_ecolabel_groups.csv` | {len(rows)} |" in sources


def test_a_row_with_a_cell_too_many_is_told_with_its_file_and_its_line(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("code,trades\nA,x\nB,x,y\n", encoding="utf8")
    with pytest.raises(ValueError, match=r"labels\.csv, line 3: 3 cells, 2 wanted.*quotation marks"):
        list(mappings.read_csv(table))

"""A published address is resolved to its commune, or says what is wrong with it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.shared_data import shared_data
from vivier.model.place import Address, Point
from vivier.territory.address import BOXES, check_point, departement_of, in_france, resolve_address
from vivier.territory.gazetteer import load_gazetteer

Read = tuple[str | None, str | None, tuple[str, ...]]


def read(post_code: str | None = None, town: str | None = None, commune: str | None = None) -> Read:
    address, issues = resolve_address(Address(post_code=post_code, town=town, commune=commune), load_gazetteer())
    return address.commune, address.arrondissement, issues


def located(town: str, post_code: str | None, lon: float, lat: float) -> tuple[Address, tuple[str, ...]]:
    point = Point(lon=lon, lat=lat)
    return resolve_address(Address(post_code=post_code, town=town, point=point, precision="street"), load_gazetteer())


@pytest.mark.parametrize(
    ("post_code", "town", "commune"),
    [
        ("42000", "ST ETIENNE", "42218"),
        ("91150", "ETAMPES", "91223"),
        ("71100", "CHALON S/ SAONE", "71076"),
        ("62223", "ST LAURENT BLANGY", "62753"),
        ("61300", "L' Aigle", "61214"),
        ("62130", "St-Pol-sur-Ternoise", "62767"),
        ("58160", "SAUVIGNY LES BOIS", "58273"),
        ("97133", "St Barthélemy", "97701"),
        ("97600", "Mamoudzou", "97611"),
    ],
)
def test_a_post_code_and_a_name_in_any_spelling_are_enough(post_code: str, town: str, commune: str) -> None:
    assert read(post_code, town) == (commune, None, ())


@pytest.mark.parametrize(
    ("post_code", "town", "commune"),
    [
        ("61002", "Alençon", "61001"),
        ("28008", "CHARTRES CEDEX", "28085"),
        ("57078", "METZ CEDEX", "57463"),
        ("80001", "AMIENS CEDEX 1", "80021"),
        ("35409", "SAINT MALO CEDEX", "35288"),
        ("42951", "SAINT ETIENNE CEDEX 9", "42218"),
        ("69433", "LYON CEDEX 03", "69123"),
        ("20176", "AJACCIO CEDEX", "2A004"),
    ],
)
def test_a_cedex_is_read_by_its_town_inside_its_departement(post_code: str, town: str, commune: str) -> None:
    assert read(post_code, town) == (commune, None, ("post_code_not_listed",))


@pytest.mark.parametrize(
    ("post_code", "town", "commune"),
    [
        ("16230", "Mansle", "16206"),
        ("62140", "Marconne", "62447"),
        ("16370", "CHERVES RICHEMONT", "16097"),
        ("22400", "Lamballe", "22093"),
    ],
)
def test_a_former_commune_leads_to_the_one_of_today(post_code: str, town: str, commune: str) -> None:
    assert read(post_code, town) == (commune, None, ("town_former_name",))


@pytest.mark.parametrize(
    ("post_code", "town", "commune"),
    [
        ("76350", "Oissel", "76484"),
        ("95610", "Éragny", "95218"),
        ("69520", "Grigny", "69096"),
        ("88150", "Capavenir Vosges", "88465"),
        ("23140", "PARSAC RIMONDEIX", "23149"),
        ("62600", "BERCK SUR MER", "62108"),
        ("97490", "Sainte-Clotilde", "97411"),
    ],
)
def test_a_usual_or_renamed_name_leads_to_the_commune(post_code: str, town: str, commune: str) -> None:
    assert read(post_code, town) == (commune, None, ("town_usual_name",))


def test_a_name_that_begins_a_single_commune_of_the_post_code_is_flagged_as_usual() -> None:
    assert read("38410", "Saint-Martin") == ("38422", None, ("town_usual_name",))
    assert read("01400", "Saint")[0] is None


@pytest.mark.parametrize(
    ("post_code", "town", "commune", "arrondissement"),
    [
        ("69003", "Lyon", "69123", "69383"),
        ("75012", "PARIS 12E ARRONDISSEMENT", "75056", "75112"),
        ("75116", "Paris", "75056", "75116"),
        ("13008", "Marseille", "13055", "13208"),
    ],
)
def test_an_arrondissement_is_kept_beside_its_commune(
    post_code: str, town: str, commune: str, arrondissement: str
) -> None:
    assert read(post_code, town) == (commune, arrondissement, ())


def test_an_arrondissement_code_as_commune_code_is_read_as_both() -> None:
    assert read(commune="69383") == ("69123", "69383", ())
    assert read("13008", "Marseille", "13055") == ("13055", "13208", ())


def test_a_post_code_wins_over_the_number_of_another_arrondissement() -> None:
    assert read("75011", "Paris 12e") == ("75056", "75111", ("arrondissement_postcode_conflict",))


def test_a_town_of_another_departement_is_a_conflict_and_its_point_is_dropped() -> None:
    address, issues = located("Strasbourg", "40220", 7.769249, 48.553177)
    assert issues == ("town_postcode_conflict", "commune_from_post_code")
    assert (address.commune, address.precision) == ("40312", "commune")
    assert address.point is not None and address.point.lat < 44
    assert read("69008", "Six-Fours-les-Plages")[:2] == ("69123", "69388")


def test_a_conflict_on_a_shared_post_code_stays_unresolved_with_its_departement() -> None:
    address, issues = located("Lambersart", "01100", 3.012394, 50.654062)
    assert issues == ("town_postcode_conflict", "commune_unresolved")
    assert (address.commune, address.point) == (None, None)
    assert departement_of(address, load_gazetteer()) == "01"


def test_an_insee_code_given_comes_first() -> None:
    assert read("42000", "Saint-Étienne", "35238") == ("35238", None, ("commune_code_postcode_conflict",))
    assert read("01200", "Bellegarde", "01018") == ("01033", None, ("commune_code_replaced",))
    assert read("38000", "Grenoble", "99999") == ("38185", None, ("commune_code_unknown",))


def test_zeros_that_a_spreadsheet_ate_are_put_back_and_said() -> None:
    address, issues = resolve_address(Address(post_code="1150", town="Blyes", commune="1047"), load_gazetteer())
    assert (address.commune, address.post_code) == ("01047", "01150")
    assert issues == ("commune_code_zero_restored", "post_code_zero_restored")


def test_homonyms_without_a_post_code_are_never_picked() -> None:
    assert read(None, "Saint-Denis") == (None, None, ("post_code_missing", "town_ambiguous", "commune_unresolved"))
    assert read(None, "Grenoble") == ("38185", None, ("post_code_missing",))
    assert read() == (None, None, ("post_code_missing", "town_missing", "commune_unresolved"))
    assert read("98000", "Monaco")[2] == ("post_code_invalid", "town_unknown", "commune_unresolved")


def test_a_point_tells_the_commune_of_an_unknown_town_only_in_the_same_departement() -> None:
    address, issues = located("Lieu-dit inconnu", "01400", 4.9259, 46.1537)
    assert (address.commune, issues) == ("01001", ("town_unknown", "commune_from_point"))
    address, issues = located("Lieu-dit inconnu", "01400", -1.68, 48.11)
    assert (address.commune, issues) == (None, ("town_unknown", "commune_unresolved"))


def test_a_point_decides_between_homonyms() -> None:
    address, issues = located("Saint-Denis", None, 2.3574, 48.9362)
    assert (address.commune, issues) == ("93066", ("post_code_missing", "town_ambiguous", "commune_from_point"))


def test_longitude_zero_is_a_place_and_null_island_is_not() -> None:
    assert check_point(Point(lon=0.0, lat=45.9)) == (Point(lon=0.0, lat=45.9), ())
    assert check_point(Point(lon=0.0, lat=0.0)) == (None, ("point_null_island",))
    assert check_point(Point(lon=-77.0, lat=38.9)) == (None, ("point_out_of_territory",))


@pytest.mark.parametrize(("lon", "lat"), [(-1.68, 48.11), (55.45, -20.88), (45.2, -12.8), (-52.3, 4.9), (-61.5, 16.2)])
def test_a_swapped_point_is_put_right(lon: float, lat: float) -> None:
    assert check_point(Point(lon=lat, lat=lon)) == (Point(lon=lon, lat=lat), ("point_swapped",))


def test_a_point_far_from_the_commune_and_outside_its_departement_is_dropped() -> None:
    address, issues = located("Rennes", "35000", 4.83, 45.76)
    assert issues == ("point_far_from_commune",)
    assert address.point is not None and (round(address.point.lon), address.precision) == (-2, "commune")


def test_a_far_point_inside_a_huge_commune_of_guyane_is_kept() -> None:
    address, issues = located("Maripasoula", "97370", -53.2, 2.9)
    assert (address.commune, issues, address.precision) == ("97353", (), "street")


def test_a_missing_point_is_the_reference_point_and_says_so() -> None:
    address, _ = resolve_address(Address(post_code="35000", town="Rennes"), load_gazetteer())
    assert address.precision == "commune" and address.point is not None
    without, _ = resolve_address(Address(commune="12218"), load_gazetteer())
    assert (without.commune, without.point, without.precision) == ("12218", None, "unknown")


@pytest.mark.parametrize(("post_code", "town"), [("69003", "Lyon"), ("16230", "Mansle"), ("1150", "Blyes")])
def test_a_resolved_address_comes_back_the_same(post_code: str, town: str) -> None:
    address, _ = resolve_address(Address(post_code=post_code, town=town), load_gazetteer())
    assert resolve_address(address, load_gazetteer()) == (address, ())


def test_every_commune_is_found_by_each_of_its_post_codes_and_its_name() -> None:
    communes = load_gazetteer().communes
    rows = [row for row in range(0, len(communes), 7) if not communes.is_arrondissement[row]]
    wrong = [
        (code, communes.names[row])
        for row in rows
        for code in communes.postcodes[row].split()
        if read(code, communes.names[row])[0] != communes.codes[row]
    ]
    assert wrong == []


# -- the real lists ----------------------------------------------------------------------------------------------------


def real_rows(name: str, delimiter: str) -> Iterator[dict[str, str]]:
    with shared_data("suppliers", name).open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream, delimiter=delimiter)


def real_point(row: dict[str, str]) -> Point | None:
    return Point(lon=float(row["lon"]), lat=float(row["lat"])) if row["lon"] and row["lat"] else None


def test_the_real_iae_list_is_resolved_or_flagged_as_contradictory() -> None:
    outcomes: Counter[str] = Counter()
    for row in real_rows("siae_marche_2020.csv", ","):
        address = Address(post_code=row["post_code"], town=row["city"], point=real_point(row))
        resolved, issues = resolve_address(address, load_gazetteer())
        found = resolved.commune is not None or "town_postcode_conflict" in issues
        outcomes["found" if found else "lost"] += 1
        outcomes["conflict"] += "town_postcode_conflict" in issues
    assert outcomes["found"] >= 0.995 * (outcomes["found"] + outcomes["lost"])
    assert 5 <= outcomes["conflict"] <= 20


@pytest.mark.parametrize(
    ("name", "delimiter", "post_code", "town"),
    [
        ("siae_asp_2019_07.csv", ";", "CODE_POST_COM", "LIB_COM"),
        ("geiq_2019_11.csv", ";", "CODE POSTAL", "VILLE"),
        ("esat_liste_officielle_brut.csv", ",", "ET-Code Postal", "ET-Commune Libellé"),
    ],
)
def test_the_other_real_lists_are_resolved_by_post_code_and_town(
    name: str, delimiter: str, post_code: str, town: str
) -> None:
    rows = list(real_rows(name, delimiter))
    lost = [(row[post_code], row[town]) for row in rows if read(row[post_code], row[town])[0] is None]
    assert len(lost) <= 0.005 * len(rows), lost


def test_the_esat_list_agrees_with_its_own_commune_codes() -> None:
    rows = list(real_rows("esat_liste_officielle_brut.csv", ","))
    both = [
        (read(row["ET-Code Postal"], row["ET-Commune Libellé"])[0], read(commune=row["ET-Commune Code"])[0], row)
        for row in rows
    ]
    assert [row["ET-Commune Libellé"] for by_name, by_code, row in both if by_name != by_code] == []


def test_a_town_that_is_not_written_is_named_after_its_commune() -> None:
    bare, _ = resolve_address(Address(post_code="35000", commune="35238"), load_gazetteer())
    assert (bare.town, bare.commune) == ("Rennes", "35238")
    paris, _ = resolve_address(Address(post_code="75013", commune="75056", arrondissement="75113"), load_gazetteer())
    assert (paris.commune, paris.arrondissement) == ("75056", "75113")
    assert paris.town is not None
    assert paris.town.startswith("Paris 13")
    nowhere, _ = resolve_address(Address(), load_gazetteer())
    assert nowhere.town is None


@pytest.mark.parametrize(("west", "south", "east", "north"), BOXES)
def test_a_box_of_france_holds_its_edges_and_nothing_beyond(
    west: float, south: float, east: float, north: float
) -> None:
    lon, lat, beyond = (west + east) / 2, (south + north) / 2, 0.01
    assert all(in_france(*at) for at in ((west, lat), (east, lat), (lon, south), (lon, north)))
    alone = [box for box in BOXES if box != (west, south, east, north)]
    outside = ((west - beyond, lat), (east + beyond, lat), (lon, south - beyond), (lon, north + beyond))
    others = [at for at in outside if not any(w <= at[0] <= e and s <= at[1] <= n for w, s, e, n in alone)]
    assert others and not any(in_france(*at) for at in others)

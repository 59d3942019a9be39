"""The gazetteer knows every territory by typed id, and never guesses."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import shapely

from vivier.errors import InvalidRequest, NotFound
from vivier.territory.gazetteer import load_gazetteer

LYON, LYON_7, RHONE, METROPOLE = "commune:69123", "arrondissement:69387", "departement:69", "epci:200046977"


@pytest.fixture(scope="module")
def gazetteer():
    return load_gazetteer()


def refusal(gazetteer, text):
    with pytest.raises(InvalidRequest) as caught:
        gazetteer.parse(text)
    return caught.value.errors[0]


def test_a_commune_is_known_with_all_that_contains_it(gazetteer):
    lyon = gazetteer.get(LYON)
    assert (lyon.name, lyon.population, lyon.departement) == ("Lyon", 519127, "69")
    assert (lyon.lon, lyon.lat) == (4.8364, 45.7549)
    assert gazetteer.ancestors(LYON) == (LYON, METROPOLE, RHONE, "region:84", "FR")


def test_an_arrondissement_climbs_through_its_commune(gazetteer):
    assert gazetteer.ancestors(LYON_7) == (LYON_7, LYON, METROPOLE, RHONE, "region:84", "FR")


def test_a_commune_of_greater_paris_is_in_its_metropole_and_in_its_ept(gazetteer):
    assert gazetteer.ancestors("commune:93001")[1:3] == ("epci:200054781", "epci:200057867")


def test_an_epci_that_crosses_a_limit_has_no_departement(gazetteer):
    assert gazetteer.ancestors("epci:243500741") == ("epci:243500741", "FR")
    assert gazetteer.get("epci:243500741").departement is None


def test_every_id_can_be_read_and_leads_to_france(gazetteer):
    for kind in ("epci", "departement", "region"):
        for code in gazetteer.names[kind]:
            assert gazetteer.ancestors(f"{kind}:{code}")[-1] == "FR"


@pytest.mark.parametrize("id", ["commune:99999", "departement:84x", "84", "Lyon", "com:69123", "commune:69387", ""])
def test_get_refuses_what_is_not_a_long_id_of_today(gazetteer, id):
    with pytest.raises(NotFound, match="Territoire inconnu"):
        gazetteer.get(id)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("com:69123", LYON),
        ("dep:2a", "departement:2A"),
        ("reg:84", "region:84"),
        ("arr:69387", LYON_7),
        ("commune:69387", LYON_7),
        (" country:FR ", "FR"),
        ("fr", "FR"),
        ("Departement:974", "departement:974"),
    ],
)
def test_aliases_are_read_without_a_notice(gazetteer, text, id):
    territory, notice = gazetteer.parse(text)
    assert (territory.id, notice) == (id, None)


def test_a_bare_code_is_refused_with_its_candidates(gazetteer):
    error = refusal(gazetteer, "84")
    assert error.allowed == ("departement:84", "region:84")
    assert "departement:84 (Vaucluse) ou region:84 (Auvergne-Rhône-Alpes)" in error.message
    assert refusal(gazetteer, "69123").suggestion == LYON


def test_a_name_is_not_an_id(gazetteer):
    assert refusal(gazetteer, "Lyon").code == "untyped_territory"


def test_an_old_commune_code_maps_to_its_successor_with_a_notice(gazetteer):
    territory, notice = gazetteer.parse("commune:01144")
    assert territory.id == "commune:01025"
    assert "n'est plus en vigueur" in notice and "Bâgé-Dommartin" in notice


def test_a_delegated_commune_with_the_code_of_the_new_one_is_the_new_one(gazetteer):
    territory, notice = gazetteer.parse("commune:01015")
    assert (territory.name, notice) == ("Arboys en Bugey", None)


def test_a_postal_code_given_as_a_commune_is_named_as_such(gazetteer):
    error = refusal(gazetteer, "commune:06000")
    assert "code postal" in error.message and error.suggestion == "commune:06088"


def test_an_old_code_that_is_now_a_postal_code_elsewhere_is_not_guessed(gazetteer):
    error = refusal(gazetteer, "commune:75001")
    assert error.allowed == ("commune:75056", "arrondissement:75101", "commune:94002")


def test_a_lost_zero_and_a_wrong_kind_are_suggested(gazetteer):
    assert refusal(gazetteer, "departement:1").suggestion == "departement:01"
    assert refusal(gazetteer, "commune:84").allowed == ("departement:84", "region:84")


def test_the_metropole_of_lyon_has_a_departement_alias(gazetteer):
    assert gazetteer.parse("departement:69M")[0].id == METROPOLE


def test_what_stands_for_several_territories_is_never_narrowed_to_one(gazetteer):
    assert refusal(gazetteer, "departement:20").allowed == ("departement:2A", "departement:2B")
    territories, notice = gazetteer.expand("region:82")
    assert {territory.code for territory in territories} == {"01", "07", "26", "38", "42", "69", "73", "74"}
    assert "Rhône-Alpes" in notice


def test_the_rhone_without_its_metropole_is_its_other_communes(gazetteer):
    territories, _ = gazetteer.expand("dep:69D")
    assert len(territories) == len(gazetteer.leaves(RHONE)) - 58


@pytest.mark.parametrize(
    ("id", "count"),
    [(LYON, 1), (LYON_7, 1), ("departement:38", 512), (METROPOLE, 58), ("FR", 34969), ("departement:29", 277)],
)
def test_leaves_are_the_communes_of_the_territory(gazetteer, id, count):
    assert len(gazetteer.leaves(id)) == count


def test_leaves_share_out_the_country(gazetteer):
    for kind in ("departement", "region"):
        leaves = np.concatenate([gazetteer.leaves(f"{kind}:{code}") for code in gazetteer.names[kind]])
        assert sorted(leaves) == sorted(gazetteer.leaves("FR"))


def test_the_population_of_a_departement_is_that_of_its_communes_without_arrondissements(gazetteer):
    assert gazetteer.get("departement:38").population == 1298990
    assert gazetteer.get("departement:75").population == gazetteer.get("commune:75056").population


def test_an_unknown_population_is_none_and_an_empty_village_has_zero(gazetteer):
    assert gazetteer.get("commune:98412").population is None
    assert gazetteer.get("commune:55039").population == 0


@pytest.mark.parametrize(
    ("id", "block"),
    [(LYON, "metropole"), ("commune:2A004", "corse"), ("region:94", "corse"), ("departement:974", "974"), ("FR", None)],
)
def test_land_blocks_follow_the_departement(gazetteer, id, block):
    assert gazetteer.block(id) == block


def test_there_are_fifteen_land_blocks(gazetteer):
    overseas = {"971", "972", "973", "974", "976", "975", "977", "978", "984", "986", "987", "988", "989"}
    assert set(gazetteer.communes.block.codes) == {"metropole", "corse"} | overseas


def test_a_commune_without_a_point_has_none(gazetteer):
    assert gazetteer.reference_point("commune:14581") is None
    assert gazetteer.get("commune:14581").lon is None


def test_the_point_of_a_departement_is_weighted_by_population(gazetteer):
    lon, lat = gazetteer.reference_point("departement:38")
    assert (lon, lat) == pytest.approx((5.49, 45.35), abs=0.02)


def test_distances_are_those_of_the_worked_examples(gazetteer):
    communes = gazetteer.communes
    grenoble = gazetteer.get("commune:38185")
    distances = communes.distances_km(grenoble.lon, grenoble.lat)
    assert distances[communes.index["38567"]] == pytest.approx(15.27, abs=0.01)


@pytest.mark.parametrize("id", [LYON, LYON_7, METROPOLE, "epci:200057867", RHONE, "region:84", "FR", "commune:49126"])
def test_a_territory_has_a_valid_contour(gazetteer, id):
    assert shapely.is_valid(gazetteer.contour(id))


def test_an_overseas_collectivity_has_no_contour(gazetteer):
    assert gazetteer.contour("departement:987") is None


def test_a_collectivity_is_known_by_its_siren(gazetteer):
    found = gazetteer.collectivities["200035459"]
    assert (found.category, found.name, found.seat) == ("epci", "CA d'Agen", "departement:47")


def test_a_place_is_found_in_its_commune(gazetteer):
    assert gazetteer.commune_at(4.8357, 45.764).id == LYON
    assert gazetteer.commune_at(55.45, -20.89).id == "commune:97411"


@pytest.mark.slow
def test_a_commune_point_is_found_in_its_own_commune(gazetteer):
    communes = gazetteer.communes
    rows = np.flatnonzero(communes.has_point & ~communes.is_arrondissement)[::50]
    found = [gazetteer.commune_at(float(communes.lon[row]), float(communes.lat[row])) for row in rows]
    right = sum(place is not None and place.code == communes.codes[row] for place, row in zip(found, rows, strict=True))
    assert right / len(rows) > 0.995


def test_a_place_without_contour_is_found_by_its_nearest_point(gazetteer):
    assert gazetteer.commune_at(-149.57, -17.545).id == "commune:98735"


@pytest.mark.parametrize(("lon", "lat"), [(-20.0, 45.0), (-0.1276, 51.5072), (0.0, 0.0)])
def test_a_place_at_sea_or_abroad_is_in_no_commune(gazetteer, lon, lat):
    assert gazetteer.commune_at(lon, lat) is None


@pytest.mark.slow
def test_loading_the_gazetteer_takes_little_memory():
    code = (
        "from pathlib import Path; from vivier.territory.gazetteer import load_gazetteer; load_gazetteer();"
        "print(next(l for l in Path('/proc/self/status').read_text().splitlines() if l.startswith('VmRSS')).split()[1])"
    )
    if sys.platform != "linux":
        pytest.skip("memory is read from /proc")
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(answer.stdout) < 120_000


def test_a_seat_in_an_arrondissement_has_a_departement_too(gazetteer) -> None:
    """Structures of Paris, Lyon and Marseille are seated in one; a round that asked them could not be opened."""
    of = gazetteer.departement_of_seat
    seats = ("69383", "75114", "13209", "35238", "97411", "99999", None)
    assert [of(seat) for seat in seats] == ["69", "75", "13", "35", "974", None, None]

"""Land blocks, columns of codes, names of places as keys, arrondissements by their name, classes of a share."""

from __future__ import annotations

import numpy as np
import pytest

from vivier.territory.communes import Labels, block_of
from vivier.territory.coverage import class_of
from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.names import arrondissement_code, loose_key, place_key, split_arrondissement
from vivier.territory.phrases import circle_text, in_place, of_place
from vivier.territory.sphere import great_circle_km, on_grid


def test_a_departement_is_of_the_mainland_of_corse_or_of_its_island() -> None:
    codes = ("35", "2A", "2B", "20", "974", "988", "09")
    assert [block_of(code) for code in codes] == ["metropole", "corse", "corse", "metropole", "974", "988", "metropole"]


def test_a_column_of_codes_has_its_rows_by_code() -> None:
    column = Labels.of(["b", "", "a", "b"])
    assert (column.codes, column.values.tolist(), column.values.dtype) == (["a", "b"], [1, -1, 0, 1], np.int32)
    assert [column.at(row) for row in range(4)] == ["b", None, "a", "b"]
    assert [column.rows(code).tolist() for code in ("a", "b", "c")] == [[2], [0, 3], []]


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("LYON 3E", ("LYON", 3, True)),
        ("LYON 3", ("LYON", 3, False)),
        ("PARIS 20", ("PARIS", 20, False)),
        ("PARIS 21", ("PARIS 21", None, False)),
        ("PARIS 0", ("PARIS 0", None, False)),
        ("LYON 9", ("LYON", 9, False)),
        ("LYON 10", ("LYON 10", None, False)),
        ("MARSEILLE 16", ("MARSEILLE", 16, False)),
        ("MARSEILLE 17", ("MARSEILLE 17", None, False)),
        ("MARSEILLE XVI", ("MARSEILLE", 16, True)),
        ("LYON VIIIE", ("LYON", 8, True)),
        ("PARIS XIX EME", ("PARIS XIX EME", None, False)),
        ("PARIS IIII", ("PARIS IIII", None, False)),
        ("8EME ARRONDISSEMENT DE MARSEILLE", ("MARSEILLE", 8, True)),
        ("3 LYON", ("LYON", 3, True)),
        ("RENNES 3", ("RENNES 3", None, False)),
        ("PARIS", ("PARIS", None, False)),
    ],
)
def test_an_arrondissement_is_read_by_its_city_and_number(key: str, found: tuple[str, int | None, bool]) -> None:
    assert split_arrondissement(key) == found


def test_names_of_places_have_one_key() -> None:
    codes = [arrondissement_code(*of) for of in (("PARIS", 1), ("LYON", 9), ("MARSEILLE", 16))]
    assert codes == ["75101", "69389", "13216"]
    names = ("St-Étienne cedex 2", "Ste  Foy", "Chalon s/ Saône", "Mt N.D.", "L'Haÿ-les-Roses")
    assert [place_key(name) for name in names] == [
        "SAINT ETIENNE",
        "SAINTE FOY",
        "CHALON SUR SAONE",
        "MONT N D",
        "L HAY LES ROSES",
    ]
    assert [loose_key(key) for key in ("LE MANS", "MANS", "LES", "L HAY")] == ["MANS", "MANS", "LES", "HAY"]


@pytest.mark.parametrize(
    ("share", "name"),
    [(1.0, "full"), (0.95, "full"), (0.949, "wide"), (0.5, "wide"), (0.499, "partial"), (0.01, "partial")],
)
def test_a_share_has_a_class(share: float, name: str) -> None:
    assert class_of(share) == name


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((2.3522, 48.8566), (4.8357, 45.764), 391.5),
        ((0.0, 0.0), (0.0, 90.0), 10_007.56),
        ((0.0, 0.0), (180.0, 0.0), 20_015.12),
        ((0.0, 60.0), (1.0, 60.0), 55.597),
        ((-179.5, 0.0), (179.5, 0.0), 111.195),
        ((5.0, 45.0), (5.0, 45.0), 0.0),
    ],
)
def test_kilometres_are_those_of_the_great_circle(
    one: tuple[float, float], other: tuple[float, float], km: float
) -> None:
    found = great_circle_km(*one, np.array([other[0], one[0]]), np.array([other[1], one[1]]))
    assert found.tolist() == [pytest.approx(km, rel=1e-4), 0.0]


def test_a_point_is_kept_on_a_grid_of_a_centimetre_below_it() -> None:
    lon_step, lat_step = 360 / 2**32, 180 / 2**32
    lon, lat = on_grid(2.35, 48.85)
    assert 0 <= 2.35 - lon < lon_step and 0 <= 48.85 - lat < lat_step and on_grid(lon, lat) == (lon, lat)
    assert on_grid(180.0, 90.0) == (180.0 - lon_step, 90.0 - lat_step) and on_grid(-180.0, -90.0) == (-180.0, -90.0)
    assert on_grid(0.0, 0.0) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("id_", "place", "of"),
    [
        ("departement:59", "dans le Nord", "du Nord"),
        ("departement:01", "dans l'Ain", "de l'Ain"),
        ("departement:40", "dans les Landes", "des Landes"),
        ("departement:26", "dans la Drôme", "de la Drôme"),
        ("departement:35", "en Ille-et-Vilaine", "d'Ille-et-Vilaine"),
        ("region:53", "en Bretagne", "de Bretagne"),
        ("region:04", "à La Réunion", "de La Réunion"),
        ("territory:FR", "en France", "de France"),
        ("commune:35238", "à Rennes", "de Rennes"),
        ("commune:76351", "au Havre", "du Havre"),
        ("commune:78440", "aux Mureaux", "des Mureaux"),
        ("commune:17300", "à La Rochelle", "de La Rochelle"),
        ("commune:56007", "à Auray", "d'Auray"),
        ("epci:243500139", "sur le territoire de Rennes Métropole", "de Rennes Métropole"),
    ],
)
def test_a_place_is_said_with_its_preposition(id_: str, place: str, of: str) -> None:
    territory = load_gazetteer().get("FR" if id_ == "territory:FR" else id_)
    assert (in_place(territory), of_place(territory.name)) == (place, of)


def test_a_circle_is_said_around_its_town_or_its_seat() -> None:
    said = [circle_text(40.0, around, load_gazetteer()) for around in (None, "35360", "99999")]
    assert [text.replace("\u202f", " ") for text in said] == [
        "40 km autour du siège",
        "40 km autour de Vitré",
        "40 km autour de 99999",
    ]

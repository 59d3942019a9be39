"""Land blocks, columns of codes, names of places as keys, arrondissements by their name, classes of a share."""

from __future__ import annotations

import numpy as np
import pytest

from vivier.territory.communes import Labels, block_of
from vivier.territory.coverage import class_of
from vivier.territory.names import arrondissement_code, loose_key, place_key, split_arrondissement


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

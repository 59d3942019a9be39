"""Which commune a buyer is: the one whose SIREN the table gives, or none."""

from __future__ import annotations

import csv
import gzip

import pytest

from tests.shared_data import shared_data
from vivier.contracts.buyers import read_siren
from vivier.lexicon import Lexicon
from vivier.territory.bodies import of_place


@pytest.mark.parametrize(
    ("siren", "seat", "name"),
    [
        ("217500016", "commune:75056", "Commune de Paris"),  # its digits are those of 75001, once Alfortville
        ("215104217", "commune:51454", "Commune de Reims"),  # its digits are those of 51421
        ("210200457", "commune:02046", "Commune de Barenton-Bugny"),  # its digits are those of 02045
        ("211903109", "commune:19031", "Commune de Brive-la-Gaillarde"),  # its digits are those of no commune
        ("212000046", "commune:2A004", "Commune d'Ajaccio"),
        ("219740115", "commune:97411", "Commune de Saint-Denis"),
        ("200083863", "commune:01033", "Commune de Valserhône"),  # born of a merger: its number begins with 20
    ],
)
def test_a_commune_is_read_from_the_table_of_sirens(siren: str, seat: str, name: str, lexicon: Lexicon) -> None:
    found = read_siren(siren, lexicon.gazetteer)
    assert (found.category, found.seat, found.name) == ("commune", seat, name)


def test_a_siren_of_no_commune_of_today_names_none(lexicon: Lexicon) -> None:
    found = read_siren("213599996", lexicon.gazetteer)
    assert (found.category, found.seat, found.name) == ("commune", "departement:35", None)


@pytest.mark.slow
def test_no_commune_is_given_the_name_of_another(lexicon: Lexicon) -> None:
    with gzip.open(shared_data("geo/communes_2026.csv.gz"), "rt", encoding="utf-8", newline="") as stream:
        sirens = {row["siren"]: row for row in csv.DictReader(stream) if row["siren"]}
    read = {siren: read_siren(siren, lexicon.gazetteer) for siren in sirens}
    wrong = [row["nom"] for siren, row in sirens.items() if read[siren].seat != f"commune:{row['code_insee']}"]
    assert len(sirens) == 34_875 and wrong == []
    named = {siren: f"Commune {of_place(row['nom'])}" for siren, row in sirens.items()}
    assert {siren: found.name for siren, found in read.items()} == named
    assert {found.category for found in read.values()} == {"commune"}

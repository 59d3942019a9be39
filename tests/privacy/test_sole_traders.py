"""A business that is a person is kept for its official labels only, and by its commune."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.kit.sole import names_a_person
from crawlers.run import import_files
from tests.crawlers.samples import counts, records_of
from vivier.settings import Settings

PERSONS = ["Monsieur Jean EXEMPLE", "MME EXEMPLE CLAIRE", "M. Paul Essai", "Mlle Rose de Test"]
STRUCTURES = [
    "Mr Bricolage", "M INTERIM INSERTION", "MR BOT", "Maxime & Co", "YVES MORVAN SOLIDAIRE", "Allo Louis", "Rose des Vents",
    "SARL Jean Martin", "MADAME", "Ateliers Jean Moulin",
]  # fmt: skip


@pytest.mark.parametrize("name", PERSONS)
def test_a_civility_with_a_first_name_and_a_surname_is_a_person(name: str) -> None:
    assert names_a_person(name)


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_name_that_holds_a_first_name_is_not_yet_a_person(name: str) -> None:
    assert not names_a_person(name)


def test_a_sole_trader_without_a_label_is_counted_and_not_kept(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    rows = [
        "Monsieur Jean Exemple;;3 rue des Tests;35000;Rennes;https://exemple.example;Élagage à façon.",
        "Madame Claire Essai;RGE:2027-06-30;4 rue des Tests;35000;Rennes;https://essai.example;Pose d'isolants.",
    ]
    path = tmp_path / "liste.csv"
    header = "Nom;Labels;Adresse;Code postal;Ville;Site web;Présentation"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf8")
    assert counts(import_files("list", [path], settings)) == (2, 1, {}, {"sole_trader": 1})
    (record,) = records_of(settings, "list").values()
    assert (record.address.town, record.address.line, record.website, record.description) == (
        "Rennes",
        None,
        None,
        None,
    )
    assert [label.code for label in record.labels] == ["RGE"]

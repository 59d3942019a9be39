"""What is kept as an organisation's contact is never a person's: measured on a labelled set of ours, by half."""

from __future__ import annotations

import csv

import pytest

from scripts.build_contacts import FILE, content, rows
from vivier.privacy.first_names import FIRST_NAMES
from vivier.privacy.organisations import organisation_contact

ROWS = list(csv.DictReader(FILE.read_text(encoding="utf8").splitlines(), delimiter=";"))
LEAST_PRECISION = 0.999


def kept(row: dict[str, str]) -> bool:
    return organisation_contact(row["text"], [row["organisation"]]) is not None


def test_the_set_is_the_one_that_its_script_writes() -> None:
    assert FILE.read_text(encoding="utf8") == content()
    assert len(ROWS) >= 1_000 and len({row["text"] for row in ROWS}) >= 1_000


@pytest.mark.slow
def test_the_two_halves_share_no_text() -> None:
    halves = {half: {text for at, _, text, _, _ in rows() if at == half} for half in ("tune", "test")}
    assert not halves["tune"] & halves["test"]


@pytest.mark.parametrize("half", ["tune", "test"])
def test_what_is_kept_is_an_organisation_s(half: str) -> None:
    found = [row["label"] for row in ROWS if row["half"] == half and kept(row)]
    assert found.count("organisation") / len(found) >= LEAST_PRECISION


@pytest.mark.parametrize("half", ["tune", "test"])
def test_no_person_of_the_set_is_kept(half: str) -> None:
    assert [row["text"] for row in ROWS if row["half"] == half and row["label"] == "person" and kept(row)] == []


@pytest.mark.parametrize("half", ["tune", "test"])
def test_most_organisations_are_kept(half: str) -> None:
    found = [kept(row) for row in ROWS if row["half"] == half and row["label"] == "organisation"]
    assert sum(found) / len(found) >= 0.85


@pytest.mark.parametrize("name", sorted(FIRST_NAMES)[::7])
def test_a_first_name_is_never_kept(name: str) -> None:
    first = name.lower()
    for local in (first, f"{first}.contact", f"accueil-{first}", f"{first}.durand", f"esat.{first}"):
        assert organisation_contact(f"{local}@esat.example", [f"Ateliers {name} Durand"]) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Contact@ESAT-Vallon.example", "contact@esat-vallon.example"),
        ("esat.vallon@ateliers.example", "esat.vallon@ateliers.example"),
        ("+33 (0)1 99 00 12 34", "0199001234"),
        ("Tél : 01.99.00.12.34", "0199001234"),
        ("standard 06 39 98 12 34", "0639981234"),
        ("06 39 98 12 34", None),
        ("08 99 00 12 34", None),
        ("01 99 00 12 34 poste 12", None),
        ("01 99 00 12 34 ou 01 99 00 12 35", None),
        ("directrice@esat.example", None),
        ("contact@a.example, accueil@a.example", None),
        ("https://esat.example", None),
        ("", None),
    ],
)
def test_the_forms_that_registers_write(text: str, value: str | None) -> None:
    found = organisation_contact(text, ["ESAT du Vallon"])
    assert (None if found is None else found.value) == value

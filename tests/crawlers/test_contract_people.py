"""Names of holders that are a person's are taken out; names of businesses that bear a first name stay."""

from __future__ import annotations

import pytest

from crawlers.contracts.organisations import without_person


@pytest.mark.parametrize(
    "name",
    [
        "BET ADAM STRUCTURES",
        "ROBERT & ROBERT (ATELIER DE FORGE ROBERT ET ROBERT)",
        "MARGUERITE INFORMATIQUE",
        "CLARISSE ENVIRONNEMENT",
        "VICTOR HABITAT",
    ],
)
def test_a_business_that_bears_a_first_name_keeps_its_name(name: str) -> None:
    assert without_person(name) == name


@pytest.mark.parametrize(
    "name", ["JARDIN CYRILLE", "Véronique Duschmolle", "M & MME DUSCHMOLLE", "M ET MME DUSCHMOLLE", "ND"]
)
def test_a_person_has_no_name(name: str) -> None:
    assert without_person(name) is None


@pytest.mark.parametrize("name", ["SARL DUSCHMOLLE (MICHEL DUSCHMOLLE)", "SARL DUSCHMOLLE (DUSCHMOLLE ; UNTEL)"])
def test_persons_in_brackets_are_taken_out(name: str) -> None:
    assert without_person(name) == "SARL DUSCHMOLLE"

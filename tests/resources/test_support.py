"""Who can help in a territory, and what is lacking there is told as lacking."""

from __future__ import annotations

import pytest

from vivier.lexicon import load_lexicon
from vivier.support import by_departement, support

LEXICON = load_lexicon()


def of(territory: str) -> list[str]:
    return [entry.code for entry in support(LEXICON.gazetteer.get(territory), LEXICON).facilitators]


def test_a_facilitator_of_a_departement_is_found_there_and_in_its_towns() -> None:
    assert "clausesociale34" in of("departement:34") and "clausesociale34" in of("commune:34172")
    assert "clausesociale34" not in of("departement:35")


def test_a_departement_without_a_facilitator_says_so_and_whom_to_ask() -> None:
    (gap, *_) = support(LEXICON.gazetteer.get("departement:35"), LEXICON).gaps
    assert gap.startswith("Aucun facilitateur recensé pour ce territoire (Ille-et-Vilaine)")
    assert "partiel" in gap and "Alliance Villes Emploi" in gap


def test_a_place_that_has_both_has_no_gap() -> None:
    assert support(LEXICON.gazetteer.get("departement:75"), LEXICON).gaps == ()


@pytest.mark.slow
def test_every_departement_is_told() -> None:
    found = by_departement(LEXICON)
    assert len(found) == len(LEXICON.gazetteer.names["departement"])
    assert all(each.national_facilitators for each in found)
    assert {each.territory.code for each in found if each.facilitators} < {each.territory.code for each in found}

"""Who can help in a territory, and what is lacking there is told as lacking."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.support import by_departement, support


def of(territory: str, lexicon: Lexicon) -> list[str]:
    return [entry.code for entry in support(lexicon.gazetteer.get(territory), lexicon).facilitators]


def test_a_facilitator_of_a_departement_is_found_there_and_in_its_towns(lexicon: Lexicon) -> None:
    assert "clausesociale34" in of("departement:34", lexicon) and "clausesociale34" in of("commune:34172", lexicon)
    assert "clausesociale34" not in of("departement:35", lexicon)


def test_a_departement_without_a_facilitator_says_so_and_whom_to_ask(lexicon: Lexicon) -> None:
    (gap, *_) = support(lexicon.gazetteer.get("departement:35"), lexicon).gaps
    assert gap.startswith("Aucun facilitateur recensé pour ce territoire (Ille-et-Vilaine)")
    assert "partiel" in gap and "Alliance Villes Emploi" in gap


def test_a_place_that_has_both_has_no_gap(lexicon: Lexicon) -> None:
    assert support(lexicon.gazetteer.get("departement:75"), lexicon).gaps == ()


@pytest.mark.slow
def test_every_departement_is_told(lexicon: Lexicon) -> None:
    found = by_departement(lexicon)
    assert len(found) == len(lexicon.gazetteer.names["departement"])
    assert all(each.national_facilitators for each in found)
    assert {each.territory.code for each in found if each.facilitators} < {each.territory.code for each in found}

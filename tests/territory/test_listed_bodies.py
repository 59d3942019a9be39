"""Public bodies that a table lists by their SIREN, and how a place is named after « de »."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.territory.bodies import listed_body, of_place


@pytest.mark.parametrize(
    ("siren", "id_", "name"),
    [
        ("243500139", "epci:243500139", "Rennes Métropole"),
        ("213502388", "commune:35238", "Commune de Rennes"),
    ],
)
def test_a_body_is_its_territory_and_its_name(lexicon: Lexicon, siren: str, id_: str, name: str) -> None:
    assert listed_body(siren, lexicon.gazetteer) == (id_, name)


def test_a_body_that_no_table_lists_is_none(lexicon: Lexicon) -> None:
    assert listed_body("000000000", lexicon.gazetteer) is None


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Orvault", "d'Orvault"),
        ("Épinal", "d'Épinal"),
        ("Le Mans", "du Mans"),
        ("Les Herbiers", "des Herbiers"),
        ("La Rochelle", "de La Rochelle"),
        ("Nantes", "de Nantes"),
    ],
)
def test_a_place_is_named_with_its_article(name: str, written: str) -> None:
    assert of_place(name) == written

"""How a contract and a buyer are called when nobody named them."""

from __future__ import annotations

import pytest

from vivier.contracts.buyers import read_siren
from vivier.contracts.objects import object_title
from vivier.lexicon import Lexicon
from vivier.territory.bodies import of_place


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Nantes", "de Nantes"),
        ("Orvault", "d'Orvault"),
        ("Évry-Courcouronnes", "d'Évry-Courcouronnes"),
        ("Le Mans", "du Mans"),
        ("Les Herbiers", "des Herbiers"),
        ("La Rochelle", "de La Rochelle"),
        ("L'Haÿ-les-Roses", "de L'Haÿ-les-Roses"),
    ],
)
def test_a_place_is_named_after_de_as_french_does(place: str, said: str) -> None:
    assert of_place(place) == said


def test_the_commune_a_number_tells_is_named_in_french(lexicon: Lexicon) -> None:
    assert read_siren("214401143", lexicon.gazetteer).name == "Commune d'Orvault"


@pytest.mark.parametrize(
    ("record", "title"),
    [
        ({"object": "Tonte", "cpv": "77310000"}, "Tonte"),
        ({"title": "Avis", "cpv": ["77310000"]}, "Avis"),
        ({"cpv": "45000000"}, "objet non publié – Travaux de construction"),
        ({"cpv": ["45000000", "77310000"]}, "objet non publié – Travaux de construction"),
        ({"cpv": ["45999999"]}, "objet non publié – Travaux de construction"),
        ({"cpv": "00000001"}, "objet non publié"),
        ({}, "objet non publié"),
    ],
)
def test_what_has_no_object_is_called_by_what_its_cpv_names(record: dict[str, object], title: str) -> None:
    assert object_title(record) == title

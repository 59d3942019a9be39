"""A place as people type it in a field of a page: codes, several names, « agglo de », « ZI de »."""

from __future__ import annotations

import pytest

from search_api.pages.places import place_error, place_of
from vivier.lexicon import Lexicon


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("93", ("departement:93",)),
        ("85000", ("commune:85191",)),
        ("F-59000 Lille", ("commune:59350",)),
        ("Nantes, Rennes", ("commune:44109", "commune:35238")),
        ("35 et 56", ("departement:35", "departement:56")),
        ("agglo de Rennes", ("epci:243500139",)),
        ("Rennes et alentours", ("commune:35238",)),
        ("ZI de Carquefou", ("commune:44026",)),
        ("Saint-Denis (93, Seine-Saint-Denis)", ("commune:93066",)),
        ("departement:35", ("departement:35",)),
    ],
)
def test_a_place_is_read_as_it_is_typed(text: str, ids: tuple[str, ...], lexicon: Lexicon) -> None:
    assert (place_of(text, lexicon).ids, place_of(text, lexicon).choices) == (ids, ())


@pytest.mark.parametrize(("text", "choices"), [("Montreuil", 3), ("zone 3", 0), ("nettoyage de bureaux", 0)])
def test_a_name_of_several_places_or_of_none_is_asked(text: str, choices: int, lexicon: Lexicon) -> None:
    found = place_of(text, lexicon)
    assert found.ids == () and min(len(found.choices), 3) == choices


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Montreuil", "plusieurs lieux"),
        ("Aix", "plusieurs lieux"),
        ("Bruxelles", "n'est pas reconnu"),
        ("La Rochelle 85", "n'est pas reconnu"),
        ("12345", "n'est pas reconnu"),
        ("Zorglubville", "Aucun lieu"),
    ],
)
def test_a_name_that_no_place_bears_is_not_said_to_mean_several(text: str, words: str, lexicon: Lexicon) -> None:
    assert words in place_error("lieu", text, place_of(text, lexicon)).message

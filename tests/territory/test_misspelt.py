"""What a misspelt name of a place means: letters tolerated by length, the nearest, the largest, and when one is certain."""

from __future__ import annotations

import pytest

from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.spelling import MOST, Spelt, _errors, begun, certain, spelt

RENNES, LYON, LE_HAVRE = "commune:35238", "commune:69123", "commune:76351"


@pytest.mark.parametrize(
    ("text", "id_", "errors"),
    [
        ("Rennnes", RENNES, 1),
        ("Rennes", RENNES, 0),
        ("Renes", RENNES, 1),
        ("Montpellllier", "commune:34172", 2),
        ("Cagnes", "commune:06027", 1),
        ("Le Havr", LE_HAVRE, 1),
        ("Ille et Vilain", "departement:35", 1),
        ("Bretagn", "region:53", 1),
    ],
)
def test_a_name_is_read_with_the_errors_of_its_length(text: str, id_: str, errors: int) -> None:
    found = spelt(text, load_gazetteer())
    assert (found[0].id, found[0].errors) == (id_, errors) and certain(found) == found[0]
    assert {each.errors for each in found} == {errors} and len(found) <= MOST
    assert [each.population for each in found] == sorted((each.population for each in found), reverse=True)


@pytest.mark.parametrize("text", ["Ren", "renz", "Saint", "x1ze2", "", "Kennes", "Xylophonie"])
def test_a_name_too_short_with_figures_or_another_first_letter_is_none(text: str) -> None:
    assert spelt(text, load_gazetteer()) == ()


def test_one_letter_less_is_read_of_a_shorter_name_on_demand() -> None:
    found = spelt("Lion", load_gazetteer(), 4)
    assert spelt("Lion", load_gazetteer()) == () == spelt("Par", load_gazetteer(), 4)
    assert found[0].id == LYON and certain(found) == found[0] and len(found) > 1


def test_letters_from_which_errors_are_tolerated() -> None:
    assert [_errors(letters) for letters in (5, 8, 9, 15, 16)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("populations", "sure"), [((), False), ((5,), True), ((80, 10), True), ((79, 10), False), ((80, 5, 11), False)]
)
def test_a_place_is_certain_alone_or_eight_times_as_large_as_any_other(
    populations: tuple[int, ...], sure: bool
) -> None:
    found = [Spelt(str(n), 1, people) for n, people in enumerate(populations)]
    assert certain(found) == (found[0] if sure else None)


@pytest.mark.parametrize(
    ("text", "first"), [("monpel", "commune:34172"), ("rnnes", RENNES), ("bordo", "commune:33063")]
)
def test_a_beginning_is_read_with_one_error_the_largest_first(text: str, first: str) -> None:
    gazetteer = load_gazetteer()
    found = begun(text, gazetteer, 4)
    assert found[0] == first and len(found) <= 4 and begun(text, gazetteer, 1) == (first,)
    people = [gazetteer.get(id_).people for id_ in found]
    assert people == sorted(people, reverse=True)


def test_two_letters_or_no_name_begin_nothing() -> None:
    assert begun("re", load_gazetteer(), 9) == begun("zzz", load_gazetteer(), 9) == () and begun(
        "ren", load_gazetteer(), 9
    )

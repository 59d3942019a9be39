"""Every région, every département, every town of 8,000 inhabitants or more is read in six shapes of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.needs.written_places import Named, departements, large_communes, regions
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.needs.model import PlaceMatch

Class = Callable[[Lexicon], Iterator[Named]]
SHAPES: dict[str, tuple[Callable[[Named], str], str]] = {
    "à X": (lambda named: f"nettoyage de bureaux {named.where}", "nettoyage-locaux"),
    "X nettoyage": (lambda named: f"{named.name} nettoyage", "nettoyage-locaux"),
    "de X": (lambda named: f"nettoyage des bureaux {named.of}", "nettoyage-locaux"),
    "dans le X": (lambda named: f"entretien des espaces verts, {named.where}, pour 2 ans", "entretien-espaces-verts"),
    "école X": (lambda named: f"école {named.name}, goûter", "traiteur"),
    "près de X": (lambda named: f"traiteur près {named.of}", "traiteur"),
}
MOST_MISSED = 0.005
"""Share of the towns that may be missed; no région nor département may."""
MOST_MISSED_IN_ONE_CASE = 0.02
"""The same in small letters, which tell no name from a word (« salles nettoyage »)."""


def is_same(first: str, second: str, lexicon: Lexicon) -> bool:
    """One land: Paris is a commune and a département, La Réunion a département and a région."""
    leaves = lexicon.gazetteer.leaves
    return first == second or np.array_equal(leaves(first), leaves(second))


def is_read(place: PlaceMatch, id: str, lexicon: Lexicon) -> bool:
    """The place is that territory, or may be: homonyms are offered, the larger first."""
    if place.territory is not None:
        return is_same(place.territory, id, lexicon)
    highest = max(candidate.score for candidate in place.candidates)
    best = [candidate.id for candidate in place.candidates if candidate.score == highest]
    people = [lexicon.gazetteer.get(found).population or 0 for found in best]
    return any(is_same(found, id, lexicon) for found in best) and people == sorted(people, reverse=True)


def missed(class_: Class, shape: str, lexicon: Lexicon, case: Callable[[str], str] = str) -> list[str]:
    """The needs whose place is not read, or takes part in the choice of the trade."""
    write, trade = SHAPES[shape]
    found = []
    for named in class_(lexicon):
        need = resolve_need(case(write(named)), lexicon)
        places = need.territory.places
        if len(places) != 1 or not is_read(places[0], named.id, lexicon) or [one.id for one in need.sectors] != [trade]:
            found.append(write(named))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("class_", [regions, departements])
def test_every_region_and_departement_is_read(class_: Class, shape: str, lexicon: Lexicon) -> None:
    assert missed(class_, shape, lexicon) == []


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_nearly_every_town_is_read(shape: str, lexicon: Lexicon) -> None:
    found = missed(large_communes, shape, lexicon)
    assert len(found) <= MOST_MISSED * len(list(large_communes(lexicon))), found


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_most_towns_are_read_in_small_letters(shape: str, lexicon: Lexicon) -> None:
    found = missed(large_communes, shape, lexicon, str.lower)
    assert len(found) <= MOST_MISSED_IN_ONE_CASE * len(list(large_communes(lexicon))), found

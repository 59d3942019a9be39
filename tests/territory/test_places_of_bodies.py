"""The name of a public organisation is read as the place where it works."""

from __future__ import annotations

import pytest

from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.names import place_key
from vivier.territory.organisations import SEAT, WHOLE, is_here
from vivier.territory.resolve import resolve


@pytest.mark.parametrize(
    ("text", "id", "via"),
    [
        ("CD 53", "departement:53", WHOLE),
        ("Conseil départemental de la Mayenne", "departement:53", WHOLE),
        ("Collèges du 77", "departement:77", WHOLE),
        ("lycées de Bretagne", "region:53", WHOLE),
        ("CHU Nantes", "commune:44109", WHOLE),
        ("Archives départementales du Cantal", "commune:15014", SEAT),
        ("Préfecture du Gers", "commune:32013", SEAT),
        ("CAF du Loiret", "commune:45234", SEAT),
    ],
)
def test_an_organisation_is_where_it_works(text: str, id: str, via: str) -> None:
    found = resolve(text, load_gazetteer())
    assert found.territory is not None
    assert (found.territory.id, found.via) == (id, via)


def test_a_service_of_a_seat_keeps_its_territory_as_the_other_place() -> None:
    found = resolve("Préfecture du Gers", load_gazetteer())
    assert [candidate.territory.id for candidate in found.candidates] == ["commune:32013", "departement:32"]


def test_a_misspelt_departement_gives_candidates_and_no_certainty() -> None:
    found = resolve("Conseil départemental de la Mayene", load_gazetteer())
    assert found.territory is None
    assert "departement:53" in [candidate.territory.id for candidate in found.candidates]


@pytest.mark.parametrize(("text", "here"), [("siège", True), ("sur site", True), ("idem", True), ("Sitges", False)])
def test_here_names_no_territory(text: str, here: bool) -> None:
    assert is_here(place_key(text)) is here

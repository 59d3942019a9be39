"""Distances in words: a point and a radius, or a quantity, or said not to be applied."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import applied, resolve_need
from vivier.needs.distances import NEAR_KM

RENNES = "-1.68189,48.11180"


def circle(text: str, lexicon: Lexicon) -> tuple[str | None, float | None]:
    """Centre and kilometres of the search."""
    found = dict(applied(resolve_need(text, lexicon), lexicon).pairs)
    return found.get("near"), float(found["radius_km"]) if "radius_km" in found else None


def left(text: str, lexicon: Lexicon) -> dict[str, str]:
    """What is not applied, with its reason."""
    return {one.what: one.reason for one in applied(resolve_need(text, lexicon), lexicon).not_applied}


@pytest.mark.parametrize(
    "where",
    [
        "à moins de 40 km de Rennes",
        "à 40 km de Rennes",
        "à 40 kilomètres de Rennes",
        "à quarante kilomètres de Rennes",
        "dans un rayon de 40 km autour de Rennes",
        "dans un périmètre de 40 km autour de la mairie de Rennes",
        "40 km autour de Rennes",
        "autour de Rennes, 40 km",
        "autour de Rennes, ESAT ou EA, 40 km",
        "Rennes 40km",
        "Rennes (40 km)",
        "Rennes + 40 km",
        "Rennes, rayon 40 km",
        "40km Rennes",
        "à Rennes et 40 km autour",
        "à 40 km max de Rennes",
        "à 40 km à la ronde de Rennes",
    ],
)
def test_a_distance_is_read_as_buyers_write_it(lexicon: Lexicon, where: str) -> None:
    assert circle(f"entretien des espaces verts {where}", lexicon) == (RENNES, 40)
    assert [match.id for match in resolve_need(f"entretien des espaces verts {where}", lexicon).sectors] == [
        "entretien-espaces-verts"
    ]


@pytest.mark.parametrize(
    "where",
    [
        "près de Rennes",
        "autour de Rennes",
        "à proximité de Rennes",
        "aux alentours de Rennes",
        "dans les environs de Rennes",
        "Rennes et ses environs",
        "proche Rennes",
        "dans la région de Rennes",
    ],
)
def test_a_nearness_without_a_number_is_a_default_that_says_so(lexicon: Lexicon, where: str) -> None:
    assert circle(f"blanchisserie {where}", lexicon) == (RENNES, NEAR_KM)
    assert [one.is_default for one in resolve_need(f"blanchisserie {where}", lexicon).distances] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "fauchage de 40 km de routes à Rennes",
        "balayage sur 40 km à Rennes",
        "40 km de voirie à Rennes",
        "curage de 300 m de fossés à Rennes",
        "nacelle à 12 m, Rennes",
    ],
)
def test_kilometres_of_something_are_a_quantity(lexicon: Lexicon, text: str) -> None:
    need = resolve_need(text, lexicon)
    assert need.distances == ()
    assert len(need.quantities) == 1
    assert ("territory", "commune:35238") in applied(need, lexicon).pairs


def test_the_number_of_a_distance_is_not_that_of_an_arrondissement(lexicon: Lexicon) -> None:
    assert circle("nettoyage Paris 10 km", lexicon)[1] == 10
    assert ("territory", "arrondissement:75110") in applied(resolve_need("nettoyage Paris 10", lexicon), lexicon).pairs


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("traiteur à moins de 30 km", "aucun lieu"),
        ("traiteur à 30 km de Saint-Denis", "préciser"),
        ("traiteur à 30 minutes de route", "temps de trajet"),
        ("traiteur à Lyon ou à 30 km de Rennes", "qu'un centre"),
        ("traiteur autour de la Creuse", "tout le territoire"),
    ],
)
def test_a_distance_that_cannot_be_applied_says_why(lexicon: Lexicon, text: str, word: str) -> None:
    assert word in left(text, lexicon)["distance"]


def test_a_distance_beyond_the_longest_is_applied_as_the_longest(lexicon: Lexicon) -> None:
    assert circle("traiteur à 300 km de Rennes", lexicon) == (RENNES, 200)
    (words,) = applied(resolve_need("traiteur à 300 km de Rennes", lexicon), lexicon).assumed
    assert words.what == "distance" and "200" in words.reason


def test_hours_of_work_are_no_travel_time(lexicon: Lexicon) -> None:
    assert resolve_need("2 heures de ménage à Rennes", lexicon).travel_times == ()

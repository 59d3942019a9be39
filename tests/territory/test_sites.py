"""The site of a service or a building is read as its town."""

from __future__ import annotations

import pytest

from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.resolve import resolve
from vivier.territory.sites import named_site


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Police municipale Cannes", "commune:06029"),
        ("gymnase de Vitré (35)", "commune:35360"),
        ("Ville de St Denis 93", "commune:93066"),
        ("CHU Nantes", "commune:44109"),
        ("Serres municip. Aurillac cedex 15005", "commune:15014"),
        ("mairie du 13e arrondissement de Marseille", "arrondissement:13213"),
        ("services techniques 35400 Saint-Malo", "commune:35288"),
        ("C.D. de la Mayenne - ts sites", "departement:53"),
        ("CDC Ile de Ré", "epci:241700459"),
        ("de Rennes", "commune:35238"),
    ],
)
def test_a_site_is_in_its_town(text: str, read: str) -> None:
    territory = resolve(text, load_gazetteer()).territory
    assert territory is not None and territory.id == read


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Mairie de Pontivi", "commune:56178"),
        ("OPH Charleville", "commune:51129"),
        ("collège Saint-Exupéry", "commune:19201"),
        ("mairie de Saint-Denis", "commune:97411"),
    ],
)
def test_a_town_that_may_be_another_is_a_candidate_only(text: str, first: str) -> None:
    found = resolve(text, load_gazetteer())
    assert found.territory is None and first in [candidate.territory.id for candidate in found.candidates]


@pytest.mark.parametrize("text", ["CHU Purpan", "École Jules Ferry", "Police nationale", "Salle polyvalente"])
def test_a_site_that_names_no_town_is_unknown(text: str) -> None:
    assert resolve(text, load_gazetteer()).candidates == ()


def test_a_building_named_without_de_may_bear_the_name_of_a_person() -> None:
    by_name, of_town, body = (
        named_site(key) for key in ("LYCEE SAINT EXUPERY", "LYCEE DE SAINT EXUPERY", "CHU NANTES")
    )
    assert by_name is not None and not by_name.sure and by_name.town == "SAINT EXUPERY"
    assert of_town is not None and of_town.sure
    assert body is not None and body.sure
    assert named_site("RENNES") is None

"""A misspelt town is read wherever it stands; below belief it is offered, never lost."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import applied, resolve_need


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("nettoyage du gymnase de Perigeux pour 2 ans", "commune:24322"),
        ("repas du foyer (Carcasone), 20 000 €", "commune:11069"),
        ("nettoyage des vitres mairie de Roubai 2 fois par an", "commune:59512"),
        ("déménagement de bureaux entre Roubai et Arras", "commune:59512"),
        ("tonte à Arras et Roubai", "commune:59512"),
    ],
)
def test_a_misspelt_town_is_applied_where_it_is_announced_or_framed(text: str, town: str, lexicon: Lexicon) -> None:
    assert ("territory", town) in applied(resolve_need(text, lexicon), lexicon).pairs


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("tonte des pelouses Grenobel tous les mois par un ESAT", "commune:38185"),
        ("tonte grenobel tous les mois", "commune:38185"),
        ("Bonjour, nous cherchons pour Grenobel une entreprise de tonte. Merci", "commune:38185"),
        ("NETTOYAGE DES BUREAUX DE PERIGEUX POUR 2 ANS", "commune:24322"),
    ],
)
def test_a_misspelt_town_that_nothing_announces_is_offered(text: str, town: str, lexicon: Lexicon) -> None:
    need = resolve_need(text, lexicon)
    assert [(place.territory, place.candidates[0].id) for place in need.territory.places] == [(None, town)]


@pytest.mark.parametrize("text", ["progiciel Astre GF", "location de Renaul Kangoo pour la mairie"])
def test_a_name_that_goes_on_is_offered_no_town(text: str, lexicon: Lexicon) -> None:
    assert resolve_need(text, lexicon).territory.places == ()

"""The places of a need: names that are also words, codes, homonyms, streets and rivers."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import resolve_need


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("nettoyage bureaux paris", ["commune:75056"]),
        ("NETTOYAGE DE BUREAUX À PARIS", ["commune:75056"]),
        ("concession de paris sportifs à Paris", ["commune:75056"]),
        ("maçon à mâcon", ["commune:71270"]),
        ("nettoyage à Nantes, Paris et Mâcon", ["commune:44109", "commune:75056", "commune:71270"]),
        ("location de salles à Salles (33)", ["commune:33498"]),
        ("dragage au Port (974)", ["commune:97407"]),
        ("séjour dans la station de Moulins (03)", ["commune:03190"]),
        ("traiteur pour une réunion à La Réunion", ["departement:974"]),
        ("élagage dans le Lot", ["departement:46"]),
        ("élagage du Lot-et-Garonne", ["departement:47"]),
        ("traiteur dans le nord", ["departement:59"]),
        ("débroussaillage des Landes", ["departement:40"]),
        ("bureaux des Bouches-du-Rhône", ["departement:13"]),
        ("bureaux de la Haute-Loire", ["departement:43"]),
        ("gardiennage autour de la Creuse", ["departement:23"]),
        ("gardiennage autour de La Creuse (70)", ["commune:70186"]),
        ("nettoyage à Eu", ["commune:76255"]),
    ],
)
def test_a_name_that_is_also_a_word_is_a_place_where_it_is_written_as_one(
    lexicon: Lexicon, text: str, ids: list[str]
) -> None:
    assert [place.territory for place in resolve_need(text, lexicon).territory.places] == ids


@pytest.mark.parametrize(
    "text",
    [
        "paris sportifs",
        "poêle à bois",
        "facile à lire",
        "distributeur à monnaie",
        "transport en avion",
        "pose de film sur vitre",
        "location de salles",
        "dragage au port",
        "Peinture comprise dans le lot 3",
        "Peinture du Lot n° 3",
        "Peinture comprise dans le lot",
        "entretien, secteur nord",
        "Gardiennage dans le Nord de la ville",
        "entretien des landes",
        "berges de la Loire",
        "toiture du Centre Technique Municipal",
        "gestion du site des Landes de Lessay",
        "accueil du site de Creys-Malville",
    ],
)
def test_a_word_of_the_tables_is_no_place_where_it_is_said_of_a_trade(lexicon: Lexicon, text: str) -> None:
    """« des landes » of a text without capitals may be offered, never read."""
    assert [place for place in resolve_need(text, lexicon).territory.places if not place.doubtful] == []


def test_a_name_read_after_its_article_offers_its_homonyms_the_larger_first(lexicon: Lexicon) -> None:
    (place,) = resolve_need("nettoyage au Lamentin", lexicon).territory.places
    assert place.territory is None
    assert [candidate.id for candidate in place.candidates] == ["commune:97213", "commune:97115"]


def test_a_city_called_by_the_beginning_of_its_name_is_offered_before_its_small_homonyms(lexicon: Lexicon) -> None:
    (place,) = resolve_need("nettoyage Neuilly", lexicon).territory.places
    assert (place.territory, place.doubtful) == (None, True)
    assert place.candidates[0].id == "commune:92051"


@pytest.mark.parametrize(
    ("text", "first"), [("Nettoyage à Marseile", "commune:13055"), ("Nettoyage près de Levallois", "commune:92044")]
)
def test_the_nearest_names_of_a_place_badly_written_are_offered_never_applied(
    lexicon: Lexicon, text: str, first: str
) -> None:
    (place,) = resolve_need(text, lexicon).territory.places
    assert (place.territory, place.doubtful, place.candidates[0].id) == (None, True, first)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("nettoyage (35)", "departement:35"),
        ("nettoyage 75011", "arrondissement:75111"),
        ("nettoyage 93", "departement:93"),
        ("93 nettoyage", "departement:93"),
        ("nettoyage dans le 93", "departement:93"),
        ("nettoyage dans le 13e arrondissement de Marseille", "arrondissement:13213"),
        ("fournitures du CDG13", "departement:13"),
        ("construction, (29830) plouguin", "commune:29196"),
        ("nettoyage moulins 03", "commune:03190"),
    ],
)
def test_a_number_says_where_when_it_is_written_as_a_code(lexicon: Lexicon, text: str, id: str) -> None:
    assert [place.territory for place in resolve_need(text, lexicon).territory.places] == [id]


@pytest.mark.parametrize(
    "text",
    [
        "nettoyage lot 35",
        "nettoyage 35 bureaux",
        "35 repas par jour",
        "personnes de plus de soixante (60) ans",
        "nettoyage n° 93",
        "12 000 repas",
        "nettoyage, budget 40000",
    ],
)
def test_a_number_of_something_else_is_no_place(lexicon: Lexicon, text: str) -> None:
    assert resolve_need(text, lexicon).territory.places == ()


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [("peinture rue de Lyon", "Lyon", "voie"), ("entretien des berges de la Loire", "Loire", "cours d'eau")],
)
def test_a_name_read_as_something_else_than_a_place_is_said(lexicon: Lexicon, text: str, name: str, what: str) -> None:
    need = resolve_need(text, lexicon)
    assert need.territory.places == ()
    assert [one.text for one in need.territory.set_aside] == [name]
    assert any(name in warning and what in warning for warning in need.warnings)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("nettoyage à Saint-Denis, Seine-Saint-Denis", "commune:93066"),
        ("nettoyage à Saint-Denis dans le 93", "commune:93066"),
        ("nettoyage à Valence (Drôme)", "commune:26362"),
        ("nettoyage à Croix, Nord", "commune:59163"),
        ("nettoyage à Brest en Bretagne", "commune:29019"),
    ],
)
def test_a_town_written_with_its_area_is_that_town_and_not_the_area_too(lexicon: Lexicon, text: str, id: str) -> None:
    assert [place.territory for place in resolve_need(text, lexicon).territory.places] == [id]

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
        ("Beugnies - rue de l'église - construction de logements", ["commune:59078"]),
        ("traiteur dans le nord isère", ["departement:38"]),
        ("traiteur dans le Nord Finistère", ["departement:29"]),
        ("traiteur dans le Nord, Somme", ["departement:59", "departement:80"]),
        ("maçon à mâcon isère", ["commune:71270", "departement:38"]),
        ("débroussaillage des Landes", ["departement:40"]),
        ("bureaux des Bouches-du-Rhône", ["departement:13"]),
        ("bureaux de la Haute-Loire", ["departement:43"]),
        ("gardiennage autour de la Creuse", ["departement:23"]),
        ("gardiennage autour de La Creuse (70)", ["commune:70186"]),
        ("nettoyage à Eu", ["commune:76255"]),
        ("BARDAGE DU COLLEGE D'ARZACQ-ARRAZIGUET", ["commune:64063"]),
        ("étude des cours d'eau du bassin versant de la Saire", []),
        ("restauration de la ripisylve, bassin versant de la Vire", []),
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
        "Bois - fourniture de plaquettes",
        "Gardiennage dans le Nord de la ville",
        "entretien des landes",
        "berges de la Loire",
        "toiture du Centre Technique Municipal",
        "gestion du site des Landes de Lessay",
        "accueil du site de Creys-Malville",
        "La ville lance un marché de nettoyage",
        "Accord-cadre multi-attributaire à marchés subséquents : nettoyage",
        "ACCORD CADRE A MARCHES SUBSEQUENTS DE NETTOYAGE",
        "la commune lance la tonte",
        "maçon, muret en pierre sèche",
    ],
)
def test_a_word_of_the_tables_is_no_place_where_it_is_said_of_a_trade(lexicon: Lexicon, text: str) -> None:
    """« des landes » of a text without capitals may be offered, never read."""
    assert [place for place in resolve_need(text, lexicon).territory.places if not place.doubtful] == []


def test_a_name_read_after_its_article_offers_its_homonyms_the_larger_first(lexicon: Lexicon) -> None:
    (place,) = resolve_need("nettoyage au Lamentin", lexicon).territory.places
    assert place.territory is None
    assert [candidate.id for candidate in place.candidates] == ["commune:97213", "commune:97115"]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("espaces verts, Vannes agglo", "epci:200067932"),
        ("réseau d'assainissement de Laval Agglomération - lot 1", "epci:200083392"),
        ("agglomération de Saumur : espaces verts", "epci:200071876"),
        ("tonte communauté de communes du pays de vitré", "epci:200039022"),
        ("tonte comcom de Vitré", "epci:200039022"),
        ("tonte CC Pays de Fougères", "epci:200072452"),
        ("espaces verts à Vannes", "commune:56260"),
    ],
)
def test_a_town_and_its_agglomeration_are_its_intercommunality(text: str, id: str, lexicon: Lexicon) -> None:
    assert [place.territory for place in resolve_need(text, lexicon).territory.places] == [id]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("toiture d'un hangar communal Pré en Pail", ["commune:53185"]),
        ("Travaux au centre de secours de Bar sur Loup, lot 2", ["commune:06010"]),
        ("peinture de l'école Bar sur Loup", []),
        ("peinture rue de Bar sur Loup", []),
        ("toiture d'un pré en pail", []),
    ],
)
def test_a_name_of_several_words_with_capitals_that_one_town_bears_is_that_town_however_small(
    text: str, places: list[str], lexicon: Lexicon
) -> None:
    assert [place.territory for place in resolve_need(text, lexicon).territory.places if not place.doubtful] == places


@pytest.mark.parametrize("text", ["Restauration collective Réunion", "Nettoyage Cher", "Entretien espaces verts Lot"])
def test_a_departement_whose_name_is_a_word_is_offered_at_the_end(text: str, lexicon: Lexicon) -> None:
    (place,) = resolve_need(text, lexicon).territory.places
    assert place.doubtful and place.candidates[0].id.startswith("departement:")
    assert resolve_need("Nettoyage secteur Nord", lexicon).territory.places == ()


def test_a_city_called_by_the_beginning_of_its_name_is_offered_before_its_small_homonyms(lexicon: Lexicon) -> None:
    (place,) = resolve_need("nettoyage Neuilly", lexicon).territory.places
    assert (place.territory, place.doubtful) == (None, True)
    assert place.candidates[0].id == "commune:92051"


@pytest.mark.parametrize(
    ("text", "first", "name"),
    [
        ("Nettoyage à Marseile", "commune:13055", "Marseille"),
        ("espaces verts Sant Brieux", "commune:22278", "Saint-Brieuc"),
        ("traiteur à Saint-Floent-sur-Cher", "commune:18207", "Saint-Florent-sur-Cher"),
        ("élagage, Sasnt-André-de-la-Roche", "commune:06114", "Saint-André-de-la-Roche"),
    ],
)
def test_a_place_badly_written_that_is_alone_of_its_kind_is_read_and_said(
    lexicon: Lexicon, text: str, first: str, name: str
) -> None:
    (place,) = resolve_need(text, lexicon).territory.places
    assert (place.territory, place.doubtful, place.read_as) == (first, False, name)


def test_a_large_town_that_a_word_may_misspell_is_offered_first(lexicon: Lexicon) -> None:
    (place,) = resolve_need("nettoyage à Lion", lexicon).territory.places
    assert (place.territory, place.doubtful, place.candidates[0].id) == (None, True, "commune:69123")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("traiteur 77 et 91", {"departement:77", "departement:91"}),
        ("nettoyage de locaux, Nord", {"departement:59"}),
        ("traiteur à La Défense", {"commune:92026", "commune:92050", "commune:92062"}),
        ("tonte à Sénart", {"epci:200059228"}),
        ("tonte à Marne-la-Vallée", {"epci:200057958", "epci:247700339", "epci:247700594", "commune:93051"}),
        ("vitrerie deux fois par an en sus", set()),
        ("voici la liste arrêtée en réunion : Peinture", set()),
    ],
)
def test_places_that_are_no_commune_and_words_that_are_no_place(lexicon: Lexicon, text: str, ids: set[str]) -> None:
    found = resolve_need(text, lexicon).territory.places
    assert {one.id for place in found for one in place.candidates if place.together or one.id == place.territory} == ids


def test_the_town_of_a_signature_is_no_place(lexicon: Lexicon) -> None:
    letter = "Bonjour,\nNous cherchons un traiteur pour 40 personnes à Lille.\nCordialement,\nUne Telle\nMairie de Bordeaux\n01 99 00 00 00"
    assert [place.text for place in resolve_need(letter, lexicon).territory.places] == ["Lille"]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("nettoyage (35)", "departement:35"),
        ("nettoyage 75011", "arrondissement:75111"),
        ("nettoyage 93", "departement:93"),
        ("93 nettoyage", "departement:93"),
        ("ESAT 35 tonte", "departement:35"),
        ("artisan RGE 72 isolation", "departement:72"),
        ("entreprise RGE du 72 pour fenêtres", "departement:72"),
        ("nettoyage dans le 93", "departement:93"),
        ("nettoyage à moins de 20 km du 35", "departement:35"),
        ("espaces verts autour du 2A", "departement:2A"),
        ("nettoyage dans le 13e arrondissement de Marseille", "arrondissement:13213"),
        ("fournitures du CDG13", "departement:13"),
        ("construction, (29830) plouguin", "commune:29196"),
        ("nettoyage moulins 03", "commune:03190"),
        ("restructuration cuisine lot 15 75011", "arrondissement:75111"),
        ("repas pris sur place Lille", "commune:59350"),
        ("gardiennage 7j/7 29", "departement:29"),
        ("gardiennage 24h/24 75011", "arrondissement:75111"),
        ("broyage de branches sur place près de Vannes", "commune:56260"),
    ],
)
def test_a_number_says_where_when_it_is_written_as_a_code(lexicon: Lexicon, text: str, id: str) -> None:
    assert [place.territory for place in resolve_need(text, lexicon).territory.places] == [id]


@pytest.mark.parametrize(
    "text",
    [
        "nettoyage lot 35",
        "nettoyage lot 2 35",
        "nettoyage 35 bureaux",
        "35 repas par jour",
        "bio 35 repas par jour",
        "ESAT 35 salariés",
        "ESAT du 12 rue de la Paix",
        "personnes de plus de soixante (60) ans",
        "nettoyage n° 93",
        "ravalement des villas 60 et 64",
        "logiciel pour la RÉGIE MARCHÉS",
        "12 000 repas",
        "nettoyage, budget 40000",
        "nettoyage, mini 20000 maxi 48000",
        "nettoyage maxi 48000 euros de travaux",
        "nettoyage près du 12 rue du bois",
    ],
)
def test_a_number_of_something_else_is_no_place(lexicon: Lexicon, text: str) -> None:
    assert resolve_need(text, lexicon).territory.places == ()


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        ("peinture rue de Lyon", "Lyon", "voie"),
        ("entretien des berges de la Loire", "Loire", "cours d'eau"),
        ("réparation du pont sur la Moselle", "Moselle", "cours d'eau"),
        ("conseil à l'Agence de l'eau Rhin-Meuse", "Meuse", "cours d'eau"),
    ],
)
def test_a_name_read_as_something_else_than_a_place_is_said(lexicon: Lexicon, text: str, name: str, what: str) -> None:
    need = resolve_need(text, lexicon)
    assert all(place.doubtful for place in need.territory.places)
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


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("nettoyage à Cagnes", "commune:06027"),
        ("nettoyage à Vitry", "commune:94081"),
        ("nettoyage à Bourgoin", "commune:38053"),
        ("nettoyage à Villeneuve", None),
        ("nettoyage à Noisy", None),
        ("nettoyage à Carrières", None),
    ],
)
def test_a_word_that_begins_the_name_of_a_town_is_that_town_rather_than_a_near_spelling(
    lexicon: Lexicon, text: str, id: str | None
) -> None:
    (place,) = resolve_need(text, lexicon).territory.places
    assert place.territory == id
    assert place.candidates[0].label.startswith(text.rpartition(" ")[2])

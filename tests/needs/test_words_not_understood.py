"""A word, a place or a trade that nothing reads is said, and never becomes the whole country without a word."""

from __future__ import annotations

import pytest

from vivier.contracts.query import ContractQuery
from vivier.lexicon import Lexicon
from vivier.needs import applied, resolve_need
from vivier.needs.asked import need_pairs, said_first
from vivier.suppliers.query import SupplierQuery

UNKNOWN = ["Zorglubville", "Trifouillis", "Quzmaville", "Xyloburg"]
MISSPELT = {
    "Monpellier": "Montpellier",
    "Marseile": "Marseille",
    "bordeau": "Bordeaux",
    "Grenobe": "Grenoble",
    "Strasbour": "Strasbourg",
    "roubai": "Roubaix",
}
SENTENCES = ["blanchisserie à {}", "nettoyage de bureaux vers {}", "tonte près de {}", "traiteur {}"]


def said(text: str, lexicon: Lexicon) -> str:
    return " ".join(said_first(text, lexicon, SupplierQuery)).replace("\u00a0", " ")


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_name_is_said(sentence: str, name: str, lexicon: Lexicon) -> None:
    text = sentence.format(name)
    need = resolve_need(text, lexicon)
    assert [word.text for word in need.unread] == [name]
    assert name in [left.text for left in applied(need, lexicon).not_applied]
    assert f"« {name} »" in said(text, lexicon)
    assert ("Toute la France est cherchée." in said(text, lexicon)) == (sentence != "traiteur {}")


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("name", MISSPELT)
def test_a_misspelt_town_is_read_and_said(sentence: str, name: str, lexicon: Lexicon) -> None:
    text = sentence.format(name)
    (place,) = resolve_need(text, lexicon).territory.places
    assert place.territory is not None and place.read_as == MISSPELT[name]
    assert f"{MISSPELT[name]}, écrit « {name} »" in said(text, lexicon) and "Toute la France" not in said(text, lexicon)


def test_a_name_after_a_is_never_corrected_into_a_word_of_a_trade(lexicon: Lexicon) -> None:
    need = resolve_need("nettoyage de bureaux à Lion", lexicon)
    assert not need.corrections and need.territory.places[0].doubtful


@pytest.mark.parametrize(
    ("text", "town"), [("MOE groupe scolaire BOYNES", "commune:45050"), ("Sermérieu", "commune:38483")]
)
def test_a_small_town_that_nothing_announces_is_offered_under_its_own_name(
    text: str, town: str, lexicon: Lexicon
) -> None:
    (place,) = resolve_need(text, lexicon).territory.places
    assert place.doubtful and [candidate.id for candidate in place.candidates] == [town]


@pytest.mark.parametrize(
    "text",
    ["Mise à disposition d'autocars avec chauffeurs", "Nettoyage de l'annuaire", "Entretien des toitures et terrasses"],
)
def test_in_a_text_that_has_capitals_a_word_in_small_letters_is_near_no_town(text: str, lexicon: Lexicon) -> None:
    assert resolve_need(text, lexicon).territory.places == ()
    assert resolve_need("Dératisation Chaufours", lexicon).territory.places != ()


@pytest.mark.parametrize(
    ("text", "towns"),
    [
        ("Romans policiers et Science-fiction pour adulte", []),
        ("OURLETS SUR LES TENUES DES POLICIERS MUNICIPAUX", []),
        ("ourlets sur les tenues des policiers municipaux", []),
        ("Tri et conditionnement des déchets issus des collectes", []),
        ("Marché relatif au maillage des réseaux de Paris", ["commune:75056"]),
        ("ESAT nettoyage sainbrieuc", ["commune:22278"]),
        ("Nettoyage des locaux à roubais", ["commune:59512"]),
        ("nettoyage Pays Bellegardien", [None]),  # adjective of another Bellegarde
    ],
)
def test_a_word_in_small_letters_misspells_a_town_where_names_have_none(
    text: str, towns: list[str], lexicon: Lexicon
) -> None:
    assert [place.territory for place in resolve_need(text, lexicon).territory.places] == towns


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("Maintenance du progiciel Astre GF", []),
        ("fourniture de vaccins conjugués pour tous nos agents : 13 serotypes et valences", []),
        ("Cartes vues du ciel de la commune, tirages couleur brochés et reliés, Brasens", []),
        ("MAINTENANCE ASTRE", [True]),
        ("tarvaux de peinture", [True]),
        ("réunion à Valenc le 3 mai avec 3 agents", [False]),
        ("roubais nettoyage", [False]),
        ("nettoyage Roubais.", [False]),
    ],
)
def test_an_unknown_word_that_nothing_announces_misspells_a_town_at_the_edge_of_a_few_typed_words(
    text: str, doubts: list[bool], lexicon: Lexicon
) -> None:
    places = resolve_need(text, lexicon).territory.places
    assert [place.doubtful for place in places] == doubts == [place.territory is None for place in places]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nettoyage Bruxelles", ["Bruxelles"]),
        ("traiteur genève", ["genève"]),
        ("tonte à Liège", ["Liège"]),
        ("jardinier à Charleroi, Belgique", ["Charleroi", "Belgique"]),
        ("nettoyage près de Genève", ["Genève"]),
        ("fourniture de choux de Bruxelles", []),
        ("revêtement de sol en liège", []),
        ("peinture rue de Genève à Strasbourg", []),
    ],
)
def test_a_town_abroad_is_a_place_that_is_not_known_and_misspells_none(
    text: str, names: list[str], lexicon: Lexicon
) -> None:
    need = resolve_need(text, lexicon)
    assert [word.text for word in need.unread if word.is_place] == names
    assert bool(need.territory.places) == ("Strasbourg" in text)


def test_a_name_that_is_read_as_a_river_is_not_said_to_be_unknown(lexicon: Lexicon) -> None:
    assert resolve_need("Réparation du pont sur la Moselle à Dieulouard", lexicon).unread == ()


def test_four_letters_begin_no_town(lexicon: Lexicon) -> None:
    assert resolve_need("nettoyage CREA", lexicon).territory.places == ()


@pytest.mark.parametrize("words", ["pas cher", "moins cher", "pas trop cher", "peu chère", "plus cher"])
def test_a_price_is_no_departement(words: str, lexicon: Lexicon) -> None:
    pairs = need_pairs(f"espaces verts {words} à Nantes", lexicon, SupplierQuery)
    assert pairs == [("trade", "entretien-espaces-verts"), ("territory", "commune:44109")]
    assert ("territory", "departement:18") in need_pairs("nettoyage dans le Cher", lexicon, SupplierQuery)


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, nous cherchons rapidement un prestataire pour tondre nos pelouses à Roubaix, merci d'avance",
        "repas à domicile à Lyon",
        "nettoyage des locaux, 12 000 € HT par an, dans le Finistère",
    ],
)
def test_words_of_the_language_are_not_said_to_be_unknown(text: str, lexicon: Lexicon) -> None:
    assert said(text, lexicon) == ""


def test_a_list_of_contracts_says_it(lexicon: Lexicon) -> None:
    assert "Zorglubville" in " ".join(said_first("blanchisserie à Zorglubville", lexicon, ContractQuery))


@pytest.mark.parametrize(("text", "towns"), [("netoyage bureaux renes", ["commune:35238"]), ("tonte des pelouses", [])])
def test_a_word_that_ends_a_need_is_offered_as_the_large_town_it_may_misspell(
    text: str, towns: list[str], lexicon: Lexicon
) -> None:
    need = resolve_need(text, lexicon)
    assert [candidate.id for place in need.territory.places for candidate in place.candidates] == towns
    assert all(place.territory is None and place.doubtful for place in need.territory.places)


@pytest.mark.parametrize("kind", ["GEIQ", "EATT", "ETTI", "ESAT"])
def test_a_kind_that_is_read_is_never_said_not_understood(kind: str, lexicon: Lexicon) -> None:
    assert resolve_need(f"{kind} peinture à Lyon", lexicon).unread == ()


def test_a_post_code_alone_says_where_and_a_longer_number_is_searched(lexicon: Lexicon) -> None:
    assert need_pairs("35000", lexicon, SupplierQuery) == [("territory", "commune:35238")]
    for number in ("732829320", "123 456"):
        assert need_pairs(number, lexicon, SupplierQuery) == [("q", number)]


def test_words_that_are_searched_as_they_are_begin_with_no_linking_word(lexicon: Lexicon) -> None:
    pairs = need_pairs("Fourniture et livraison de fondants routiers", lexicon, SupplierQuery)
    assert ("q", "livraison de fondants routiers") in pairs

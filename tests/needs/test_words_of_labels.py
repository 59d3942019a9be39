"""Each word of the environment is read as a label, a family, a characteristic, or said not applied: on ten purchases, none is dropped."""

from __future__ import annotations

from itertools import product

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.needs.nature import green_words
from vivier.needs.query import applied

OBJECTS = (
    *("papier", "nettoyage de bureaux", "mobilier de bureau", "ordinateurs portables", "repas", "vêtements de travail"),
    *("entretien d'espaces verts", "travaux de peinture", "impression de dépliants", "fruits et légumes"),
)
WORDS = (
    *(
        "éco-labellisé",
        "écolabellisés",
        "écologique",
        "écoresponsable",
        "responsable",
        "biosourcé",
        "recyclé",
        "recyclées",
    ),
    *("reconditionné", "de réemploi", "de seconde main", "équitable", "issu du commerce équitable", "en circuit court"),
    *("zéro phyto", "sans pesticides", "bas carbone", "bas-carbone", "écoconçu", "respectueux de l'environnement"),
    *("Nordic Swan", "Ange bleu", "Blauer Engel", "label HVE", "haute valeur environnementale", "certifié FSC"),
    *("Écolabel européen", "NF Environnement", "Oeko-Tex", "GOTS", "Max Havelaar", "ISO 14001", "EPEAT"),
)


@pytest.mark.slow
@pytest.mark.parametrize("word", WORDS)
def test_no_word_of_the_environment_is_dropped(word: str, lexicon: Lexicon) -> None:
    """It bears a parameter, orders by a wish, is said not applied, or is part of the trade itself (« réemploi »)."""
    for thing, place in product(OBJECTS, ("", " à Rennes")):
        need = resolve_need(f"{thing} {word}{place}", lexicon)
        meant = {piece.code for piece in (*need.labels, *need.families, *need.characteristics)}
        found = applied(need, lexicon)
        used = {value for name, value in found.pairs if name in ("label", "wish_label")}
        left = [each.text for each in found.not_applied]
        trades = {value for name, value in found.pairs if name == "trade"}
        in_trade = any(each.cls == "trade" and each.text.casefold() in word.casefold() for each in need.words)
        in_trade |= any(not trades.isdisjoint(green_words()[code].trades) for code in meant & green_words().keys())
        assert meant or in_trade, (thing, word, [(each.text, each.cls) for each in need.words])
        assert used or left or in_trade, (thing, word, meant)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "formation des responsables de service",
            "assurance de responsabilité civile",
            "recrutement d'un responsable de site",
        ),
        *("nettoyage de locaux", "animation de la vie locale", "police locale", "étude écologique"),
    ],
)
def test_the_same_letters_that_mean_something_else_are_no_word_of_the_environment(text: str, lexicon: Lexicon) -> None:
    need = resolve_need(text, lexicon)
    assert (need.families, need.characteristics) == ((), ())


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("traiteur zéro déchet", ["ZERO_DECHET"]),
        ("fleurs locales pour la mairie", ["LOCAL"]),
        ("paniers avec des produits bio et locaux", ["LOCAL"]),
        ("gobelets réutilisables", ["REEMPLOI"]),
        ("nettoyage pour les collectivités locales", []),
        ("nettoyage des bureaux et locaux", []),
    ],
)
def test_a_manner_is_read_as_a_characteristic(lexicon: Lexicon, text: str, codes: list[str]) -> None:
    assert [piece.code for piece in resolve_need(text, lexicon).characteristics] == codes


def test_a_family_that_a_label_follows_asks_for_that_label_alone(lexicon: Lexicon) -> None:
    need = resolve_need("mobilier, écolabel NF Environnement", lexicon)
    assert ([piece.code for piece in need.labels], need.families) == (["NF_ENV"], ())
    both = resolve_need("café équitable bio", lexicon)
    assert [piece.code for piece in (*both.labels, *both.families)] == ["BIO", "fair"]
    green = resolve_need("produits écoresponsables FSC", lexicon)
    assert ([piece.code for piece in green.labels], green.families) == (["FSC"], ())


@pytest.mark.parametrize(
    ("text", "labels", "places"),
    [
        ("écrans TCO Certified", ["TCO"], []),
        ("écrans TCO", ["TCO"], []),
        ("étude du territoire du TCO", [], ["epci:249740101"]),
    ],
)
def test_the_letters_of_a_label_name_a_place_after_its_article_alone(
    text: str, labels: list[str], places: list[str], lexicon: Lexicon
) -> None:
    need = resolve_need(text, lexicon)
    assert [label.code for label in need.labels] == labels
    assert [place.territory for place in need.territory.places] == places


@pytest.mark.parametrize(
    ("text", "kinds", "labels"),
    [
        ("une E.A. pour le nettoyage", ["EA"], []),
        ("nettoyage, collège d'enseignement adapté (E.R.E.A.)", [], []),
        ("entreprise adapté, nettoyage", ["EA"], []),
        ("E.S.A.T. nettoyage", ["ESAT"], []),
        ("centre d'aide par le travail, nettoyage", ["ESAT"], []),
        ("papier écolabel nordique", [], ["NORDIC_SWAN"]),
        ("électricien QualiPV", [], ["RGE"]),
        ("poêle Quali'Bois", [], ["RGE"]),
        ("imprimerie labelisée", [], []),
        ("imprimerie certifiée ISO 14001", [], ["ISO14001"]),
    ],
)
def test_kinds_and_labels_are_read_as_people_write_them(
    text: str, kinds: list[str], labels: list[str], lexicon: Lexicon
) -> None:
    need = resolve_need(text, lexicon)
    assert ([piece.code for piece in need.kinds], [piece.code for piece in need.labels]) == (kinds, labels)
    assert need.unread == () and need.territory.places == ()
